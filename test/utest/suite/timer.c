/* Timers: src/timer.c of RT-Thread 4.0.4; programming manual, "Clock Management". */
#include "utest.h"

/* What the assertions check: rule(ID) cites the one of those that follow it. */
RULE(R1, "timer.c rt_timer_init", "a static object of class Timer with the flag and ticks of the call");
RULE(R2, "timer.c rt_timer_control", "GET_STATE writes a whole rt_tick_t: 1 while it runs, else 0");
RULE(R3, "timer.c rt_timer_start", "RT_EOK; the time-out is now and its ticks");
RULE(R4, "timer.c rt_timer_check", "one shot: once, at the tick of the time-out");
RULE(R5, "timer.c rt_timer_check", "the function of a hard timer runs in the tick interrupt");
RULE(R6, "timer.c rt_timer_check", "one shot: does not run any more then");
RULE(R7, "timer.c rt_timer_stop", "one that does not run: -RT_ERROR");
RULE(R8, "timer.c rt_timer_detach", "RT_EOK");
RULE(R9, "timer.c rt_timer_check", "periodic: every so many ticks, and runs on");
RULE(R10, "timer.c rt_timer_stop", "RT_EOK; the function is not called any more");
RULE(R11, "timer.c rt_timer_delete", "RT_EOK");
RULE(R12, "timer.c rt_timer_start", "one that runs begins anew");
RULE(R13, "timer.c rt_timer_start", "behind all others with the same time-out");
RULE(R14, "timer.c rt_timer_control", "SET_TIME: RT_EOK; only for the next start");
RULE(R15, "timer.c rt_timer_control", "GET_TIME: RT_EOK and the ticks");
RULE(R16, "timer.c rt_timer_control", "SET_PERIODIC and SET_ONESHOT: RT_EOK and the flag");
RULE(R17, "timer.c rt_timer_control", "unknown commands: RT_EOK");
RULE(R18, "timer.c rt_timer_check", "the function may stop its own timer");
RULE(R19, "timer.c rt_timer_check", "the function may start its own timer again");
RULE(R20, "timer.c rt_soft_timer_check", "the function of a soft timer may delete its own timer");
RULE(R21, "timer.c rt_timer_check",
     "SET_ONESHOT in the function of a periodic timer: the last call, and the flag ACTIVATED stays");
RULE(R22, "timer.c rt_timer_check", "SET_TIME in the function of a periodic timer counts for the next period");
RULE(R23, "timer.c rt_soft_timer_check", "soft timers run in the thread timer of priority 4, not in an interrupt");
RULE(R24, "timer.c rt_soft_timer_check", "a function that waits delays all other soft timers");
RULE(R25, "timer.c rt_soft_timer_check",
     "a periodic timer starts again behind its function, from the tick that it is then");
RULE(R26, "timer.c rt_timer_start", "an earlier soft timer wakes the thread that sleeps until a later one");
RULE(R27, "timer.c rt_timer_start", "0 ticks: at the next check");
RULE(R28, "clock.c rt_tick_get_millisecond", "ten for each tick");
RULE(R29, "timer.c rt_timer_start", "sorted by time-out whatever the order of the starts");

static rt_tick_t fired[16];
static int count;
static rt_uint8_t nest;
static rt_thread_t context;
static rt_timer_t timer;
static rt_err_t code;
static int limit;

static void counts(void *parameter) {
    if (count < 16) fired[count] = rt_tick_get();
    count++;
    nest = rt_interrupt_get_nest();
    context = rt_thread_self();
}

static int active(rt_timer_t t) {
    rt_tick_t state = 99;
    rt_timer_control(t, RT_TIMER_CTRL_GET_STATE, &state);
    return (int)state;
}

/* rt_timer_start, one shot: runs once in the tick interrupt and is not active any more. */
static void test_one_shot(void) {
    struct rt_timer t;
    rt_tick_t begin;
    count = 0;
    rt_timer_init(&t, "shot", counts, RT_NULL, 5, RT_TIMER_FLAG_ONE_SHOT);
    rule(R1);
    uassert_int_equal(t.parent.type, RT_Object_Class_Timer | RT_Object_Class_Static);
    uassert_int_equal(t.parent.flag, 0);
    uassert_int_equal(t.init_tick, 5);
    rule(R2);
    uassert_int_equal(active(&t), 0);
    align_to_tick();
    begin = rt_tick_get();
    rule(R3);
    uassert_int_equal(rt_timer_start(&t), RT_EOK);
    rule(R2);
    uassert_int_equal(active(&t), 1);
    rule(R3);
    uassert_int_equal(t.timeout_tick - begin, 5);
    rt_thread_delay(4);
    rule(R4);
    uassert_int_equal(count, 0);
    rt_thread_delay(10);
    uassert_int_equal(count, 1);
    uassert_int_equal(fired[0] - begin, 5);
    rule(R5);
    uassert_int_equal(nest, 1);
    rule(R6);
    uassert_int_equal(active(&t), 0);
    rule(R7);
    uassert_int_equal(rt_timer_stop(&t), -RT_ERROR);
    rule(R8);
    uassert_int_equal(rt_timer_detach(&t), RT_EOK);
}

/* Periodic: every init_tick ticks until it is stopped. */
static void test_periodic(void) {
    rt_tick_t begin;
    count = 0;
    timer = rt_timer_create("period", counts, RT_NULL, 3, RT_TIMER_FLAG_PERIODIC);
    align_to_tick();
    begin = rt_tick_get();
    rt_timer_start(timer);
    rt_thread_delay(10);
    rule(R9);
    uassert_int_equal(count, 3);
    uassert_int_equal(fired[0] - begin, 3);
    uassert_int_equal(fired[2] - begin, 9);
    uassert_int_equal(active(timer), 1);
    rule(R10);
    uassert_int_equal(rt_timer_stop(timer), RT_EOK);
    rule(R7);
    uassert_int_equal(rt_timer_stop(timer), -RT_ERROR);
    rt_thread_delay(5);
    rule(R10);
    uassert_int_equal(count, 3);
    rule(R11);
    uassert_int_equal(rt_timer_delete(timer), RT_EOK);
}

/* rt_timer_start of a running timer begins anew. */
static void test_restart(void) {
    rt_tick_t begin;
    count = 0;
    timer = rt_timer_create("again", counts, RT_NULL, 5, RT_TIMER_FLAG_ONE_SHOT);
    align_to_tick();
    begin = rt_tick_get();
    rt_timer_start(timer);
    rt_thread_delay(3);
    rule(R12);
    uassert_int_equal(rt_timer_start(timer), RT_EOK);
    rt_thread_delay(10);
    uassert_int_equal(count, 1);
    uassert_int_equal(fired[0] - begin, 8);
    rt_timer_delete(timer);
}

static void marks_itself(void *parameter) {
    mark((char)(long)parameter);
}

/* rt_timer_start: behind all others with the same time-out. */
static void test_order(void) {
    rt_timer_t t[4];
    int n;
    for (n = 0; n < 4; n++)
        t[n] = rt_timer_create("order", marks_itself, (void *)(long)('a' + n), n == 3 ? 2 : 4, RT_TIMER_FLAG_ONE_SHOT);
    align_to_tick();
    for (n = 0; n < 4; n++) rt_timer_start(t[n]);
    rt_thread_delay(6);
    rule(R13);
    uassert_str_equal(marks(), "dabc");
    for (n = 0; n < 4; n++) rt_timer_delete(t[n]);
}

/* rt_timer_control: SET_TIME only stores; unknown commands are RT_EOK. */
static void test_control(void) {
    rt_tick_t ticks = 9, begin;
    count = 0;
    timer = rt_timer_create("control", counts, RT_NULL, 3, RT_TIMER_FLAG_ONE_SHOT);
    align_to_tick();
    begin = rt_tick_get();
    rt_timer_start(timer);
    rule(R14);
    uassert_int_equal(rt_timer_control(timer, RT_TIMER_CTRL_SET_TIME, &ticks), RT_EOK);
    ticks = 0;
    rule(R15);
    uassert_int_equal(rt_timer_control(timer, RT_TIMER_CTRL_GET_TIME, &ticks), RT_EOK);
    uassert_int_equal(ticks, 9);
    rt_thread_delay(5);
    rule(R14);
    uassert_int_equal(count, 1);
    uassert_int_equal(fired[0] - begin, 3);
    rule(R16);
    uassert_int_equal(rt_timer_control(timer, RT_TIMER_CTRL_SET_PERIODIC, RT_NULL), RT_EOK);
    uassert_true(timer->parent.flag & RT_TIMER_FLAG_PERIODIC);
    uassert_int_equal(rt_timer_control(timer, RT_TIMER_CTRL_SET_ONESHOT, RT_NULL), RT_EOK);
    uassert_false(timer->parent.flag & RT_TIMER_FLAG_PERIODIC);
    rule(R17);
    uassert_int_equal(rt_timer_control(timer, 0x33, RT_NULL), RT_EOK);
    rt_timer_delete(timer);
}

static void stops_itself(void *parameter) {
    count++;
    code = rt_timer_stop(timer);
}

static void restarts_itself(void *parameter) {
    counts(parameter);
    if (count < limit) rt_timer_start(timer);
}

static void deletes_itself(void *parameter) {
    count++;
    code = rt_timer_delete(timer);
}

static void becomes_one_shot(void *parameter) {
    count++;
    rt_timer_control(timer, RT_TIMER_CTRL_SET_ONESHOT, RT_NULL);
}

static void slows_down(void *parameter) {
    rt_tick_t next = 2 + count;
    counts(parameter);
    rt_timer_control(timer, RT_TIMER_CTRL_SET_TIME, &next);
}

/* A timer's function may stop, start or delete its own timer. */
static void test_own_timer(void) {
    rt_tick_t begin;
    count = 0;
    timer = rt_timer_create("stop", stops_itself, RT_NULL, 2, RT_TIMER_FLAG_PERIODIC);
    rt_timer_start(timer);
    rt_thread_delay(8);
    rule(R18);
    uassert_int_equal(count, 1);
    uassert_int_equal(code, RT_EOK);
    uassert_int_equal(active(timer), 0);
    rt_timer_delete(timer);

    count = 0;
    limit = 3;
    timer = rt_timer_create("start", restarts_itself, RT_NULL, 2, RT_TIMER_FLAG_ONE_SHOT);
    align_to_tick();
    begin = rt_tick_get();
    rt_timer_start(timer);
    rt_thread_delay(10);
    rule(R19);
    uassert_int_equal(count, 3);
    uassert_int_equal(fired[2] - begin, 6);
    rt_timer_delete(timer);

    count = 0;
    timer = rt_timer_create("soft", deletes_itself, RT_NULL, 2, RT_TIMER_FLAG_PERIODIC | RT_TIMER_FLAG_SOFT_TIMER);
    rt_timer_start(timer);
    rt_thread_delay(8);
    rule(R20);
    uassert_int_equal(count, 1);
    uassert_int_equal(code, RT_EOK);

    count = 0;
    timer = rt_timer_create("once", becomes_one_shot, RT_NULL, 2, RT_TIMER_FLAG_PERIODIC);
    rt_timer_start(timer);
    rt_thread_delay(8);
    rule(R21);
    uassert_int_equal(count, 1);
    /* It is not in the list any more, and the flag was left. */
    uassert_int_equal(active(timer), 1);
    rt_timer_delete(timer);

    count = 0;
    timer = rt_timer_create("slow", slows_down, RT_NULL, 1, RT_TIMER_FLAG_PERIODIC);
    align_to_tick();
    begin = rt_tick_get();
    rt_timer_start(timer);
    rt_thread_delay(11);
    rule(R22);
    uassert_int_equal(fired[0] - begin, 1);
    uassert_int_equal(fired[1] - begin, 3);
    uassert_int_equal(fired[2] - begin, 6);
    uassert_int_equal(fired[3] - begin, 10);
    rt_timer_delete(timer);
}

static void blocks(void *parameter) {
    counts(parameter);
    rt_thread_delay(6);
}

/* Soft timers run in the thread `timer` of priority 4 and may wait, which delays all others. */
static void test_soft(void) {
    rt_timer_t slow;
    rt_tick_t begin;
    count = 0;
    slow = rt_timer_create("slow", blocks, RT_NULL, 2, RT_TIMER_FLAG_ONE_SHOT | RT_TIMER_FLAG_SOFT_TIMER);
    timer = rt_timer_create("late", counts, RT_NULL, 3, RT_TIMER_FLAG_ONE_SHOT | RT_TIMER_FLAG_SOFT_TIMER);
    align_to_tick();
    begin = rt_tick_get();
    rt_timer_start(slow);
    rt_timer_start(timer);
    rt_thread_delay(12);
    rule(R23);
    uassert_int_equal(count, 2);
    uassert_int_equal(nest, 0);
    uassert_str_equal(context->name, "timer");
    uassert_int_equal(context->current_priority, 4);
    rule(R24);
    uassert_int_equal(fired[0] - begin, 2);
    uassert_int_equal(fired[1] - begin, 8);
    rt_timer_delete(slow);
    rt_timer_delete(timer);
}

static void takes_two_ticks(void *parameter) {
    counts(parameter);
    rt_thread_delay(2);
}

/* A periodic timer is armed again behind its function, from the tick that it is then. */
static void test_drift(void) {
    rt_tick_t begin;
    count = 0;
    timer = rt_timer_create("drift", takes_two_ticks, RT_NULL, 3, RT_TIMER_FLAG_PERIODIC | RT_TIMER_FLAG_SOFT_TIMER);
    align_to_tick();
    begin = rt_tick_get();
    rt_timer_start(timer);
    rt_thread_delay(16);
    rt_timer_delete(timer);
    rule(R25);
    uassert_int_equal(count, 3);
    uassert_int_equal(fired[0] - begin, 3);
    uassert_int_equal(fired[1] - begin, 8);
    uassert_int_equal(fired[2] - begin, 13);
}

/* An earlier soft timer wakes the thread that sleeps until a later one. */
static void test_soft_earlier(void) {
    rt_timer_t early;
    count = 0;
    timer = rt_timer_create("late", marks_itself, (void *)'l', 20, RT_TIMER_FLAG_SOFT_TIMER);
    early = rt_timer_create("early", marks_itself, (void *)'e', 3, RT_TIMER_FLAG_SOFT_TIMER);
    rt_timer_start(timer);
    rt_thread_delay(2);
    rt_timer_start(early);
    rt_thread_delay(5);
    rule(R26);
    uassert_str_equal(marks(), "e");
    rt_timer_stop(timer);
    rt_thread_delay(20);
    rule(R10);
    uassert_str_equal(marks(), "");
    rt_timer_delete(early);
    rt_timer_delete(timer);
}

/* rt_timer_start: time-out 0 is due at the next check. */
static void test_zero(void) {
    rt_tick_t begin;
    count = 0;
    timer = rt_timer_create("zero", counts, RT_NULL, 0, RT_TIMER_FLAG_ONE_SHOT);
    align_to_tick();
    begin = rt_tick_get();
    rt_timer_start(timer);
    rt_thread_delay(2);
    rule(R27);
    uassert_int_equal(count, 1);
    uassert_int_equal(fired[0] - begin, 1);
    rt_timer_delete(timer);
    rule(R28);
    uassert_int_equal(rt_tick_get_millisecond() / 10, rt_tick_get());
}

/* Many timers: the row stays sorted whatever the order in which they start. */
static void test_many(void) {
    static struct rt_timer t[60];
    int n;
    rt_tick_t begin;
    count = 0;
    for (n = 0; n < 60; n++) rt_timer_init(&t[n], "many", counts, RT_NULL, 1 + (n * 37) % 60, RT_TIMER_FLAG_ONE_SHOT);
    align_to_tick();
    begin = rt_tick_get();
    for (n = 0; n < 60; n++) rt_timer_start(&t[n]);
    rule(R10);
    for (n = 0; n < 60; n += 2) uassert_int_equal(rt_timer_stop(&t[n]), RT_EOK);
    rt_thread_delay(65);
    rule(R29);
    uassert_int_equal(count, 30);
    /* Those with an odd n are left: the even numbers of ticks. */
    for (n = 0; n < 16; n++) uassert_int_equal(fired[n] - begin, 2 * (n + 1));
    for (n = 0; n < 60; n++) rt_timer_detach(&t[n]);
}

static void testcase(void) {
    UTEST_UNIT_RUN(test_one_shot);
    UTEST_UNIT_RUN(test_periodic);
    UTEST_UNIT_RUN(test_restart);
    UTEST_UNIT_RUN(test_order);
    UTEST_UNIT_RUN(test_control);
    UTEST_UNIT_RUN(test_own_timer);
    UTEST_UNIT_RUN(test_soft);
    UTEST_UNIT_RUN(test_drift);
    UTEST_UNIT_RUN(test_soft_earlier);
    UTEST_UNIT_RUN(test_zero);
    UTEST_UNIT_RUN(test_many);
}
UTEST_TC_EXPORT(testcase, "src.timer", RT_NULL, RT_NULL, 20);
