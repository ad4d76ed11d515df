/* Long carry chains: factorials and Fibonacci numbers in base 2^32 and 10^9, pi by the spigot, a matrix, primes. */
#include <stdio.h>
#include <string.h>

#include "programs.h"

void bignum(void) {
  uint32_t big[20] = {1};
  for (uint32_t n = 2; n <= 60; n++) {
    uint64_t carry = 0;
    for (int i = 0; i < 20; i++) carry += (uint64_t)big[i] * n, big[i] = (uint32_t)carry, carry >>= 32;
  }
  for (int i = 19; i >= 0; i--) printf("%08lx", (unsigned long)big[i]);
  uint32_t a[8] = {0}, b[8] = {1};
  for (int n = 0; n < 200; n++) {
    uint32_t carry = 0;
    for (int i = 0; i < 8; i++) {
      uint32_t sum = a[i] + b[i] + carry;
      carry = sum < a[i] || (carry && sum == a[i]);
      a[i] = b[i], b[i] = sum;
    }
  }
  printf("\n");
  for (int i = 7; i >= 0; i--) printf("%08lx", (unsigned long)b[i]);
  printf("\n");
  enum { DIGITS = 60, LENGTH = DIGITS * 10 / 3 + 1 };
  static int remainder[LENGTH];
  for (int i = 0; i < LENGTH; i++) remainder[i] = 2;
  for (int digit = 0, nines = 0, held = 0; digit < DIGITS; digit++) {
    int q = 0;
    for (int i = LENGTH; i > 0; i--) {
      int x = 10 * remainder[i - 1] + q * i;
      remainder[i - 1] = x % (2 * i - 1), q = x / (2 * i - 1);
    }
    remainder[0] = q % 10, q /= 10;
    if (q == 9) nines++;
    else {
      printf("%d", held + (q == 10));
      for (; nines; nines--) printf("%d", q == 10 ? 0 : 9);
      held = q == 10 ? 0 : q;
    }
  }
  static uint8_t sieve[2000];
  int primes = 0;
  for (int i = 2; i < 2000; i++) {
    if (sieve[i]) continue;
    primes++;
    for (int j = i * i; j < 2000; j += i) sieve[j] = 1;
  }
  int16_t m[12][12], n[12][12], sum = 0;
  for (int i = 0; i < 12; i++)
    for (int j = 0; j < 12; j++) m[i][j] = (int16_t)(i * 31 - j * 17), n[i][j] = (int16_t)(i ^ j << 7);
  for (int i = 0; i < 12; i++)
    for (int j = 0; j < 12; j++) {
      int32_t dot = 0;
      for (int k = 0; k < 12; k++) dot += m[i][k] * n[k][j];
      sum = (int16_t)(sum * 3 + (dot >> 5));
    }
  printf("\n%d %d\n", primes, sum);
}
