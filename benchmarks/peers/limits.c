// The limit of a row: its loop as one would write it in C, compiled for this machine with relaxed float arithmetic
// (`run` has the command), so that sums and functions are vectorised. peer_c.py calls these by name.
#include <math.h>
#include <stddef.h>
#include <stdint.h>

typedef const float *restrict In;
typedef float *restrict Out;

static float add(float a, float b) { return a + b; }
static float (*volatile added)(float, float) = add;

float limit_calls(int64_t calls) {
  float x = 1;
  for (int64_t i = 0; i < calls; ++i)
    x = added(x, 1);
  return x;
}

void limit_multiply_add(In a, In b, In c, Out y, size_t n) {
  for (size_t i = 0; i < n; ++i)
    y[i] = a[i] * b[i] + c[i];
}

void limit_tanh_exp(In a, In b, In c, Out y, size_t n) {
  for (size_t i = 0; i < n; ++i)
    y[i] = tanhf(a[i] * b[i] + c[i]) * 0.5f + expf(-a[i]);
}

float limit_sum(In x, size_t n) {
  float s = 0;
  for (size_t i = 0; i < n; ++i)
    s += x[i];
  return s;
}

void limit_sum_axis_0(In x, Out y, size_t n) {
  for (size_t j = 0; j < n; ++j)
    y[j] = 0;
  for (size_t i = 0; i < n; ++i)
    for (size_t j = 0; j < n; ++j)
      y[j] += x[i * n + j];
}

void limit_softmax(In x, Out y, size_t n) {
  for (size_t i = 0; i < n; ++i, x += n, y += n) {
    float largest = x[0], sum = 0;
    for (size_t j = 0; j < n; ++j)
      largest = largest > x[j] ? largest : x[j];
    for (size_t j = 0; j < n; ++j) {
      y[j] = expf(x[j] - largest);
      sum += y[j];
    }
    for (size_t j = 0; j < n; ++j)
      y[j] *= 1 / sum;
  }
}

void limit_layer_norm(In x, Out y, size_t n) {
  for (size_t i = 0; i < n; ++i, x += n, y += n) {
    float sum = 0, squares = 0;
    for (size_t j = 0; j < n; ++j)
      sum += x[j];
    float mean = sum / (float)n;
    for (size_t j = 0; j < n; ++j)
      squares += (x[j] - mean) * (x[j] - mean);
    float scale = 1 / sqrtf(squares / (float)n + 1e-5f);
    for (size_t j = 0; j < n; ++j)
      y[j] = (x[j] - mean) * scale;
  }
}

void limit_transpose(In x, Out y, size_t n) {
  enum { block = 16 };
  for (size_t i = 0; i < n; i += block)
    for (size_t j = 0; j < n; j += block)
      for (size_t k = i; k < i + block; ++k)
        for (size_t l = j; l < j + block; ++l)
          y[l * n + k] = x[k * n + l];
}

void limit_gather(In x, const int32_t *restrict indices, Out y, size_t n) {
  for (size_t i = 0; i < n; ++i)
    y[i] = x[indices[i]];
}

void limit_cumulative_sum(In x, Out y, size_t n) {
  float s = 0;
  for (size_t i = 0; i < n; ++i)
    y[i] = s += x[i];
}

int64_t limit_collatz(int64_t limit) {
  int64_t total = 0;
  for (int64_t i = 1; i < limit; ++i)
    for (int64_t x = i; x > 1; ++total)
      x = x % 2 == 0 ? x / 2 : 3 * x + 1;
  return total;
}

double limit_newton(int64_t steps) {
  double x = 1;
  for (int64_t i = 0; i < steps; ++i)
    x = 0.5 * (x + 2 / x) + 1e-9 * (double)i;
  return x;
}

void limit_heat(Out u, Out other, size_t n, int64_t steps) {
  for (int64_t s = 0; s < steps; ++s) {
    other[0] = u[0];
    other[n - 1] = u[n - 1];
    for (size_t i = 1; i < n - 1; ++i)
      other[i] = u[i] + 0.1f * (u[i + 1] - 2 * u[i] + u[i - 1]);
    float *swapped = u;
    u = other;
    other = swapped;
  }
}

void limit_mandelbrot(In re, In im, int32_t *restrict turns, size_t n) {
  for (size_t i = 0; i < n; ++i) {
    float x = 0, y = 0;
    int32_t k = 0;
    for (; k < 100 && x * x + y * y < 4; ++k) {
      float next = x * x - y * y + re[i];
      y = 2 * x * y + im[i];
      x = next;
    }
    turns[i] = k;
  }
}
