// What Kernels calls of OpenBLAS; a build with fused multiply-adds computes no product by it.
typedef int blasint;
typedef enum { CblasRowMajor = 101 } CBLAS_ORDER;
typedef enum { CblasNoTrans = 111, CblasTrans = 112 } CBLAS_TRANSPOSE;
void cblas_sgemm(
    CBLAS_ORDER, CBLAS_TRANSPOSE, CBLAS_TRANSPOSE, blasint, blasint, blasint, float, const float *, blasint, const float *, blasint,
    float, float *, blasint);
void openblas_set_num_threads(int);
char *openblas_get_config(void);
char *openblas_get_corename(void);
