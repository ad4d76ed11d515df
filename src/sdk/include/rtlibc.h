/* The C library of the kernel is the compiler's own newlib. */
#ifndef RTLIBC_H__
#define RTLIBC_H__

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/types.h>

/* left out by newlib under the documented _POSIX_C_SOURCE=199309L */
#ifndef O_BINARY
#define O_BINARY 0x10000
#endif
#ifndef O_CLOEXEC
#define O_CLOEXEC 0x40000
#endif
#ifndef O_DIRECTORY
#define O_DIRECTORY 0x200000
#endif

#endif
