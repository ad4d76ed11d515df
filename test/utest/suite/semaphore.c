/* Semaphores: src/ipc.c of RT-Thread 4.0.4, rt_sem_*; programming manual, "Inter-thread Synchronization". */
#include "utest.h"

/* What the assertions check: rule(ID) cites the one of those that follow it. */
RULE(S1, "ipc.c rt_sem_init",
     "RT_EOK; a static object of class Semaphore with the name, value and flag of the call, for which "
     "nobody waits");
RULE(S2, "ipc.c rt_sem_take", "takes one from the value");
RULE(S3, "ipc.c rt_sem_trytake", "rt_sem_take with time-out 0");
RULE(S4, "ipc.c rt_sem_detach", "RT_EOK; it is no object any more");
RULE(S5, "ipc.c rt_sem_create", "a dynamic object of class Semaphore");
RULE(S6, "ipc.c rt_sem_take", "time-out 0 at value 0: -RT_ETIMEOUT at once, the error of the thread stays as it was");
RULE(S7, "ipc.c rt_sem_take", "-RT_ETIMEOUT at the n-th tick, also as error of the thread");
RULE(S8, "thread.c rt_thread_timeout", "takes the thread out of the queue");
RULE(S9, "ipc.c rt_sem_take", "any negative time-out waits for ever");
RULE(S10, "ipc.c rt_sem_take", "suspends the thread at value 0");
RULE(S11, "ipc.c rt_sem_release", "wakes the first waiter, which gets RT_EOK, and schedules");
RULE(S12, "ipc.c rt_sem_release", "hands over: the value stays 0, and nobody takes it before the waiter runs");
RULE(S13, "ipc.c rt_sem_release", "RT_EOK, and the value is one more when nobody waits");
RULE(S14, "ipc.c rt_ipc_list_suspend", "FIFO: in the order of arrival");
RULE(S15, "ipc.c rt_ipc_list_suspend", "PRIO: the best first, equals in the order of arrival");
RULE(S16, "thread.c rt_thread_control", "CHANGE_PRIORITY does not sort the queue of a PRIO object again");
RULE(S17, "ipc.c rt_sem_control", "RESET: RT_EOK, wakes all with -RT_ERROR, sets the value, schedules");
RULE(S18, "ipc.c rt_sem_control", "other commands: -RT_ERROR, nothing changes");
RULE(S19, "ipc.c rt_sem_delete", "RT_EOK; wakes all with -RT_ERROR");
RULE(S20, "ipc.c rt_sem_delete", "does not schedule");
RULE(S21, "ipc.c rt_sem_detach", "wakes all with -RT_ERROR");
RULE(S22, "thread.c rt_thread_resume",
     "a waiter leaves the queue and gets RT_EOK although nothing was released (lost wake-up)");
RULE(S23, "thread.c rt_thread_delete", "a waiter leaves the queue, and the next one gets the semaphore");
RULE(S24, "ipc.c rt_sem_release", "65535 is the most, -RT_EFULL beyond");
RULE(S25, "ipc.c rt_sem_release", "may be called in an interrupt; the waiter gets it at that tick");

static rt_sem_t sem;
static rt_err_t result[4];
static rt_thread_t waiter[4];
static rt_int32_t wait_ticks;

static void takes(void *parameter) {
    int n = (int)(long)parameter;
    result[n] = rt_sem_take(sem, wait_ticks);
    mark('0' + n);
}

static void start(int n, int priority) {
    waiter[n] = spawn("waiter", takes, (void *)(long)n, priority);
}

/* rt_sem_init, rt_sem_detach: object in memory of the program. */
static void test_static(void) {
    struct rt_semaphore s;
    rule(S1);
    uassert_int_equal(rt_sem_init(&s, "static", 2, RT_IPC_FLAG_PRIO), RT_EOK);
    uassert_int_equal(s.parent.parent.type, RT_Object_Class_Semaphore | RT_Object_Class_Static);
    uassert_int_equal(s.parent.parent.flag, RT_IPC_FLAG_PRIO);
    uassert_str_equal(s.parent.parent.name, "static");
    uassert_int_equal(s.value, 2);
    uassert_true(rt_list_isempty(&s.parent.suspend_thread));
    rule(S2);
    uassert_int_equal(rt_sem_take(&s, 0), RT_EOK);
    rule(S3);
    uassert_int_equal(rt_sem_trytake(&s), RT_EOK);
    rule(S2);
    uassert_int_equal(s.value, 0);
    rule(S4);
    uassert_int_equal(rt_sem_detach(&s), RT_EOK);
    uassert_int_equal(s.parent.parent.type, 0);
}

/* rt_sem_take with time-out 0 leaves the error of the thread alone; a wait that ends without sets it. */
static void test_time_out(void) {
    rt_tick_t begin;
    sem = rt_sem_create("dyn", 0, RT_IPC_FLAG_FIFO);
    rule(S5);
    uassert_int_equal(sem->parent.parent.type, RT_Object_Class_Semaphore);
    rt_set_errno(-77);
    rule(S6);
    uassert_int_equal(rt_sem_take(sem, 0), -RT_ETIMEOUT);
    rule(S3);
    uassert_int_equal(rt_sem_trytake(sem), -RT_ETIMEOUT);
    rule(S6);
    uassert_int_equal(rt_thread_self()->error, -77);
    align_to_tick();
    begin = rt_tick_get();
    rule(S7);
    uassert_int_equal(rt_sem_take(sem, 5), -RT_ETIMEOUT);
    uassert_int_equal(rt_tick_get() - begin, 5);
    uassert_int_equal(rt_thread_self()->error, -RT_ETIMEOUT);
    rule(S8);
    uassert_true(rt_list_isempty(&sem->parent.suspend_thread));
    uassert_int_equal(sem->value, 0);
    /* Any negative number of ticks is for ever. */
    wait_ticks = -5;
    start(0, 10);
    rt_thread_delay(20);
    rule(S9);
    uassert_int_equal(state_of(waiter[0]), RT_THREAD_SUSPEND);
    uassert_str_equal(marks(), "");
    rt_sem_release(sem);
    uassert_str_equal(marks(), "0");
    rt_sem_delete(sem);
}

/* rt_sem_release: the first waiter gets it directly, the value stays 0, and a better waiter runs before the call returns. */
static void test_hand_over(void) {
    sem = rt_sem_create("hand", 0, RT_IPC_FLAG_FIFO);
    wait_ticks = RT_WAITING_FOREVER;
    start(0, 10);
    rule(S10);
    uassert_int_equal(state_of(waiter[0]), RT_THREAD_SUSPEND);
    mark('r');
    rule(S11);
    uassert_int_equal(rt_sem_release(sem), RT_EOK);
    mark('-');
    uassert_str_equal(marks(), "r0-");
    uassert_int_equal(result[0], RT_EOK);
    rule(S12);
    uassert_int_equal(sem->value, 0);
    start(1, 25);
    rt_thread_delay(2);
    rt_sem_release(sem);
    uassert_int_equal(sem->value, 0);
    /* It is the waiter's already, though it did not run yet. */
    uassert_int_equal(rt_sem_take(sem, 0), -RT_ETIMEOUT);
    rt_thread_delay(2);
    uassert_str_equal(marks(), "1");
    rule(S13);
    uassert_int_equal(rt_sem_release(sem), RT_EOK);
    uassert_int_equal(sem->value, 1);
    rt_sem_delete(sem);
}

/* rt_ipc_list_suspend: FIFO order by arrival, PRIO by priority and equals by arrival. */
static void test_order(void) {
    int n;
    sem = rt_sem_create("fifo", 0, RT_IPC_FLAG_FIFO);
    start(0, 12);
    start(1, 10);
    start(2, 11);
    start(3, 10);
    for (n = 0; n < 4; n++) rt_sem_release(sem);
    rule(S14);
    uassert_str_equal(marks(), "0123");
    rt_sem_delete(sem);

    sem = rt_sem_create("prio", 0, RT_IPC_FLAG_PRIO);
    start(0, 12);
    start(1, 10);
    start(2, 11);
    start(3, 10);
    for (n = 0; n < 4; n++) rt_sem_release(sem);
    rule(S15);
    uassert_str_equal(marks(), "1320");
    rt_sem_delete(sem);
}

/* rt_thread_control CHANGE_PRIORITY does not sort the queues of IPC objects again in 4.0.4. */
static void test_not_resorted(void) {
    rt_uint8_t best = 5;
    sem = rt_sem_create("sort", 0, RT_IPC_FLAG_PRIO);
    start(0, 10);
    start(1, 12);
    rt_thread_control(waiter[1], RT_THREAD_CTRL_CHANGE_PRIORITY, &best);
    rt_sem_release(sem);
    rule(S16);
    uassert_str_equal(marks(), "0");
    rt_sem_release(sem);
    uassert_str_equal(marks(), "1");
    rt_sem_delete(sem);
}

/* rt_sem_control RESET: wakes everybody with -RT_ERROR and sets the value; any other command is -RT_ERROR. */
static void test_reset(void) {
    sem = rt_sem_create("reset", 0, RT_IPC_FLAG_FIFO);
    start(0, 10);
    start(1, 11);
    rule(S17);
    uassert_int_equal(rt_sem_control(sem, RT_IPC_CMD_RESET, (void *)3), RT_EOK);
    uassert_str_equal(marks(), "01");
    uassert_int_equal(result[0], -RT_ERROR);
    uassert_int_equal(result[1], -RT_ERROR);
    uassert_int_equal(sem->value, 3);
    rule(S18);
    uassert_int_equal(rt_sem_control(sem, 77, RT_NULL), -RT_ERROR);
    uassert_int_equal(sem->value, 3);
    rt_sem_delete(sem);
}

/* rt_sem_delete and rt_sem_detach wake everybody with -RT_ERROR. */
static void test_delete(void) {
    struct rt_semaphore s;
    sem = rt_sem_create("del", 0, RT_IPC_FLAG_FIFO);
    start(0, 10);
    start(1, 25);
    rt_thread_delay(2);
    rule(S19);
    uassert_int_equal(rt_sem_delete(sem), RT_EOK);
    rule(S20);
    /* No schedule in delete: even the better one is only ready. */
    uassert_int_equal(state_of(waiter[0]), RT_THREAD_READY);
    rt_thread_delay(2);
    rule(S19);
    uassert_str_equal(marks(), "01");
    uassert_int_equal(result[0], -RT_ERROR);
    uassert_int_equal(result[1], -RT_ERROR);
    sem = &s;
    rt_sem_init(&s, "det", 0, RT_IPC_FLAG_FIFO);
    start(2, 10);
    rule(S4);
    uassert_int_equal(rt_sem_detach(&s), RT_EOK);
    rt_thread_delay(2);
    rule(S21);
    uassert_int_equal(result[2], -RT_ERROR);
    uassert_str_equal(marks(), "2");
}

/* rt_thread_resume of a waiter: rt_sem_take gives RT_EOK though nothing was released (lost wake-up). */
static void test_resumed_by_hand(void) {
    sem = rt_sem_create("lost", 0, RT_IPC_FLAG_FIFO);
    wait_ticks = 100;
    start(0, 10);
    rule(S22);
    uassert_int_equal(rt_thread_resume(waiter[0]), RT_EOK);
    rt_thread_delay(1);
    uassert_str_equal(marks(), "0");
    uassert_int_equal(result[0], RT_EOK);
    uassert_true(rt_list_isempty(&sem->parent.suspend_thread));
    /* A release after that is not lost to the thread that left the queue. */
    rt_sem_release(sem);
    rule(S13);
    uassert_int_equal(sem->value, 1);
    rt_sem_delete(sem);
    wait_ticks = RT_WAITING_FOREVER;
}

/* rt_thread_delete of a waiter takes it out of the queue: the next one gets the semaphore. */
static void test_deleted_waiter(void) {
    sem = rt_sem_create("gone", 0, RT_IPC_FLAG_FIFO);
    start(0, 10);
    start(1, 10);
    rt_thread_delete(waiter[0]);
    rt_sem_release(sem);
    rule(S23);
    uassert_str_equal(marks(), "1");
    uassert_int_equal(sem->value, 0);
    rt_sem_delete(sem);
}

/* rt_sem_release: RT_SEM_VALUE_MAX is the most, -RT_EFULL beyond. */
static void test_limit(void) {
    sem = rt_sem_create("max", 65534, RT_IPC_FLAG_FIFO);
    rule(S24);
    uassert_int_equal(rt_sem_release(sem), RT_EOK);
    uassert_int_equal(sem->value, 65535);
    uassert_int_equal(rt_sem_release(sem), -RT_EFULL);
    uassert_int_equal(sem->value, 65535);
    rt_sem_delete(sem);
}

static void release_from_timer(void *parameter) {
    rt_sem_release((rt_sem_t)parameter);
}

/* rt_sem_release may be called in an interrupt: a hard timer's function is one. */
static void test_from_interrupt(void) {
    rt_timer_t timer;
    rt_tick_t begin;
    sem = rt_sem_create("isr", 0, RT_IPC_FLAG_FIFO);
    timer = rt_timer_create("isr", release_from_timer, sem, 4, RT_TIMER_FLAG_ONE_SHOT);
    align_to_tick();
    begin = rt_tick_get();
    rt_timer_start(timer);
    rule(S25);
    uassert_int_equal(rt_sem_take(sem, 50), RT_EOK);
    uassert_int_equal(rt_tick_get() - begin, 4);
    rt_timer_delete(timer);
    rt_sem_delete(sem);
}

static void testcase(void) {
    UTEST_UNIT_RUN(test_static);
    UTEST_UNIT_RUN(test_time_out);
    UTEST_UNIT_RUN(test_hand_over);
    UTEST_UNIT_RUN(test_order);
    UTEST_UNIT_RUN(test_not_resorted);
    UTEST_UNIT_RUN(test_reset);
    UTEST_UNIT_RUN(test_delete);
    UTEST_UNIT_RUN(test_resumed_by_hand);
    UTEST_UNIT_RUN(test_deleted_waiter);
    UTEST_UNIT_RUN(test_limit);
    UTEST_UNIT_RUN(test_from_interrupt);
}
UTEST_TC_EXPORT(testcase, "src.ipc.semaphore", RT_NULL, RT_NULL, 20);
