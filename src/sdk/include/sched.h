#ifndef RT_SCHED_H__
#define RT_SCHED_H__

/* A sched_priority is an RT-Thread priority: the lower number is the better one. */

#include <sys/sched.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

int sched_yield(void);
int sched_get_priority_min(int policy);
int sched_get_priority_max(int policy);
int sched_setscheduler(pid_t pid, int policy);

#ifdef __cplusplus
}
#endif

#endif
