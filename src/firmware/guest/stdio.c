/*
 * The standard streams, shared by all threads and modules. They are unbuffered, as on the board, so that output appears at
 * once and in order with that of rt_kprintf; but one call makes one write, gathered in a buffer of the library's. What one call
 * after the other makes, with nothing between them that could tell, the kernel may take together (rtt.h, struct rtt_gathered).
 */
#include "rtt.h"
#include <errno.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/lock.h>
#include <unistd.h>

#define GATHER 512
#define SMALL __attribute__((optimize("Os"))) /* what no program calls often */
#define FEW 6 /* bytes that are copied without memcpy() */
#define OWN_STREAMS 16 /* as many as the kernel has descriptors */

struct __siov {
  const void *iov_base;
  size_t iov_len;
};
struct __suio {
  struct __siov *uio_iov;
  int uio_iovcnt;
  size_t uio_resid;
};

/*
 * The call of the kernel itself, behind its number: a branch to its stub and back would be more than the other way takes. A stand-in for the kernel can be
 * called in the place of the last two instructions, and the second of them tells the kernel whose call it is (gathered.ts).
 */
#define WRITE_NUMBER "movw ip, #:lower16:_rtt_svc_write\n\t"
#define WRITE "svc #0\n\tnop"

int __swsetup_r(struct _reent *, FILE *);
void __sinit(struct _reent *);
_READ_WRITE_RETURN_TYPE __swrite(struct _reent *, void *, const char *, _READ_WRITE_BUFSIZE_TYPE);
extern struct __lock *_rtt_locks;

/* For the owner of the lock, for whom nobody waits; static, since a module's stack is small. */
static struct {
  FILE front;
  char gather[GATHER];
} own;

struct rtt_gathered _rtt_gathered;

static struct {
  struct _glue glue;
  FILE streams[OWN_STREAMS];
} more;

/* Read by the kernel: the standard streams as they are at the start, and the module that turned one to a file. */
FILE _rtt_streams[3];
void *_rtt_reopened[3];

static void initial_state(FILE *fp, int file) {
  static const short flags[] = {__SRD | __SNBF, __SWR | __SNBF, __SRW | __SNBF};
  fp->_flags = flags[file];
  fp->_p = fp->_bf._base = fp->_nbuf;
  fp->_bf._size = 1;
}

SMALL void rtt_open_standard_streams(void) {
  struct _reent *r = _GLOBAL_REENT;
  _rtt_gathered.at = own.gather;
  _rtt_gathered.lock.next = _rtt_locks;
  _rtt_locks = &_rtt_gathered.lock;
  own.front._flags2 = __SNLK;
  own.front._cookie = &own.front;
  own.front._write = __swrite;
  own.front._bf._size = GATHER;
  __sinit(r);
  for (int file = 0; file < 3; file++) {
    initial_state(&r->__sf[file], file);
    _rtt_streams[file] = r->__sf[file];
  }
  more.glue._niobs = OWN_STREAMS;
  more.glue._iobs = more.streams;
  r->__sglue._next = &more.glue;
}

static int has_output(FILE *fp) {
  return (fp->_flags & __SWR) && fp->_flags != 1 && fp->_bf._base && fp->_p > fp->_bf._base;
}

/* Makes a standard stream, redirected or closed, as it was at the start. */
SMALL static void restore(struct _reent *r, FILE *fp, int file) {
  if (fp->_flags == 0) {
    __retarget_lock_init_recursive(&fp->_lock);
  } else {
    _fflush_r(r, fp);
    if (fp->_flags & __SMBF)
      _free_r(r, fp->_bf._base);
    _close_r(r, fp->_file);
  }
  _rtt_streams[file]._lock = fp->_lock;
  *fp = _rtt_streams[file];
  _rtt_reopened[file] = NULL;
}

/* 0, 1, 2 for the standard streams, -1 for another. */
static int standard(FILE *fp) {
  int file = fp - _GLOBAL_REENT->__sf;
  return fp >= _GLOBAL_REENT->__sf && file < 3 ? file : -1;
}

/*
 * The end of a module: writes what is in buffers, and makes the standard streams usable for the next one. A stream that
 * another thread is using is left alone.
 */
SMALL void rtt_settle_streams(void *module) {
  struct _reent *r = _GLOBAL_REENT;
  for (struct _glue *glue = &r->__sglue; glue; glue = glue->_next) {
    for (int i = 0; i < glue->_niobs; i++) {
      FILE *fp = &glue->_iobs[i];
      if (has_output(fp) && __retarget_lock_try_acquire_recursive(fp->_lock)) {
        _fflush_r(_REENT, fp);
        __retarget_lock_release_recursive(fp->_lock);
      }
    }
  }
  for (int file = 0; file < 3; file++) {
    FILE *fp = &r->__sf[file];
    if (module && _rtt_reopened[file] == module)
      restore(_REENT, fp, file);
    fp->_flags &= ~(__SEOF | __SERR);
  }
}

FILE *__real__freopen_r(struct _reent *, const char *, const char *, FILE *);

/* A redirection of a standard stream ends with the module that made it; one that failed leaves the stream usable. */
SMALL FILE *__wrap__freopen_r(struct _reent *r, const char *path, const char *mode, FILE *fp) {
  int file = standard(fp);
  FILE *result = __real__freopen_r(r, path, mode, fp);
  if (file >= 0 && result)
    _rtt_reopened[file] = _rtt_module_of(NULL);
  else if (file >= 0)
    restore(r, fp, file);
  return result;
}
SMALL FILE *__wrap_freopen(const char *path, const char *mode, FILE *fp) {
  return __wrap__freopen_r(_REENT, path, mode, fp);
}

int __real__fclose_r(struct _reent *, FILE *);

/* Other modules go on using a standard stream that one has closed. */
SMALL int __wrap__fclose_r(struct _reent *r, FILE *fp) {
  int file = fp ? standard(fp) : -1;
  if (file < 0)
    return __real__fclose_r(r, fp);
  if (fp->_file != file)
    restore(r, fp, file);
  return _fflush_r(r, fp);
}
SMALL int __wrap_fclose(FILE *fp) {
  return __wrap__fclose_r(_REENT, fp);
}

/* fflush(NULL) must not wait for a thread that waits for input: an input stream has nothing to write. */
SMALL int _fwalk_reent(struct _reent *r, int (*function)(struct _reent *, FILE *)) {
  int result = 0;
  for (struct _glue *glue = &r->__sglue; glue; glue = glue->_next) {
    for (int i = 0; i < glue->_niobs; i++) {
      FILE *fp = &glue->_iobs[i];
      if (fp->_flags == 0 || fp->_flags == 1 || fp->_file == -1)
        continue;
      if (function != _fflush_r || (fp->_flags & __SWR))
        result |= function(r, fp);
    }
  }
  return result;
}

SMALL int _fwalk(struct _reent *r, int (*function)(FILE *)) {
  int result = 0;
  for (struct _glue *glue = &r->__sglue; glue; glue = glue->_next) {
    for (int i = 0; i < glue->_niobs; i++) {
      FILE *fp = &glue->_iobs[i];
      if (fp->_flags != 0 && fp->_flags != 1 && fp->_file != -1)
        result |= function(fp);
    }
  }
  return result;
}

/* The stream writes at once, and nothing about it is out of the ordinary. */
static int writes_at_once(const FILE *fp) {
  return (fp->_flags & (__SNBF | __SWR | __SAPP)) == (__SNBF | __SWR) && !(fp->_flags2 & __SWID) && fp->_p == fp->_nbuf &&
         fp->_bf._base == fp->_nbuf && fp->_write == __swrite;
}

/* What follows when not everything was written. */
SMALL static __attribute__((noinline)) int send_rest(struct _reent *r, FILE *fp, const char *text, int size, int written) {
  while (written > 0 && written < size) {
    text += written;
    size -= written;
    written = __swrite(r, fp, text, size);
  }
  if (written > 0)
    return 0;
  if (written == -1)
    r->_errno = _impure_ptr->_errno;
  fp->_flags |= __SERR;
  return EOF;
}

/* What is left of __sfvwrite_r, __swrite and _write_r for such a stream. */
static inline __attribute__((always_inline)) int send(struct _reent *r, FILE *fp, const char *text, int size) {
  fp->_flags = (fp->_flags | __SORD) & ~__SOFF;
  int written = write(fp->_file, text, size);
  return written == size ? 0 : send_rest(r, fp, text, size, written);
}

/*
 * write() of what lies at _rtt_gathered.at, by the owner of its lock and to descriptor 1. It is done when the kernel has room behind it:
 * nobody can lose the processor between the question and the answer, and both ways spend the same units and leave the same in registers.
 */
static inline __attribute__((always_inline)) int write_or_go_on(char *text, int size) {
  register int result __asm__("r0");
  register char *from __asm__("r1") = text;
  register int length __asm__("r2") = size;
  register char *end __asm__("r3") = text + size;
  __asm__ volatile(WRITE_NUMBER "ldr %[file], [%[out]]\n\tcmp %[end], %[file]\n\tbls 1f\n\tmov %[file], %[console]\n\t" WRITE
                   "\n\tb 2f\n1:\tstr %[end], [%[out], #4]\n\tmov %[file], %[length]\n2:"
                   : [file] "=&r"(result)
                   : [out] "r"(&_rtt_gathered), [end] "r"(end), "r"(from), [length] "r"(length), [console] "i"(STDOUT_FILENO)
                   : "ip", "lr", "cc", "memory");
  return result;
}

static inline __attribute__((always_inline)) int commit(struct _reent *r, FILE *fp, char *text, int size) {
  int result = write_or_go_on(text, size);
  return result == size ? 0 : send_rest(r, fp, text, size, result);
}

static inline __attribute__((always_inline)) int send_if_any(struct _reent *r, FILE *fp, const char *text, int size) {
  fp->_flags |= __SORD;
  return size > 0 && send(r, fp, text, size);
}

/* Puts the parts one behind the other; returns the end. */
static char *collect(char *to, const struct __siov *part, size_t size) {
  for (char *end = to + size; to < end; part++) {
    const char *from = part->iov_base;
    size_t length = part->iov_len;
    if (length > FEW) {
      memcpy(to, from, length);
      to += length;
    } else {
      while (length-- > 0)
        *to++ = *from++;
    }
  }
  return to;
}

/*
 * The stream's lock, with less than a call when it is free. Between the test and the change there is neither a call nor a branch
 * backwards, as in rtt_take(). 0: it was not free, or there is none; release() is told.
 */
static inline __attribute__((always_inline)) int acquire(FILE *fp, int me) {
  if (fp->_lock && rtt_take(fp->_lock, me) == 0)
    return 1;
  __retarget_lock_acquire_recursive(fp->_lock);
  return 0;
}

static inline __attribute__((always_inline)) void release(FILE *fp, int was_free) {
  struct __lock *lock = fp->_lock;
  if (was_free && !lock->waiters && lock->count == 1)
    lock->owner = 0;
  else
    __retarget_lock_release_recursive(lock);
}

typedef unsigned __attribute__((may_alias)) word;
/* `_flags` and `_file` of standard output that was written to, is unbuffered and not redirected. */
#define USUAL (1 << 16 | __SWR | __SNBF | __SORD)

/* Such a stream, which nobody uses, and the buffer is free too. That the caller has to lock it (__SNLK) does no harm. */
static inline __attribute__((always_inline)) int is_usual(FILE *fp) {
  return *(const word *)&fp->_flags == USUAL && fp->_lock && !(fp->_flags2 >> 1 | fp->_lock->owner | _rtt_gathered.lock.owner);
}

/* Takes both locks of a stream of which this is true; between the question and this there is no branch backwards. */
static inline __attribute__((always_inline)) void take_both(struct __lock *lock) {
  int me = rtt_me();
  lock->owner = _rtt_gathered.lock.owner = me;
  lock->count = _rtt_gathered.lock.count = 1;
}

static inline __attribute__((always_inline)) void give_both_back(FILE *fp) {
  struct __lock *lock = fp->_lock;
  _rtt_gathered.stream = fp;
  _rtt_gathered.lock.owner = 0;
  if (!lock->waiters && lock->count == 1)
    lock->owner = 0;
  else
    __retarget_lock_release_recursive(lock);
}

typedef int formatter(struct _reent *, FILE *, const char *, va_list);
formatter __real__vfprintf_r, __real__vfiprintf_r;

/* Formats through a stand-in for the unbuffered stream that has a buffer. */
SMALL static __attribute__((noinline)) int buffered(formatter *format, struct _reent *r, FILE *fp, const char *text, va_list arguments, int usual) {
  FILE *front = &own.front;
  char *start = _rtt_gathered.at;
  *(word *)&front->_flags = (unsigned)fp->_file << 16 | __SWR | __SORD;
  front->_p = front->_bf._base = (unsigned char *)start;
  front->_w = GATHER;
  int result = format(r, front, text, arguments);
  int size = (char *)front->_p - start;
  fp->_flags |= __SORD | (front->_flags & __SERR);
  if (result < 0 || size <= 0)
    return result;
  int failed = usual ? commit(r, fp, start, size) : send(r, fp, start, size);
  return failed ? EOF : result;
}

SMALL static __attribute__((noinline)) int vfprintf_locked(formatter *format, struct _reent *r, FILE *fp, const char *text, va_list arguments) {
  int result;
  if (!(fp->_flags & __SNBF) || (fp->_flags2 & __SNLK))
    return format(r, fp, text, arguments);
  int me = rtt_me();
  int was_free = acquire(fp, me);
  if (!(fp->_flags & __SWR))
    __swsetup_r(r, fp); /* when it fails, so it does in format() */
  if (writes_at_once(fp) && rtt_take(&_rtt_gathered.lock, me) == 0) {
    char *start = _rtt_gathered.at;
    char *end = rtt_format(&own.front, start, start + GATHER, text, arguments);
    result = end - start;
    if (!end)
      result = buffered(format, r, fp, text, arguments, 0);
    else if (send_if_any(r, fp, start, result))
      result = EOF;
    _rtt_gathered.lock.owner = 0;
  } else {
    result = format(r, fp, text, arguments);
  }
  release(fp, was_free);
  return result;
}

/* What follows when the format is not one of rtt_format's, there is nothing to write, or not all was written. */
SMALL static __attribute__((noinline)) int print_rest(struct _reent *r, FILE *fp, const char *text, va_list arguments, int size, int written) {
  if ((unsigned)size > GATHER)
    return buffered(__real__vfprintf_r, r, fp, text, arguments, 1);
  return size > 0 && send_rest(r, fp, _rtt_gathered.at, size, written) ? EOF : size;
}

static inline __attribute__((always_inline)) int print(struct _reent *r, FILE *fp, const char *text, va_list arguments) {
  if (!is_usual(fp))
    return vfprintf_locked(__real__vfprintf_r, r, fp, text, arguments);
  take_both(fp->_lock);
  char *start = _rtt_gathered.at;
  int size = rtt_format(&own.front, start, start + GATHER, text, arguments) - start, written = 0;
  /* Without a result it is less than 0. */
  if (size <= 0 || (written = write_or_go_on(start, size)) != size)
    written = print_rest(r, fp, text, arguments, size, written);
  give_both_back(fp);
  return written;
}
int __wrap__vfprintf_r(struct _reent *r, FILE *fp, const char *text, va_list arguments) {
  return print(r, fp, text, arguments);
}
int __wrap_printf(const char *text, ...) {
  va_list arguments;
  va_start(arguments, text);
  int result = print(_REENT, _REENT->_stdout, text, arguments);
  va_end(arguments);
  return result;
}
int __wrap_vfprintf(FILE *fp, const char *text, va_list arguments) {
  return __wrap__vfprintf_r(_REENT, fp, text, arguments);
}
SMALL int __wrap__vfiprintf_r(struct _reent *r, FILE *fp, const char *text, va_list arguments) {
  return vfprintf_locked(__real__vfiprintf_r, r, fp, text, arguments);
}
int __wrap_vfiprintf(FILE *fp, const char *text, va_list arguments) {
  return __wrap__vfiprintf_r(_REENT, fp, text, arguments);
}

int __real___sfvwrite_r(struct _reent *, FILE *, struct __suio *);

/* puts() and the like: the text and its newline in one write. */
SMALL int __wrap___sfvwrite_r(struct _reent *r, FILE *fp, struct __suio *uio) {
  size_t size = uio->uio_resid;
  if (fp == &own.front) {
    /* A buffer that would be full is written out. */
    if (size >= (size_t)fp->_w)
      return __real___sfvwrite_r(r, fp, uio);
    fp->_p = (unsigned char *)collect((char *)fp->_p, uio->uio_iov, size);
    fp->_w -= size;
    uio->uio_resid = 0;
    return 0;
  }
  if (!writes_at_once(fp) || uio->uio_iovcnt < 2 || size > GATHER || !rtt_try_once(&_rtt_gathered.lock))
    return __real___sfvwrite_r(r, fp, uio);
  char *start = _rtt_gathered.at;
  collect(start, uio->uio_iov, size);
  uio->uio_resid = 0;
  int result = send(r, fp, start, size);
  _rtt_gathered.lock.owner = 0;
  return result;
}

int __real___swbuf_r(struct _reent *, int, FILE *);

/* putchar() and the like. */
SMALL int __wrap___swbuf_r(struct _reent *r, int c, FILE *fp) {
  char character = c;
  if (!writes_at_once(fp))
    return __real___swbuf_r(r, c, fp);
  fp->_w = 0;
  return send(r, fp, &character, 1) ? EOF : (unsigned char)c;
}

/* Whether it does, and nobody has the lock, which is taken then. */
static inline __attribute__((always_inline)) int ours(FILE *fp, int me) {
  return writes_at_once(fp) && !(fp->_flags2 & __SNLK) && fp->_lock && rtt_take(fp->_lock, me) == 0;
}

/*
 * One character, when the shortest way (put.c) is not open; 0 when it cannot be this one. From the questions to the end there is neither
 * a call nor a branch backwards, so that no lock needs to be taken.
 */
static inline __attribute__((always_inline)) int put_at_once(int c, FILE *fp) {
  if (!is_usual(fp))
    return 0;
  char *at = _rtt_gathered.at;
  *at = c;
  _rtt_gathered.stream = fp;
  return write_or_go_on(at, 1);
}

int __real__putc_r(struct _reent *, int, FILE *);
int __real__puts_r(struct _reent *, const char *);

/* The same from the start, since programs that print characters or lines do nothing else. */
SMALL static __attribute__((noinline)) int put(struct _reent *r, int c, FILE *fp) {
  if (!ours(fp, rtt_me()))
    return __real__putc_r(r, c, fp);
  char character = c;
  fp->_w = 0;
  int failed = send(r, fp, &character, 1);
  release(fp, 1);
  return failed ? EOF : (unsigned char)c;
}
static inline __attribute__((always_inline)) int put_by_one(struct _reent *r, int c, FILE *fp) {
  return put_at_once(c, fp) > 0 ? (unsigned char)c : put(r, c, fp);
}
int __wrap__putc_r(struct _reent *r, int c, FILE *fp) {
  return put_by_one(r, c, fp);
}
int rtt_put(int c, FILE *fp) {
  return put_by_one(_REENT, c, fp);
}
int __wrap__puts_r(struct _reent *r, const char *text) {
  FILE *fp = r->_stdout;
  size_t length = strlen(text);
  if (length >= GATHER || !r->__sdidinit || !is_usual(fp))
    return __real__puts_r(r, text);
  take_both(fp->_lock);
  char *start = _rtt_gathered.at;
  memcpy(start, text, length);
  start[length] = '\n';
  int failed = commit(r, fp, start, length + 1);
  give_both_back(fp);
  return failed ? EOF : '\n';
}
int __wrap_puts(const char *text) {
  return __wrap__puts_r(_REENT, text);
}
int __wrap__fputc_r(struct _reent *r, int c, FILE *fp) {
  return __wrap__putc_r(r, c, fp);
}

/* Locks that a program holds over several calls. */
void flockfile(FILE *fp) {
  __retarget_lock_acquire_recursive(fp->_lock);
}
int ftrylockfile(FILE *fp) {
  return __retarget_lock_try_acquire_recursive(fp->_lock) ? 0 : -1;
}
void funlockfile(FILE *fp) {
  __retarget_lock_release_recursive(fp->_lock);
}

SMALL void _perror_r(struct _reent *r, const char *prefix) {
  int dummy;
  const char *text = _strerror_r(r, r->_errno, 1, &dummy);
  if (prefix && *prefix)
    _fiprintf_r(r, r->_stderr, "%s: %s\n", prefix, text);
  else
    _fiprintf_r(r, r->_stderr, "%s\n", text);
}

SMALL void perror(const char *prefix) {
  _perror_r(_REENT, prefix);
}
