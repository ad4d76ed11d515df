/* What the C++ runtime needs to serve several threads and several modules. */
#include "rtt.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define POOL 2560 /* the reserve of libsupc++ for exceptions while memory is short, and its header */

void *__cxa_get_globals(void) {
  return &((struct rtt_thread_area *)_impure_ptr)->caught_exceptions;
}
void *__cxa_get_globals_fast(void) {
  return __cxa_get_globals();
}

/*
 * A guard is one word (C++ ABI for the Arm Architecture): bit 0 is set when the object is initialised. While a thread
 * initialises it, the upper 24 bits hold a tag of that thread.
 */
#define DONE 1

static int tag(void) {
  return (int)(((uintptr_t)_rtt_current >> 2 << 8) | 2);
}

int __cxa_guard_acquire(volatile int *guard) {
  for (;;) {
    int seen = 0;
    if (__atomic_load_n(guard, __ATOMIC_ACQUIRE) & DONE)
      return 0;
    if (__atomic_compare_exchange_n(guard, &seen, tag(), 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
      return 1;
    if (seen == tag() || (!(seen & DONE) && _rtt_wait(guard, seen))) {
      fputs("recursive initialization of a static object\n", stderr);
      abort();
    }
  }
}

void __cxa_guard_release(volatile int *guard) {
  __atomic_store_n(guard, DONE, __ATOMIC_RELEASE);
  _rtt_wake(guard);
}

void __cxa_guard_abort(volatile int *guard) {
  __atomic_store_n(guard, 0, __ATOMIC_RELEASE);
  _rtt_wake(guard);
}

struct exidx {
  unsigned function, content;
};
extern const struct exidx __exidx_start[], __exidx_end[];

const void *__gnu_Unwind_Find_exidx(const void *pc, int *count) {
  const void *table = _rtt_find_exidx(pc, count);
  if (table)
    return table;
  *count = __exidx_end - __exidx_start;
  return __exidx_start;
}

/* std::terminate says what was thrown; libsupc++ as Debian builds it would only abort. */
void _ZN9__gnu_cxx27__verbose_terminate_handlerEv(void);
void (*_ZN10__cxxabiv119__terminate_handlerE)(void) = _ZN9__gnu_cxx27__verbose_terminate_handlerEv;

/* eh_alloc.o of libsupc++ calls this for malloc: its reserve, which it allocates first, stays out of the kernel's heap. */
void *rtt_exception_malloc(size_t size) {
  static int64_t pool[POOL / 8];
  static int given;
  if (given || size > sizeof pool)
    return malloc(size);
  given = 1;
  return pool;
}
