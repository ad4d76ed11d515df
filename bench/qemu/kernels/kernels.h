/* Each kernel does its work n times and returns a checksum that every build must agree on. */
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int16_t i16;
typedef int32_t i32;
typedef int64_t i64;

#define KERNEL(name) u32 name(u32 n);
#include KERNEL_LIST
#undef KERNEL

#define NOINLINE __attribute__((noinline))

/* A function of the system around the program; returns its argument. */
u32 host_call(u32 x);

static inline u32 next_random(u32 *state) {
  *state ^= *state << 13;
  *state ^= *state >> 17;
  return *state ^= *state << 5;
}
