/* Functions that ported programs use and newlib has under another name, or not for this machine. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include "../../sdk/include/sys/utsname.h"

ssize_t getline(char **line, size_t *size, FILE *stream);
ssize_t getdelim(char **line, size_t *size, int delimiter, FILE *stream);
void *lfind(const void *key, const void *base, size_t *count, size_t width,
            int (*compare)(const void *, const void *));
void *lsearch(const void *key, void *base, size_t *count, size_t width,
              int (*compare)(const void *, const void *));
int getpagesize(void);
int gethostname(char *name, size_t size);

#define PAGE 4096
/* DFS_FD_MAX of 4.0.4. */
#define OPEN 16

ssize_t getline(char **line, size_t *size, FILE *stream) {
  return __getline(line, size, stream);
}
ssize_t getdelim(char **line, size_t *size, int delimiter, FILE *stream) {
  return __getdelim(line, size, delimiter, stream);
}

void *lfind(const void *key, const void *base, size_t *count, size_t width,
            int (*compare)(const void *, const void *)) {
  const char *at = base;
  for (size_t n = *count; n > 0; n--, at += width)
    if (compare(key, at) == 0)
      return (void *)at;
  return NULL;
}
void *lsearch(const void *key, void *base, size_t *count, size_t width,
              int (*compare)(const void *, const void *)) {
  void *found = lfind(key, base, count, width, compare);
  return found ? found : memcpy((char *)base + width * (*count)++, key, width);
}

int getpagesize(void) {
  return PAGE;
}

long sysconf(int name) {
  switch (name) {
  case _SC_OPEN_MAX:
    return OPEN;
  case _SC_PAGESIZE:
    return PAGE;
  case _SC_CLK_TCK:
    return CLOCKS_PER_SEC;
  case _SC_NPROCESSORS_CONF:
  case _SC_NPROCESSORS_ONLN:
    return 1;
  default:
    errno = EINVAL;
    return -1;
  }
}

static const struct utsname here = {"RT-Thread", "rt-thread", "4.0.4", "rtt-sim", "armv7l"};

int uname(struct utsname *name) {
  *name = here;
  return 0;
}

int gethostname(char *name, size_t size) {
  size_t length = strlen(here.nodename) + 1;
  if (size < length) {
    errno = ENAMETOOLONG;
    return -1;
  }
  memcpy(name, here.nodename, length);
  return 0;
}
