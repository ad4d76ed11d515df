/* Message queues: src/ipc.c of RT-Thread 4.0.4, rt_mq_*; programming manual, "Inter-thread Communication". */
#include "utest.h"

static rt_mq_t mq;
static rt_err_t result[4];
static rt_int32_t wait_ticks = RT_WAITING_FOREVER;
static char text[4][16];

static void receives(void *parameter) {
    int n = (int)(long)parameter;
    result[n] = rt_mq_recv(mq, text[n], sizeof(text[n]), wait_ticks);
    mark('0' + n);
}

static void sends(void *parameter) {
    int n = (int)(long)parameter;
    char message[8] = "x";
    message[0] = 'A' + n;
    result[n] = rt_mq_send_wait(mq, message, sizeof(message), wait_ticks);
    mark('a' + n);
}

/* rt_mq_init: message size rounded up to 4, one link of 4 bytes for each; the last slot is the first to be used. */
static void test_static(void) {
    static ALIGN(4) rt_uint8_t pool[50];
    struct rt_messagequeue q;
    rule("ipc.c rt_mq_init");
    uassert_int_equal(rt_mq_init(&q, "mq", pool, 9, sizeof(pool), RT_IPC_FLAG_FIFO), RT_EOK);
    uassert_int_equal(q.msg_size, 12);
    uassert_int_equal(q.max_msgs, 50 / 16);
    uassert_int_equal(q.entry, 0);
    uassert_null(q.msg_queue_head);
    uassert_true(q.msg_queue_free == pool + 2 * 16);
    rule("ipc.c rt_mq_send");
    uassert_int_equal(rt_mq_send(&q, "first", 6), RT_EOK);
    uassert_true(q.msg_queue_head == pool + 2 * 16);
    uassert_str_equal((char *)pool + 2 * 16 + 4, "first");
    uassert_int_equal(q.entry, 1);
    rule("ipc.c rt_mq_detach");
    uassert_int_equal(rt_mq_detach(&q), RT_EOK);
}

/* rt_mq_send, rt_mq_urgent, rt_mq_recv: order and codes. */
static void test_order(void) {
    char got[8];
    mq = rt_mq_create("order", 8, 3, RT_IPC_FLAG_FIFO);
    rule("ipc.c rt_mq_create");
    uassert_int_equal(mq->msg_size, 8);
    rule("ipc.c rt_mq_send");
    uassert_int_equal(rt_mq_send(mq, "one", 4), RT_EOK);
    uassert_int_equal(rt_mq_send(mq, "two", 4), RT_EOK);
    rule("ipc.c rt_mq_urgent");
    uassert_int_equal(rt_mq_urgent(mq, "zero", 5), RT_EOK);
    rule("ipc.c rt_mq_send");
    uassert_int_equal(rt_mq_send(mq, "more", 5), -RT_EFULL);
    rule("ipc.c rt_mq_urgent");
    uassert_int_equal(rt_mq_urgent(mq, "more", 5), -RT_EFULL);
    rule("ipc.c rt_mq_send");
    uassert_int_equal(rt_mq_send(mq, "much too long", 14), -RT_ERROR);
    rule("ipc.c rt_mq_urgent");
    uassert_int_equal(rt_mq_urgent(mq, "much too long", 14), -RT_ERROR);
    rule("ipc.c rt_mq_recv");
    uassert_int_equal(rt_mq_recv(mq, got, sizeof(got), 0), RT_EOK);
    uassert_str_equal(got, "zero");
    rt_mq_recv(mq, got, sizeof(got), 0);
    uassert_str_equal(got, "one");
    rt_mq_recv(mq, got, sizeof(got), 0);
    uassert_str_equal(got, "two");
    uassert_int_equal(rt_mq_recv(mq, got, sizeof(got), 0), -RT_ETIMEOUT);
    rt_mq_delete(mq);
}

/* rt_mq_recv copies min(size, msg_size) bytes: a short message brings what was in the slot before, no length is kept. */
static void test_length(void) {
    char got[16];
    mq = rt_mq_create("len", 8, 1, RT_IPC_FLAG_FIFO);
    rt_mq_send(mq, "ABCDEFG", 8);
    memset(got, '-', sizeof(got));
    rule("ipc.c rt_mq_recv");
    uassert_int_equal(rt_mq_recv(mq, got, sizeof(got), 0), RT_EOK);
    uassert_str_equal(got, "ABCDEFG");
    uassert_int_equal(got[8], '-');
    rt_mq_send(mq, "xy", 2);
    memset(got, '-', sizeof(got));
    rt_mq_recv(mq, got, 8, 0);
    uassert_buf_equal(got, "xyCDEFG", 8);
    rt_mq_send(mq, "12345678", 8);
    memset(got, '-', sizeof(got));
    rt_mq_recv(mq, got, 3, 0);
    uassert_buf_equal(got, "123-----", 8);
    rt_mq_delete(mq);
}

/* rt_mq_recv: waits; FIFO and PRIO receivers. */
static void test_receivers(void) {
    rt_tick_t begin;
    char got[8];
    mq = rt_mq_create("recv", 8, 2, RT_IPC_FLAG_PRIO);
    align_to_tick();
    begin = rt_tick_get();
    rule("ipc.c rt_mq_recv");
    uassert_int_equal(rt_mq_recv(mq, got, sizeof(got), 3), -RT_ETIMEOUT);
    uassert_int_equal(rt_tick_get() - begin, 3);
    spawn("r", receives, (void *)0, 12);
    spawn("r", receives, (void *)1, 10);
    rt_mq_send(mq, "best", 5);
    rule("ipc.c rt_mq_send");
    uassert_str_equal(marks(), "1");
    rt_mq_urgent(mq, "next", 5);
    rule("ipc.c rt_mq_urgent");
    uassert_str_equal(marks(), "0");
    uassert_str_equal(text[1], "best");
    uassert_str_equal(text[0], "next");
    uassert_int_equal(result[0], RT_EOK);
    rt_mq_delete(mq);
}

/* rt_mq_send_wait: a full queue makes the sender wait for room. */
static void test_senders(void) {
    char got[8];
    mq = rt_mq_create("send", 8, 1, RT_IPC_FLAG_FIFO);
    rt_mq_send(mq, "a", 2);
    rule("ipc.c rt_mq_send_wait");
    uassert_int_equal(rt_mq_send_wait(mq, "b", 2, 0), -RT_EFULL);
    uassert_int_equal(rt_mq_send_wait(mq, "b", 2, 2), -RT_ETIMEOUT);
    uassert_int_equal(rt_mq_send_wait(mq, "far too long", 13, 2), -RT_ERROR);
    spawn("s", sends, (void *)0, 10);
    spawn("s", sends, (void *)1, 10);
    rule("thread.c rt_thread_startup");
    uassert_str_equal(marks(), "");
    rt_mq_recv(mq, got, 8, 0);
    rule("ipc.c rt_mq_recv");
    uassert_str_equal(got, "a");
    uassert_str_equal(marks(), "a");
    rt_mq_recv(mq, got, 8, 0);
    uassert_str_equal(got, "A");
    rt_mq_recv(mq, got, 8, 0);
    uassert_str_equal(got, "B");
    uassert_str_equal(marks(), "b");
    rt_mq_delete(mq);
}

/* rt_mq_control RESET, rt_mq_delete: everybody wakes with -RT_ERROR, all slots are free again. */
static void test_reset(void) {
    mq = rt_mq_create("reset", 8, 1, RT_IPC_FLAG_FIFO);
    spawn("r", receives, (void *)0, 10);
    rule("ipc.c rt_mq_control");
    uassert_int_equal(rt_mq_control(mq, RT_IPC_CMD_RESET, RT_NULL), RT_EOK);
    uassert_int_equal(result[0], -RT_ERROR);
    rt_mq_send(mq, "a", 2);
    spawn("s", sends, (void *)1, 10);
    rt_mq_control(mq, RT_IPC_CMD_RESET, RT_NULL);
    uassert_int_equal(result[1], -RT_ERROR);
    uassert_int_equal(mq->entry, 0);
    uassert_null(mq->msg_queue_head);
    rule("ipc.c rt_mq_send");
    uassert_int_equal(rt_mq_send(mq, "a", 2), RT_EOK);
    rule("ipc.c rt_mq_control");
    uassert_int_equal(rt_mq_control(mq, 9, RT_NULL), -RT_ERROR);
    spawn("s", sends, (void *)2, 10);
    rule("ipc.c rt_mq_delete");
    uassert_int_equal(rt_mq_delete(mq), RT_EOK);
    rt_thread_delay(1);
    uassert_int_equal(result[2], -RT_ERROR);
    uassert_str_equal(marks(), "0bc");
}

static void send_from_timer(void *parameter) {
    result[3] = rt_mq_send(mq, "isr", 4);
}

/* rt_mq_send may be called in an interrupt. */
static void test_from_interrupt(void) {
    char got[8] = "";
    rt_timer_t timer = rt_timer_create("isr", send_from_timer, RT_NULL, 2, RT_TIMER_FLAG_ONE_SHOT);
    mq = rt_mq_create("isr", 8, 1, RT_IPC_FLAG_FIFO);
    rt_timer_start(timer);
    rule("ipc.c rt_mq_recv");
    uassert_int_equal(rt_mq_recv(mq, got, 8, 10), RT_EOK);
    uassert_str_equal(got, "isr");
    uassert_int_equal(result[3], RT_EOK);
    rt_timer_delete(timer);
    rt_mq_delete(mq);
}

static void testcase(void) {
    UTEST_UNIT_RUN(test_static);
    UTEST_UNIT_RUN(test_order);
    UTEST_UNIT_RUN(test_length);
    UTEST_UNIT_RUN(test_receivers);
    UTEST_UNIT_RUN(test_senders);
    UTEST_UNIT_RUN(test_reset);
    UTEST_UNIT_RUN(test_from_interrupt);
}
UTEST_TC_EXPORT(testcase, "src.ipc.msgqueue", RT_NULL, RT_NULL, 20);
