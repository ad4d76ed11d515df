/* Structures by value of many sizes: in registers, split over registers and stack, returned through memory. */
#include <stdio.h>

#include "programs.h"

typedef struct { char c; } one;
typedef struct { char c[3]; } three;
typedef struct { int x, y; } pair;
typedef struct { int16_t a; int64_t b; char c; } padded;
typedef struct { int v[10]; } large;
typedef struct { double x, y, z; } vector;

__attribute__((noinline)) static one next_one(one v) { v.c++; return v; }
__attribute__((noinline)) static three rotate(three v) { char c = v.c[0]; v.c[0] = v.c[1], v.c[1] = v.c[2], v.c[2] = c; return v; }
__attribute__((noinline)) static pair swap(pair v) { return (pair){v.y, v.x}; }
__attribute__((noinline)) static padded mix(int n, padded v, pair w) { v.a += n, v.b *= w.x, v.c ^= w.y; return v; }
__attribute__((noinline)) static large sum(large a, large b) { for (int i = 0; i < 10; i++) a.v[i] += b.v[i] * i; return a; }
__attribute__((noinline)) static vector cross(vector a, vector b) {
  return (vector){a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
__attribute__((noinline)) static int split(int a, int b, int c, pair p, char d, int64_t e, large l) {
  return a + 2 * b + 3 * c + 4 * p.x + 5 * p.y + 6 * d + (int)(e >> 3) + l.v[9];
}

void structs(void) {
  one o = {'a'};
  three t = {{'x', 'y', 'z'}};
  pair p = {3, -4};
  padded q = {1, 1, 1};
  large l = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}};
  vector a = {1, 2, 3}, b = {-2, 0.5, 4};
  for (int i = 0; i < 6; i++) {
    o = next_one(o), t = rotate(t), p = swap(p), q = mix(i, q, p), l = sum(l, l), a = cross(a, b);
    printf("%c %.3s %d %d %d %lld %d %d %ld %ld %ld\n", o.c, t.c, p.x, p.y, q.a, (long long)q.b, q.c, l.v[9], (long)a.x, (long)a.y, (long)a.z);
  }
  printf("%d\n", split(1, 2, 3, p, 'd', 0x123456789abLL, l));
  struct { int n; pair list[4]; } table = {4, {{1, 2}, {3, 4}, {5, 6}, {7, 8}}}, copy = table;
  for (int i = 0; i < copy.n; i++) copy.list[i] = swap(table.list[copy.n - 1 - i]);
  for (int i = 0; i < copy.n; i++) printf("%d,%d ", copy.list[i].x, copy.list[i].y);
  printf("\n");
}
