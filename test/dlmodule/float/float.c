/* Threads that compute in floating-point registers and take turns, and a timer that does the same in between. */
#include <rtthread.h>
#include <math.h>
#include <stdio.h>

#define ROUNDS 200000

static double results[2];
static volatile double shaken;
static rt_sem_t ended;
static volatile int switches, last;

static void count(int n)
{
    if (last != n) {
        last = n;
        switches++;
    }
}

/* The logistic map forgets nothing: one wrong bit changes every digit. */
static void logistic(void *parameter)
{
    int n = (int)parameter, i;
    double x = n ? 0.3 : 0.6, r = n ? 3.9 : 3.8;

    for (i = 0; i < ROUNDS; i++) {
        x = r * x * (1.0 - x);
        count(n);
        if (i % 1000 == 0)
            rt_thread_yield();
    }
    results[n] = x;
    rt_sem_release(ended);
}

static void shake(void *parameter)
{
    volatile double a = 1.5, b = 2.25;
    double x = shaken;
    int i;

    for (i = 0; i < 8; i++)
        x = x / a + b * i;
    shaken = x;
}

int main(int argc, char *argv[])
{
    rt_timer_t timer = rt_timer_create("shake", shake, RT_NULL, 1, RT_TIMER_FLAG_PERIODIC);
    rt_thread_t threads[2];
    volatile float third = 1.0f / 3;
    int i;

    ended = rt_sem_create("ended", 0, RT_IPC_FLAG_FIFO);
    rt_timer_start(timer);
    rt_enter_critical();
    for (i = 0; i < 2; i++) {
        threads[i] = rt_thread_create("float", logistic, (void *)i, 2048, 30, 1);
        rt_thread_startup(threads[i]);
    }
    rt_exit_critical();
    for (i = 0; i < 2; i++)
        rt_sem_take(ended, RT_WAITING_FOREVER);
    rt_timer_delete(timer);
    rt_sem_delete(ended);
    printf("%.17g %.17g\n", results[0], results[1]);
    printf("%.9g %.17g %d %u\n", third, sqrt(2.0), (int)-2.75f, (unsigned)3e9);
    printf("took turns: %s\n", switches > 3 && shaken > 1 ? "yes" : "no");
    return 0;
}
