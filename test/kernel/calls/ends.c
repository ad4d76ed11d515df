/* A function that the system calls ends its program, or fails: `ends WHERE HOW`, while main sleeps. */
#include <assert.h>
#include <rtdevice.h>
#include <rthw.h>
#include <rtthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *how;
static volatile int done;

static void at_exit(void) {
    rt_kprintf("exit handler\n");
}

static void end(void) {
    if (done++) return;
    rt_kprintf("called\n");
    if (strcmp(how, "exit") == 0) exit(3);
    if (strcmp(how, "inside") == 0) {
        rt_enter_critical();
        rt_interrupt_enter();
        rt_hw_interrupt_disable();
        exit(4);
    }
    if (strcmp(how, "abort") == 0) abort();
    if (strcmp(how, "assert") == 0) assert(how == NULL);
    if (strcmp(how, "quick") == 0) quick_exit(5);
    if (strcmp(how, "_Exit") == 0) _Exit(6);
    if (strcmp(how, "store") == 0) *(volatile int *)4 = 1;
    if (strcmp(how, "jump") == 0) ((void (*)(void))0)();
    if (strcmp(how, "undefined") == 0) __asm__ volatile("udf #0");
    if (strcmp(how, "RT_ASSERT") == 0) RT_ASSERT(how == RT_NULL);
    rt_kprintf("came back\n");
}

static void expired(void *parameter) {
    end();
}

static void work_function(struct rt_work *work, void *data) {
    end();
}

static struct rt_work work;

int main(int argc, char **argv) {
    const char *where = argv[1];
    rt_uint8_t flag = strcmp(where, "soft") == 0 ? RT_TIMER_FLAG_SOFT_TIMER : RT_TIMER_FLAG_HARD_TIMER;
    struct rt_workqueue *queue;
    how = argv[2];
    atexit(at_exit);
    if (strcmp(where, "idle") == 0) rt_thread_idle_sethook(end);
    else if (strcmp(where, "work") == 0) {
        queue = rt_workqueue_create("queue", 2048, 10);
        rt_work_init(&work, work_function, RT_NULL);
        rt_workqueue_dowork(queue, &work);
    } else rt_timer_start(rt_timer_create("end", expired, RT_NULL, 5, flag | RT_TIMER_FLAG_PERIODIC));
    /* "spin": the interrupt comes while the program's own code runs. */
    if (strcmp(where, "spin") == 0)
        for (;;) done += 0;
    /* main returns as if it were an interrupt, with the scheduler locked, with interrupts off. */
    if (strcmp(where, "return") == 0) {
        if (strcmp(how, "interrupt") == 0) rt_interrupt_enter();
        if (strcmp(how, "critical") == 0) rt_enter_critical();
        if (strcmp(how, "masked") == 0) rt_hw_interrupt_disable();
        return 7;
    }
    rt_thread_delay(100);
    rt_kprintf("main goes on\n");
    return 0;
}
