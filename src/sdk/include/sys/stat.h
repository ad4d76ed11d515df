/* newlib's <sys/stat.h>, with what it leaves out under the documented _POSIX_C_SOURCE=199309L. */
#ifndef RT_SYS_STAT_H__
#define RT_SYS_STAT_H__

/* -Wpedantic has a word about the next line. */
#pragma GCC system_header
#include_next <sys/stat.h>

#ifdef __cplusplus
extern "C" {
#endif

int lstat(const char *path, struct stat *status);

#ifdef __cplusplus
}
#endif

#endif
