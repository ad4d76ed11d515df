/*
 * The compiler's <sys/types.h> includes this: its own pthread types differ from the kernel's, which are these.
 */
#ifndef RT_SYS_PTHREADTYPES_H__
#define RT_SYS_PTHREADTYPES_H__

#include <sys/sched.h>

typedef long pthread_t;
typedef long pthread_condattr_t;
typedef long pthread_rwlockattr_t;
typedef long pthread_mutexattr_t;
typedef long pthread_barrierattr_t;
typedef int pthread_key_t;
typedef int pthread_once_t;

typedef struct pthread_attr {
    void *stackaddr;               /* 0 */
    int stacksize;                 /* 4 */
    int inheritsched;              /* 8 */
    int schedpolicy;               /* 12 */
    struct sched_param schedparam; /* 16 */
    int detachstate;               /* 20 */
} pthread_attr_t;

#endif
