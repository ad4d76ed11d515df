/* The scheduler: src/scheduler.c, src/clock.c of RT-Thread 4.0.4; programming manual, "Thread Management" and "Clock Management". */
#include <rthw.h>

#include "utest.h"

/* What the assertions check: rule(ID) cites the one of those that follow it. */
RULE(C1, "clock.c rt_tick_increase", "a thread whose slice is over goes behind its equals; each has its own length");
RULE(C2, "thread.c rt_thread_yield", "behind its equals; worse threads wait until all of them are done");
RULE(C3, "thread.c rt_thread_yield", "fills the slice");
RULE(C4, "clock.c rt_tick_increase", "each tick takes one of the slice of the running thread");
RULE(C5, "scheduler.c rt_schedule", "a thread that waited goes on with what was left of its slice");
RULE(C6, "scheduler.c rt_schedule",
     "a thread that a better one preempts goes to the tail of its level and so loses its turn");
RULE(C7, "scheduler.c rt_critical_level", "how deep rt_enter_critical is nested");
RULE(C8, "scheduler.c rt_enter_critical", "nothing switches until the outermost level is left");
RULE(C9, "scheduler.c rt_exit_critical", "schedules when the outermost level is left");
RULE(C10, "scheduler.c rt_exit_critical", "one more than enter leaves the level at 0");
RULE(C11, "cpuport.c rt_hw_interrupt_disable", "no tick comes");
RULE(C12, "cpuport.c rt_hw_interrupt_enable", "with the level of an inner disable it leaves interrupts disabled");
RULE(C13, "scheduler.c rt_schedule", "switches with interrupts disabled too");
RULE(C14, "cpuport.c rt_hw_interrupt_enable",
     "with the level of the outermost disable: the tick that was held up comes");
RULE(C15, "irq.c rt_interrupt_get_nest", "0 in a thread; rt_interrupt_enter and rt_interrupt_leave count it");
RULE(C16, "timer.c rt_timer_check", "a better thread whose delay is over preempts at that tick");
RULE(C17, "clock.c rt_tick_set", "sets the count");
RULE(C18, "timer.c rt_timer_start", "times are right across the wrap of the count at 2^32");
RULE(C19, "clock.c rt_tick_increase", "a slice of 0 wraps at the first decrement and never ends");
RULE(C20, "scheduler.c rt_scheduler_sethook",
     "called at every switch, with the thread that had the processor and the one that gets it");
RULE(C21, "scheduler.c rt_scheduler_sethook", "NULL takes the hook away");
RULE(C22, "clock.c rt_tick_increase", "one more tick: the count, and the timers that expire by it");

static volatile int stop;

static void spinner(void *parameter) {
    char who = (char)(long)parameter;
    rt_tick_t last = rt_tick_get();
    mark(who);
    while (!stop) {
        rt_tick_t now = rt_tick_get();
        /* Lost the processor for at least a tick. */
        if (now - last > 1) mark(who);
        last = now;
    }
}

/* rt_tick_increase: equals take turns when their slice is over, each with its own length. */
static void test_slices(void) {
    stop = 0;
    align_to_tick();
    spawn_slice("s5", spinner, (void *)'a', 21, 5);
    spawn_slice("s2", spinner, (void *)'b', 21, 2);
    spawn_slice("s3", spinner, (void *)'c', 21, 3);
    rt_thread_delay(19);
    stop = 1;
    rule(C1);
    uassert_str_equal(marks(), "abcabc");
    rt_thread_delay(5);
    marks();
}

static void yields(void *parameter) {
    int n;
    for (n = 0; n < 3; n++) {
        mark((char)(long)parameter);
        rt_thread_yield();
    }
}

/* rt_thread_yield: to the tail of its own level; without an equal it goes on. */
static void test_yield(void) {
    rt_thread_t self = rt_thread_self();
    rt_enter_critical();
    spawn("a", yields, (void *)'a', 21);
    spawn("b", yields, (void *)'b', 21);
    spawn("c", yields, (void *)'c', 22);
    rt_exit_critical();
    rt_thread_delay(2);
    rule(C2);
    uassert_str_equal(marks(), "abababccc");
    /* The slice is full again after yield, not after a wait. */
    align_to_tick();
    rt_thread_yield();
    rule(C3);
    uassert_int_equal(self->remaining_tick, self->init_tick);
    spin_ticks(2);
    rule(C4);
    uassert_int_equal(self->remaining_tick, self->init_tick - 2);
    rt_thread_delay(3);
    rule(C5);
    uassert_int_equal(self->remaining_tick, self->init_tick - 2);
}

static volatile int go;

static void waits_for_go(void *parameter) {
    mark((char)(long)parameter);
    while (go == 0) {}
    mark((char)(long)parameter + 'A' - 'a');
}

static void short_work(void *parameter) {
    mark('!');
}

/* rt_schedule: a running thread that a better one preempts is put at the tail of its level and so loses its turn. */
static void test_preempted_loses_turn(void) {
    go = 0;
    stop = 0;
    rt_enter_critical();
    spawn_slice("a", waits_for_go, (void *)'a', 21, 1000);
    spawn_slice("b", waits_for_go, (void *)'b', 21, 1000);
    rt_exit_critical();
    rt_thread_delay(2);
    rule(C6);
    uassert_str_equal(marks(), "a");
    /* This thread preempted a when its delay was over: now it is b's turn. */
    rt_thread_delay(2);
    uassert_str_equal(marks(), "b");
    go = 1;
    rt_thread_delay(2);
    uassert_str_equal(marks(), "AB");
    rt_thread_delay(2);
}

/* rt_enter_critical: nests; a better thread runs when the outermost level is left. */
static void test_critical(void) {
    rule(C7);
    uassert_int_equal(rt_critical_level(), 0);
    rt_enter_critical();
    rt_enter_critical();
    uassert_int_equal(rt_critical_level(), 2);
    spawn("better", short_work, RT_NULL, 5);
    rule(C8);
    uassert_str_equal(marks(), "");
    rt_exit_critical();
    rule(C7);
    uassert_int_equal(rt_critical_level(), 1);
    rule(C8);
    uassert_str_equal(marks(), "");
    rt_exit_critical();
    rule(C9);
    uassert_str_equal(marks(), "!");
    /* One more exit than enter is harmless. */
    rt_exit_critical();
    rule(C10);
    uassert_int_equal(rt_critical_level(), 0);
    /* Ticks go on while the scheduler is locked. */
    rt_enter_critical();
    spin_ticks(3);
    rt_exit_critical();
    rule(C7);
    uassert_int_equal(rt_critical_level(), 0);
}

/* rt_hw_interrupt_disable: no tick while disabled; the level nests; rt_schedule switches all the same. */
static void test_interrupts(void) {
    rt_base_t outer, inner;
    rt_tick_t before;
    volatile int n;
    align_to_tick();
    outer = rt_hw_interrupt_disable();
    before = rt_tick_get();
    for (n = 0; n < 2000000; n++) {}
    rule(C11);
    uassert_int_equal(rt_tick_get(), before);
    inner = rt_hw_interrupt_disable();
    rt_hw_interrupt_enable(inner);
    for (n = 0; n < 2000000; n++) {}
    rule(C12);
    uassert_int_equal(rt_tick_get(), before);
    spawn("better", short_work, RT_NULL, 5);
    rule(C13);
    uassert_str_equal(marks(), "!");
    rt_hw_interrupt_enable(outer);
    rule(C14);
    uassert_true(rt_tick_get() != before);
    rule(C15);
    /* rt_interrupt_get_nest counts; a thread is at 0. */
    uassert_int_equal(rt_interrupt_get_nest(), 0);
    rt_interrupt_enter();
    uassert_int_equal(rt_interrupt_get_nest(), 1);
    rt_interrupt_enter();
    uassert_int_equal(rt_interrupt_get_nest(), 2);
    rt_interrupt_leave();
    rt_interrupt_leave();
    uassert_int_equal(rt_interrupt_get_nest(), 0);
}

static rt_tick_t woke_at;
static void one_delay(void *parameter) {
    rt_thread_delay((rt_tick_t)(long)parameter);
    woke_at = rt_tick_get();
}

/* rt_timer_check in the tick interrupt: a better thread whose delay is over preempts at that tick. */
static void test_wakes_at_tick(void) {
    rt_tick_t start;
    align_to_tick();
    start = rt_tick_get();
    spawn("w", one_delay, (void *)3, 5);
    spin_ticks(6);
    rule(C16);
    uassert_int_equal(woke_at - start, 3);
}

/* rt_tick_set sets the count; times that were under way count on from their own time-out. */
static void test_tick_set(void) {
    rt_tick_t now = rt_tick_get();
    rt_tick_set(now + 1000);
    rule(C17);
    uassert_in_range(rt_tick_get() - now, 1000, 1001);
    rt_tick_set(0xfffffff0u);
    align_to_tick();
    now = rt_tick_get();
    /* Across the wrap at 2^32. */
    rt_thread_delay(40);
    rule(C18);
    uassert_int_equal(rt_tick_get() - now, 40);
    uassert_true(rt_tick_get() < 0x1000);
}

/* rt_thread_create with slice 0: the first decrement wraps, so that the slice never ends. */
static void test_slice_zero(void) {
    stop = 0;
    spawn_slice("zero", spinner, (void *)'z', 21, 0);
    spawn_slice("other", spinner, (void *)'o', 21, 5);
    align_to_tick();
    {
        rt_uint8_t low = 22, back = 20;
        rt_thread_control(rt_thread_self(), RT_THREAD_CTRL_CHANGE_PRIORITY, &low);
        rt_thread_control(rt_thread_self(), RT_THREAD_CTRL_CHANGE_PRIORITY, &back);
    }
    rt_thread_delay(30);
    stop = 1;
    rule(C19);
    uassert_str_equal(marks(), "z");
    rt_thread_delay(3);
    marks();
}

static rt_thread_t hook_from, hook_to;
static int switches;

static void on_switch(struct rt_thread *from, struct rt_thread *to) {
    if (switches++ == 0) {
        hook_from = from;
        hook_to = to;
    }
}

/* rt_scheduler_sethook: called at every switch, with the thread that had the processor and the one that gets it. */
static void test_hook(void) {
    rt_thread_t thread = rt_thread_create("better", short_work, RT_NULL, 1024, 5, 10);
    rt_scheduler_sethook(on_switch);
    rt_thread_startup(thread);
    rt_scheduler_sethook(RT_NULL);
    rule(C20);
    uassert_true(hook_from == rt_thread_self());
    uassert_true(hook_to == thread);
    uassert_int_equal(switches, 2);
    uassert_str_equal(marks(), "!");
    rt_thread_delay(3);
    rule(C21);
    uassert_int_equal(switches, 2);
}

/* rt_tick_increase is one more tick: timers expire by it. */
static void test_tick_increase(void) {
    rt_tick_t before;
    align_to_tick();
    before = rt_tick_get();
    spawn("w", one_delay, (void *)3, 5);
    rt_tick_increase();
    rt_tick_increase();
    rt_tick_increase();
    rule(C22);
    uassert_int_equal(rt_tick_get() - before, 3);
    uassert_int_equal(woke_at - before, 3);
}

static void testcase(void) {
    UTEST_UNIT_RUN(test_slices);
    UTEST_UNIT_RUN(test_yield);
    UTEST_UNIT_RUN(test_preempted_loses_turn);
    UTEST_UNIT_RUN(test_critical);
    UTEST_UNIT_RUN(test_interrupts);
    UTEST_UNIT_RUN(test_wakes_at_tick);
    UTEST_UNIT_RUN(test_slice_zero);
    UTEST_UNIT_RUN(test_hook);
    UTEST_UNIT_RUN(test_tick_increase);
    UTEST_UNIT_RUN(test_tick_set);
}
UTEST_TC_EXPORT(testcase, "src.scheduler", RT_NULL, RT_NULL, 20);
