/* Mailboxes: src/ipc.c of RT-Thread 4.0.4, rt_mb_*; programming manual, "Inter-thread Communication". */
#include "utest.h"

/* What the assertions check: rule(ID) cites the one of those that follow it. */
RULE(B1, "ipc.c rt_mb_init", "RT_EOK; empty; the size is the number of mails");
RULE(B2, "ipc.c rt_mb_send", "RT_EOK; one mail more");
RULE(B3, "ipc.c rt_mb_send", "the place of the next mail wraps");
RULE(B4, "ipc.c rt_mb_send", "full: -RT_EFULL at once");
RULE(B5, "ipc.c rt_mb_urgent", "full: -RT_EFULL");
RULE(B6, "ipc.c rt_mb_recv", "RT_EOK and the oldest mail");
RULE(B7, "ipc.c rt_mb_urgent", "RT_EOK; before all others, at the place before the first");
RULE(B8, "ipc.c rt_mb_recv",
     "time-out 0 on an empty one: -RT_ETIMEOUT at once; *value and the error of the thread stay as they "
     "were");
RULE(B9, "ipc.c rt_mb_urgent", "the place before the first wraps");
RULE(B10, "ipc.c rt_mb_detach", "RT_EOK");
RULE(B11, "ipc.c rt_mb_recv", "-RT_ETIMEOUT at the n-th tick, also as error of the thread; *value stays as it was");
RULE(B12, "ipc.c rt_mb_send", "wakes the first receiver, which takes the mail, and schedules");
RULE(B13, "ipc.c rt_mb_send_wait", "time-out 0 on a full one: -RT_EFULL");
RULE(B14, "ipc.c rt_mb_send_wait", "-RT_ETIMEOUT when the time is over");
RULE(B15, "ipc.c rt_mb_recv", "wakes the first sender that waits for room; RT_EOK in the order of arrival");
RULE(B16, "ipc.c rt_mb_recv",
     "who is woken looks again: a mail that another thread took makes it wait for the rest of its time");
RULE(B17, "ipc.c rt_mb_recv", "who is woken by rt_thread_resume looks, finds nothing and waits on");
RULE(B18, "ipc.c rt_mb_control", "RESET: RT_EOK, wakes receivers and senders with -RT_ERROR, empties");
RULE(B19, "ipc.c rt_mb_control", "other commands: -RT_ERROR");
RULE(B20, "ipc.c rt_mb_delete", "RT_EOK; wakes all with -RT_ERROR");
RULE(B21, "ipc.c rt_mb_send", "may be called in an interrupt");

static rt_mailbox_t mb;
static rt_err_t result[4];
static rt_ubase_t received[4];
static rt_thread_t waiter[4];
static rt_int32_t wait_ticks = RT_WAITING_FOREVER;
static rt_tick_t woke_at;

static void receives(void *parameter) {
    int n = (int)(long)parameter;
    result[n] = rt_mb_recv(mb, &received[n], wait_ticks);
    woke_at = rt_tick_get();
    mark('0' + n);
}

static void sends(void *parameter) {
    int n = (int)(long)parameter;
    result[n] = rt_mb_send_wait(mb, 100 + n, wait_ticks);
    mark('a' + n);
}

/* rt_mb_send and rt_mb_recv: a ring of words, in order; `size` counts mails. */
static void test_ring(void) {
    static rt_ubase_t pool[3];
    struct rt_mailbox m;
    rt_ubase_t value = 0;
    int n;
    rule(B1);
    uassert_int_equal(rt_mb_init(&m, "ring", pool, 3, RT_IPC_FLAG_FIFO), RT_EOK);
    uassert_int_equal(m.size, 3);
    uassert_int_equal(m.entry, 0);
    rule(B2);
    for (n = 0; n < 3; n++) uassert_int_equal(rt_mb_send(&m, 10 + n), RT_EOK);
    uassert_int_equal(m.entry, 3);
    rule(B3);
    uassert_int_equal(m.in_offset, 0);
    rule(B4);
    uassert_int_equal(rt_mb_send(&m, 99), -RT_EFULL);
    rule(B5);
    uassert_int_equal(rt_mb_urgent(&m, 99), -RT_EFULL);
    rule(B6);
    uassert_int_equal(rt_mb_recv(&m, &value, 0), RT_EOK);
    uassert_int_equal(value, 10);
    uassert_int_equal(m.out_offset, 1);
    rule(B7);
    /* rt_mb_urgent: before all others. */
    uassert_int_equal(rt_mb_urgent(&m, 7), RT_EOK);
    uassert_int_equal(m.out_offset, 0);
    uassert_int_equal(rt_mb_recv(&m, &value, 0), RT_EOK);
    uassert_int_equal(value, 7);
    rt_mb_recv(&m, &value, 0);
    rule(B6);
    uassert_int_equal(value, 11);
    rt_mb_recv(&m, &value, 0);
    uassert_int_equal(value, 12);
    value = 55;
    rt_set_errno(-77);
    rule(B8);
    uassert_int_equal(rt_mb_recv(&m, &value, 0), -RT_ETIMEOUT);
    uassert_int_equal(value, 55);
    uassert_int_equal(rt_get_errno(), -77);
    /* The ring's front wraps. */
    rt_mb_control(&m, RT_IPC_CMD_RESET, RT_NULL);
    rule(B9);
    uassert_int_equal(rt_mb_urgent(&m, 1), RT_EOK);
    uassert_int_equal(m.out_offset, 2);
    rt_mb_recv(&m, &value, 0);
    uassert_int_equal(value, 1);
    rule(B10);
    uassert_int_equal(rt_mb_detach(&m), RT_EOK);
}

/* rt_mb_recv: waits, and a better receiver runs when a mail comes. */
static void test_receive(void) {
    rt_tick_t begin;
    rt_ubase_t value = 3;
    mb = rt_mb_create("recv", 2, RT_IPC_FLAG_FIFO);
    align_to_tick();
    begin = rt_tick_get();
    rule(B11);
    uassert_int_equal(rt_mb_recv(mb, &value, 4), -RT_ETIMEOUT);
    uassert_int_equal(rt_tick_get() - begin, 4);
    uassert_int_equal(rt_thread_self()->error, -RT_ETIMEOUT);
    uassert_int_equal(value, 3);
    waiter[0] = spawn("r", receives, (void *)0, 10);
    waiter[1] = spawn("r", receives, (void *)1, 10);
    mark('s');
    rt_mb_send(mb, 42);
    mark('t');
    rule(B12);
    uassert_str_equal(marks(), "s0t");
    uassert_int_equal(received[0], 42);
    rt_mb_send(mb, 43);
    uassert_int_equal(received[1], 43);
    uassert_int_equal(mb->entry, 0);
    marks();
    rt_mb_delete(mb);
}

/* rt_mb_send_wait: waits for room in the order of the senders. */
static void test_send_wait(void) {
    rt_ubase_t value;
    mb = rt_mb_create("send", 1, RT_IPC_FLAG_FIFO);
    rt_mb_send(mb, 1);
    rule(B13);
    uassert_int_equal(rt_mb_send_wait(mb, 2, 0), -RT_EFULL);
    rule(B14);
    uassert_int_equal(rt_mb_send_wait(mb, 2, 3), -RT_ETIMEOUT);
    spawn("s", sends, (void *)0, 10);
    spawn("s", sends, (void *)1, 10);
    rule(B15);
    uassert_str_equal(marks(), "");
    rule(B6);
    uassert_int_equal(rt_mb_recv(mb, &value, 0), RT_EOK);
    uassert_int_equal(value, 1);
    rule(B15);
    uassert_str_equal(marks(), "a");
    rt_mb_recv(mb, &value, 0);
    uassert_int_equal(value, 100);
    rt_mb_recv(mb, &value, 0);
    uassert_int_equal(value, 101);
    uassert_str_equal(marks(), "b");
    uassert_int_equal(result[0], RT_EOK);
    rt_mb_delete(mb);
}

/* The woken receiver looks again: a mail that another thread took first makes it wait on for the rest of its time. */
static void test_stolen(void) {
    rt_ubase_t value = 0;
    rt_tick_t begin;
    mb = rt_mb_create("stolen", 2, RT_IPC_FLAG_FIFO);
    wait_ticks = 10;
    align_to_tick();
    begin = rt_tick_get();
    waiter[0] = spawn("slow", receives, (void *)0, 25);
    rt_thread_delay(2);
    rt_mb_send(mb, 5);
    rule(B6);
    uassert_int_equal(rt_mb_recv(mb, &value, 0), RT_EOK);
    uassert_int_equal(value, 5);
    rt_thread_delay(4);
    rule(B16);
    uassert_str_equal(marks(), "");
    uassert_int_equal(state_of(waiter[0]), RT_THREAD_SUSPEND);
    rt_thread_delay(10);
    uassert_str_equal(marks(), "0");
    uassert_int_equal(result[0], -RT_ETIMEOUT);
    uassert_int_equal(woke_at - begin, 10);
    wait_ticks = RT_WAITING_FOREVER;
    /* So does a receiver that rt_thread_resume wakes. */
    waiter[1] = spawn("hand", receives, (void *)1, 10);
    rule(B17);
    uassert_int_equal(rt_thread_resume(waiter[1]), RT_EOK);
    rt_thread_delay(1);
    uassert_str_equal(marks(), "");
    uassert_int_equal(state_of(waiter[1]), RT_THREAD_SUSPEND);
    rt_mb_send(mb, 6);
    uassert_str_equal(marks(), "1");
    uassert_int_equal(received[1], 6);
    rt_mb_delete(mb);
}

/* rt_mb_control RESET wakes receivers and senders with -RT_ERROR and empties; rt_mb_delete as well. */
static void test_reset(void) {
    mb = rt_mb_create("reset", 1, RT_IPC_FLAG_FIFO);
    spawn("r", receives, (void *)0, 10);
    rule(B18);
    uassert_int_equal(rt_mb_control(mb, RT_IPC_CMD_RESET, RT_NULL), RT_EOK);
    uassert_int_equal(result[0], -RT_ERROR);
    rt_mb_send(mb, 1);
    spawn("s", sends, (void *)1, 10);
    rt_mb_control(mb, RT_IPC_CMD_RESET, RT_NULL);
    uassert_int_equal(result[1], -RT_ERROR);
    uassert_int_equal(mb->entry, 0);
    rule(B19);
    uassert_int_equal(rt_mb_control(mb, 5, RT_NULL), -RT_ERROR);
    rt_mb_send(mb, 1);
    spawn("s", sends, (void *)2, 10);
    rule(B20);
    uassert_int_equal(rt_mb_delete(mb), RT_EOK);
    rt_thread_delay(1);
    uassert_int_equal(result[2], -RT_ERROR);
    uassert_str_equal(marks(), "0bc");
}

static void send_from_timer(void *parameter) {
    result[3] = rt_mb_send(mb, 77);
}

/* rt_mb_send may be called in an interrupt. */
static void test_from_interrupt(void) {
    rt_ubase_t value = 0;
    rt_timer_t timer = rt_timer_create("isr", send_from_timer, RT_NULL, 2, RT_TIMER_FLAG_ONE_SHOT);
    mb = rt_mb_create("isr", 1, RT_IPC_FLAG_PRIO);
    rt_timer_start(timer);
    rule(B21);
    uassert_int_equal(rt_mb_recv(mb, &value, 10), RT_EOK);
    uassert_int_equal(value, 77);
    uassert_int_equal(result[3], RT_EOK);
    rt_timer_delete(timer);
    rt_mb_delete(mb);
}

static void testcase(void) {
    UTEST_UNIT_RUN(test_ring);
    UTEST_UNIT_RUN(test_receive);
    UTEST_UNIT_RUN(test_send_wait);
    UTEST_UNIT_RUN(test_stolen);
    UTEST_UNIT_RUN(test_reset);
    UTEST_UNIT_RUN(test_from_interrupt);
}
UTEST_TC_EXPORT(testcase, "src.ipc.mailbox", RT_NULL, RT_NULL, 20);
