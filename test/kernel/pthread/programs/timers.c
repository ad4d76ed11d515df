/* Portable: timers of POSIX.1-2017, section timer_create. Times are far enough from each other for a busy machine. */
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static sem_t expired;
static volatile int calls, given, signals;

static void called(union sigval value) {
    given = value.sival_int;
    calls++;
    sem_post(&expired);
}

static void handler(int signo) { signals += signo == SIGUSR1; }

static void wait_ms(long ms) {
    struct timespec t = {ms / 1000, ms % 1000 * 1000000}, rest;
    while (nanosleep(&t, &rest) != 0) t = rest;
}

static int set(timer_t timer, int flags, long long first_ms, long every_ms, struct itimerspec *old) {
    struct itimerspec t;
    memset(&t, 0, sizeof t);
    t.it_value.tv_sec = first_ms / 1000;
    t.it_value.tv_nsec = first_ms % 1000 * 1000000;
    t.it_interval.tv_sec = every_ms / 1000;
    t.it_interval.tv_nsec = every_ms % 1000 * 1000000;
    return timer_settime(timer, flags, &t, old);
}

static long long ms(struct timespec t) { return t.tv_sec * 1000LL + t.tv_nsec / 1000000; }

int main(void) {
    struct sigevent event;
    struct itimerspec now, bad;
    struct timespec clock;
    timer_t one, two, three;
    int n;

    memset(&event, 0, sizeof event);
    sem_init(&expired, 0, 0);
    event.sigev_notify = SIGEV_THREAD;
    event.sigev_notify_function = called;
    event.sigev_value.sival_int = 42;
    printf("create %d\n", timer_create(CLOCK_REALTIME, &event, &one));
    printf("unarmed %d", timer_gettime(one, &now));
    printf(" %d %d\n", (int)ms(now.it_value), (int)ms(now.it_interval));

    /* One shot. */
    printf("set %d\n", set(one, 0, 200, 0, 0));
    timer_gettime(one, &now);
    printf("left %d %d\n", ms(now.it_value) > 50 && ms(now.it_value) <= 200, (int)ms(now.it_interval));
    sem_wait(&expired);
    wait_ms(100);
    printf("calls %d value %d\n", calls, given);
    timer_gettime(one, &now);
    printf("over %d\n", (int)ms(now.it_value));

    /* Every 100 ms, until it is stopped; the old setting comes back. */
    set(one, 0, 100, 100, 0);
    for (n = 0; n < 3; n++) sem_wait(&expired);
    printf("periodic %d\n", calls >= 4);
    set(one, 0, 0, 0, &now);
    printf("was %d %d\n", ms(now.it_value) <= 100, (int)ms(now.it_interval));
    wait_ms(50);
    n = calls;
    wait_ms(300);
    printf("stopped %d\n", calls == n);

    /* Before its time it is set anew: only the last one counts. */
    n = calls;
    set(one, 0, 300, 0, 0);
    set(one, 0, 600, 0, 0);
    wait_ms(400);
    printf("put off %d\n", calls - n);
    wait_ms(400);
    printf("came %d\n", calls - n);

    /* Absolute, on both clocks; in the past: at once. */
    clock_gettime(CLOCK_REALTIME, &clock);
    n = calls;
    set(one, TIMER_ABSTIME, ms(clock) + 200, 0, 0);
    wait_ms(50);
    printf("absolute %d", calls - n);
    wait_ms(400);
    printf(" %d\n", calls - n);
    set(one, TIMER_ABSTIME, 1000, 0, 0);
    wait_ms(100);
    printf("past %d\n", calls - n);
    event.sigev_value.sival_int = 7;
    printf("monotonic %d\n", timer_create(CLOCK_MONOTONIC, &event, &two));
    clock_gettime(CLOCK_MONOTONIC, &clock);
    n = calls;
    set(two, TIMER_ABSTIME, ms(clock) + 200, 0, 0);
    wait_ms(50);
    printf("absolute %d", calls - n);
    wait_ms(400);
    printf(" %d value %d\n", calls - n, given);

    /* A signal, and none. */
    signal(SIGUSR1, handler);
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGUSR1;
    printf("signal %d\n", timer_create(CLOCK_REALTIME, &event, &three));
    set(three, 0, 100, 0, 0);
    wait_ms(300);
    printf("signals %d overrun %d\n", signals, timer_getoverrun(three));
    timer_delete(three);
    event.sigev_notify = SIGEV_NONE;
    printf("none %d\n", timer_create(CLOCK_REALTIME, &event, &three));
    set(three, 0, 100, 0, 0);
    wait_ms(300);
    timer_gettime(three, &now);
    printf("signals %d left %d\n", signals, (int)ms(now.it_value));

    /* What is refused. */
    memset(&bad, 0, sizeof bad);
    bad.it_value.tv_nsec = 1000000000;
    errno = 0;
    printf("bad value %d", timer_settime(one, 0, &bad, 0));
    printf(" %d\n", errno == EINVAL);
    errno = 0;
    printf("bad clock %d", timer_create((clockid_t)77, 0, &three));
    printf(" %d\n", errno == EINVAL);
    event.sigev_notify = 99;
    errno = 0;
    printf("bad event %d", timer_create(CLOCK_REALTIME, &event, &three));
    printf(" %d\n", errno == EINVAL);

    /* Deleted while it runs. */
    n = calls;
    set(two, 0, 100, 100, 0);
    printf("delete %d\n", timer_delete(two));
    wait_ms(300);
    printf("deleted %d\n", calls - n);
    timer_delete(one);
    timer_delete(three);
    sem_destroy(&expired);
    return 0;
}
