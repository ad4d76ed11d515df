/* Every integer width, signed and not: conversions, shifts, division, comparison. */
#include <stdio.h>

#include "programs.h"

static const int32_t samples[] = {0, 1, -1, 2, 7, -7, 127, 128, -128, -129, 255, 256, 32767, 32768, -32768, -32769,
                                  65535, 65536, 0x12345678, 0x7fffffff, -0x7fffffff, -0x7fffffff - 1};
enum { N = sizeof samples / sizeof *samples };

#define BINARY(type, u, v)                                                                             \
  do {                                                                                                 \
    type x = (type)OPAQUE(u), y = (type)OPAQUE(v);                                                     \
    h = h * 31 + (uint32_t)(type)(x + y);                                                              \
    h = h * 31 + (uint32_t)(type)(x - y);                                                              \
    h = h * 31 + (uint32_t)(type)((uint32_t)x * (uint32_t)y);                                          \
    h = h * 31 + (uint32_t)(type)(x & y) + (uint32_t)(type)(x | ~y) + (uint32_t)(type)(x ^ y);         \
    h = h * 31 + (uint32_t)((x < y) + 2 * (x <= y) + 4 * (x == y));                                    \
    if (y && !(sizeof(type) == 4 && x == (type)0x80000000 && y == (type)-1)) {                         \
      h = h * 31 + (uint32_t)(type)(x / y);                                                            \
      h = h * 31 + (uint32_t)(type)(x % y);                                                            \
    }                                                                                                  \
    h = h * 31 + (uint32_t)(type)(x >> (y & (sizeof(type) * 8 - 1)));                                  \
    h = h * 31 + (uint32_t)(type)((uint32_t)x << (y & (sizeof(type) * 8 - 1)));                        \
  } while (0)

#define ALL(type)                                             \
  do {                                                        \
    uint32_t h = 1;                                           \
    for (int i = 0; i < N; i++)                               \
      for (int j = 0; j < N; j++) BINARY(type, samples[i], samples[j]); \
    printf("%-8s %08lx\n", #type, (unsigned long)h);          \
  } while (0)

void widths(void) {
  ALL(int8_t);
  ALL(uint8_t);
  ALL(int16_t);
  ALL(uint16_t);
  ALL(int32_t);
  ALL(uint32_t);
  for (int i = 0; i < N; i++)
    printf("%ld %d %u %d %u\n", (long)samples[i], (int8_t)samples[i], (uint8_t)samples[i], (int16_t)samples[i],
           (uint16_t)samples[i]);
  volatile int32_t v = -1000003;
  printf("%ld %ld %ld %ld %ld\n", (long)(v / 3), (long)(v / 7), (long)(v / 10), (long)(v % 1000), (long)(v / -641));
  volatile uint32_t w = 4000000007u;
  printf("%lu %lu %lu %lu\n", (unsigned long)(w / 3), (unsigned long)(w / 7), (unsigned long)(w % 10), (unsigned long)(w / 641));
}
