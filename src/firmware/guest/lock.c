/*
 * newlib's locks. Free locks are taken and given back by guest code alone; a thread that has to wait, or to wake another,
 * asks the kernel.
 */
#include "rtt.h"
#include <stdlib.h>
#include <sys/lock.h>

#define OWN_LOCKS 40 /* one for each stream that can be open at the same time, and some */

#define FIRST(name) struct __lock __lock___##name
#define AFTER(previous, name) struct __lock __lock___##name = {.next = &__lock___##previous}

FIRST(sinit_recursive_mutex);
AFTER(sinit_recursive_mutex, sfp_recursive_mutex);
AFTER(sfp_recursive_mutex, atexit_recursive_mutex);
AFTER(atexit_recursive_mutex, at_quick_exit_mutex);
AFTER(at_quick_exit_mutex, malloc_recursive_mutex);
AFTER(malloc_recursive_mutex, env_recursive_mutex);
AFTER(env_recursive_mutex, tz_mutex);
AFTER(tz_mutex, dd_hash_mutex);
AFTER(dd_hash_mutex, arc4random_mutex);
static AFTER(arc4random_mutex, pool_mutex);

struct __lock *_rtt_locks = &__lock___pool_mutex;
static struct __lock pool[OWN_LOCKS];
static int pool_used;
static struct __lock *closed[OWN_LOCKS];
static int closed_count;

/* The lock is somebody else's. */
static __attribute__((noinline)) void wait_for(struct __lock *lock, int owner, int holder) {
  do {
    lock->waiters = 1;
    if (_rtt_wait(&lock->owner, holder))
      return; /* in an interrupt: go on without, as on the board; the release finds another owner */
    holder = rtt_take(lock, owner);
  } while (holder != 0);
}

void __retarget_lock_acquire_recursive(_LOCK_T lock) {
  int owner = rtt_me();
  _rtt_gathered.stream = RTT_NO_STREAM;
  if (!lock)
    return;
  int holder = rtt_take(lock, owner);
  if (holder == owner)
    lock->count++;
  else if (holder != 0)
    wait_for(lock, owner, holder);
}

int __retarget_lock_try_acquire_recursive(_LOCK_T lock) {
  int owner = rtt_me();
  _rtt_gathered.stream = RTT_NO_STREAM;
  if (lock && lock->owner == owner)
    lock->count++;
  else if (lock)
    return rtt_take(lock, owner) == 0;
  return 1;
}

static __attribute__((noinline)) void wake(struct __lock *lock) {
  lock->waiters = 0;
  _rtt_wake(&lock->owner);
}

void __retarget_lock_release_recursive(_LOCK_T lock) {
  if (!lock || lock->owner != rtt_me() || --lock->count > 0)
    return;
  lock->owner = 0;
  if (lock->waiters)
    wake(lock);
}

void __retarget_lock_init_recursive(_LOCK_T *result) {
  struct __lock *lock;
  __retarget_lock_acquire_recursive(&__lock___pool_mutex);
  if (closed_count > 0)
    lock = closed[--closed_count];
  else if (pool_used < OWN_LOCKS)
    lock = &pool[pool_used++];
  else
    lock = NULL; /* more streams than the kernel has descriptors: in-memory ones, of one thread each */
  if (lock) {
    lock->owner = lock->count = lock->waiters = 0;
    if (!lock->next) {
      lock->next = _rtt_locks;
      _rtt_locks = lock;
    }
  }
  __retarget_lock_release_recursive(&__lock___pool_mutex);
  *result = lock;
}

void __retarget_lock_close_recursive(_LOCK_T lock) {
  if (!lock)
    return;
  __retarget_lock_acquire_recursive(&__lock___pool_mutex);
  if (closed_count < OWN_LOCKS)
    closed[closed_count++] = lock;
  __retarget_lock_release_recursive(&__lock___pool_mutex);
}

/* Nothing in newlib takes a plain lock twice, so that one kind serves. */
void __retarget_lock_init(_LOCK_T *lock) {
  __retarget_lock_init_recursive(lock);
}
void __retarget_lock_close(_LOCK_T lock) {
  __retarget_lock_close_recursive(lock);
}
void __retarget_lock_acquire(_LOCK_T lock) {
  __retarget_lock_acquire_recursive(lock);
}
int __retarget_lock_try_acquire(_LOCK_T lock) {
  return __retarget_lock_try_acquire_recursive(lock);
}
void __retarget_lock_release(_LOCK_T lock) {
  __retarget_lock_release_recursive(lock);
}
