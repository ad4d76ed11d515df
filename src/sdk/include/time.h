/* newlib's <time.h>, with the functions that it declares only for other systems. */
#ifndef RT_TIME_H__
#define RT_TIME_H__

#include_next <time.h>
#include <clock_time.h>

#endif
