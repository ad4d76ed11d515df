/* newlib's <time.h>, with the functions that it declares only for other systems. */
#ifndef RT_TIME_H__
#define RT_TIME_H__

/* -Wpedantic has a word about the next line. */
#pragma GCC system_header
#include_next <time.h>
#include <clock_time.h>

#endif
