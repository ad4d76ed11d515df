/* Calls: recursion, a comparison callback, function tables, functions of the system. */
#include "kernels.h"

NOINLINE static u32 fib(u32 n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
u32 recursion(u32 n) {
  u32 sum = 0;
  while (n--) sum += fib(14 + (n & 1));
  return sum;
}

NOINLINE static void sort(u32 *list, u32 count, int (*compare)(const void *, const void *)) {
  for (u32 gap = count / 2; gap > 0; gap /= 2)
    for (u32 i = gap; i < count; i++) {
      u32 x = list[i], k = i;
      for (; k >= gap && compare(&list[k - gap], &x) > 0; k -= gap) list[k] = list[k - gap];
      list[k] = x;
    }
}
static int by_value(const void *a, const void *b) {
  u32 x = *(const u32 *)a, y = *(const u32 *)b;
  return (x > y) - (x < y);
}
u32 sorting(u32 n) {
  static u32 list[256];
  u32 state = 0x12345678, sum = 0;
  while (n--) {
    for (u32 i = 0; i < 256; i++) list[i] = next_random(&state);
    sort(list, 256, by_value);
    sum = sum * 31 + list[n & 255];
  }
  return sum;
}

#define OPERATION(name, expression) static u32 name(u32 a, u32 b) { return expression; }
OPERATION(plus, a + b) OPERATION(minus, a - b) OPERATION(times, a *b) OPERATION(both, a &b)
OPERATION(either, a | b) OPERATION(differ, a ^ b) OPERATION(left, a << (b & 7)) OPERATION(right, a >> (b & 7))
static u32 (*const table[])(u32, u32) = {plus, minus, times, both, either, differ, left, right};
u32 indirect(u32 n) {
  u32 x = 1, state = 99;
  while (n--)
    for (u32 i = 0; i < 1000; i++) {
      u32 r = next_random(&state);
      x = table[r & 7](x, r) + 1;
    }
  return x;
}

u32 hostcalls(u32 n) {
  u32 sum = 0;
  while (n--)
    for (u32 i = 0; i < 1000; i++) sum += host_call(i);
  return sum;
}
