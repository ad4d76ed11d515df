/* Offsets and sizes that the kernel needs to read the library's state; src/firmware/layout.ts has the names in this order. */
#include "rtt.h"
#include <stddef.h>
#include <stdio.h>

const unsigned short _rtt_layout[] = {
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
