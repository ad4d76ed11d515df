/* What the kernel reads of the image; src/firmware/info.ts has the names in this order. */
#include "rtt.h"
#include <stddef.h>
#include <stdio.h>

typedef const char symbol[];
extern symbol __rtmsymtab_start, __rtmsymtab_end, __svctab_start, __svctab_end;
extern symbol _rtt_handlers, _rtt_free_handlers, _rtt_streams, _rtt_reopened, _rtt_locks, _rtt_thread_area;
void _rtt_run_exit(void *module);

#define ADDRESS(name) ((unsigned)&name)

__attribute__((section("RttInfo"), used)) static const unsigned info[] = {
  ADDRESS(__rtmsymtab_start),
  ADDRESS(__rtmsymtab_end),
  ADDRESS(__svctab_start),
  ADDRESS(__svctab_end),
  ADDRESS(_rtt_run_exit),
  ADDRESS(_impure_ptr),
  ADDRESS(_global_impure_ptr),
  ADDRESS(_rtt_current),
  ADDRESS(_rtt_thread_area),
  ADDRESS(_rtt_locks),
  ADDRESS(_rtt_handlers),
  ADDRESS(_rtt_free_handlers),
  ADDRESS(_rtt_streams),
  ADDRESS(_rtt_reopened),
  ADDRESS(_rtt_gathered),
  sizeof(struct rtt_thread_area),
  offsetof(struct _reent, _result),
  offsetof(struct _reent, _p5s),
  offsetof(struct _reent, _freelist),
  offsetof(struct _reent, _cvtbuf),
  offsetof(struct _reent, _sig_func),
  offsetof(struct _reent, __sglue),
  offsetof(struct _reent, __sf),
  sizeof(FILE),
  offsetof(FILE, _p),
  offsetof(FILE, _r),
  offsetof(FILE, _w),
  offsetof(FILE, _flags),
  offsetof(FILE, _file),
  offsetof(FILE, _bf),
  offsetof(FILE, _lbfsize),
  offsetof(FILE, _nbuf),
  offsetof(FILE, _lock),
};
