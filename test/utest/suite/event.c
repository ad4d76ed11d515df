/* Events: src/ipc.c of RT-Thread 4.0.4, rt_event_*; programming manual, "Inter-thread Synchronization". */
#include "utest.h"

/* What the assertions check: rule(ID) cites the one of those that follow it. */
RULE(V1, "ipc.c rt_event_init", "RT_EOK; no bit is set");
RULE(V2, "ipc.c rt_event_send", "RT_EOK; the bits are set beside the others and stay without CLEAR");
RULE(V3, "ipc.c rt_event_recv", "AND is satisfied when all bits are set, and gives them");
RULE(V4, "ipc.c rt_event_recv",
     "OR is satisfied when one is set, and gives those that are; CLEAR takes all wanted bits away");
RULE(V5, "ipc.c rt_event_recv", "recved may be NULL");
RULE(V6, "ipc.c rt_event_detach", "RT_EOK");
RULE(V7, "ipc.c rt_event_send", "no bits: -RT_ERROR");
RULE(V8, "ipc.c rt_event_recv", "no bits: -RT_ERROR");
RULE(V9, "ipc.c rt_event_recv", "time-out 0 that is not satisfied: -RT_ETIMEOUT, also as error of the thread");
RULE(V10, "ipc.c rt_event_recv", "*recved is left alone unless it is satisfied");
RULE(V11, "ipc.c rt_event_recv", "-RT_ETIMEOUT when the time is over");
RULE(V12, "ipc.c rt_event_recv", "AND counts when OR is given too");
RULE(V13, "ipc.c rt_event_recv", "a waiter has what it wants in event_set and event_info of its thread");
RULE(V14, "ipc.c rt_event_send", "wakes those who are satisfied with RT_EOK; the others wait on");
RULE(V15, "ipc.c rt_event_send", "an OR waiter gets the bits that are set, an AND waiter all of its own");
RULE(V16, "ipc.c rt_event_send", "goes through the queue once; what an earlier waiter clears is gone for later ones");
RULE(V17, "ipc.c rt_ipc_list_suspend", "PRIO: the best waiter is the first");
RULE(V18, "ipc.c rt_event_control", "RESET: RT_EOK, wakes all with -RT_ERROR, no bit is set");
RULE(V19, "ipc.c rt_event_control", "other commands: -RT_ERROR");
RULE(V20, "ipc.c rt_event_delete", "wakes all with -RT_ERROR");
RULE(V21, "thread.c rt_thread_resume",
     "a waiter gets RT_EOK and what it wanted although nothing was sent (lost wake-up)");
RULE(V22, "ipc.c rt_event_send", "may be called in an interrupt");

static rt_event_t event;

static struct wait {
    rt_uint32_t set;
    rt_uint8_t option;
    rt_int32_t ticks;
    rt_err_t result;
    rt_uint32_t received;
    char name;
    rt_thread_t thread;
} waits[4];

static void receives(void *parameter) {
    struct wait *w = parameter;
    w->result = rt_event_recv(event, w->set, w->option, w->ticks, &w->received);
    mark(w->name);
}

static void start(int n, rt_uint32_t set, int option, int priority) {
    struct wait *w = &waits[n];
    w->set = set;
    w->option = option;
    w->ticks = RT_WAITING_FOREVER;
    w->result = 99;
    w->received = 0xdead;
    w->name = '0' + n;
    w->thread = spawn("waiter", receives, w, priority);
}

/* rt_event_recv without waiting: what is there and wanted; CLEAR takes all wanted bits away. */
static void test_satisfied(void) {
    rt_uint32_t got = 0;
    struct rt_event e;
    rule(V1);
    uassert_int_equal(rt_event_init(&e, "event", RT_IPC_FLAG_FIFO), RT_EOK);
    uassert_int_equal(e.set, 0);
    rule(V2);
    uassert_int_equal(rt_event_send(&e, 0x0f), RT_EOK);
    uassert_int_equal(rt_event_send(&e, 0x80), RT_EOK);
    uassert_true(e.set == 0x8f);
    rule(V3);
    uassert_int_equal(rt_event_recv(&e, 0x03, RT_EVENT_FLAG_AND, 0, &got), RT_EOK);
    uassert_true(got == 0x03);
    uassert_true(e.set == 0x8f);
    rule(V4);
    uassert_int_equal(rt_event_recv(&e, 0x18, RT_EVENT_FLAG_OR | RT_EVENT_FLAG_CLEAR, 0, &got), RT_EOK);
    uassert_true(got == 0x08);
    uassert_true(e.set == 0x87);
    rule(V5);
    uassert_int_equal(rt_event_recv(&e, 0x80, RT_EVENT_FLAG_AND, 0, RT_NULL), RT_EOK);
    rule(V6);
    uassert_int_equal(rt_event_detach(&e), RT_EOK);
}

/* Codes: set 0 is -RT_ERROR in both; time-out 0 sets the error of the thread; `recved` stays as it was. */
static void test_codes(void) {
    rt_uint32_t got = 0x55;
    event = rt_event_create("codes", RT_IPC_FLAG_FIFO);
    rule(V7);
    uassert_int_equal(rt_event_send(event, 0), -RT_ERROR);
    rule(V8);
    uassert_int_equal(rt_event_recv(event, 0, RT_EVENT_FLAG_OR, 0, &got), -RT_ERROR);
    rt_set_errno(0);
    rule(V9);
    uassert_int_equal(rt_event_recv(event, 1, RT_EVENT_FLAG_OR, 0, &got), -RT_ETIMEOUT);
    uassert_int_equal(rt_thread_self()->error, -RT_ETIMEOUT);
    rule(V10);
    uassert_true(got == 0x55);
    rule(V11);
    uassert_int_equal(rt_event_recv(event, 1, RT_EVENT_FLAG_OR, 3, &got), -RT_ETIMEOUT);
    rule(V10);
    uassert_true(got == 0x55);
    /* AND wins when both are given. */
    rt_event_send(event, 1);
    rule(V12);
    uassert_int_equal(rt_event_recv(event, 3, RT_EVENT_FLAG_AND | RT_EVENT_FLAG_OR, 0, &got), -RT_ETIMEOUT);
    rt_event_send(event, 2);
    uassert_int_equal(rt_event_recv(event, 3, RT_EVENT_FLAG_AND | RT_EVENT_FLAG_OR, 0, &got), RT_EOK);
    rt_event_delete(event);
}

/* rt_event_send: AND waits for all bits, OR reports only the bits that are set. */
static void test_waits(void) {
    event = rt_event_create("waits", RT_IPC_FLAG_FIFO);
    start(0, 0x30, RT_EVENT_FLAG_AND, 10);
    start(1, 0x30, RT_EVENT_FLAG_OR, 11);
    rule(V13);
    uassert_int_equal(waits[0].thread->event_set, 0x30);
    uassert_int_equal(waits[0].thread->event_info, RT_EVENT_FLAG_AND);
    rt_event_send(event, 0x10);
    rule(V14);
    uassert_str_equal(marks(), "1");
    rule(V15);
    uassert_true(waits[1].received == 0x10);
    rt_event_send(event, 0x21);
    rule(V14);
    uassert_str_equal(marks(), "0");
    uassert_int_equal(waits[0].result, RT_EOK);
    rule(V15);
    uassert_true(waits[0].received == 0x30);
    rule(V2);
    uassert_true(event->set == 0x31);
    rt_event_delete(event);
}

/* rt_event_send walks the queue once; bits that an earlier waiter clears are gone for the later ones. */
static void test_clear_in_walk(void) {
    event = rt_event_create("walk", RT_IPC_FLAG_FIFO);
    start(0, 1, RT_EVENT_FLAG_OR, 10);
    start(1, 1, RT_EVENT_FLAG_OR | RT_EVENT_FLAG_CLEAR, 10);
    start(2, 1, RT_EVENT_FLAG_OR, 10);
    rt_event_send(event, 1);
    rule(V16);
    uassert_str_equal(marks(), "01");
    uassert_int_equal(state_of(waits[2].thread), RT_THREAD_SUSPEND);
    uassert_true(event->set == 0);
    rt_event_send(event, 3);
    uassert_str_equal(marks(), "2");
    rule(V2);
    uassert_true(event->set == 3);
    rt_event_delete(event);

    /* PRIO: the better waiter comes first in the walk. */
    event = rt_event_create("prio", RT_IPC_FLAG_PRIO);
    start(0, 1, RT_EVENT_FLAG_OR | RT_EVENT_FLAG_CLEAR, 12);
    start(1, 1, RT_EVENT_FLAG_OR | RT_EVENT_FLAG_CLEAR, 10);
    rt_event_send(event, 1);
    rule(V17);
    uassert_str_equal(marks(), "1");
    rt_event_send(event, 1);
    uassert_str_equal(marks(), "0");
    rt_event_delete(event);
}

/* rt_event_control RESET, rt_event_delete: waiters get -RT_ERROR. */
static void test_reset(void) {
    event = rt_event_create("reset", RT_IPC_FLAG_FIFO);
    rt_event_send(event, 0x100);
    start(0, 1, RT_EVENT_FLAG_OR, 10);
    rule(V18);
    uassert_int_equal(rt_event_control(event, RT_IPC_CMD_RESET, RT_NULL), RT_EOK);
    uassert_int_equal(waits[0].result, -RT_ERROR);
    uassert_true(event->set == 0);
    rule(V19);
    uassert_int_equal(rt_event_control(event, 9, RT_NULL), -RT_ERROR);
    start(1, 1, RT_EVENT_FLAG_OR, 10);
    rt_event_delete(event);
    rt_thread_delay(1);
    rule(V20);
    uassert_str_equal(marks(), "01");
    uassert_int_equal(waits[1].result, -RT_ERROR);
    rule(V10);
    uassert_true(waits[1].received == 0xdead);
}

/* rt_thread_resume of a waiter: RT_EOK, and what it wanted as what it got, though nothing was sent (lost wake-up). */
static void test_resumed_by_hand(void) {
    event = rt_event_create("hand", RT_IPC_FLAG_FIFO);
    start(0, 0x30, RT_EVENT_FLAG_AND, 10);
    rule(V21);
    uassert_int_equal(rt_thread_resume(waits[0].thread), RT_EOK);
    rt_thread_delay(1);
    uassert_str_equal(marks(), "0");
    uassert_int_equal(waits[0].result, RT_EOK);
    uassert_int_equal(waits[0].received, 0x30);
    uassert_int_equal(event->set, 0);
    rt_event_delete(event);
}

static void send_from_timer(void *parameter) {
    rt_event_send(event, 4);
}

/* rt_event_send may be called in an interrupt. */
static void test_from_interrupt(void) {
    rt_uint32_t got = 0;
    rt_timer_t timer = rt_timer_create("isr", send_from_timer, RT_NULL, 3, RT_TIMER_FLAG_ONE_SHOT);
    event = rt_event_create("isr", RT_IPC_FLAG_FIFO);
    rt_timer_start(timer);
    rule(V22);
    uassert_int_equal(rt_event_recv(event, 4, RT_EVENT_FLAG_AND | RT_EVENT_FLAG_CLEAR, 20, &got), RT_EOK);
    uassert_true(got == 4);
    uassert_true(event->set == 0);
    rt_timer_delete(timer);
    rt_event_delete(event);
}

static void testcase(void) {
    UTEST_UNIT_RUN(test_satisfied);
    UTEST_UNIT_RUN(test_codes);
    UTEST_UNIT_RUN(test_waits);
    UTEST_UNIT_RUN(test_clear_in_walk);
    UTEST_UNIT_RUN(test_reset);
    UTEST_UNIT_RUN(test_resumed_by_hand);
    UTEST_UNIT_RUN(test_from_interrupt);
}
UTEST_TC_EXPORT(testcase, "src.ipc.event", RT_NULL, RT_NULL, 20);
