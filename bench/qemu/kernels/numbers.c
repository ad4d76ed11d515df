/* Numbers: fixed-point FFT, n-body in double, Mandelbrot set in single precision. */
#include "kernels.h"

enum { POINTS = 256 };
static i16 sine[POINTS];
static i32 re[POINTS], im[POINTS];
u32 fft(u32 n) {
  /* A parabola is near enough to a sine for a checksum. */
  for (i32 i = 0; i < POINTS; i++) {
    i32 x = i & 127;
    i32 y = x * (128 - x) * 8 - (x == 64);
    sine[i] = (i16)(i < 128 ? y > 32767 ? 32767 : y : -(y > 32767 ? 32767 : y));
  }
  u32 sum = 0;
  while (n--) {
    for (i32 i = 0; i < POINTS; i++) {
      u32 r = (u32)i, back = 0;
      for (u32 k = 0; k < 8; k++) back = back << 1 | (r & 1), r >>= 1;
      re[back] = (i32)((u32)(i * 517 + (i32)n * 31) % 4001) - 2000, im[back] = 0;
    }
    for (i32 size = 1, step = POINTS / 2; size < POINTS; size *= 2, step /= 2)
      for (i32 m = 0; m < size; m++) {
        i32 wr = sine[(m * step + POINTS / 4) & (POINTS - 1)], wi = -sine[m * step];
        for (i32 i = m; i < POINTS; i += 2 * size) {
          i32 j = i + size;
          i32 tr = (wr * re[j] - wi * im[j]) >> 15, ti = (wr * im[j] + wi * re[j]) >> 15;
          re[j] = (re[i] - tr) >> 1, im[j] = (im[i] - ti) >> 1;
          re[i] = (re[i] + tr) >> 1, im[i] = (im[i] + ti) >> 1;
        }
      }
    for (i32 i = 0; i < POINTS; i += 17) sum = sum * 31 + (u32)(re[i] ^ im[i]);
  }
  return sum;
}

struct body { double x, y, z, vx, vy, vz, mass; };
u32 nbody(u32 n) {
  struct body b[5] = {
    {0, 0, 0, 0, 0, 0, 40}, {4.8, -1.2, -0.1, 0.6, 2.8, -0.02, 0.04}, {8.3, 4.1, -0.4, -1.0, 1.8, 0.008, 0.01},
    {12.9, -15.1, -0.2, 1.1, 0.9, -0.01, 0.002}, {15.4, -25.9, 0.2, 1.0, 0.6, -0.03, 0.002},
  };
  while (n--) {
    for (i32 i = 0; i < 5; i++)
      for (i32 k = i + 1; k < 5; k++) {
        double dx = b[i].x - b[k].x, dy = b[i].y - b[k].y, dz = b[i].z - b[k].z;
        double d2 = dx * dx + dy * dy + dz * dz + 0.01;
        /* Newton's iteration: no call of a library. */
        double r = d2 > 1 ? d2 * 0.5 : 1;
        for (i32 s = 0; s < 6; s++) r = 0.5 * (r + d2 / r);
        double m = 0.01 / (d2 * r);
        b[i].vx -= dx * b[k].mass * m, b[i].vy -= dy * b[k].mass * m, b[i].vz -= dz * b[k].mass * m;
        b[k].vx += dx * b[i].mass * m, b[k].vy += dy * b[i].mass * m, b[k].vz += dz * b[i].mass * m;
      }
    for (i32 i = 0; i < 5; i++) b[i].x += 0.01 * b[i].vx, b[i].y += 0.01 * b[i].vy, b[i].z += 0.01 * b[i].vz;
  }
  return (u32)(i32)(b[0].x * 1e6) ^ (u32)(i32)(b[1].y * 1e6) ^ (u32)(i32)(b[4].z * 1e6);
}

u32 mandelbrot(u32 n) {
  u32 sum = 0;
  while (n--)
    for (i32 y = 0; y < 16; y++)
      for (i32 x = 0; x < 24; x++) {
        float cr = (float)x * 0.125f - 2.0f, ci = (float)y * 0.125f - 1.0f, zr = 0, zi = 0;
        u32 k = 0;
        while (k < 50 && zr * zr + zi * zi < 4.0f) {
          float t = zr * zr - zi * zi + cr;
          zi = 2.0f * zr * zi + ci, zr = t, k++;
        }
        sum += k * (u32)(x + y);
      }
  return sum;
}
