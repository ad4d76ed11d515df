/* Calls behind which the caller does not go on at once, in loops: each writes down when it got on. The argument says how it ends. */
#include <pthread.h>
#include <rthw.h>
#include <rtthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 40
#define DEPTH 12

static rt_sem_t wake, never, gone;
static rt_mutex_t mutex;
static unsigned hash = 2166136261u;
static int urgent, deepest, caught, hooked, ticked, cleaned;
static pthread_once_t once[DEPTH + 1];
static sem_t posix;

static void note(unsigned value) { hash = (hash ^ value ^ rt_tick_get() << 8) * 16777619u; }
static void part(const char *name) { rt_kprintf("%s %08x\n", name, hash); }

/* More urgent than who wakes it. */
static void above(void *parameter) {
    for (;;) {
        rt_sem_take(wake, RT_WAITING_FOREVER);
        note(++urgent);
    }
}
/* As urgent as main. */
static void beside(void *parameter) {
    int n;
    for (n = 0; n < ROUNDS; n++) {
        note(3 * n);
        rt_thread_yield();
        rt_mutex_take(mutex, RT_WAITING_FOREVER);
        rt_mutex_release(mutex);
    }
    rt_sem_release(gone);
}
/* Ends in its call. */
static void ends(void *parameter) {
    int n;
    for (n = 0; n < 10; n++) {
        note(rt_sem_trytake(never));
        if (n == 7) {
            rt_sem_release(gone);
            rt_thread_delete(rt_thread_self());
            rt_thread_suspend(rt_thread_self());
            rt_schedule();
        }
    }
}
static void deeper(void) {
    int me = ++deepest;
    note(rt_sem_trytake(never));
    if (me < DEPTH) pthread_once(&once[me], deeper);
    rt_sem_release(wake);
    note(me);
}
static void handler(int number) {
    signal(number, handler);
    caught++;
    note(rt_sem_trytake(never));
    if (caught % 4) raise(number);
    rt_sem_release(wake);
}
static void tick(void *parameter) {
    ticked++;
    rt_sem_release(wake);
}
static void on_free(void *address) {
    hooked++;
    note(rt_sem_trytake(never));
}
static void clean(void *parameter) { cleaned++; }
static void *cancelled(void *parameter) {
    int n;
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
    pthread_cleanup_push(clean, NULL);
    for (n = 0; n < (parameter ? 60000 : 1); n++) {
        if (n % 64 == 0) note(n);
        if (parameter) pthread_testcancel();
        else sem_wait(&posix);
    }
    pthread_cleanup_pop(0);
    return NULL;
}
static void *leaves(void *parameter) {
    int n;
    for (n = 0; n < 10; n++) {
        note(rt_sem_trytake(never));
        if (n == (int)parameter) pthread_exit((void *)n);
    }
    return NULL;
}
static void on_switch(struct rt_thread *from, struct rt_thread *to) {
    hooked++;
    note(rt_sem_trytake(never));
}
static rt_thread_t start(const char *name, void (*entry)(void *), int priority) {
    rt_thread_t thread = rt_thread_create(name, entry, RT_NULL, 1024, priority, 2);
    rt_thread_startup(thread);
    return thread;
}

int main(int argc, char **argv) {
    const char *end = argc > 1 ? argv[1] : "";
    int n;
    rt_thread_t high;
    rt_timer_t timer;
    pthread_t id;
    void *value;
    rt_uint8_t priority = 20;
    rt_thread_control(rt_thread_self(), RT_THREAD_CTRL_CHANGE_PRIORITY, &priority);
    wake = rt_sem_create("wake", 0, RT_IPC_FLAG_FIFO);
    never = rt_sem_create("never", 0, RT_IPC_FLAG_FIFO);
    gone = rt_sem_create("gone", 0, RT_IPC_FLAG_FIFO);
    mutex = rt_mutex_create("m", RT_IPC_FLAG_PRIO);
    sem_init(&posix, 0, 0);
    high = start("above", above, priority - 2);

    for (n = 0; n < ROUNDS; n++) {
        note(rt_sem_release(wake));
        note(urgent);
    }
    part("woken");
    for (n = 0; n < ROUNDS; n++) {
        rt_enter_critical();
        rt_sem_release(wake);
        note(urgent + rt_critical_level());
        if (n & 1) {
            rt_enter_critical();
            rt_sem_release(wake);
            rt_exit_critical();
            note(urgent);
        }
        rt_exit_critical();
        note(urgent);
    }
    part("critical");
    for (n = 0; n < ROUNDS; n++) {
        rt_interrupt_enter();
        rt_sem_release(wake);
        note(urgent + rt_interrupt_get_nest());
        if (n & 1) {
            rt_interrupt_enter();
            rt_sem_release(wake);
            rt_interrupt_leave();
            note(urgent);
        }
        rt_interrupt_leave();
        note(urgent);
    }
    part("interrupt");
    timer = rt_timer_create("t", tick, RT_NULL, 1, RT_TIMER_FLAG_PERIODIC | RT_TIMER_FLAG_HARD_TIMER);
    rt_timer_start(timer);
    for (n = 0; n < ROUNDS / 10; n++) {
        rt_base_t level = rt_hw_interrupt_disable();
        rt_tick_t before = rt_tick_get();
        int k;
        for (k = 0; k < 400; k++) rt_sem_trytake(never);
        note(rt_tick_get() - before);
        rt_sem_release(wake);
        note(urgent + ticked);
        rt_hw_interrupt_enable(level);
        note(urgent + ticked);
        rt_thread_delay(1);
        while (rt_tick_get() < before + 3) note(rt_sem_trytake(never));
    }
    rt_timer_delete(timer);
    part("masked");
    start("beside", beside, priority);
    for (n = 0; n < ROUNDS; n++) {
        rt_mutex_take(mutex, RT_WAITING_FOREVER);
        rt_thread_yield();
        rt_mutex_release(mutex);
        note(rt_sem_take(never, n % 5 == 0));
    }
    rt_sem_take(gone, RT_WAITING_FOREVER);
    part("beside");
    for (n = 0; n < 4; n++) {
        start("ends", ends, priority - 1 + n % 3);
        rt_sem_take(gone, RT_WAITING_FOREVER);
        rt_thread_delay(2);
    }
    part("ends");
    deeper();
    note(deepest);
    part("deep");
    signal(SIGUSR1, handler);
    for (n = 0; n < 6; n++) {
        raise(SIGUSR1);
        note(caught);
    }
    part("signals");
    rt_free_sethook(on_free);
    for (n = 0; n < ROUNDS; n++) {
        rt_free(rt_malloc(8 + n));
        rt_sem_release(wake);
    }
    rt_free_sethook(RT_NULL);
    rt_scheduler_sethook(on_switch);
    for (n = 0; n < ROUNDS; n++) {
        rt_sem_release(wake);
        note(rt_sem_release(never) + rt_sem_take(never, 0));
    }
    rt_scheduler_sethook(RT_NULL);
    note(hooked);
    part("hooks");
    for (n = 0; n < 4; n++) {
        pthread_create(&id, NULL, cancelled, (void *)(n & 1));
        rt_thread_delay(3);
        note(pthread_cancel(id));
        sem_post(&posix);
        note(pthread_join(id, &value));
        note((unsigned)value + cleaned);
        pthread_create(&id, NULL, leaves, (void *)n);
        note(pthread_join(id, &value));
        note((unsigned)value);
    }
    part("cancelled");
    for (n = 0; n < ROUNDS; n++) {
        printf("%d", n % 10);
        if (n % 3 == 0) note(rt_sem_trytake(never));
        if (n % 3 == 1) rt_sem_release(wake);
    }
    printf("\n");
    part("printed");
    rt_thread_delete(high);
    rt_thread_delay(2);
    printf("%d urgent, %d deep, %d caught, %d hooked, %d cleaned at %u\n", urgent, deepest, caught, hooked, cleaned, (unsigned)rt_tick_get());
    for (n = 0;; n++) {
        note(rt_sem_trytake(never));
        if (n < 20) continue;
        if (strcmp(end, "fault") == 0) rt_strlen((char *)16);
        if (strcmp(end, "assertion") == 0) rt_sem_release((rt_sem_t)mutex);
        if (strcmp(end, "exit") == 0) exit(3);
        if (strcmp(end, "abort") == 0) abort();
        if (strcmp(end, "signal") == 0) raise(SIGTERM);
        if (strcmp(end, "deleted") == 0) rt_thread_delete(rt_thread_self());
        if (n > 25) break;
    }
    rt_sem_delete(wake);
    rt_sem_delete(never);
    rt_sem_delete(gone);
    rt_mutex_delete(mutex);
    return hash & 63;
}
