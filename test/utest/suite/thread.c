/* Threads: src/thread.c and src/idle.c of RT-Thread 4.0.4; programming manual, "Thread Management". */
#include "utest.h"

/* What the assertions check: rule(ID) cites the one of those that follow it. */
RULE(T1, "thread.c rt_thread_create",
     "a dynamic object of class Thread in state INIT with the name, priority (current and initial), slice "
     "(whole and left), stack size, entry and parameter of the call");
RULE(T2, "thread.c rt_thread_create", "error and user_data begin as 0");
RULE(T3, "thread.c _rt_thread_init",
     "16 words of the first frame lie at the top of the stack, aligned down to 8; all the rest is '#'");
RULE(T4, "thread.c rt_thread_delete", "RT_EOK and state CLOSE at once; RT_EOK again for what is in that state");
RULE(T5, "thread.c rt_thread_create", "NULL when there is no memory");
RULE(T6, "thread.c rt_thread_startup",
     "from INIT to READY; a better thread runs before the call returns, an equal one and a worse one do "
     "not");
RULE(T7, "thread.c rt_thread_yield", "behind its equals, not behind a worse thread");
RULE(T8, "thread.c rt_thread_suspend", "from READY or RUNNING to SUSPEND, else -RT_ERROR");
RULE(T9, "thread.c rt_thread_resume", "from SUSPEND to READY, else -RT_ERROR");
RULE(T10, "thread.c rt_thread_suspend", "does not switch: a thread that suspends itself goes on until it schedules");
RULE(T11, "thread.c rt_thread_resume", "does not switch, not even to a better thread");
RULE(T12, "scheduler.c rt_schedule", "switches to a better thread that is ready");
RULE(T13, "thread.c rt_thread_delay", "RT_EOK at the n-th tick after now");
RULE(T14, "thread.c rt_thread_delay", "0 ticks: RT_EOK at the next tick");
RULE(T15, "thread.c rt_thread_delay", "the error of the thread is RT_EOK again");
RULE(T16, "thread.c rt_thread_mdelay", "as many ticks as rt_tick_from_millisecond gives");
RULE(T17, "clock.c rt_tick_from_millisecond", "rounds up to ticks");
RULE(T18, "clock.c rt_tick_from_millisecond", "a negative number is RT_WAITING_FOREVER");
RULE(T19, "thread.c rt_thread_delay", "starts the timer of the thread");
RULE(T20, "thread.c rt_thread_resume", "stops the timer of a thread that sleeps; it goes on, and its delay is RT_EOK");
RULE(T21, "thread.c rt_thread_delay_until", "sleeps until *tick + inc, which becomes *tick: periods do not drift");
RULE(T22, "thread.c rt_thread_delay_until", "returns at once when that time is over, and *tick is the present");
RULE(T23, "thread.c rt_thread_control", "CHANGE_PRIORITY: RT_EOK, the current priority changes, the initial one stays");
RULE(T24, "thread.c rt_thread_control", "CHANGE_PRIORITY puts a ready thread at the tail of the new level");
RULE(T25, "thread.c rt_thread_control", "CHANGE_PRIORITY does not schedule");
RULE(T26, "scheduler.c rt_exit_critical", "schedules when the outermost level is left");
RULE(T27, "thread.c rt_thread_control", "STARTUP is rt_thread_startup");
RULE(T28, "thread.c rt_thread_control", "INFO and unknown commands do nothing: RT_EOK");
RULE(T29, "thread.c rt_thread_control", "BIND_CPU is RT_EOK on one processor");
RULE(T30, "thread.c rt_thread_delete", "calls cleanup; the thread does not go on");
RULE(T31, "thread.c rt_thread_control", "CLOSE of itself calls cleanup and does not return");
RULE(T32, "thread.c rt_thread_exit", "where the entry returns: calls cleanup");
RULE(T33, "thread.c rt_thread_init", "RT_EOK; a static object of class Thread");
RULE(T34, "thread.c rt_thread_exit",
     "a static thread is CLOSE and no object any more at once: its memory can be used again");
RULE(T35, "thread.c rt_thread_detach", "RT_EOK; the thread does not go on");
RULE(T36, "object.c rt_object_allocate", "the name is cut to RT_NAME_MAX and not terminated when it fills the field");
RULE(T37, "thread.c rt_thread_find", "threads that a module makes are not found");
RULE(T38, "thread.c rt_thread_find", "threads of the system and the main thread of a module are found");
RULE(T39, "idle.c rt_thread_idle_delhook", "-RT_ENOSYS for a function that is no hook");
RULE(T40, "idle.c rt_thread_idle_sethook", "RT_EOK; the idle thread calls the hook");
RULE(T41, "idle.c rt_thread_idle_sethook", "at most four hooks, -RT_EFULL beyond");
RULE(T42, "idle.c rt_thread_idle_delhook", "RT_EOK; the hook is called no more");
RULE(T43, "rtdef.h rt_thread", "user_data is the program's");
RULE(T44, "scheduler.c rt_schedule", "the thread that has the processor is in state RUNNING");
RULE(T45, "thread.c rt_thread_self", "the thread that calls");
RULE(T46, "kservice.c _rt_errno", "the error of the thread, which rt_set_errno and rt_get_errno set and give");
RULE(T47, "thread.c rt_thread_exit", "memory of dynamic threads that ended stays until the idle thread runs");
RULE(T48, "idle.c rt_thread_idle_entry", "gives back control block and stack of threads that ended");

static rt_thread_t self;
static struct rt_thread static_thread;
static ALIGN(8) rt_uint8_t static_stack[1024];

static void nothing(void *parameter) {}

static void marks_parameter(void *parameter) {
    mark((char)(long)parameter);
}

/* _rt_thread_init: fields, fill byte and initial frame. */
static void test_create(void) {
    rt_thread_t t = rt_thread_create("fields", nothing, (void *)7, 1024, 12, 33);
    rt_uint8_t *stack = t->stack_addr;
    int n, frame, filled = 0;
    rule(T1);
    uassert_str_equal(t->name, "fields");
    uassert_int_equal(t->type, RT_Object_Class_Thread);
    uassert_int_equal(state_of(t), RT_THREAD_INIT);
    uassert_int_equal(t->current_priority, 12);
    uassert_int_equal(t->init_priority, 12);
    uassert_int_equal(t->init_tick, 33);
    uassert_int_equal(t->remaining_tick, 33);
    uassert_int_equal(t->stack_size, 1024);
    rule(T2);
    uassert_int_equal(t->error, RT_EOK);
    uassert_int_equal(t->user_data, 0);
    rule(T1);
    uassert_true(t->entry == (void *)nothing);
    uassert_true(t->parameter == (void *)7);
    /* 16 words lie at the top, which is aligned down to 8; all the rest is '#'. */
    frame = (((rt_ubase_t)stack + 1024) & ~7) - 64 - (rt_ubase_t)stack;
    rule(T3);
    uassert_int_equal((rt_uint8_t *)t->sp - stack, frame);
    for (n = 0; n < frame; n++) filled += stack[n] == '#';
    uassert_int_equal(filled, frame);
    rule(T4);
    /* rt_thread_delete: a thread that never ran is put on the defunct list; the idle thread frees it. */
    uassert_int_equal(rt_thread_delete(t), RT_EOK);
    uassert_int_equal(state_of(t), RT_THREAD_CLOSE);
    uassert_int_equal(rt_thread_delete(t), RT_EOK);
    rt_thread_mdelay(20);
    rule(T5);
    uassert_null(rt_thread_create("huge", nothing, RT_NULL, 0x40000000, 20, 10));
}

/* rt_thread_startup: a better thread runs before the call returns, an equal one does not. */
static void test_startup(void) {
    rt_thread_t t;
    mark('1');
    t = spawn("better", marks_parameter, (void *)'b', 10);
    mark('2');
    t = spawn("equal", marks_parameter, (void *)'e', 20);
    rule(T6);
    uassert_int_equal(state_of(t), RT_THREAD_READY);
    mark('3');
    rt_thread_yield();
    mark('4');
    t = spawn("worse", marks_parameter, (void *)'w', 25);
    rt_thread_yield();
    mark('5');
    rt_thread_delay(1);
    mark('6');
    rule(T7);
    uassert_str_equal(marks(), "1b23e45w6");
    rt_thread_mdelay(20);
}

static void suspended_entry(void *parameter) {
    mark('s');
    rt_thread_suspend(rt_thread_self());
    mark('n');
    rt_schedule();
    mark('r');
}

/* rt_thread_suspend and rt_thread_resume: only READY/RUNNING and SUSPEND, -RT_ERROR else, and no switch in either. */
static void test_suspend_resume(void) {
    rt_thread_t t = rt_thread_create("susp", nothing, RT_NULL, 1024, 25, 10);
    rule(T8);
    uassert_int_equal(rt_thread_suspend(t), -RT_ERROR);
    rule(T9);
    uassert_int_equal(rt_thread_resume(t), -RT_ERROR);
    rt_thread_startup(t);
    rule(T8);
    uassert_int_equal(rt_thread_suspend(t), RT_EOK);
    uassert_int_equal(state_of(t), RT_THREAD_SUSPEND);
    uassert_int_equal(rt_thread_suspend(t), -RT_ERROR);
    rule(T9);
    uassert_int_equal(rt_thread_resume(t), RT_EOK);
    uassert_int_equal(state_of(t), RT_THREAD_READY);
    uassert_int_equal(rt_thread_resume(t), -RT_ERROR);
    rt_thread_delay(2);

    t = spawn("self", suspended_entry, RT_NULL, 10);
    rule(T10);
    uassert_int_equal(state_of(t), RT_THREAD_SUSPEND);
    uassert_str_equal(marks(), "sn");
    rule(T9);
    uassert_int_equal(rt_thread_resume(t), RT_EOK);
    rule(T11);
    /* A better thread is ready now, and resume does not switch. */
    uassert_str_equal(marks(), "");
    rule(T9);
    uassert_int_equal(state_of(t), RT_THREAD_READY);
    rt_schedule();
    rule(T12);
    uassert_str_equal(marks(), "r");
}

/* rt_thread_sleep: ticks are counted from the next tick interrupt; 0 waits for the next tick; always RT_EOK. */
static void test_delay(void) {
    rt_tick_t start;
    align_to_tick();
    start = rt_tick_get();
    rule(T13);
    uassert_int_equal(rt_thread_delay(5), RT_EOK);
    uassert_int_equal(rt_tick_get() - start, 5);
    start = rt_tick_get();
    rule(T14);
    uassert_int_equal(rt_thread_delay(0), RT_EOK);
    uassert_int_equal(rt_tick_get() - start, 1);
    rule(T15);
    uassert_int_equal(self->error, RT_EOK);
    /* rt_tick_from_millisecond rounds up. */
    align_to_tick();
    start = rt_tick_get();
    rt_thread_mdelay(11);
    rule(T16);
    uassert_int_equal(rt_tick_get() - start, 2);
    rule(T17);
    uassert_int_equal(rt_tick_from_millisecond(0), 0);
    uassert_int_equal(rt_tick_from_millisecond(1), 1);
    uassert_int_equal(rt_tick_from_millisecond(10), 1);
    uassert_int_equal(rt_tick_from_millisecond(11), 2);
    uassert_int_equal(rt_tick_from_millisecond(1001), 101);
    rule(T18);
    uassert_true(rt_tick_from_millisecond(-1) == (rt_tick_t)RT_WAITING_FOREVER);
}

static rt_err_t slept;
static void sleeps_long(void *parameter) {
    slept = rt_thread_delay(1000);
    mark('z');
}

/* rt_thread_resume of a thread that sleeps: it goes on at once, and its timer does not come later. */
static void test_resumed_sleeper(void) {
    rt_thread_t t = spawn("zzz", sleeps_long, RT_NULL, 10);
    slept = 99;
    rule(T19);
    uassert_int_equal(t->thread_timer.parent.flag & RT_TIMER_FLAG_ACTIVATED, RT_TIMER_FLAG_ACTIVATED);
    rule(T20);
    uassert_int_equal(rt_thread_resume(t), RT_EOK);
    uassert_int_equal(t->thread_timer.parent.flag & RT_TIMER_FLAG_ACTIVATED, 0);
    rt_thread_delay(1);
    uassert_str_equal(marks(), "z");
    uassert_int_equal(slept, RT_EOK);
}

/* rt_thread_delay_until: keeps a period; a deadline that has passed makes it start again from now. */
static void test_delay_until(void) {
    rt_tick_t next, start;
    int n;
    align_to_tick();
    start = next = rt_tick_get();
    for (n = 0; n < 3; n++) {
        spin_ticks(1);
        rule(T21);
        uassert_int_equal(rt_thread_delay_until(&next, 4), RT_EOK);
    }
    rule(T21);
    uassert_int_equal(rt_tick_get() - start, 12);
    uassert_int_equal(next - start, 12);
    spin_ticks(6);
    start = rt_tick_get();
    rt_thread_delay_until(&next, 4);
    rule(T22);
    uassert_int_equal(rt_tick_get() - start, 0);
    uassert_int_equal(next, rt_tick_get());
}

/* rt_thread_control, RT_THREAD_CTRL_CHANGE_PRIORITY: queued again at the tail of the new level; init_priority stays. */
static void test_change_priority(void) {
    rt_uint8_t priority = 25;
    rt_thread_t a = spawn("a", marks_parameter, (void *)'a', 26);
    rt_thread_t b = spawn("b", marks_parameter, (void *)'b', 25);
    rt_thread_t c = spawn("c", marks_parameter, (void *)'c', 25);
    rule(T23);
    uassert_int_equal(rt_thread_control(a, RT_THREAD_CTRL_CHANGE_PRIORITY, &priority), RT_EOK);
    uassert_int_equal(a->current_priority, 25);
    uassert_int_equal(a->init_priority, 26);
    priority = 24;
    rt_thread_control(c, RT_THREAD_CTRL_CHANGE_PRIORITY, &priority);
    rt_thread_delay(3);
    rule(T24);
    uassert_str_equal(marks(), "cba");
    (void)b;

    /* No scheduling point: the thread runs at the next one. */
    a = spawn("d", marks_parameter, (void *)'d', 25);
    priority = 5;
    rt_thread_control(a, RT_THREAD_CTRL_CHANGE_PRIORITY, &priority);
    rule(T25);
    uassert_str_equal(marks(), "");
    rt_enter_critical();
    rt_exit_critical();
    rule(T26);
    uassert_str_equal(marks(), "d");

    /* rt_thread_control: STARTUP starts, INFO does nothing, an unknown command too. */
    a = rt_thread_create("e", marks_parameter, (void *)'e', 1024, 10, 10);
    rule(T27);
    uassert_int_equal(rt_thread_control(a, RT_THREAD_CTRL_STARTUP, RT_NULL), RT_EOK);
    uassert_str_equal(marks(), "e");
    rule(T28);
    uassert_int_equal(rt_thread_control(self, RT_THREAD_CTRL_INFO, RT_NULL), RT_EOK);
    uassert_int_equal(rt_thread_control(self, 99, RT_NULL), RT_EOK);
    rule(T29);
    /* Four is RT_THREAD_CTRL_BIND_CPU. */
    uassert_int_equal(rt_thread_control(self, 4, (void *)1), RT_EOK);
}

static void sleeper(void *parameter) {
    mark('<');
    rt_thread_delay(1000);
    mark('>');
}

static void cleaned(struct rt_thread *thread) {
    mark('C');
    mark(thread->name[0]);
}

static void closes_itself(void *parameter) {
    rt_thread_self()->cleanup = cleaned;
    rt_thread_control(rt_thread_self(), RT_THREAD_CTRL_CLOSE, RT_NULL);
    mark('!');
}

/* rt_thread_delete, rt_thread_control CLOSE and return from the entry: all call the cleanup hook. */
static void test_ends(void) {
    rt_thread_t t = spawn("kill", sleeper, RT_NULL, 10);
    t->cleanup = cleaned;
    rule(T4);
    uassert_int_equal(rt_thread_delete(t), RT_EOK);
    uassert_int_equal(state_of(t), RT_THREAD_CLOSE);
    rt_thread_mdelay(20);
    rule(T30);
    uassert_str_equal(marks(), "<Ck");
    spawn("own", closes_itself, RT_NULL, 10);
    rule(T31);
    uassert_str_equal(marks(), "Co");
    t = rt_thread_create("ret", marks_parameter, (void *)'x', 1024, 10, 10);
    t->cleanup = cleaned;
    rt_thread_startup(t);
    rule(T32);
    uassert_str_equal(marks(), "xCr");
    rt_thread_mdelay(20);
}

/* rt_thread_init and rt_thread_detach: memory of the caller; detached at once, so that the memory can be used again. */
static void test_static(void) {
    int n;
    for (n = 0; n < 3; n++) {
        rule(T33);
        uassert_int_equal(rt_thread_init(&static_thread, "stat", marks_parameter, (void *)(long)('0' + n),
                                         static_stack, sizeof(static_stack), 10, 5),
                          RT_EOK);
        uassert_int_equal(static_thread.type, RT_Object_Class_Thread | RT_Object_Class_Static);
        rt_thread_startup(&static_thread);
        rule(T34);
        /* The entry returned: rt_thread_exit detached it. */
        uassert_int_equal(static_thread.type, 0);
        uassert_int_equal(state_of(&static_thread), RT_THREAD_CLOSE);
    }
    rule(T34);
    uassert_str_equal(marks(), "012");
    rt_thread_init(&static_thread, "stat", sleeper, RT_NULL, static_stack, sizeof(static_stack), 10, 5);
    rt_thread_startup(&static_thread);
    rule(T35);
    uassert_int_equal(rt_thread_detach(&static_thread), RT_EOK);
    rt_thread_delay(2);
    uassert_str_equal(marks(), "<");
}

/* rt_object_init: names are cut to RT_NAME_MAX and not terminated when they fill the field. */
static void test_names(void) {
    rt_thread_t t = rt_thread_create("a_name_of_16_chr", nothing, RT_NULL, 512, 30, 1);
    rule(T36);
    uassert_buf_equal(t->name, "a_name_o", 8);
    uassert_int_equal(t->type, RT_Object_Class_Thread);
    rt_thread_delete(t);
    /* Threads that a module creates belong to the module (rt_object_allocate), not to the list that rt_thread_find looks through. */
    t = spawn("hidden", sleeper, RT_NULL, 25);
    rule(T37);
    uassert_null(rt_thread_find("hidden"));
    rt_thread_delete(t);
    rule(T38);
    uassert_not_null(rt_thread_find("tidle0"));
    uassert_not_null(rt_thread_find("timer"));
    uassert_true(rt_thread_find(self->name) == self);
    rt_thread_mdelay(20);
}

static int idles;
static void idle_hook(void) {
    idles++;
}

/* rt_thread_idle_sethook: up to RT_IDLE_HOOK_LIST_SIZE hooks, -RT_EFULL beyond; rt_thread_idle_delhook of none -RT_ENOSYS. */
static void test_idle_hooks(void) {
    int n, set = 0;
    rule(T39);
    uassert_int_equal(rt_thread_idle_delhook(idle_hook), -RT_ENOSYS);
    rule(T40);
    uassert_int_equal(rt_thread_idle_sethook(idle_hook), RT_EOK);
    rt_thread_delay(3);
    uassert_true(idles > 0);
    for (n = 0; n < 5; n++) set += rt_thread_idle_sethook(idle_hook) == RT_EOK;
    rule(T41);
    uassert_int_equal(set, 3);
    uassert_int_equal(rt_thread_idle_sethook(idle_hook), -RT_EFULL);
    rule(T42);
    for (n = 0; n < 4; n++) uassert_int_equal(rt_thread_idle_delhook(idle_hook), RT_EOK);
    idles = 0;
    rt_thread_delay(3);
    uassert_int_equal(idles, 0);
}

static void reports_word(void *parameter) {
    *(rt_uint32_t *)parameter = rt_thread_self()->user_data;
}

/* struct rt_thread: user_data is the program's; rt_thread_self is the thread itself. */
static void test_user_data(void) {
    rt_uint32_t seen = 0;
    rt_thread_t t = rt_thread_create("user", reports_word, &seen, 1024, 10, 10);
    t->user_data = 0x12345678;
    rt_thread_startup(t);
    rule(T43);
    uassert_true(seen == 0x12345678);
    rule(T44);
    uassert_int_equal(state_of(self), RT_THREAD_RUNNING);
    rule(T45);
    uassert_true(rt_thread_self() == self);
    /* rt_get_errno and rt_set_errno are the field `error` of the thread. */
    rt_set_errno(-RT_EIO);
    rule(T46);
    uassert_int_equal(self->error, -RT_EIO);
    uassert_int_equal(rt_get_errno(), -RT_EIO);
    uassert_true((void *)_rt_errno() == (void *)&self->error);
    rt_set_errno(RT_EOK);
}

/* rt_thread_idle_excute: what ended is given back by the idle thread, all of it. */
static void test_memory(void) {
    rt_uint32_t total, before, after, peak;
    int n;
    rt_thread_mdelay(50);
    rt_memory_info(&total, &before, &peak);
    for (n = 0; n < 20; n++) spawn("mem", nothing, RT_NULL, n & 1 ? 10 : 25);
    /* The idle thread did not run since: nothing was given back. */
    rt_memory_info(&total, &after, &peak);
    rule(T47);
    uassert_in_range(after - before, 20 * (2048 + sizeof(struct rt_thread)), 0x7fffffff);
    rt_thread_mdelay(50);
    rt_memory_info(&total, &after, &peak);
    rule(T48);
    uassert_int_equal(after, before);
}

static void testcase(void) {
    self = rt_thread_self();
    UTEST_UNIT_RUN(test_create);
    UTEST_UNIT_RUN(test_startup);
    UTEST_UNIT_RUN(test_suspend_resume);
    UTEST_UNIT_RUN(test_delay);
    UTEST_UNIT_RUN(test_resumed_sleeper);
    UTEST_UNIT_RUN(test_delay_until);
    UTEST_UNIT_RUN(test_change_priority);
    UTEST_UNIT_RUN(test_ends);
    UTEST_UNIT_RUN(test_static);
    UTEST_UNIT_RUN(test_names);
    UTEST_UNIT_RUN(test_idle_hooks);
    UTEST_UNIT_RUN(test_user_data);
    UTEST_UNIT_RUN(test_memory);
}
UTEST_TC_EXPORT(testcase, "src.thread", RT_NULL, RT_NULL, 20);
