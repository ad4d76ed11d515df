/*
 * Work for the kernel: `load WHAT COUNT OTHERS` does an operation COUNT times while OTHERS objects that have nothing to do with it exist.
 * The time between the two marks it prints is that of the operations.
 */
#include <dlfcn.h>
#include <rtthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static rt_sem_t ping, pong;
static int count;

static void ponger(void *parameter) {
    int n;
    for (n = 0; n < count; n++) {
        rt_sem_take(ping, RT_WAITING_FOREVER);
        rt_sem_release(pong);
    }
}

static void nothing(void *parameter) {}

static void sleeper(void *parameter) {
    for (;;) rt_thread_delay(100000);
}

/* Two switches a round. */
static void ping_pong(void) {
    int n;
    ping = rt_sem_create("ping", 0, RT_IPC_FLAG_FIFO);
    pong = rt_sem_create("pong", 0, RT_IPC_FLAG_FIFO);
    rt_thread_startup(rt_thread_create("pong", ponger, RT_NULL, 1024, 20, 10));
    for (n = 0; n < count; n++) {
        rt_sem_release(ping);
        rt_sem_take(pong, RT_WAITING_FOREVER);
    }
}

static void take_release(void) {
    rt_sem_t sem = rt_sem_create("sem", 1, RT_IPC_FLAG_FIFO);
    int n;
    for (n = 0; n < count; n++) {
        rt_sem_take(sem, RT_WAITING_FOREVER);
        rt_sem_release(sem);
    }
}

/* The floor: a call of the host that does nothing worth mentioning, twice. */
static void empty_calls(void) {
    int n;
    for (n = 0; n < count; n++) {
        rt_interrupt_get_nest();
        rt_interrupt_get_nest();
    }
}

/* A call whose result translated code knows, twice. */
static void known_calls(void) {
    int n;
    for (n = 0; n < count; n++) {
        rt_critical_level();
        rt_critical_level();
    }
}

static void expired(void *parameter) {}

static void start_stop_timer(void) {
    rt_timer_t timer = rt_timer_create("t", expired, RT_NULL, 20000, RT_TIMER_FLAG_ONE_SHOT);
    int n;
    for (n = 0; n < count; n++) {
        rt_tick_t ticks = 10000 + (n * 7919) % 50000;
        rt_timer_control(timer, RT_TIMER_CTRL_SET_TIME, &ticks);
        rt_timer_start(timer);
    }
}

static void malloc_free(void) {
    static void *blocks[64];
    unsigned n, seed = 1;
    for (n = 0; n < (unsigned)count; n++) {
        unsigned slot;
        seed = seed * 1103515245u + 12345u;
        slot = (seed >> 16) & 63;
        rt_free(blocks[slot]);
        blocks[slot] = rt_malloc(16 + ((seed >> 8) & 255));
    }
}

static void create_delete(void) {
    int n;
    for (n = 0; n < count; n++) rt_sem_delete(rt_sem_create("one", 0, RT_IPC_FLAG_FIFO));
}

static void mutex_life(void) {
    int n;
    for (n = 0; n < count; n++) rt_mutex_delete(rt_mutex_create("one", RT_IPC_FLAG_FIFO));
}

static void event_life(void) {
    int n;
    for (n = 0; n < count; n++) rt_event_delete(rt_event_create("one", RT_IPC_FLAG_FIFO));
}

static void mailbox_life(void) {
    int n;
    for (n = 0; n < count; n++) rt_mb_delete(rt_mb_create("one", 8, RT_IPC_FLAG_FIFO));
}

static void queue_life(void) {
    int n;
    for (n = 0; n < count; n++) rt_mq_delete(rt_mq_create("one", 16, 8, RT_IPC_FLAG_FIFO));
}

static void timer_life(void) {
    int n;
    for (n = 0; n < count; n++) {
        rt_timer_t timer = rt_timer_create("one", expired, RT_NULL, 20000, RT_TIMER_FLAG_ONE_SHOT);
        rt_timer_start(timer);
        rt_timer_stop(timer);
        rt_timer_delete(timer);
    }
}

/* By a name that nobody has: the whole list. */
static void find_name(void) {
    int n;
    for (n = 0; n < count; n++) rt_object_find("nobody", RT_Object_Class_Semaphore);
}

static void open_device(void) {
    rt_device_t device = rt_device_find("uart1");
    int n;
    for (n = 0; n < count; n++) {
        rt_device_open(device, RT_DEVICE_OFLAG_RDWR);
        rt_device_close(device);
    }
}

static void open_library(void) {
    int n;
    for (n = 0; n < count; n++) dlclose(dlopen("/one.so", RTLD_NOW));
}

/* A thread at the end of a list of waiters, for a tick; the others wait there for ever. */
static rt_sem_t crowded;

static void waits(void *parameter) {
    rt_sem_take(crowded, RT_WAITING_FOREVER);
}

static void wait_there(void) {
    int n;
    for (n = 0; n < count; n++) rt_sem_take(crowded, 1);
}

static void thread_life(void) {
    int n;
    for (n = 0; n < count; n++) {
        rt_thread_startup(rt_thread_create("one", nothing, RT_NULL, 512, 10, 10));
        if (n % 16 == 15) rt_thread_delay(1);
    }
}

static void yields(void) {
    int n;
    for (n = 0; n < count; n++) rt_thread_yield();
}

static void delays(void) {
    int n;
    for (n = 0; n < count; n++) rt_thread_delay(1);
}

static void print_lines(void) {
    int n;
    for (n = 0; n < count; n++) printf("line %d of many\n", n);
}

static const struct {
    const char *name;
    void (*run)(void);
} works[] = {
    {"ping-pong", ping_pong}, {"take-release", take_release}, {"empty", empty_calls},   {"known", known_calls},
    {"timer", start_stop_timer},
    {"malloc", malloc_free},  {"object", create_delete},      {"thread", thread_life}, {"yield", yields},
    {"delay", delays},        {"printf", print_lines},      {"mutex", mutex_life},    {"event", event_life},
    {"mailbox", mailbox_life}, {"queue", queue_life},       {"timer-life", timer_life}, {"find", find_name},
    {"device", open_device},  {"dlopen", open_library},     {"wait-fifo", wait_there}, {"wait-prio", wait_there},
};

/* Threads that wait for one semaphore, or libraries that are open. */
static void crowd(const char *what, int others) {
    char path[16];
    int n;
    if (strncmp(what, "wait-", 5) == 0) crowded = rt_sem_create("crowd", 0, what[5] == 'p' ? RT_IPC_FLAG_PRIO : RT_IPC_FLAG_FIFO);
    for (n = 0; n < others; n++)
        if (crowded) rt_thread_startup(rt_thread_create("other", waits, RT_NULL, 512, 10, 10));
        else if (strcmp(what, "dlopen") == 0) {
            sprintf(path, "/lib/%d.so", n);
            dlopen(path, RTLD_NOW);
        }
}

/* Objects that are only there: a thread that sleeps, a timer far away, a semaphore and a block each, all above a hole too small for most. */
static void populate(int others) {
    rt_uint8_t priority = 15;
    void *hole = rt_malloc(12);
    int n;
    rt_thread_control(rt_thread_self(), RT_THREAD_CTRL_CHANGE_PRIORITY, &priority);
    for (n = 0; n < others; n++) {
        if (others <= 1000) rt_thread_startup(rt_thread_create("other", sleeper, RT_NULL, 512, 10, 10));
        rt_timer_start(rt_timer_create("other", expired, RT_NULL, 10000 + (n * 104729) % 50000, RT_TIMER_FLAG_ONE_SHOT));
        rt_sem_create("other", 1, RT_IPC_FLAG_FIFO);
        rt_malloc(20);
    }
    rt_free(hole);
}

int main(int argc, char **argv) {
    unsigned n;
    if (argc < 4) return 2;
    count = atoi(argv[2]);
    if (strncmp(argv[1], "wait-", 5) == 0 || strcmp(argv[1], "dlopen") == 0) crowd(argv[1], atoi(argv[3]));
    else populate(atoi(argv[3]));
    for (n = 0; n < sizeof(works) / sizeof(works[0]); n++)
        if (strcmp(works[n].name, argv[1]) == 0) {
            rt_kprintf("<begin>");
            works[n].run();
            rt_kprintf("<end>");
            return 0;
        }
    return 2;
}
