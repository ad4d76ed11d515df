#include <stdint.h>
#define PROGRAM(name) void name(void);
#include "programs.inc"
#undef PROGRAM

/* The same sequence everywhere. */
static inline uint32_t next_random(uint32_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 17;
  *state ^= *state << 5;
  return *state;
}
/* Hides a value from the optimiser. */
#define OPAQUE(x) __extension__({ volatile __typeof__(x) opaque_ = (x); opaque_; })
