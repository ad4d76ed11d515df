/* Semaphores: src/ipc.c of RT-Thread 4.0.4, rt_sem_*; programming manual, "Inter-thread Synchronization". */
#include "utest.h"

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
    rule("ipc.c rt_sem_init");
    uassert_int_equal(rt_sem_init(&s, "static", 2, RT_IPC_FLAG_PRIO), RT_EOK);
    uassert_int_equal(s.parent.parent.type, RT_Object_Class_Semaphore | RT_Object_Class_Static);
    uassert_int_equal(s.parent.parent.flag, RT_IPC_FLAG_PRIO);
    uassert_str_equal(s.parent.parent.name, "static");
    uassert_int_equal(s.value, 2);
    uassert_true(rt_list_isempty(&s.parent.suspend_thread));
    rule("ipc.c rt_sem_take");
    uassert_int_equal(rt_sem_take(&s, 0), RT_EOK);
    rule("ipc.c rt_sem_trytake");
    uassert_int_equal(rt_sem_trytake(&s), RT_EOK);
    uassert_int_equal(s.value, 0);
    rule("ipc.c rt_sem_detach");
    uassert_int_equal(rt_sem_detach(&s), RT_EOK);
    uassert_int_equal(s.parent.parent.type, 0);
}

/* rt_sem_take with time-out 0 leaves the error of the thread alone; a wait that ends without sets it. */
static void test_time_out(void) {
    rt_tick_t begin;
    sem = rt_sem_create("dyn", 0, RT_IPC_FLAG_FIFO);
    rule("ipc.c rt_sem_create");
    uassert_int_equal(sem->parent.parent.type, RT_Object_Class_Semaphore);
    rt_set_errno(-77);
    rule("ipc.c rt_sem_take");
    uassert_int_equal(rt_sem_take(sem, 0), -RT_ETIMEOUT);
    rule("ipc.c rt_sem_trytake");
    uassert_int_equal(rt_sem_trytake(sem), -RT_ETIMEOUT);
    uassert_int_equal(rt_thread_self()->error, -77);
    align_to_tick();
    begin = rt_tick_get();
    rule("ipc.c rt_sem_take");
    uassert_int_equal(rt_sem_take(sem, 5), -RT_ETIMEOUT);
    uassert_int_equal(rt_tick_get() - begin, 5);
    uassert_int_equal(rt_thread_self()->error, -RT_ETIMEOUT);
    uassert_true(rt_list_isempty(&sem->parent.suspend_thread));
    uassert_int_equal(sem->value, 0);
    rt_sem_delete(sem);
}

/* rt_sem_release: the first waiter gets it directly, the value stays 0, and a better waiter runs before the call returns. */
static void test_hand_over(void) {
    sem = rt_sem_create("hand", 0, RT_IPC_FLAG_FIFO);
    wait_ticks = RT_WAITING_FOREVER;
    start(0, 10);
    rule("ipc.c rt_sem_create");
    uassert_int_equal(state_of(waiter[0]), RT_THREAD_SUSPEND);
    mark('r');
    rule("ipc.c rt_sem_release");
    uassert_int_equal(rt_sem_release(sem), RT_EOK);
    mark('-');
    uassert_str_equal(marks(), "r0-");
    uassert_int_equal(result[0], RT_EOK);
    uassert_int_equal(sem->value, 0);
    start(1, 25);
    rt_thread_delay(2);
    rt_sem_release(sem);
    uassert_int_equal(sem->value, 0);
    rule("ipc.c rt_sem_take");
    /* It is the waiter's already, though it did not run yet. */
    uassert_int_equal(rt_sem_take(sem, 0), -RT_ETIMEOUT);
    rt_thread_delay(2);
    uassert_str_equal(marks(), "1");
    rule("ipc.c rt_sem_release");
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
    rule("ipc.c rt_sem_release");
    uassert_str_equal(marks(), "0123");
    rt_sem_delete(sem);

    sem = rt_sem_create("prio", 0, RT_IPC_FLAG_PRIO);
    start(0, 12);
    start(1, 10);
    start(2, 11);
    start(3, 10);
    for (n = 0; n < 4; n++) rt_sem_release(sem);
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
    rule("ipc.c rt_sem_release");
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
    rule("ipc.c rt_sem_control");
    uassert_int_equal(rt_sem_control(sem, RT_IPC_CMD_RESET, (void *)3), RT_EOK);
    uassert_str_equal(marks(), "01");
    uassert_int_equal(result[0], -RT_ERROR);
    uassert_int_equal(result[1], -RT_ERROR);
    uassert_int_equal(sem->value, 3);
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
    rule("ipc.c rt_sem_delete");
    uassert_int_equal(rt_sem_delete(sem), RT_EOK);
    /* No schedule in delete: even the better one is only ready. */
    uassert_int_equal(state_of(waiter[0]), RT_THREAD_READY);
    rt_thread_delay(2);
    uassert_str_equal(marks(), "01");
    uassert_int_equal(result[0], -RT_ERROR);
    uassert_int_equal(result[1], -RT_ERROR);
    sem = &s;
    rt_sem_init(&s, "det", 0, RT_IPC_FLAG_FIFO);
    start(2, 10);
    rule("ipc.c rt_sem_detach");
    uassert_int_equal(rt_sem_detach(&s), RT_EOK);
    rt_thread_delay(2);
    uassert_int_equal(result[2], -RT_ERROR);
    uassert_str_equal(marks(), "2");
}

/* rt_thread_resume of a waiter: rt_sem_take gives RT_EOK though nothing was released (lost wake-up). */
static void test_resumed_by_hand(void) {
    sem = rt_sem_create("lost", 0, RT_IPC_FLAG_FIFO);
    wait_ticks = 100;
    start(0, 10);
    rule("thread.c rt_thread_resume");
    uassert_int_equal(rt_thread_resume(waiter[0]), RT_EOK);
    rt_thread_delay(1);
    uassert_str_equal(marks(), "0");
    uassert_int_equal(result[0], RT_EOK);
    uassert_true(rt_list_isempty(&sem->parent.suspend_thread));
    /* A release after that is not lost to the thread that left the queue. */
    rt_sem_release(sem);
    rule("ipc.c rt_sem_release");
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
    rule("ipc.c rt_sem_release");
    uassert_str_equal(marks(), "1");
    uassert_int_equal(sem->value, 0);
    rt_sem_delete(sem);
}

/* rt_sem_release: RT_SEM_VALUE_MAX is the most, -RT_EFULL beyond. */
static void test_limit(void) {
    sem = rt_sem_create("max", 65534, RT_IPC_FLAG_FIFO);
    rule("ipc.c rt_sem_release");
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
    rule("ipc.c rt_sem_take");
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
