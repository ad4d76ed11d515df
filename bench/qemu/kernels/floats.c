/* Floating point as programs have it: sums of products, filters, transforms, polynomials, and functions of the C library. */
#include "kernels.h"
#ifndef __wasm__
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#endif

enum { SIZE = 256, SIDE = 24, TAPS = 32, DEGREE = 12 };
static float fa[SIDE * SIDE], fb[SIDE * SIDE], fc[SIDE * SIDE];
static double da[SIDE * SIDE], db[SIDE * SIDE], dc[SIDE * SIDE];

static u32 float_bits(float x) {
  u32 bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  return bits;
}
static u32 double_bits(double x) {
  u32 bits[2];
  __builtin_memcpy(bits, &x, sizeof bits);
  return bits[0] ^ bits[1] * 31;
}
static void fill(void) {
  u32 state = 12345;
  for (i32 k = 0; k < SIDE * SIDE; k++) {
    fa[k] = (float)(i32)(next_random(&state) % 2001) / 512.0f - 2.0f;
    fb[k] = (float)(i32)(next_random(&state) % 2001) / 1024.0f - 1.0f;
    da[k] = fa[k] * 1.1, db[k] = fb[k] * 0.9;
    fc[k] = 0, dc[k] = 0;
  }
}

u32 dotf(u32 n) {
  fill();
  float sum = 0;
  while (n--) {
    float s = 0;
    for (i32 k = 0; k < SIZE; k++) s += fa[k] * fb[k];
    sum = sum * 0.5f + s;
  }
  return float_bits(sum);
}
u32 dotd(u32 n) {
  fill();
  double sum = 0;
  while (n--) {
    double s = 0;
    for (i32 k = 0; k < SIZE; k++) s += da[k] * db[k];
    sum = sum * 0.5 + s;
  }
  return double_bits(sum);
}
u32 scale(u32 n) {
  fill();
  while (n--) {
    float by = n & 1 ? 0.5f : -0.25f;
    for (i32 k = 0; k < SIZE; k++) fc[k] = fc[k] * 0.75f + by * fa[k];
  }
  u32 sum = 0;
  for (i32 k = 0; k < SIZE; k++) sum = sum * 31 + float_bits(fc[k]);
  return sum;
}
u32 matf(u32 n) {
  fill();
  while (n--)
    for (i32 i = 0; i < SIDE; i++)
      for (i32 j = 0; j < SIDE; j++) {
        float s = 0;
        for (i32 k = 0; k < SIDE; k++) s += fa[i * SIDE + k] * fb[k * SIDE + j];
        fc[i * SIDE + j] = s;
      }
  u32 sum = 0;
  for (i32 k = 0; k < SIDE * SIDE; k++) sum = sum * 31 + float_bits(fc[k]);
  return sum;
}
u32 matd(u32 n) {
  fill();
  while (n--)
    for (i32 i = 0; i < SIDE; i++)
      for (i32 j = 0; j < SIDE; j++) {
        double s = 0;
        for (i32 k = 0; k < SIDE; k++) s += da[i * SIDE + k] * db[k * SIDE + j];
        dc[i * SIDE + j] = s;
      }
  u32 sum = 0;
  for (i32 k = 0; k < SIDE * SIDE; k++) sum = sum * 31 + double_bits(dc[k]);
  return sum;
}
u32 fir(u32 n) {
  fill();
  while (n--)
    for (i32 k = 0; k + TAPS <= SIZE; k++) {
      float s = 0;
      for (i32 j = 0; j < TAPS; j++) s += fa[k + j] * fb[j];
      fc[k] = s;
    }
  u32 sum = 0;
  for (i32 k = 0; k < SIZE; k++) sum = sum * 31 + float_bits(fc[k]);
  return sum;
}
struct biquad { float b0, b1, b2, a1, a2, z1, z2; };
u32 iir(u32 n) {
  fill();
  struct biquad s[3] = {{0.2f, 0.3f, 0.2f, -0.5f, 0.3f, 0, 0}, {0.1f, 0.2f, 0.1f, -0.9f, 0.4f, 0, 0}, {0.5f, -0.5f, 0.25f, 0.1f, 0.2f, 0, 0}};
  while (n--)
    for (i32 k = 0; k < SIZE; k++) {
      float x = fa[k];
      for (i32 j = 0; j < 3; j++) {
        float y = s[j].b0 * x + s[j].z1;
        s[j].z1 = s[j].b1 * x - s[j].a1 * y + s[j].z2;
        s[j].z2 = s[j].b2 * x - s[j].a2 * y;
        x = y;
      }
      fc[k] = x;
    }
  u32 sum = 0;
  for (i32 k = 0; k < SIZE; k++) sum = sum * 31 + float_bits(fc[k]);
  return sum;
}
static float wr[SIZE / 2], wi[SIZE / 2];
u32 fftf(u32 n) {
  fill();
  /* Powers of a root of one by multiplication: exactly the same everywhere. */
  float cr = 1, ci = 0, c = 0.99969882f, s = 0.024541229f;
  for (i32 k = 0; k < SIZE / 2; k++) {
    wr[k] = cr, wi[k] = ci;
    float t = cr * c - ci * s;
    ci = cr * s + ci * c, cr = t;
  }
  float *re = fc, *im = fc + SIZE;
  u32 sum = 0;
  while (n--) {
    for (i32 k = 0; k < SIZE; k++) {
      u32 r = (u32)k, back = 0;
      for (u32 j = 0; j < 8; j++) back = back << 1 | (r & 1), r >>= 1;
      re[back] = fa[k], im[back] = 0;
    }
    for (i32 size = 1, step = SIZE / 2; size < SIZE; size *= 2, step /= 2)
      for (i32 i = 0; i < SIZE; i += 2 * size)
        for (i32 m = 0; m < size; m++) {
          float tr = wr[m * step] * re[i + m + size] - wi[m * step] * im[i + m + size];
          float ti = wr[m * step] * im[i + m + size] + wi[m * step] * re[i + m + size];
          re[i + m + size] = re[i + m] - tr, im[i + m + size] = im[i + m] - ti;
          re[i + m] += tr, im[i + m] += ti;
        }
    for (i32 k = 0; k < SIZE; k += 17) sum = sum * 31 + (float_bits(re[k]) ^ float_bits(im[k]));
  }
  return sum;
}
u32 horner(u32 n) {
  fill();
  double sum = 0;
  while (n--)
    for (i32 k = 0; k < 64; k++) {
      double x = (double)k * (1.0 / 64), y = da[0];
      for (i32 j = 1; j < DEGREE; j++) y = y * x + da[j];
      sum = sum * 0.5 + y;
    }
  return double_bits(sum);
}
/* Unit vectors, with the square root that the processor has. */
u32 lengths(u32 n) {
  fill();
  while (n--)
    for (i32 k = 0; k < 192; k += 3) {
      float x = fa[k], y = fa[k + 1], z = fa[k + 2];
      float by = 1.0f / __builtin_sqrtf(x * x + y * y + z * z + 0.01f);
      fc[k] = x * by, fc[k + 1] = y * by, fc[k + 2] = z * by;
    }
  u32 sum = 0;
  for (i32 k = 0; k < 192; k++) sum = sum * 31 + float_bits(fc[k]);
  return sum;
}
/* A controller as firmware has it: functions that are called, limits, integers from a converter. */
struct pid { float kp, ki, kd, sum, last, low, high; };
static NOINLINE float control(struct pid *p, float target, float value) {
  float error = target - value;
  p->sum += error * p->ki;
  if (p->sum > p->high) p->sum = p->high;
  if (p->sum < p->low) p->sum = p->low;
  float out = p->kp * error + p->sum + p->kd * (error - p->last);
  p->last = error;
  return out > p->high ? p->high : out < p->low ? p->low : out;
}
u32 controller(u32 n) {
  struct pid p = {0.6f, 0.05f, 0.1f, 0, 0, -10, 10};
  float value = 0;
  u32 sum = 0;
  while (n--)
    for (i32 k = 0; k < 64; k++) {
      float out = control(&p, k & 32 ? 5.0f : -3.0f, value);
      value += (out - value * 0.3f) * 0.1f;
      sum = sum * 31 + (u32)(i32)(value * 1000);
    }
  return sum;
}
/* Mean and variance of integers. */
u32 variance(u32 n) {
  static i32 data[SIZE];
  u32 state = 99, sum = 0;
  for (i32 k = 0; k < SIZE; k++) data[k] = (i32)(next_random(&state) % 4096);
  while (n--) {
    double mean = 0, square = 0;
    for (i32 k = 0; k < SIZE; k++) mean += data[k];
    mean /= SIZE;
    for (i32 k = 0; k < SIZE; k++) square += (data[k] - mean) * (data[k] - mean);
    sum += double_bits(square);
  }
  return sum;
}
#ifndef __wasm__
/* Functions of the C library, which calculates without floating-point registers in all builds. */
u32 sines(u32 n) {
  double sum = 0;
  while (n--)
    for (i32 k = 0; k < 32; k++) sum = sum * 0.5 + sin((double)k * 0.3);
  return double_bits(sum);
}
u32 exponents(u32 n) {
  double sum = 0;
  while (n--)
    for (i32 k = 0; k < 32; k++) sum = sum * 0.5 + exp((double)k * 0.1) + log((double)k + 1.5);
  return double_bits(sum);
}
u32 singles(u32 n) {
  float sum = 0;
  while (n--)
    for (i32 k = 0; k < 32; k++) sum = sum * 0.5f + sinf((float)k * 0.3f) + atan2f((float)k, 3.0f);
  return float_bits(sum);
}
u32 numerals(u32 n) {
  u32 sum = 0;
  while (n--) {
    char text[32];
    snprintf(text, sizeof text, "%f", (double)(n & 255) * 1.37 + 0.125);
    for (char *p = text; *p; p++) sum = sum * 31 + (u8)*p;
  }
  return sum;
}
u32 parsing(u32 n) {
  static const char *const texts[4] = {"3.14159265", "-12.5e3", "0.000123", "98765.4321"};
  double sum = 0;
  while (n--) sum = sum * 0.5 + strtod(texts[n & 3], 0);
  return double_bits(sum);
}
#endif
