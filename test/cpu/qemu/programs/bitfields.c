/* Bit-fields of every size, signed and unsigned, packed and volatile. */
#include <stdio.h>
#include <string.h>

#include "programs.h"

struct mixed {
  unsigned a : 1, b : 3, c : 7;
  int d : 5, e : 11;
  unsigned f : 5;
  unsigned long long g : 37;
  signed long long h : 27;
};
struct __attribute__((packed)) tight {
  uint8_t tag : 4;
  uint32_t length : 20;
  int16_t delta : 9;
  uint64_t stamp : 41;
};
struct registers {
  volatile uint32_t enable : 1, mode : 3, divider : 12, spare : 16;
};

void bitfields(void) {
  struct mixed m;
  struct tight t;
  struct registers r;
  memset(&m, 0, sizeof m);
  memset(&t, 0, sizeof t);
  memset(&r, 0, sizeof r);
  uint32_t s = 7;
  for (int i = 0; i < 50; i++) {
    m.a = next_random(&s), m.b = next_random(&s), m.c += 3, m.d = (int)next_random(&s), m.e -= 5, m.f ^= next_random(&s);
    m.g += (unsigned long long)next_random(&s) << 5, m.h = (long long)m.g - (int)next_random(&s);
    t.tag++, t.length = next_random(&s), t.delta = (int16_t)(t.delta * 3 - 1), t.stamp += m.g;
    r.enable = !r.enable, r.mode += 3, r.divider = r.divider * 5 + 1, r.spare ^= r.divider;
    if (i % 7 == 0)
      printf("%u %u %u %d %d %u %llu %lld | %u %lu %d %llu | %u %u %u %u\n", m.a, m.b, m.c, m.d, m.e, m.f, (unsigned long long)m.g,
             (long long)m.h, t.tag, (unsigned long)t.length, t.delta, (unsigned long long)t.stamp, (unsigned)r.enable, (unsigned)r.mode,
             (unsigned)r.divider, (unsigned)r.spare);
  }
  const unsigned char *bytes = (const unsigned char *)&t;
  for (unsigned i = 0; i < sizeof t; i++) printf("%02x", bytes[i]);
  printf("\n%u %u %u\n", (unsigned)sizeof m, (unsigned)sizeof t, (unsigned)sizeof r);
}
