/* POSIX clocks. newlib declares them only for systems that say _POSIX_TIMERS, so they are here, as in RT-Thread 4.0.4. */
#ifndef CLOCK_TIME_H__
#define CLOCK_TIME_H__

#include <rtdef.h>
#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MILLISECOND_PER_SECOND 1000UL
#define MICROSECOND_PER_SECOND 1000000UL
#define NANOSECOND_PER_SECOND 1000000000UL
#define MILLISECOND_PER_TICK (MILLISECOND_PER_SECOND / RT_TICK_PER_SECOND)
#define MICROSECOND_PER_TICK (MICROSECOND_PER_SECOND / RT_TICK_PER_SECOND)
#define NANOSECOND_PER_TICK (NANOSECOND_PER_SECOND / RT_TICK_PER_SECOND)

#ifndef CLOCK_REALTIME
#define CLOCK_REALTIME ((clockid_t)1)
#endif
#ifndef CLOCK_CPUTIME_ID
#define CLOCK_CPUTIME_ID ((clockid_t)2)
#endif
#ifndef CLOCK_PROCESS_CPUTIME_ID
#define CLOCK_PROCESS_CPUTIME_ID CLOCK_CPUTIME_ID
#endif
#ifndef CLOCK_THREAD_CPUTIME_ID
#define CLOCK_THREAD_CPUTIME_ID ((clockid_t)3)
#endif
#ifndef CLOCK_MONOTONIC
#define CLOCK_MONOTONIC ((clockid_t)4)
#endif

#ifndef _POSIX_TIMERS
int clock_getres(clockid_t clockid, struct timespec *res);
int clock_gettime(clockid_t clockid, struct timespec *tp);
int clock_settime(clockid_t clockid, const struct timespec *tp);
int nanosleep(const struct timespec *rqtp, struct timespec *rmtp);

/* Timers, as later versions of RT-Thread have them; struct sigevent is in <signal.h>. */
struct sigevent;
#ifndef TIMER_ABSTIME
#define TIMER_ABSTIME 4
#endif
int timer_create(clockid_t clockid, struct sigevent *evp, timer_t *timerid);
int timer_delete(timer_t timerid);
int timer_settime(timer_t timerid, int flags, const struct itimerspec *value, struct itimerspec *ovalue);
int timer_gettime(timer_t timerid, struct itimerspec *value);
int timer_getoverrun(timer_t timerid);
#endif
/* Ticks until the time of a clock. */
int clock_time_to_tick(const struct timespec *time);

int stime(const time_t *t);

#ifdef __cplusplus
}
#endif

#endif
