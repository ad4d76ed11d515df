/* What generated programs are written in: exact integer types, operations that are defined for every operand, and checks. */
#include <alloca.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

typedef int8_t i8;
typedef uint8_t u8;
typedef int16_t i16;
typedef uint16_t u16;
typedef int32_t i32;
typedef uint32_t u32;
typedef int64_t i64;
typedef uint64_t u64;

/* A line with the tag and a value. */
void show(const char *tag, u64 value);
/* The same, and a failure when the two differ: a value as the compiler works it out, and as the program does. */
void check(const char *tag, u64 expected, u64 value);

#define NOINLINE __attribute__((noinline))
/* Hides a value from the optimiser. */
#define OPAQUE(x) __extension__({ volatile __typeof__(x) opaque_ = (x); opaque_; })

/* Built with -fwrapv: only division and shifts have operands without a result. */
#define OPERATIONS(T, BITS) \
  static inline T div_##T(T a, T b) { return b == 0 ? (T)~a : b == (T)-1 ? (T)-a : (T)(a / b); } \
  static inline T mod_##T(T a, T b) { return b == 0 ? a : b == (T)-1 ? (T)0 : (T)(a % b); } \
  static inline T shl_##T(T a, T n) { return (T)(a << (n & (BITS - 1))); } \
  static inline T shr_##T(T a, T n) { return (T)(a >> (n & (BITS - 1))); } \
  static inline T max_##T(T a, T b) { return a > b ? a : b; } \
  static inline T from_##T(double x) { return x > -100 && x < 100 ? (T)(i32)x : x >= 100 && x < 2e9 ? (T)(u32)x : (T)7; }
OPERATIONS(i8, 8) OPERATIONS(u8, 8) OPERATIONS(i16, 16) OPERATIONS(u16, 16)
OPERATIONS(i32, 32) OPERATIONS(u32, 32) OPERATIONS(i64, 64) OPERATIONS(u64, 64)

/* The bits of a number; of every NaN the same, and of both zeros: GCC turns -(float)i into (float)-i. */
static inline u64 bits_double(double x) {
  u64 bits;
  memcpy(&bits, &x, 8);
  return x != x ? 0x7ff8000000000000 : x == 0 ? 0 : bits;
}
static inline u64 bits_float(float x) {
  u32 bits;
  memcpy(&bits, &x, 4);
  return x != x ? 0x7fc00000 : x == 0 ? 0 : bits;
}

/* The same sequence everywhere. */
static inline u32 next_random(u32 *state) {
  *state ^= *state << 13;
  *state ^= *state >> 17;
  return *state ^= *state << 5;
}
static inline u64 mix(u64 sum, u64 value) { return (sum ^ value) * 0x9e3779b97f4a7c15u + (sum >> 29); }
