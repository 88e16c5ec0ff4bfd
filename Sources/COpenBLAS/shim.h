#include <cblas.h>
#include <math.h>
