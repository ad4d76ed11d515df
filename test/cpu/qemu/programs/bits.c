/* Bit tricks: leading zeros, reversal, population, rotation, extraction, Gray code, Morton order, square roots. */
#include <stdio.h>

#include "programs.h"

static uint32_t reverse(uint32_t x) {
  x = (x >> 1 & 0x55555555) | (x & 0x55555555) << 1;
  x = (x >> 2 & 0x33333333) | (x & 0x33333333) << 2;
  x = (x >> 4 & 0x0f0f0f0f) | (x & 0x0f0f0f0f) << 4;
  return __builtin_bswap32(x);
}
static uint32_t isqrt(uint32_t x) {
  uint32_t root = 0;
  for (uint32_t bit = 1u << 30; bit; bit >>= 2) {
    if (x >= root + bit) x -= root + bit, root = (root >> 1) + bit;
    else root >>= 1;
  }
  return root;
}
static uint32_t spread(uint32_t x) {
  x &= 0xffff;
  x = (x | x << 8) & 0x00ff00ff, x = (x | x << 4) & 0x0f0f0f0f, x = (x | x << 2) & 0x33333333;
  return (x | x << 1) & 0x55555555;
}

void bits(void) {
  uint32_t s = 21;
  for (int i = 0; i < 24; i++) {
    uint32_t x = next_random(&s) >> i, y = next_random(&s);
    int n = (int)(y & 31);
    printf("%d %d %d %d ", x ? __builtin_clz(x) : 32, x ? __builtin_ctz(x) : 32, __builtin_popcount(x), __builtin_parity(x));
    printf("%08lx %08lx %04x %d ", (unsigned long)reverse(x), (unsigned long)__builtin_bswap32(x), __builtin_bswap16((uint16_t)x),
           (int16_t)__builtin_bswap16((uint16_t)y));
    printf("%08lx %08lx %lu ", (unsigned long)(x << n | x >> ((32 - n) & 31)), (unsigned long)(x ^ x >> 1), (unsigned long)isqrt(y));
    printf("%08lx %lu %ld\n", (unsigned long)(spread(x) | spread(y) << 1), (unsigned long)(x >> 5 & 0x7ff), (long)((int32_t)(y << 9) >> 20));
    uint64_t w = (uint64_t)x << 32 | y;
    printf("%d %d %d %016llx\n", w ? __builtin_clzll(w) : 64, w ? __builtin_ctzll(w) : 64, __builtin_popcountll(w),
           (unsigned long long)__builtin_bswap64(w));
    int sum, other;
    unsigned usum, product;
    printf("%d %d %d %d\n", __builtin_add_overflow((int)x, (int)y, &sum), __builtin_sub_overflow(x, y, &usum),
           __builtin_mul_overflow((int)x, (int)(y >> 16), &other), __builtin_mul_overflow(x, y >> 20, &product));
  }
}
