// Compares products and attention, as they are built for arm64, with loops in double precision. Ends with 1 where they differ.
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

void multiply_matrices(float *, float *, float *, long, long, long, bool, bool);
void attend(float *, float *, long, long, long);

// What Kernels names and this build doesn't use.
void cblas_sgemm(void) { abort(); }
void openblas_set_num_threads(int count) {}
char *openblas_get_config(void) { return ""; }
char *openblas_get_corename(void) { return ""; }
int sysctlbyname(const char *name, void *value, unsigned long *size, void *other, unsigned long count) { return -1; }

static unsigned state = 1;

// Numbers between -1 and 1.
static float *numbers(long count) {
  float *values = aligned_alloc(64, (count * sizeof(float) + 63) / 64 * 64);
  for (long i = 0; i < count; i++) {
    state = state * 1664525 + 1013904223;
    values[i] = (state >> 8) / 8388608.0f - 1;
  }
  return values;
}

// The greatest error of a product, relative to the sum of its terms' sizes.
static double errorOfProduct(int m, int k, int n, bool transposesA, bool transposesB) {
  float *a = numbers(m * k), *b = numbers(k * n), *c = numbers(m * n);
  double worst = 0;
  multiply_matrices(c, a, b, m, k, n, transposesA, transposesB);
  for (int i = 0; i < m; i++)
    for (int j = 0; j < n; j++) {
      double sum = 0, size = 0;
      for (int l = 0; l < k; l++) {
        double term = (double)a[transposesA ? l * m + i : i * k + l] * b[transposesB ? j * k + l : l * n + j];
        sum += term;
        size += fabs(term);
      }
      worst = fmax(worst, fabs(sum - c[i * n + j]) / size);
    }
  free(a), free(b), free(c);
  return worst;
}

// The greatest error of an attention's outputs, which lie between -1 and 1.
static double errorOfAttention(int length, int heads, int size) {
  int width = heads * size;
  float *qkv = numbers(3 * length * width), *out = numbers(length * width);
  double worst = 0, weights[length];
  attend(out, qkv, length, heads, size);
  for (int head = 0; head < heads; head++)
    for (int q = 0; q < length; q++) {
      double total = 0;
      for (int k = 0; k <= q; k++) {
        double score = 0;
        for (int i = 0; i < size; i++)
          score += (double)qkv[q * 3 * width + head * size + i] * qkv[k * 3 * width + width + head * size + i];
        total += weights[k] = exp(score / sqrt(size));
      }
      for (int i = 0; i < size; i++) {
        double value = 0;
        for (int k = 0; k <= q; k++) value += weights[k] / total * qkv[k * 3 * width + 2 * width + head * size + i];
        worst = fmax(worst, fabs(value - out[q * width + head * size + i]));
      }
    }
  free(qkv), free(out);
  return worst;
}

int main(void) {
  int sizes[] = {1, 2, 3, 5, 6, 7, 9, 16, 17, 33, 65}, depths[] = {1, 7, 64, 257}, count = 0;
  double product = 0, attention = 0;
  for (int i = 0; i < 11; i++)
    for (int j = 0; j < 11; j++)
      for (int k = 0; k < 4; k++)
        for (int way = 0; way < 4; way++, count++)
          product = fmax(product, errorOfProduct(sizes[i], depths[k], sizes[j], way & 1, way & 2));
  for (int length = 1; length <= 40; length += 3)
    for (int size = 4; size <= 20; size += 8) attention = fmax(attention, errorOfAttention(length, 2, size));
  printf("arm64: %d products with a relative error of at most %.1e, attention with an error of at most %.1e\n", count, product,
      attention);
  return !(product < 1e-5 && attention < 1e-5);
}
