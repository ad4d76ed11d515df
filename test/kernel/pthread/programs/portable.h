#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* One call for each line: the order of arguments is the compiler's. */
#define SHOW(call) printf("%s: %d\n", #call, (int)(call))

#ifdef __RTTHREAD__
#define SEM_FAILED ((sem_t *)0)
int clock_gettime(clockid_t clock, struct timespec *time);
int nanosleep(const struct timespec *time, struct timespec *rest);
int pipe(int fildes[2]);
int dup(int fd);
int dup2(int fd, int to);
ssize_t pread(int fd, void *buffer, size_t size, off_t offset);
#endif

static inline void roomy(pthread_attr_t *attr) {
    pthread_attr_init(attr);
    pthread_attr_setstacksize(attr, 16384);
}

/* A point in time that many milliseconds from now. */
static inline struct timespec later(int ms) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_nsec += (ms % 1000) * 1000000L;
    t.tv_sec += ms / 1000 + t.tv_nsec / 1000000000L;
    t.tv_nsec %= 1000000000L;
    return t;
}

static inline void pause_ms(int ms) {
    struct timespec t = {ms / 1000, (ms % 1000) * 1000000L};
    nanosleep(&t, 0);
}
