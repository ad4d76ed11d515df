/* newlib's <unistd.h>, with what it leaves out under the documented _POSIX_C_SOURCE=199309L. */
#ifndef RT_UNISTD_H__
#define RT_UNISTD_H__

/* -Wpedantic has a word about the next line. */
#pragma GCC system_header
#include_next <unistd.h>

#ifdef __cplusplus
extern "C" {
#endif

int usleep(useconds_t usec);
int truncate(const char *path, off_t length);
ssize_t pread(int fd, void *buffer, size_t count, off_t offset);
ssize_t pwrite(int fd, const void *buffer, size_t count, off_t offset);
void sync(void);
int getpagesize(void);
int gethostname(char *name, size_t size);

#ifdef __cplusplus
}
#endif

#endif
