/*
 * newlib's system calls. The kernel's functions store errno in the running thread's struct _reent; these return it in the one
 * they were given.
 */
#include "rtt.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

static int result(struct _reent *r, int value) {
  if (value == -1)
    r->_errno = _impure_ptr->_errno;
  return value;
}

static int unsupported(struct _reent *r) {
  r->_errno = ENOTSUP;
  return -1;
}

int _open_r(struct _reent *r, const char *path, int flags, int mode) {
  return result(r, open(path, flags, mode));
}
int _close_r(struct _reent *r, int file) {
  return result(r, close(file));
}
_ssize_t _read_r(struct _reent *r, int file, void *data, size_t size) {
  return result(r, read(file, data, size));
}
_ssize_t _write_r(struct _reent *r, int file, const void *data, size_t size) {
  return result(r, write(file, data, size));
}
_off_t _lseek_r(struct _reent *r, int file, _off_t offset, int whence) {
  return result(r, lseek(file, offset, whence));
}
/* The kernel fills in the fields it knows. */
int _fstat_r(struct _reent *r, int file, struct stat *status) {
  memset(status, 0, sizeof *status);
  return result(r, fstat(file, status));
}
int _stat_r(struct _reent *r, const char *path, struct stat *status) {
  memset(status, 0, sizeof *status);
  return result(r, stat(path, status));
}
int _unlink_r(struct _reent *r, const char *path) {
  return result(r, unlink(path));
}
int _rename_r(struct _reent *r, const char *from, const char *to) {
  return result(r, rename(from, to));
}
int _mkdir_r(struct _reent *r, const char *path, int mode) {
  return result(r, mkdir(path, mode));
}
int _fcntl_r(struct _reent *r, int file, int command, int argument) {
  return result(r, fcntl(file, command, argument));
}
int _isatty_r(struct _reent *r, int file) {
  (void)r;
  return isatty(file);
}
int _gettimeofday_r(struct _reent *r, struct timeval *time, void *zone) {
  return result(r, gettimeofday(time, zone));
}
int _getpid_r(struct _reent *r) {
  (void)r;
  return getpid();
}

/*
 * kill(), and what raise() does without a handler of signal(): SIGABRT ends the module, and the kernel knows the handlers of sigaction().
 * There is one process, whose getpid() is 0; 0 is its group, too, and -1 all of them.
 */
int _kill_r(struct _reent *r, int pid, int signal) {
  if (pid != 0 && pid != -1) {
    r->_errno = ESRCH;
    return -1;
  }
  if (signal < 0 || signal >= NSIG) {
    r->_errno = EINVAL;
    return -1;
  }
  if (signal == SIGABRT)
    _rtt_abort();
  if (_rtt_raise(signal) == 0)
    return 0;
  return unsupported(r);
}

int _link_r(struct _reent *r, const char *from, const char *to) {
  (void)from, (void)to;
  return unsupported(r);
}
int _execve_r(struct _reent *r, const char *path, char *const *argv, char *const *env) {
  (void)path, (void)argv, (void)env;
  return unsupported(r);
}
int _fork_r(struct _reent *r) {
  return unsupported(r);
}
int _wait_r(struct _reent *r, int *status) {
  (void)status;
  return unsupported(r);
}
void *_sbrk_r(struct _reent *r, ptrdiff_t increment) {
  (void)increment;
  r->_errno = ENOMEM;
  return (void *)-1;
}

int getentropy(void *buffer, size_t size) {
  unsigned char *bytes = buffer;
  for (size_t i = 0; i < size; i++)
    bytes[i] = _rtt_random() >> 24;
  return 0;
}
