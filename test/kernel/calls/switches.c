/* Threads that hand each other the core in every way there is; each writes down when it got on, and what its registers were good for. */
#include <rtthread.h>
#include <stdio.h>
#include <stdlib.h>

#define THREADS 5
#define TURNS 60

static rt_sem_t turn[THREADS], done, never;
static rt_mutex_t mutex;
static rt_event_t event;
static rt_mailbox_t mails;
static rt_mq_t queue;
static unsigned hash = 2166136261u;
static double sums[THREADS];

static void note(unsigned value) { hash = (hash ^ value ^ rt_tick_get() << 8) * 16777619u; }

/* Keeps values in callee-saved registers and on the stack over a call that waits, at two depths. */
static __attribute__((noinline)) rt_err_t deep(int level, rt_sem_t sem, rt_int32_t time) {
    rt_err_t result = level > 0 ? deep(level - 1, sem, time) : rt_sem_take(sem, time);
    note(level + 16 * result);
    return result;
}

static void run(void *parameter) {
    int me = (int)parameter, n;
    double sum = me;
    for (n = 0; n < TURNS; n++) {
        deep(me, turn[me], RT_WAITING_FOREVER);
        sum = sum * 0.75 + n;
        rt_mutex_take(mutex, RT_WAITING_FOREVER);
        note(1000 * me + n);
        if (n % 7 == me) rt_thread_yield();
        rt_mutex_release(mutex);
        if (n % 5 == me) rt_thread_delay(me);
        if (n % 6 == me) rt_event_send(event, 1 << me);
        if (n % 11 == me) {
            rt_uint32_t got = 0;
            note(16 * rt_event_recv(event, 31, RT_EVENT_FLAG_OR | RT_EVENT_FLAG_CLEAR, 3, &got) + got);
        }
        if (n % 4 == me) rt_mb_send_wait(mails, n, 2);
        if (n % 4 == 3 - me) {
            rt_ubase_t mail = 0;
            note(rt_mb_recv(mails, &mail, 2) * 64 + mail);
        }
        if (n % 3 == me) rt_mq_send_wait(queue, &n, sizeof n, 2);
        if (n % 3 == 2 - me) {
            int got = 0;
            note(rt_mq_recv(queue, &got, sizeof got, 2) * 64 + got);
        }
        note(deep(1, never, 0));
        rt_sem_release(turn[(me + 1) % THREADS]);
    }
    sums[me] = sum;
    rt_sem_release(done);
}

int main(int argc, char **argv) {
    static const int priorities[THREADS] = {20, 20, 21, 19, 20};
    int n;
    never = rt_sem_create("never", 0, RT_IPC_FLAG_FIFO);
    done = rt_sem_create("done", 0, RT_IPC_FLAG_FIFO);
    mutex = rt_mutex_create("m", RT_IPC_FLAG_PRIO);
    event = rt_event_create("e", RT_IPC_FLAG_FIFO);
    mails = rt_mb_create("mb", 2, RT_IPC_FLAG_FIFO);
    queue = rt_mq_create("mq", sizeof(int), 2, RT_IPC_FLAG_FIFO);
    for (n = 0; n < THREADS; n++) turn[n] = rt_sem_create("turn", 0, RT_IPC_FLAG_PRIO);
    for (n = 0; n < THREADS; n++)
        rt_thread_startup(rt_thread_create("t", run, (void *)n, 2048, priorities[n], 1 + n));
    rt_sem_release(turn[0]);
    for (n = 0; n < THREADS; n++) rt_sem_take(done, RT_WAITING_FOREVER);
    printf("%08x at %u", hash, (unsigned)rt_tick_get());
    for (n = 0; n < THREADS; n++) printf(" %.6f", sums[n]);
    printf("\n");
    return 0;
}
