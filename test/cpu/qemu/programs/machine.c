/* What compilers emit from builtins: saturation, SIMD intrinsics where the core has them, atomics, unaligned access; the user's
   thread id register, and SETEND. */
#include <stdio.h>
#include <string.h>

#include "programs.h"
#if __ARM_FEATURE_DSP && __ARM_FEATURE_SIMD32
#include <arm_acle.h>
#endif

struct __attribute__((packed)) odd { uint8_t tag; uint32_t word; uint16_t half; int32_t number; uint64_t wide; };

void machine(void) {
  static uint8_t raw[64];
  for (int i = 0; i < 64; i++) raw[i] = (uint8_t)(i * 37 + 11);
  for (int i = 0; i < 8; i++) {
    struct odd *o = (struct odd *)(raw + i);
    o->word += 0x1020304u, o->half ^= 0xa5a5, o->number -= i, o->wide = o->wide << 3 | o->tag;
    printf("%08lx %04x %ld %llx\n", (unsigned long)o->word, o->half, (long)o->number, (unsigned long long)o->wide);
  }
#if __ARM_FEATURE_DSP && __ARM_FEATURE_SIMD32
  uint32_t s = 77;
  for (int i = 0; i < 20; i++) {
    int32_t x = (int32_t)next_random(&s), y = (int32_t)next_random(&s), z = (int32_t)next_random(&s);
    printf("%ld %ld %ld %ld ", (long)__qadd(x, y), (long)__qsub(x, y), (long)__qdbl(x), (long)__ssat(x, 12));
    printf("%lu %ld %ld %ld ", (unsigned long)__usat(x, 9), (long)((int16_t)x * (int16_t)y), (long)((x >> 16) * (int16_t)y + z), (long)(int32_t)(((int64_t)x * (int16_t)(y >> 16)) >> 16));
    printf("%lx %lx %lx %ld ", (unsigned long)__sadd8(x, y), (unsigned long)__uqsub16(x, y), (unsigned long)__shadd16(x, y), (long)__smlad(x, y, z));
    printf("%lu %lx %lld\n", (unsigned long)__usada8(x, y, z), (unsigned long)__sxtab16(x, y), (long long)__smlald(x, y, z));
  }
#endif
#if __ARM_ARCH_PROFILE == 'A'
  for (uint32_t i = 0; i < 40; i++) {
    uint32_t before, after, skipped = i;
    __asm__ volatile("mrc p15, 0, %0, c13, c0, 2" : "=r"(before));
    __asm__ volatile("setend le\n\tmcr p15, 0, %0, c13, c0, 2" : : "r"(i * 0x01010101u));
    __asm__ volatile("cmp %1, #20\n\tit hi\n\tmrchi p15, 0, %0, c13, c0, 2" : "+r"(skipped) : "r"(i) : "cc");
    __asm__ volatile("mrc p15, 0, %0, c13, c0, 2" : "=r"(after));
    printf("%lx %lx %lx\n", (unsigned long)before, (unsigned long)skipped, (unsigned long)after);
  }
#endif
#if __ARM_ARCH >= 7
  static uint32_t counter;
  static uint8_t byte;
  static uint16_t half;
  for (int i = 0; i < 10; i++) {
    __atomic_fetch_add(&counter, 3, __ATOMIC_SEQ_CST);
    __atomic_fetch_xor(&byte, (uint8_t)(i * 5), __ATOMIC_RELAXED);
    __atomic_fetch_sub(&half, 7, __ATOMIC_ACQ_REL);
  }
  uint32_t expected = 30;
  int swapped = __atomic_compare_exchange_n(&counter, &expected, 99, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  int again = __atomic_compare_exchange_n(&counter, &expected, 98, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  printf("%lu %u %u %d %d %lu\n", (unsigned long)counter, byte, half, swapped, again, (unsigned long)expected);
#endif
}
