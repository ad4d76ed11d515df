/* Threads: src/thread.c and src/idle.c of RT-Thread 4.0.4; programming manual, "Thread Management". */
#include "utest.h"

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
    rule("thread.c rt_thread_create");
    uassert_str_equal(t->name, "fields");
    uassert_int_equal(t->type, RT_Object_Class_Thread);
    uassert_int_equal(state_of(t), RT_THREAD_INIT);
    uassert_int_equal(t->current_priority, 12);
    uassert_int_equal(t->init_priority, 12);
    uassert_int_equal(t->init_tick, 33);
    uassert_int_equal(t->remaining_tick, 33);
    uassert_int_equal(t->stack_size, 1024);
    uassert_int_equal(t->error, RT_EOK);
    uassert_int_equal(t->user_data, 0);
    uassert_true(t->entry == (void *)nothing);
    uassert_true(t->parameter == (void *)7);
    /* 16 words lie at the top, which is aligned down to 8; all the rest is '#'. */
    frame = (((rt_ubase_t)stack + 1024) & ~7) - 64 - (rt_ubase_t)stack;
    uassert_int_equal((rt_uint8_t *)t->sp - stack, frame);
    for (n = 0; n < frame; n++) filled += stack[n] == '#';
    uassert_int_equal(filled, frame);
    rule("thread.c rt_thread_delete");
    /* rt_thread_delete: a thread that never ran is put on the defunct list; the idle thread frees it. */
    uassert_int_equal(rt_thread_delete(t), RT_EOK);
    uassert_int_equal(state_of(t), RT_THREAD_CLOSE);
    uassert_int_equal(rt_thread_delete(t), RT_EOK);
    rt_thread_mdelay(20);
    rule("thread.c rt_thread_create");
    uassert_null(rt_thread_create("huge", nothing, RT_NULL, 0x40000000, 20, 10));
}

/* rt_thread_startup: a better thread runs before the call returns, an equal one does not. */
static void test_startup(void) {
    rt_thread_t t;
    mark('1');
    t = spawn("better", marks_parameter, (void *)'b', 10);
    mark('2');
    t = spawn("equal", marks_parameter, (void *)'e', 20);
    rule("thread.c rt_thread_startup");
    uassert_int_equal(state_of(t), RT_THREAD_READY);
    mark('3');
    rt_thread_yield();
    mark('4');
    t = spawn("worse", marks_parameter, (void *)'w', 25);
    rt_thread_yield();
    mark('5');
    rt_thread_delay(1);
    mark('6');
    rule("thread.c rt_thread_yield");
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
    rule("thread.c rt_thread_suspend");
    uassert_int_equal(rt_thread_suspend(t), -RT_ERROR);
    rule("thread.c rt_thread_resume");
    uassert_int_equal(rt_thread_resume(t), -RT_ERROR);
    rt_thread_startup(t);
    rule("thread.c rt_thread_suspend");
    uassert_int_equal(rt_thread_suspend(t), RT_EOK);
    uassert_int_equal(state_of(t), RT_THREAD_SUSPEND);
    uassert_int_equal(rt_thread_suspend(t), -RT_ERROR);
    rule("thread.c rt_thread_resume");
    uassert_int_equal(rt_thread_resume(t), RT_EOK);
    uassert_int_equal(state_of(t), RT_THREAD_READY);
    uassert_int_equal(rt_thread_resume(t), -RT_ERROR);
    rt_thread_delay(2);

    t = spawn("self", suspended_entry, RT_NULL, 10);
    rule("thread.c rt_thread_startup");
    uassert_int_equal(state_of(t), RT_THREAD_SUSPEND);
    uassert_str_equal(marks(), "sn");
    rule("thread.c rt_thread_resume");
    uassert_int_equal(rt_thread_resume(t), RT_EOK);
    /* A better thread is ready now, and resume does not switch. */
    uassert_str_equal(marks(), "");
    uassert_int_equal(state_of(t), RT_THREAD_READY);
    rt_schedule();
    rule("scheduler.c rt_schedule");
    uassert_str_equal(marks(), "r");
}

/* rt_thread_sleep: ticks are counted from the next tick interrupt; 0 waits for the next tick; always RT_EOK. */
static void test_delay(void) {
    rt_tick_t start;
    align_to_tick();
    start = rt_tick_get();
    rule("clock.c rt_tick_from_millisecond");
    uassert_int_equal(rt_thread_delay(5), RT_EOK);
    uassert_int_equal(rt_tick_get() - start, 5);
    start = rt_tick_get();
    uassert_int_equal(rt_thread_delay(0), RT_EOK);
    uassert_in_range(rt_tick_get() - start, 0, 1);
    uassert_int_equal(self->error, RT_EOK);
    /* rt_tick_from_millisecond rounds up. */
    align_to_tick();
    start = rt_tick_get();
    rt_thread_mdelay(11);
    uassert_int_equal(rt_tick_get() - start, 2);
    uassert_int_equal(rt_tick_from_millisecond(0), 0);
    uassert_int_equal(rt_tick_from_millisecond(1), 1);
    uassert_int_equal(rt_tick_from_millisecond(10), 1);
    uassert_int_equal(rt_tick_from_millisecond(11), 2);
    uassert_int_equal(rt_tick_from_millisecond(1001), 101);
    uassert_true(rt_tick_from_millisecond(-1) == (rt_tick_t)RT_WAITING_FOREVER);
}

/* rt_thread_delay_until: keeps a period; a deadline that has passed makes it start again from now. */
static void test_delay_until(void) {
    rt_tick_t next, start;
    int n;
    align_to_tick();
    start = next = rt_tick_get();
    for (n = 0; n < 3; n++) {
        spin_ticks(1);
        rule("thread.c rt_thread_delay_until");
        uassert_int_equal(rt_thread_delay_until(&next, 4), RT_EOK);
    }
    uassert_int_equal(rt_tick_get() - start, 12);
    uassert_int_equal(next - start, 12);
    spin_ticks(6);
    start = rt_tick_get();
    rt_thread_delay_until(&next, 4);
    uassert_int_equal(rt_tick_get() - start, 0);
    uassert_int_equal(next, rt_tick_get());
}

/* rt_thread_control, RT_THREAD_CTRL_CHANGE_PRIORITY: queued again at the tail of the new level; init_priority stays. */
static void test_change_priority(void) {
    rt_uint8_t priority = 25;
    rt_thread_t a = spawn("a", marks_parameter, (void *)'a', 26);
    rt_thread_t b = spawn("b", marks_parameter, (void *)'b', 25);
    rt_thread_t c = spawn("c", marks_parameter, (void *)'c', 25);
    rule("thread.c rt_thread_control");
    uassert_int_equal(rt_thread_control(a, RT_THREAD_CTRL_CHANGE_PRIORITY, &priority), RT_EOK);
    uassert_int_equal(a->current_priority, 25);
    uassert_int_equal(a->init_priority, 26);
    priority = 24;
    rt_thread_control(c, RT_THREAD_CTRL_CHANGE_PRIORITY, &priority);
    rt_thread_delay(3);
    uassert_str_equal(marks(), "cba");
    (void)b;

    /* No scheduling point: the thread runs at the next one. */
    a = spawn("d", marks_parameter, (void *)'d', 25);
    priority = 5;
    rt_thread_control(a, RT_THREAD_CTRL_CHANGE_PRIORITY, &priority);
    uassert_str_equal(marks(), "");
    rt_enter_critical();
    rt_exit_critical();
    rule("scheduler.c rt_exit_critical");
    uassert_str_equal(marks(), "d");

    /* rt_thread_control: STARTUP starts, INFO does nothing, an unknown command too. */
    a = rt_thread_create("e", marks_parameter, (void *)'e', 1024, 10, 10);
    rule("thread.c rt_thread_control");
    uassert_int_equal(rt_thread_control(a, RT_THREAD_CTRL_STARTUP, RT_NULL), RT_EOK);
    uassert_str_equal(marks(), "e");
    uassert_int_equal(rt_thread_control(self, RT_THREAD_CTRL_INFO, RT_NULL), RT_EOK);
    uassert_int_equal(rt_thread_control(self, 99, RT_NULL), RT_EOK);
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
    rule("thread.c rt_thread_delete");
    uassert_int_equal(rt_thread_delete(t), RT_EOK);
    rt_thread_mdelay(20);
    uassert_str_equal(marks(), "<Ck");
    spawn("own", closes_itself, RT_NULL, 10);
    rule("thread.c rt_thread_startup");
    uassert_str_equal(marks(), "Co");
    t = rt_thread_create("ret", marks_parameter, (void *)'x', 1024, 10, 10);
    t->cleanup = cleaned;
    rt_thread_startup(t);
    uassert_str_equal(marks(), "xCr");
    rt_thread_mdelay(20);
}

/* rt_thread_init and rt_thread_detach: memory of the caller; detached at once, so that the memory can be used again. */
static void test_static(void) {
    int n;
    for (n = 0; n < 3; n++) {
        rule("thread.c rt_thread_init");
        uassert_int_equal(rt_thread_init(&static_thread, "stat", marks_parameter, (void *)(long)('0' + n),
                                         static_stack, sizeof(static_stack), 10, 5),
                          RT_EOK);
        uassert_int_equal(static_thread.type, RT_Object_Class_Thread | RT_Object_Class_Static);
        rt_thread_startup(&static_thread);
        rule("thread.c rt_thread_startup");
        /* The entry returned: rt_thread_exit detached it. */
        uassert_int_equal(static_thread.type, 0);
        uassert_int_equal(state_of(&static_thread), RT_THREAD_CLOSE);
    }
    uassert_str_equal(marks(), "012");
    rt_thread_init(&static_thread, "stat", sleeper, RT_NULL, static_stack, sizeof(static_stack), 10, 5);
    rt_thread_startup(&static_thread);
    rule("thread.c rt_thread_detach");
    uassert_int_equal(rt_thread_detach(&static_thread), RT_EOK);
    rt_thread_delay(2);
    uassert_str_equal(marks(), "<");
}

/* rt_object_init: names are cut to RT_NAME_MAX and not terminated when they fill the field. */
static void test_names(void) {
    rt_thread_t t = rt_thread_create("a_name_of_16_chr", nothing, RT_NULL, 512, 30, 1);
    rule("thread.c rt_thread_create");
    uassert_buf_equal(t->name, "a_name_o", 8);
    uassert_int_equal(t->type, RT_Object_Class_Thread);
    rt_thread_delete(t);
    /* Threads that a module creates belong to the module (rt_object_allocate), not to the list that rt_thread_find looks through. */
    t = spawn("hidden", sleeper, RT_NULL, 25);
    rule("thread.c rt_thread_find");
    uassert_null(rt_thread_find("hidden"));
    rt_thread_delete(t);
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
    rule("idle.c rt_thread_idle_delhook");
    uassert_int_equal(rt_thread_idle_delhook(idle_hook), -RT_ENOSYS);
    rule("idle.c rt_thread_idle_sethook");
    uassert_int_equal(rt_thread_idle_sethook(idle_hook), RT_EOK);
    rt_thread_delay(3);
    uassert_true(idles > 0);
    for (n = 0; n < 5; n++) set += rt_thread_idle_sethook(idle_hook) == RT_EOK;
    uassert_int_equal(set, 3);
    uassert_int_equal(rt_thread_idle_sethook(idle_hook), -RT_EFULL);
    for (n = 0; n < 4; n++) uassert_int_equal(rt_thread_idle_delhook(idle_hook), RT_EOK);
    idles = 0;
    rt_thread_delay(3);
    rule("idle.c rt_thread_idle_delhook");
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
    rule("thread.c rt_thread_startup");
    uassert_true(seen == 0x12345678);
    uassert_int_equal(state_of(self), RT_THREAD_RUNNING);
    uassert_true(rt_thread_self() == self);
    /* rt_get_errno and rt_set_errno are the field `error` of the thread. */
    rt_set_errno(-RT_EIO);
    uassert_int_equal(self->error, -RT_EIO);
    uassert_int_equal(rt_get_errno(), -RT_EIO);
    rule("kservice.c _rt_errno");
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
    rt_thread_mdelay(50);
    rt_memory_info(&total, &after, &peak);
    rule("mem.c rt_memory_info");
    uassert_int_equal(after, before);
}

static void testcase(void) {
    self = rt_thread_self();
    UTEST_UNIT_RUN(test_create);
    UTEST_UNIT_RUN(test_startup);
    UTEST_UNIT_RUN(test_suspend_resume);
    UTEST_UNIT_RUN(test_delay);
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
