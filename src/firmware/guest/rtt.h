/*
 * What the C library needs of the simulated kernel. Every function here is a supervisor call: a stub made by the build.
 */
#ifndef RTT_H
#define RTT_H

#include <reent.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

/* Kernel calls of the C library alone; their names are in SvcTab but not in RTMSymTab. */

/*
 * If *word is `expected`, suspends the thread until _rtt_wake(word); may return early. 0, or 1 when this context cannot
 * block (interrupt, scheduler locked).
 */
int _rtt_wait(const volatile int *word, int expected);
void _rtt_wake(const volatile int *word);
/* The module whose load block contains the address; of the running thread for NULL. NULL when there is none. */
void *_rtt_module_of(const void *address);
/* `handlers`: those of a program that a function ends in a thread or interrupt of the system are still to run. */
void _rtt_exit(int status, int handlers) __attribute__((noreturn));
void _rtt_abort(void) __attribute__((noreturn));
/* 0 when the running thread has a handler of its own for the signal, which was called. */
int _rtt_raise(int signo);
/* PT_ARM_EXIDX of the module that contains pc: its address, and the number of entries in *count. */
const void *_rtt_find_exidx(const void *pc, int *count);
unsigned _rtt_random(void);

/* Exported calls of the kernel. */
void *rt_malloc(size_t size);
void *rt_realloc(void *block, size_t size);
void *rt_calloc(size_t count, size_t size);
void rt_free(void *block);

/* Written by the kernel at every switch: the running thread's TCB. */
extern void *volatile _rtt_current;

/* A lock of newlib: `struct __lock` of <sys/lock.h>. */
struct __lock {
  volatile int owner; /* a TCB, 0 when free */
  int count;
  volatile int waiters;
  struct __lock *next; /* every lock there is: the kernel frees those of a dead thread */
};

static inline int rtt_me(void) {
  int current = (int)_rtt_current;
  return current ? current : 1;
}

/*
 * Gives the owner, 0 when it is `owner` now. Exclusive accesses are dear, and not needed: a thread loses the processor at a call or a
 * branch backwards, and there is none between these instructions.
 */
static inline int rtt_take(struct __lock *lock, int owner) {
  int seen;
  __asm__ volatile("ldr %0, [%1]\n\tcmp %0, #0\n\tit eq\n\tstreq %2, [%1]"
                   : "=&r"(seen)
                   : "r"(&lock->owner), "r"(owner)
                   : "cc", "memory");
  if (seen == 0)
    lock->count = 1;
  return seen;
}

/* Unlike __retarget_lock_try_acquire, fails when this thread is the owner. */
static inline int rtt_try_once(struct __lock *lock) {
  return rtt_take(lock, rtt_me()) == 0;
}

/*
 * What was printed and the kernel has not looked at yet ends at `at`; up to `limit` it need not be told that there is more. It sets
 * `limit` after a write to the console that began at `at`, and clears it as soon as it runs for whatever reason, having taken what is
 * there: so nothing can be seen between two writes that it has not been told of. Without a kernel there is room for one write.
 */
struct rtt_gathered {
  char *volatile limit;
  char *volatile at;
  /* The stream that was written to last, as long as nobody has taken a lock by a call: then it is as it was, and no one has its lock. */
  FILE *volatile stream;
  struct __lock lock; /* for who makes a text at `at` */
};
extern struct rtt_gathered _rtt_gathered;

/* What `stream` is then: not NULL, which a program may give to putc(), and which has to fault. */
#define RTT_NO_STREAM ((FILE *)&_rtt_gathered)

/* What a thread has in place of one struct _reent: the C++ runtime's part follows newlib's. */
struct rtt_thread_area {
  struct _reent reent;
  void *caught_exceptions;
  unsigned uncaught_exceptions;
  void *propagating_exceptions;
};

/* Standard streams and flushing (stdio.c). */
void rtt_open_standard_streams(void);
void rtt_settle_streams(void *module);

/*
 * What _vfprintf_r makes of the format, up to `end`; its end, or NULL when there is no room or something in the format that is not for the
 * shorter formatter (format.c). `front` is the stand-in for a stream.
 */
char *rtt_format(FILE *front, char *to, char *end, const char *format, va_list);

/* putc() of any stream (stdio.c). */
int rtt_put(int c, FILE *);

#endif
