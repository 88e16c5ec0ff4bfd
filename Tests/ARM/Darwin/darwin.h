// What Kernels calls of the system.
int sysctlbyname(const char *, void *, unsigned long *, void *, unsigned long);
double log(double);
