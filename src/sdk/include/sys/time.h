/* newlib's <sys/time.h>, with what it leaves out under the documented _POSIX_C_SOURCE=199309L. */
#ifndef RT_SYS_TIME_H__
#define RT_SYS_TIME_H__

/* -Wpedantic has a word about the next line. */
#pragma GCC system_header
#include_next <sys/time.h>

#ifdef __cplusplus
extern "C" {
#endif

struct timezone;
int settimeofday(const struct timeval *tv, const struct timezone *tz);

#ifdef __cplusplus
}
#endif

#endif
