/* Mutexes: src/ipc.c of RT-Thread 4.0.4, rt_mutex_*; programming manual, "Inter-thread Synchronization". */
#include "utest.h"

/* What the assertions check: rule(ID) cites the one of those that follow it. */
RULE(M1, "ipc.c rt_mutex_init", "RT_EOK; free: value 1, no owner, hold 0, original priority 0xff");
RULE(M2, "ipc.c rt_mutex_take", "of a free one: RT_EOK, value 0, hold 1, the owner and its priority");
RULE(M3, "ipc.c rt_mutex_take", "by its owner: RT_EOK, hold is one more");
RULE(M4, "ipc.c rt_mutex_release", "hold is one less; the owner keeps it until it is 0");
RULE(M5, "ipc.c rt_mutex_release", "at 0 it is free again when nobody waits");
RULE(M6, "ipc.c rt_mutex_take", "255 times at most, -RT_EFULL beyond");
RULE(M7, "ipc.c rt_mutex_detach", "RT_EOK");
RULE(M8, "ipc.c rt_mutex_take", "time-out 0 on one of another thread: -RT_ETIMEOUT, also as error of the thread");
RULE(M9, "ipc.c rt_mutex_release",
     "by a thread that does not have it: -RT_ERROR, also as error of the thread, nothing changes");
RULE(M10, "ipc.c rt_mutex_take", "time-out 0 does not raise the owner");
RULE(M11, "ipc.c rt_mutex_control", "-RT_ERROR");
RULE(M12, "ipc.c rt_mutex_take",
     "raises the owner to the priority of a better waiter; its own stays in original_priority");
RULE(M13, "ipc.c rt_mutex_release", "the last one gives the owner its own priority back");
RULE(M14, "ipc.c rt_mutex_release", "PRIO: the best waiter gets it");
RULE(M15, "ipc.c rt_mutex_take", "-RT_ETIMEOUT when the time is over");
RULE(M16, "ipc.c rt_mutex_take", "the owner stays raised when the time of its waiter is over, until it releases");
RULE(M17, "ipc.c rt_mutex_release", "the first waiter is the owner with hold 1 before it runs");
RULE(M18, "ipc.c rt_mutex_release",
     "FIFO: the new owner is raised to the best that still waits; its own priority is in original_priority");
RULE(M19, "ipc.c rt_mutex_release", "FIFO: in the order of arrival");
RULE(M20, "scheduler.c rt_schedule", "a raised owner goes before a thread that is better than its own priority");
RULE(M21, "ipc.c rt_mutex_take", "inheritance goes one step, not along a chain of owners that wait");
RULE(M22, "ipc.c rt_mutex_take", "original_priority is what the owner has at that time, raised or not");
RULE(M23, "ipc.c rt_mutex_release",
     "each gives back the priority that it saw: in the wrong order too early and too late");
RULE(M24, "ipc.c rt_mutex_delete", "RT_EOK although it is held; wakes all with -RT_ERROR");
RULE(M25, "ipc.c rt_mutex_delete", "a raised owner stays raised");
RULE(M26, "thread.c rt_thread_exit", "does not release what the thread has: who waits gets -RT_ETIMEOUT");
RULE(M27, "ipc.c rt_mutex_take",
     "the owner is an address: a new thread in the memory of one that ended takes its mutex again");

static rt_mutex_t mutex;
static rt_err_t result[4];
static rt_thread_t waiter[4];
static rt_int32_t wait_ticks = RT_WAITING_FOREVER;

static void takes(void *parameter) {
    int n = (int)(long)parameter;
    result[n] = rt_mutex_take(mutex, wait_ticks);
    mark('0' + n);
    if (result[n] == RT_EOK) rt_mutex_release(mutex);
}

static void start(int n, int priority) {
    waiter[n] = spawn("waiter", takes, (void *)(long)n, priority);
}

static int my_priority(void) {
    return rt_thread_self()->current_priority;
}

/* rt_mutex_take: recursive for its owner; the fields tell who has it and how often. */
static void test_recursive(void) {
    struct rt_mutex m;
    int n;
    rule(M1);
    uassert_int_equal(rt_mutex_init(&m, "m", RT_IPC_FLAG_PRIO), RT_EOK);
    uassert_int_equal(m.value, 1);
    uassert_null(m.owner);
    uassert_int_equal(m.original_priority, 0xff);
    uassert_int_equal(m.hold, 0);
    rule(M2);
    uassert_int_equal(rt_mutex_take(&m, 0), RT_EOK);
    uassert_int_equal(m.value, 0);
    uassert_int_equal(m.hold, 1);
    uassert_true(m.owner == rt_thread_self());
    uassert_int_equal(m.original_priority, 20);
    rule(M3);
    uassert_int_equal(rt_mutex_take(&m, RT_WAITING_FOREVER), RT_EOK);
    uassert_int_equal(m.hold, 2);
    rule(M4);
    uassert_int_equal(rt_mutex_release(&m), RT_EOK);
    uassert_true(m.owner == rt_thread_self());
    rule(M5);
    uassert_int_equal(rt_mutex_release(&m), RT_EOK);
    uassert_int_equal(m.value, 1);
    uassert_null(m.owner);
    uassert_int_equal(m.original_priority, 0xff);
    /* RT_MUTEX_HOLD_MAX. */
    for (n = 0; n < 255; n++) rt_mutex_take(&m, 0);
    rule(M6);
    uassert_int_equal(m.hold, 255);
    uassert_int_equal(rt_mutex_take(&m, 0), -RT_EFULL);
    for (n = 0; n < 255; n++) rt_mutex_release(&m);
    rule(M5);
    uassert_null(m.owner);
    rule(M7);
    uassert_int_equal(rt_mutex_detach(&m), RT_EOK);
}

static void tries(void *parameter) {
    result[0] = rt_mutex_take(mutex, 0);
    result[1] = rt_thread_self()->error;
    result[2] = rt_mutex_release(mutex);
    result[3] = rt_thread_self()->error;
}

/* rt_mutex_take with time-out 0 sets the error of the thread; rt_mutex_release of somebody else's is -RT_ERROR. */
static void test_busy(void) {
    mutex = rt_mutex_create("busy", RT_IPC_FLAG_FIFO);
    rt_mutex_take(mutex, RT_WAITING_FOREVER);
    spawn("try", tries, RT_NULL, 10);
    rule(M8);
    uassert_int_equal(result[0], -RT_ETIMEOUT);
    uassert_int_equal(result[1], -RT_ETIMEOUT);
    rule(M9);
    uassert_int_equal(result[2], -RT_ERROR);
    uassert_int_equal(result[3], -RT_ERROR);
    uassert_int_equal(mutex->hold, 1);
    rule(M10);
    /* A time-out of 0 does not raise the owner. */
    uassert_int_equal(my_priority(), 20);
    rt_mutex_release(mutex);
    rule(M9);
    uassert_int_equal(rt_mutex_release(mutex), -RT_ERROR);
    rule(M11);
    uassert_int_equal(rt_mutex_control(mutex, RT_IPC_CMD_RESET, RT_NULL), -RT_ERROR);
    rt_mutex_delete(mutex);
}

/* Priority inheritance: the owner is raised to the best waiter and falls back at its last release. */
static void test_inheritance(void) {
    mutex = rt_mutex_create("inherit", RT_IPC_FLAG_PRIO);
    rt_mutex_take(mutex, RT_WAITING_FOREVER);
    rt_mutex_take(mutex, RT_WAITING_FOREVER);
    start(0, 15);
    rule(M12);
    uassert_int_equal(my_priority(), 15);
    start(1, 12);
    uassert_int_equal(my_priority(), 12);
    start(2, 18);
    uassert_int_equal(my_priority(), 12);
    uassert_int_equal(mutex->original_priority, 20);
    rt_mutex_release(mutex);
    rule(M13);
    uassert_int_equal(my_priority(), 12);
    uassert_str_equal(marks(), "");
    rt_mutex_release(mutex);
    uassert_int_equal(my_priority(), 20);
    rt_thread_delay(1);
    rule(M14);
    uassert_str_equal(marks(), "102");
    rule(M5);
    uassert_int_equal(mutex->value, 1);
    rt_mutex_delete(mutex);
}

/* 4.0.4 keeps the owner raised when the waiter's time is over. */
static void test_stays_raised(void) {
    mutex = rt_mutex_create("raised", RT_IPC_FLAG_PRIO);
    rt_mutex_take(mutex, RT_WAITING_FOREVER);
    wait_ticks = 3;
    start(0, 10);
    rule(M12);
    uassert_int_equal(my_priority(), 10);
    rt_thread_delay(6);
    rule(M15);
    uassert_str_equal(marks(), "0");
    uassert_int_equal(result[0], -RT_ETIMEOUT);
    rule(M16);
    uassert_int_equal(my_priority(), 10);
    rt_mutex_release(mutex);
    uassert_int_equal(my_priority(), 20);
    rt_mutex_delete(mutex);
    wait_ticks = RT_WAITING_FOREVER;
}

/* rt_mutex_release hands over to the first waiter: FIFO by arrival, and it is raised to the best one that still waits. */
static void test_hand_over(void) {
    mutex = rt_mutex_create("fifo", RT_IPC_FLAG_FIFO);
    rt_mutex_take(mutex, RT_WAITING_FOREVER);
    start(0, 18);
    start(1, 12);
    start(2, 15);
    rt_enter_critical();
    rt_mutex_release(mutex);
    rule(M17);
    uassert_true(mutex->owner == waiter[0]);
    uassert_int_equal(mutex->hold, 1);
    rule(M18);
    uassert_int_equal(waiter[0]->current_priority, 12);
    uassert_int_equal(mutex->original_priority, 18);
    rt_exit_critical();
    rt_thread_delay(1);
    rule(M19);
    uassert_str_equal(marks(), "012");
    rt_mutex_delete(mutex);

    mutex = rt_mutex_create("prio", RT_IPC_FLAG_PRIO);
    rt_mutex_take(mutex, RT_WAITING_FOREVER);
    start(0, 18);
    start(1, 15);
    start(2, 12);
    /* The raised owner keeps a thread of priority 15 from even asking. */
    start(3, 15);
    rule(M20);
    uassert_int_equal(state_of(waiter[3]), RT_THREAD_READY);
    rt_mutex_release(mutex);
    rt_thread_delay(1);
    rule(M14);
    uassert_str_equal(marks(), "2130");
    rt_mutex_delete(mutex);
}

static rt_mutex_t outer;
static void takes_both(void *parameter) {
    rt_mutex_take(outer, RT_WAITING_FOREVER);
    mark('o');
    rt_mutex_take(mutex, RT_WAITING_FOREVER);
    mark('i');
    rt_mutex_release(mutex);
    rt_mutex_release(outer);
}

static void takes_outer(void *parameter) {
    rt_mutex_take(outer, RT_WAITING_FOREVER);
    mark('p');
    rt_mutex_release(outer);
}

/* Inheritance goes one step, not along a chain of mutexes, in 4.0.4. */
static void test_one_step(void) {
    rt_thread_t middle;
    mutex = rt_mutex_create("inner", RT_IPC_FLAG_PRIO);
    outer = rt_mutex_create("outer", RT_IPC_FLAG_PRIO);
    rt_mutex_take(mutex, RT_WAITING_FOREVER);
    middle = spawn("middle", takes_both, RT_NULL, 15);
    rule(M12);
    uassert_int_equal(my_priority(), 15);
    spawn("top", takes_outer, RT_NULL, 8);
    uassert_int_equal(middle->current_priority, 8);
    rule(M21);
    uassert_int_equal(my_priority(), 15);
    rt_mutex_release(mutex);
    rt_thread_delay(1);
    uassert_str_equal(marks(), "oip");
    rt_mutex_delete(mutex);
    rt_mutex_delete(outer);
}

/* Two mutexes released in the order in which they were taken: each restores the priority it had seen. */
static void test_nested_order(void) {
    mutex = rt_mutex_create("first", RT_IPC_FLAG_PRIO);
    outer = rt_mutex_create("second", RT_IPC_FLAG_PRIO);
    rt_mutex_take(mutex, RT_WAITING_FOREVER);
    start(0, 12);
    rt_mutex_take(outer, RT_WAITING_FOREVER);
    rule(M22);
    uassert_int_equal(outer->original_priority, 12);
    rt_mutex_release(mutex);
    rule(M23);
    uassert_int_equal(my_priority(), 20);
    rt_mutex_release(outer);
    /* Too late: the priority of the time when `second` was taken. */
    uassert_int_equal(my_priority(), 12);
    {
        rt_uint8_t back = 20;
        rt_thread_control(rt_thread_self(), RT_THREAD_CTRL_CHANGE_PRIORITY, &back);
    }
    rt_thread_delay(1);
    rule(M14);
    uassert_str_equal(marks(), "0");
    rt_mutex_delete(mutex);
    rt_mutex_delete(outer);
}

/* rt_mutex_delete: the waiters get -RT_ERROR although it is held; a raised owner stays raised. */
static void test_delete(void) {
    mutex = rt_mutex_create("del", RT_IPC_FLAG_PRIO);
    rt_mutex_take(mutex, RT_WAITING_FOREVER);
    start(0, 10);
    rule(M24);
    uassert_int_equal(rt_mutex_delete(mutex), RT_EOK);
    rt_thread_delay(1);
    uassert_int_equal(result[0], -RT_ERROR);
    rule(M25);
    uassert_int_equal(my_priority(), 10);
    marks();
    {
        rt_uint8_t back = 20;
        rt_thread_control(rt_thread_self(), RT_THREAD_CTRL_CHANGE_PRIORITY, &back);
    }
}

static void takes_and_ends(void *parameter) {
    rt_mutex_take(mutex, RT_WAITING_FOREVER);
}

/* 4.0.4 does not release what a thread holds when it ends. */
static void test_dead_owner(void) {
    mutex = rt_mutex_create("dead", RT_IPC_FLAG_PRIO);
    spawn("ends", takes_and_ends, RT_NULL, 10);
    rule(M26);
    uassert_int_equal(mutex->value, 0);
    uassert_int_equal(rt_mutex_take(mutex, 3), -RT_ETIMEOUT);
    rt_mutex_delete(mutex);
}

static struct rt_thread again;
static ALIGN(8) rt_uint8_t again_stack[1024];

static void takes_again(void *parameter) {
    result[0] = rt_mutex_take(mutex, 0);
    result[1] = mutex->hold;
}

/* The owner is an address: a new thread in the memory of one that ended has its mutexes. */
static void test_dead_owner_again(void) {
    int n;
    mutex = rt_mutex_create("again", RT_IPC_FLAG_PRIO);
    for (n = 1; n <= 2; n++) {
        rt_thread_init(&again, "again", takes_again, RT_NULL, again_stack, sizeof(again_stack), 10, 5);
        rt_thread_startup(&again);
        rule(M27);
        uassert_int_equal(result[0], RT_EOK);
        uassert_int_equal(result[1], n);
    }
    rule(M27);
    uassert_true(mutex->owner == &again);
    rt_mutex_delete(mutex);
}

static void testcase(void) {
    UTEST_UNIT_RUN(test_recursive);
    UTEST_UNIT_RUN(test_busy);
    UTEST_UNIT_RUN(test_inheritance);
    UTEST_UNIT_RUN(test_stays_raised);
    UTEST_UNIT_RUN(test_hand_over);
    UTEST_UNIT_RUN(test_one_step);
    UTEST_UNIT_RUN(test_nested_order);
    UTEST_UNIT_RUN(test_delete);
    UTEST_UNIT_RUN(test_dead_owner);
    UTEST_UNIT_RUN(test_dead_owner_again);
}
UTEST_TC_EXPORT(testcase, "src.ipc.mutex", RT_NULL, RT_NULL, 20);
