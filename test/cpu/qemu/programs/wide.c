/* 64-bit arithmetic: carry chains, long multiply and accumulate, shifts by variables, division in libgcc. */
#include <stdio.h>

#include "programs.h"

static uint64_t modular_power(uint64_t base, uint64_t exponent, uint64_t modulus) {
  uint64_t result = 1;
  for (base %= modulus; exponent; exponent >>= 1) {
    if (exponent & 1) result = result * base % modulus;
    base = base * base % modulus;
  }
  return result;
}
static int64_t dot(const int32_t *a, const int32_t *b, int n) {
  int64_t sum = 0;
  while (n--) sum += (int64_t)*a++ * *b++;
  return sum;
}
static uint64_t unsigned_dot(const uint32_t *a, const uint32_t *b, int n) {
  uint64_t sum = 0;
  while (n--) sum += (uint64_t)*a++ * *b++;
  return sum;
}

void wide(void) {
  static const int64_t v[] = {0, 1, -1, 0x7fffffffLL, 0x80000000LL, 0xffffffffLL, 0x100000000LL, -0x80000000LL, 0x123456789abcdefLL,
                              0x7fffffffffffffffLL, -0x7fffffffffffffffLL, 1000000007LL, -1000000007LL};
  enum { N = sizeof v / sizeof *v };
  uint64_t h = 1469598103934665603ull;
  for (int i = 0; i < N; i++) {
    for (int j = 0; j < N; j++) {
      int64_t x = OPAQUE(v[i]), y = OPAQUE(v[j]);
      h = (h ^ (uint64_t)((uint64_t)x + (uint64_t)y)) * 1099511628211ull;
      h = (h ^ (uint64_t)((uint64_t)x - (uint64_t)y)) * 1099511628211ull;
      h = (h ^ ((uint64_t)x * (uint64_t)y)) * 1099511628211ull;
      h = (h ^ (uint64_t)(x >> (y & 63))) * 1099511628211ull;
      h = (h ^ ((uint64_t)x >> (y & 63))) * 1099511628211ull;
      h = (h ^ ((uint64_t)x << (y & 63))) * 1099511628211ull;
      h = (h ^ (unsigned)((x < y) | (x <= y) << 1 | ((uint64_t)x < (uint64_t)y) << 2 | (x == y) << 3)) * 1099511628211ull;
      if (y) {
        h = (h ^ (uint64_t)(x / y)) * 1099511628211ull;
        h = (h ^ (uint64_t)(x % y)) * 1099511628211ull;
        h = (h ^ (uint64_t)x / (uint64_t)y) * 1099511628211ull;
      }
    }
    printf("%lld %llx %lld\n", (long long)v[i], (unsigned long long)h, (long long)-v[i]);
  }
  printf("%llu\n", (unsigned long long)modular_power(3, 1000000005, 1000000007));
  int32_t a[16], b[16];
  uint32_t s = 99;
  for (int i = 0; i < 16; i++) a[i] = (int32_t)next_random(&s), b[i] = (int32_t)next_random(&s);
  printf("%lld %llu\n", (long long)dot(a, b, 16), (unsigned long long)unsigned_dot((uint32_t *)a, (uint32_t *)b, 16));
}
