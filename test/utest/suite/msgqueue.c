/* Message queues: src/ipc.c of RT-Thread 4.0.4, rt_mq_*; programming manual, "Inter-thread Communication". */
#include "utest.h"

/* What the assertions check: rule(ID) cites the one of those that follow it. */
RULE(Q1, "ipc.c rt_mq_init",
     "RT_EOK; empty; the size of a message is rounded up to 4, and each takes a link of 4 bytes of the "
     "pool");
RULE(Q2, "ipc.c rt_mq_init", "the last slot of the pool is the first of the free ones, and so gets the first message");
RULE(Q3, "ipc.c rt_mq_send", "RT_EOK; one message more");
RULE(Q4, "ipc.c rt_mq_detach", "RT_EOK");
RULE(Q5, "ipc.c rt_mq_create", "a size that is a multiple of 4 stays");
RULE(Q6, "ipc.c rt_mq_urgent", "RT_EOK; before all others");
RULE(Q7, "ipc.c rt_mq_send_wait", "full: -RT_EFULL at once, from rt_mq_urgent too");
RULE(Q8, "ipc.c rt_mq_send_wait", "longer than the size of a message: -RT_ERROR, from rt_mq_urgent too");
RULE(Q9, "ipc.c rt_mq_recv", "the oldest message first");
RULE(Q10, "ipc.c rt_mq_recv",
     "time-out 0 on an empty one: -RT_ETIMEOUT at once, the error of the thread stays as it was");
RULE(Q11, "ipc.c rt_mq_recv", "RT_EOK; copies the size of a message or of the buffer, whichever is less");
RULE(Q12, "ipc.c rt_mq_recv", "no length is kept: behind a short message comes what was in the slot before");
RULE(Q13, "ipc.c rt_mq_recv", "-RT_ETIMEOUT at the n-th tick");
RULE(Q14, "ipc.c rt_mq_send_wait",
     "wakes the best receiver of a PRIO queue, which gets the message, from rt_mq_urgent too");
RULE(Q15, "ipc.c rt_mq_recv", "who is woken by rt_thread_resume looks, finds nothing and waits on");
RULE(Q16, "ipc.c rt_mq_send_wait", "time-out 0 on a full one: -RT_EFULL");
RULE(Q17, "ipc.c rt_mq_send_wait", "-RT_ETIMEOUT when the time is over");
RULE(Q18, "ipc.c rt_mq_recv", "wakes the first sender that waits for room, in the order of arrival");
RULE(Q19, "ipc.c rt_mq_control", "RESET: RT_EOK, wakes receivers and senders with -RT_ERROR, all slots are free");
RULE(Q20, "ipc.c rt_mq_control", "other commands: -RT_ERROR");
RULE(Q21, "ipc.c rt_mq_delete", "RT_EOK; wakes all with -RT_ERROR");
RULE(Q22, "ipc.c rt_mq_send", "may be called in an interrupt");
RULE(Q23, "ipc.c rt_mq_create", "the size of a message and their number are cut to 16 bits, and the pool is as large as those say");
RULE(Q24, "ipc.c rt_mq_create", "NULL when there is no memory, or no message");

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
    rule(Q1);
    uassert_int_equal(rt_mq_init(&q, "mq", pool, 9, sizeof(pool), RT_IPC_FLAG_FIFO), RT_EOK);
    uassert_int_equal(q.msg_size, 12);
    uassert_int_equal(q.max_msgs, 50 / 16);
    uassert_int_equal(q.entry, 0);
    uassert_null(q.msg_queue_head);
    rule(Q2);
    uassert_true(q.msg_queue_free == pool + 2 * 16);
    uassert_int_equal(rt_mq_send(&q, "first", 6), RT_EOK);
    uassert_true(q.msg_queue_head == pool + 2 * 16);
    uassert_str_equal((char *)pool + 2 * 16 + 4, "first");
    rule(Q3);
    uassert_int_equal(q.entry, 1);
    rule(Q4);
    uassert_int_equal(rt_mq_detach(&q), RT_EOK);
}

/* The sizes of a queue are members of 16 bits. */
static void test_large(void) {
    mq = rt_mq_create("large", 0x40000000, 4, RT_IPC_FLAG_FIFO);
    rule(Q23);
    uassert_not_null(mq);
    uassert_int_equal(mq->msg_size, 0);
    uassert_int_equal(mq->max_msgs, 4);
    rule(Q8);
    uassert_int_equal(rt_mq_send(mq, "x", 1), -RT_ERROR);
    rt_mq_delete(mq);
    mq = rt_mq_create("many", 4, 0x10002, RT_IPC_FLAG_FIFO);
    rule(Q23);
    uassert_int_equal(mq->max_msgs, 2);
    rule(Q3);
    uassert_int_equal(rt_mq_send(mq, "x", 2), RT_EOK);
    uassert_int_equal(rt_mq_send(mq, "y", 2), RT_EOK);
    rule(Q7);
    uassert_int_equal(rt_mq_send(mq, "z", 2), -RT_EFULL);
    rt_mq_delete(mq);
    rule(Q24);
    uassert_null(rt_mq_create("none", 4, 0, RT_IPC_FLAG_FIFO));
    uassert_null(rt_mq_create("huge", 0xfffc, 0xffff, RT_IPC_FLAG_FIFO));
}

/* rt_mq_send, rt_mq_urgent, rt_mq_recv: order and codes. */
static void test_order(void) {
    char got[8];
    mq = rt_mq_create("order", 8, 3, RT_IPC_FLAG_FIFO);
    rule(Q5);
    uassert_int_equal(mq->msg_size, 8);
    rule(Q3);
    uassert_int_equal(rt_mq_send(mq, "one", 4), RT_EOK);
    uassert_int_equal(rt_mq_send(mq, "two", 4), RT_EOK);
    rule(Q6);
    uassert_int_equal(rt_mq_urgent(mq, "zero", 5), RT_EOK);
    rule(Q7);
    uassert_int_equal(rt_mq_send(mq, "more", 5), -RT_EFULL);
    uassert_int_equal(rt_mq_urgent(mq, "more", 5), -RT_EFULL);
    rule(Q8);
    uassert_int_equal(rt_mq_send(mq, "much too long", 14), -RT_ERROR);
    uassert_int_equal(rt_mq_urgent(mq, "much too long", 14), -RT_ERROR);
    rule(Q6);
    uassert_int_equal(rt_mq_recv(mq, got, sizeof(got), 0), RT_EOK);
    uassert_str_equal(got, "zero");
    rt_mq_recv(mq, got, sizeof(got), 0);
    rule(Q9);
    uassert_str_equal(got, "one");
    rt_mq_recv(mq, got, sizeof(got), 0);
    uassert_str_equal(got, "two");
    rt_set_errno(-77);
    rule(Q10);
    uassert_int_equal(rt_mq_recv(mq, got, sizeof(got), 0), -RT_ETIMEOUT);
    uassert_int_equal(rt_get_errno(), -77);
    rt_mq_delete(mq);
}

/* rt_mq_recv copies min(size, msg_size) bytes: a short message brings what was in the slot before, no length is kept. */
static void test_length(void) {
    char got[16];
    mq = rt_mq_create("len", 8, 1, RT_IPC_FLAG_FIFO);
    rt_mq_send(mq, "ABCDEFG", 8);
    memset(got, '-', sizeof(got));
    rule(Q11);
    uassert_int_equal(rt_mq_recv(mq, got, sizeof(got), 0), RT_EOK);
    uassert_str_equal(got, "ABCDEFG");
    uassert_int_equal(got[8], '-');
    rt_mq_send(mq, "xy", 2);
    memset(got, '-', sizeof(got));
    rt_mq_recv(mq, got, 8, 0);
    rule(Q12);
    uassert_buf_equal(got, "xyCDEFG", 8);
    rt_mq_send(mq, "12345678", 8);
    memset(got, '-', sizeof(got));
    rt_mq_recv(mq, got, 3, 0);
    rule(Q11);
    uassert_buf_equal(got, "123-----", 8);
    rt_mq_delete(mq);
}

/* rt_mq_recv: waits; FIFO and PRIO receivers. */
static void test_receivers(void) {
    rt_tick_t begin;
    char got[8];
    rt_thread_t thread;
    mq = rt_mq_create("recv", 8, 2, RT_IPC_FLAG_PRIO);
    align_to_tick();
    begin = rt_tick_get();
    rule(Q13);
    uassert_int_equal(rt_mq_recv(mq, got, sizeof(got), 3), -RT_ETIMEOUT);
    uassert_int_equal(rt_tick_get() - begin, 3);
    spawn("r", receives, (void *)0, 12);
    spawn("r", receives, (void *)1, 10);
    rt_mq_send(mq, "best", 5);
    rule(Q14);
    uassert_str_equal(marks(), "1");
    rt_mq_urgent(mq, "next", 5);
    uassert_str_equal(marks(), "0");
    uassert_str_equal(text[1], "best");
    uassert_str_equal(text[0], "next");
    uassert_int_equal(result[0], RT_EOK);
    /* A receiver that rt_thread_resume wakes looks, finds nothing and waits on. */
    thread = spawn("r", receives, (void *)2, 10);
    rule(Q15);
    uassert_int_equal(rt_thread_resume(thread), RT_EOK);
    rt_thread_delay(1);
    uassert_str_equal(marks(), "");
    uassert_int_equal(state_of(thread), RT_THREAD_SUSPEND);
    rt_mq_send(mq, "last", 5);
    uassert_str_equal(marks(), "2");
    uassert_str_equal(text[2], "last");
    rt_mq_delete(mq);
}

/* rt_mq_send_wait: a full queue makes the sender wait for room. */
static void test_senders(void) {
    char got[8];
    mq = rt_mq_create("send", 8, 1, RT_IPC_FLAG_FIFO);
    rt_mq_send(mq, "a", 2);
    rule(Q16);
    uassert_int_equal(rt_mq_send_wait(mq, "b", 2, 0), -RT_EFULL);
    rule(Q17);
    uassert_int_equal(rt_mq_send_wait(mq, "b", 2, 2), -RT_ETIMEOUT);
    rule(Q8);
    uassert_int_equal(rt_mq_send_wait(mq, "far too long", 13, 2), -RT_ERROR);
    spawn("s", sends, (void *)0, 10);
    spawn("s", sends, (void *)1, 10);
    rule(Q18);
    uassert_str_equal(marks(), "");
    rt_mq_recv(mq, got, 8, 0);
    rule(Q9);
    uassert_str_equal(got, "a");
    rule(Q18);
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
    rule(Q19);
    uassert_int_equal(rt_mq_control(mq, RT_IPC_CMD_RESET, RT_NULL), RT_EOK);
    uassert_int_equal(result[0], -RT_ERROR);
    rt_mq_send(mq, "a", 2);
    spawn("s", sends, (void *)1, 10);
    rt_mq_control(mq, RT_IPC_CMD_RESET, RT_NULL);
    uassert_int_equal(result[1], -RT_ERROR);
    uassert_int_equal(mq->entry, 0);
    uassert_null(mq->msg_queue_head);
    uassert_int_equal(rt_mq_send(mq, "a", 2), RT_EOK);
    rule(Q20);
    uassert_int_equal(rt_mq_control(mq, 9, RT_NULL), -RT_ERROR);
    spawn("s", sends, (void *)2, 10);
    rule(Q21);
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
    rule(Q22);
    uassert_int_equal(rt_mq_recv(mq, got, 8, 10), RT_EOK);
    uassert_str_equal(got, "isr");
    uassert_int_equal(result[3], RT_EOK);
    rt_timer_delete(timer);
    rt_mq_delete(mq);
}

static void testcase(void) {
    UTEST_UNIT_RUN(test_static);
    UTEST_UNIT_RUN(test_large);
    UTEST_UNIT_RUN(test_order);
    UTEST_UNIT_RUN(test_length);
    UTEST_UNIT_RUN(test_receivers);
    UTEST_UNIT_RUN(test_senders);
    UTEST_UNIT_RUN(test_reset);
    UTEST_UNIT_RUN(test_from_interrupt);
}
UTEST_TC_EXPORT(testcase, "src.ipc.msgqueue", RT_NULL, RT_NULL, 20);
