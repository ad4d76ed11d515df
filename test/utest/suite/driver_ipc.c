/* Completion, data queue and ring buffers: components/drivers/src of RT-Thread 4.0.4; device manual, "IPC". */
#include <rtdevice.h>

#include "utest.h"

/* What the assertions check: rule(ID) cites the one of those that follow it. */
RULE(K1, "completion.c rt_completion_init", "not done");
RULE(K2, "completion.c rt_completion_wait", "time-out 0 before it is done: -RT_ETIMEOUT");
RULE(K3, "completion.c rt_completion_done", "is remembered, once");
RULE(K4, "completion.c rt_completion_wait", "RT_EOK at once when it is done, and takes that away");
RULE(K5, "completion.c rt_completion_wait", "-RT_ETIMEOUT when the time is over");
RULE(K6, "completion.c rt_completion_wait", "waits until it is done");
RULE(K7, "completion.c rt_completion_done", "wakes the waiter, which gets RT_EOK and takes it away");
RULE(K8, "dataqueue.c rt_data_queue_init", "RT_EOK, the size and the low-water mark");
RULE(K9, "dataqueue.c rt_data_queue_peek", "empty: -RT_EEMPTY");
RULE(K10, "dataqueue.c rt_data_queue_pop", "time-out 0 on an empty one: -RT_ETIMEOUT");
RULE(K11, "dataqueue.c rt_data_queue_pop", "-RT_ETIMEOUT when the time is over");
RULE(K12, "dataqueue.c rt_data_queue_push", "RT_EOK while there is room");
RULE(K13, "dataqueue.c rt_data_queue_len", "the number of items");
RULE(K14, "dataqueue.c rt_data_queue_push", "time-out 0 on a full one: -RT_ETIMEOUT");
RULE(K15, "dataqueue.c rt_data_queue_push", "-RT_ETIMEOUT when the time is over");
RULE(K16, "dataqueue.c rt_data_queue_peek", "RT_EOK and the oldest item, which stays");
RULE(K17, "dataqueue.c rt_data_queue_push", "reports PUSH (2)");
RULE(K18, "dataqueue.c rt_data_queue_pop", "the oldest item and its size");
RULE(K19, "dataqueue.c rt_data_queue_pop", "reports POP (1), or LWM (3) instead with the low-water mark or less left");
RULE(K20, "dataqueue.c rt_data_queue_push",
     "who waits for room goes on when the low-water mark is reached, not before");
RULE(K21, "dataqueue.c rt_data_queue_push",
     "wakes who waits for an item instead of reporting PUSH; its pop is reported");
RULE(K22, "dataqueue.c rt_data_queue_reset", "wakes all with -RT_ERROR");
RULE(K23, "dataqueue.c rt_data_queue_deinit", "RT_EOK");
RULE(K24, "ringbuffer.c rt_ringbuffer_init", "the size is rounded down to 4");
RULE(K25, "ringbuffer.c rt_ringbuffer_data_len", "the number of bytes");
RULE(K26, "ringbuffer.c rt_ringbuffer_put", "stores what there is room for, and how much that is");
RULE(K27, "ringbuffer.c rt_ringbuffer_putchar", "0 when it is full");
RULE(K28, "ringbuffer.c rt_ringbuffer_get", "the oldest bytes, as many as there are, across the end of the buffer too");
RULE(K29, "ringbuffer.c rt_ringbuffer_space_len", "the room that is left");
RULE(K30, "ringbuffer.c rt_ringbuffer_getchar", "0 when it is empty");
RULE(K31, "ringbuffer.c rt_ringbuffer_put_force", "overwrites the oldest bytes: of more than the size the last remain");
RULE(K32, "ringbuffer.c rt_ringbuffer_putchar_force", "1; overwrites the oldest byte");
RULE(K33, "ringbuffer.c rt_ringbuffer_peak", "the contiguous part and its length, which it takes out");
RULE(K34, "ringbuffer.c rt_ringbuffer_create", "the size is rounded down to 4");
RULE(K35, "ringblk_buf.c rt_rbb_create", "a buffer of that size");
RULE(K36, "ringblk_buf.c rt_rbb_blk_get", "NULL when no block was put");
RULE(K37, "ringblk_buf.c rt_rbb_blk_alloc", "a block of that size, one behind the other");
RULE(K38, "ringblk_buf.c rt_rbb_blk_alloc", "NULL when there is no room");
RULE(K39, "ringblk_buf.c rt_rbb_next_blk_queue_len", "the bytes of contiguous blocks that were put");
RULE(K40, "ringblk_buf.c rt_rbb_blk_get", "the oldest block that was put");
RULE(K41, "ringblk_buf.c rt_rbb_blk_queue_get", "contiguous blocks that were put, their bytes and where they begin");
RULE(K42, "workqueue.c rt_workqueue_dowork", "RT_EOK; the queue's thread does the work, in the order in which it came");
RULE(K43, "workqueue.c rt_workqueue_dowork", "work that waits goes to the end");
RULE(K44, "workqueue.c rt_workqueue_dowork", "-RT_EBUSY for work that is being done, and it is not done again");
RULE(K45, "workqueue.c rt_workqueue_submit_work", "does the work after so many ticks; submitted again it waits for the new time");
RULE(K46, "workqueue.c rt_workqueue_submit_work", "-RT_ERROR for half of the ticks that there are, or more");
RULE(K47, "workqueue.c rt_workqueue_cancel_work", "RT_EOK; work that waits is not done");
RULE(K48, "workqueue.c rt_workqueue_cancel_work", "-RT_EBUSY for work that is being done");
RULE(K49, "workqueue.c rt_workqueue_cancel_work_sync", "waits for the end of work that is being done");
RULE(K50, "workqueue.c rt_workqueue_critical_work", "RT_EOK; the work is done before what waits");
RULE(K51, "workqueue.c rt_workqueue_cancel_all_work", "RT_EOK; nothing that waits is done");

static struct rt_completion completion;
static struct rt_data_queue queue;
static rt_err_t result[4];
static char events[32];
static int event_count;

static void completes(void *parameter) {
    result[0] = rt_completion_wait(&completion, (rt_int32_t)(long)parameter);
    mark('c');
}

/* rt_completion: done is remembered once; a wait takes it; time-out 0 leaves it alone. */
static void test_completion(void) {
    rt_completion_init(&completion);
    rule(K1);
    uassert_int_equal(completion.flag, 0);
    rule(K2);
    uassert_int_equal(rt_completion_wait(&completion, 0), -RT_ETIMEOUT);
    rt_completion_done(&completion);
    rt_completion_done(&completion);
    rule(K3);
    uassert_int_equal(completion.flag, 1);
    rule(K4);
    uassert_int_equal(rt_completion_wait(&completion, 0), RT_EOK);
    rule(K5);
    uassert_int_equal(rt_completion_wait(&completion, 3), -RT_ETIMEOUT);
    spawn("c", completes, (void *)RT_WAITING_FOREVER, 10);
    rule(K6);
    uassert_str_equal(marks(), "");
    rt_completion_done(&completion);
    rule(K7);
    uassert_str_equal(marks(), "c");
    uassert_int_equal(result[0], RT_EOK);
    uassert_int_equal(completion.flag, 0);
}

static void notified(struct rt_data_queue *q, rt_uint32_t event) {
    if (event_count < 31) events[event_count++] = '0' + event;
    events[event_count] = 0;
}

static const char *events_since(void) {
    event_count = 0;
    return events;
}

static void pushes(void *parameter) {
    result[1] = rt_data_queue_push(&queue, parameter, 5, RT_WAITING_FOREVER);
    mark('p');
}

static void pops(void *parameter) {
    const void *data = RT_NULL;
    rt_size_t size = 0;
    result[2] = rt_data_queue_pop(&queue, &data, &size, RT_WAITING_FOREVER);
    mark(result[2] == RT_EOK ? *(const char *)data : '!');
}

/* rt_data_queue: order, codes and notifications (PUSH 2, POP 1, LWM 3). */
static void test_data_queue(void) {
    const void *data;
    rt_size_t size;
    rule(K8);
    uassert_int_equal(rt_data_queue_init(&queue, 3, 1, notified), RT_EOK);
    uassert_int_equal(queue.size, 3);
    uassert_int_equal(queue.lwm, 1);
    rule(K9);
    uassert_int_equal(rt_data_queue_peek(&queue, &data, &size), -RT_EEMPTY);
    rule(K10);
    uassert_int_equal(rt_data_queue_pop(&queue, &data, &size, 0), -RT_ETIMEOUT);
    rule(K11);
    uassert_int_equal(rt_data_queue_pop(&queue, &data, &size, 2), -RT_ETIMEOUT);
    rule(K12);
    uassert_int_equal(rt_data_queue_push(&queue, "a", 1, 0), RT_EOK);
    uassert_int_equal(rt_data_queue_push(&queue, "b", 2, 0), RT_EOK);
    uassert_int_equal(rt_data_queue_push(&queue, "c", 3, 0), RT_EOK);
    rule(K13);
    uassert_int_equal(rt_data_queue_len(&queue), 3);
    rule(K14);
    uassert_int_equal(rt_data_queue_push(&queue, "d", 4, 0), -RT_ETIMEOUT);
    rule(K15);
    uassert_int_equal(rt_data_queue_push(&queue, "d", 4, 2), -RT_ETIMEOUT);
    rule(K16);
    uassert_int_equal(rt_data_queue_peek(&queue, &data, &size), RT_EOK);
    uassert_str_equal((const char *)data, "a");
    uassert_int_equal(size, 1);
    rule(K17);
    uassert_str_equal(events_since(), "222");
    rt_data_queue_pop(&queue, &data, &size, 0);
    rule(K18);
    uassert_str_equal((const char *)data, "a");
    rt_data_queue_pop(&queue, &data, &size, 0);
    rt_data_queue_pop(&queue, &data, &size, 0);
    uassert_str_equal((const char *)data, "c");
    uassert_int_equal(size, 3);
    rule(K13);
    uassert_int_equal(rt_data_queue_len(&queue), 0);
    rule(K19);
    /* LWM instead of POP when the length is at the low-water mark or below. */
    uassert_str_equal(events_since(), "133");
}

/* A full queue holds a pusher until the length has fallen to the low-water mark. */
static void test_blocked_push(void) {
    const void *data;
    rt_size_t size;
    int n;
    for (n = 0; n < 3; n++) rt_data_queue_push(&queue, "x", 1, 0);
    spawn("p", pushes, "y", 10);
    rt_data_queue_pop(&queue, &data, &size, 0);
    rule(K20);
    uassert_str_equal(marks(), "");
    rt_data_queue_pop(&queue, &data, &size, 0);
    uassert_str_equal(marks(), "p");
    uassert_int_equal(result[1], RT_EOK);
    rule(K13);
    uassert_int_equal(rt_data_queue_len(&queue), 2);
    rt_data_queue_pop(&queue, &data, &size, 0);
    rt_data_queue_pop(&queue, &data, &size, 0);
    rule(K18);
    uassert_str_equal((const char *)data, "y");
    event_count = 0;
    /* A waiting popper takes the next item; its push is not reported. */
    spawn("q", pops, RT_NULL, 10);
    rt_data_queue_push(&queue, "z", 1, 0);
    rule(K21);
    uassert_str_equal(marks(), "z");
    uassert_str_equal(events_since(), "3");
    spawn("q", pops, RT_NULL, 10);
    rt_data_queue_reset(&queue);
    rt_thread_delay(1);
    rule(K22);
    uassert_str_equal(marks(), "!");
    uassert_int_equal(result[2], -RT_ERROR);
    rule(K23);
    uassert_int_equal(rt_data_queue_deinit(&queue), RT_EOK);
}

/* rt_ringbuffer: sizes rounded down to 4, put stores what fits, put_force overwrites the oldest. */
static void test_ringbuffer(void) {
    rt_uint8_t pool[12], out[32], ch;
    rt_uint8_t *place;
    struct rt_ringbuffer rb;
    rt_ringbuffer_init(&rb, pool, 11);
    rule(K24);
    uassert_int_equal(rb.buffer_size, 8);
    rule(K25);
    uassert_int_equal(rt_ringbuffer_data_len(&rb), 0);
    rule(K26);
    uassert_int_equal(rt_ringbuffer_put(&rb, (rt_uint8_t *)"0123456789", 10), 8);
    uassert_int_equal(rt_ringbuffer_put(&rb, (rt_uint8_t *)"x", 1), 0);
    rule(K27);
    uassert_int_equal(rt_ringbuffer_putchar(&rb, 'x'), 0);
    rule(K25);
    uassert_int_equal(rt_ringbuffer_data_len(&rb), 8);
    rule(K28);
    uassert_int_equal(rt_ringbuffer_get(&rb, out, 3), 3);
    uassert_buf_equal(out, "012", 3);
    rule(K29);
    uassert_int_equal(rt_ringbuffer_space_len(&rb), 3);
    rule(K26);
    uassert_int_equal(rt_ringbuffer_put(&rb, (rt_uint8_t *)"ab", 2), 2);
    rule(K28);
    uassert_int_equal(rt_ringbuffer_get(&rb, out, 32), 7);
    uassert_buf_equal(out, "34567ab", 7);
    rule(K30);
    uassert_int_equal(rt_ringbuffer_getchar(&rb, &ch), 0);
    rule(K31);
    uassert_int_equal(rt_ringbuffer_put_force(&rb, (rt_uint8_t *)"ABCDEFGHIJKL", 12), 8);
    uassert_int_equal(rt_ringbuffer_get(&rb, out, 8), 8);
    uassert_buf_equal(out, "EFGHIJKL", 8);
    rt_ringbuffer_put(&rb, (rt_uint8_t *)"12345678", 8);
    rule(K32);
    uassert_int_equal(rt_ringbuffer_putchar_force(&rb, '9'), 1);
    rt_ringbuffer_getchar(&rb, &ch);
    uassert_int_equal(ch, '2');
    /* rt_ringbuffer_peak gives the contiguous part and consumes it. */
    rt_ringbuffer_reset(&rb);
    rt_ringbuffer_put(&rb, (rt_uint8_t *)"abcd", 4);
    rule(K33);
    uassert_int_equal(rt_ringbuffer_peak(&rb, &place), 4);
    uassert_buf_equal(place, "abcd", 4);
    uassert_int_equal(rt_ringbuffer_data_len(&rb), 0);
    {
        struct rt_ringbuffer *made = rt_ringbuffer_create(101);
        rule(K34);
        uassert_int_equal(rt_ringbuffer_get_size(made), 100);
        rt_ringbuffer_destroy(made);
    }
}

/* rt_rbb: blocks that are put, got in order and freed. */
static void test_ring_blocks(void) {
    rt_rbb_t rbb = rt_rbb_create(64, 4);
    rt_rbb_blk_t a, b, c;
    struct rt_rbb_blk_queue blocks;
    rule(K35);
    uassert_not_null(rbb);
    uassert_int_equal(rt_rbb_get_buf_size(rbb), 64);
    rule(K36);
    uassert_null(rt_rbb_blk_get(rbb));
    a = rt_rbb_blk_alloc(rbb, 20);
    b = rt_rbb_blk_alloc(rbb, 20);
    rule(K37);
    uassert_not_null(a);
    uassert_int_equal(rt_rbb_blk_size(a), 20);
    uassert_true(rt_rbb_blk_buf(b) == rt_rbb_blk_buf(a) + 20);
    rule(K38);
    uassert_null(rt_rbb_blk_alloc(rbb, 40));
    rule(K36);
    uassert_null(rt_rbb_blk_get(rbb));
    rt_rbb_blk_put(a);
    rt_rbb_blk_put(b);
    rule(K39);
    uassert_int_equal(rt_rbb_next_blk_queue_len(rbb), 40);
    c = rt_rbb_blk_get(rbb);
    rule(K40);
    uassert_true(c == a);
    rt_rbb_blk_free(rbb, c);
    rule(K41);
    uassert_int_equal(rt_rbb_blk_queue_get(rbb, 64, &blocks), 20);
    uassert_int_equal(rt_rbb_blk_queue_len(&blocks), 20);
    uassert_true(rt_rbb_blk_queue_buf(&blocks) == rt_rbb_blk_buf(b));
    rt_rbb_blk_queue_free(rbb, &blocks);
    rt_rbb_destroy(rbb);
}

static struct rt_workqueue *works;
static struct rt_work work[3];

static void does(struct rt_work *which, void *letter) {
    result[0] = rt_workqueue_dowork(works, which);
    result[1] = rt_workqueue_cancel_work(works, which);
    rt_thread_delay(5);
    mark((char)(long)letter);
}

static void test_work_queue(void) {
    int n;
    marks();
    works = rt_workqueue_create("works", 2048, 5);
    for (n = 0; n < 3; n++) rt_work_init(&work[n], does, (void *)(long)('a' + n));
    rule(K42);
    for (n = 0; n < 3; n++) uassert_int_equal(rt_workqueue_dowork(works, &work[n]), RT_EOK);
    rule(K43);
    uassert_int_equal(rt_workqueue_dowork(works, &work[1]), RT_EOK);
    rule(K44);
    uassert_int_equal(result[0], -RT_EBUSY);
    uassert_int_equal(rt_workqueue_dowork(works, &work[0]), -RT_EBUSY);
    rule(K48);
    uassert_int_equal(result[1], -RT_EBUSY);
    rt_thread_delay(30);
    rule(K43);
    uassert_str_equal(marks(), "acb");
    rule(K45);
    uassert_int_equal(rt_workqueue_submit_work(works, &work[0], 10), RT_EOK);
    uassert_int_equal(rt_workqueue_submit_work(works, &work[0], 40), RT_EOK);
    rt_thread_delay(30);
    uassert_str_equal(marks(), "");
    rt_thread_delay(20);
    uassert_str_equal(marks(), "a");
    rule(K46);
    uassert_int_equal(rt_workqueue_submit_work(works, &work[0], RT_TICK_MAX / 2), -RT_ERROR);
    for (n = 0; n < 2; n++) rt_workqueue_dowork(works, &work[n]);
    rule(K50);
    uassert_int_equal(rt_workqueue_critical_work(works, &work[2]), RT_EOK);
    rule(K47);
    rt_workqueue_submit_work(works, &work[1], 2);
    uassert_int_equal(rt_workqueue_cancel_work(works, &work[1]), RT_EOK);
    rule(K49);
    uassert_int_equal(rt_workqueue_cancel_work_sync(works, &work[0]), RT_EOK);
    uassert_str_equal(marks(), "a");
    rt_thread_delay(20);
    rule(K50);
    uassert_str_equal(marks(), "c");
    for (n = 0; n < 2; n++) rt_workqueue_dowork(works, &work[n]);
    rt_workqueue_submit_work(works, &work[2], 2);
    rule(K51);
    uassert_int_equal(rt_workqueue_cancel_all_work(works), RT_EOK);
    rt_thread_delay(20);
    uassert_str_equal(marks(), "a");
    rt_workqueue_destroy(works);
}

static void testcase(void) {
    UTEST_UNIT_RUN(test_completion);
    UTEST_UNIT_RUN(test_data_queue);
    UTEST_UNIT_RUN(test_blocked_push);
    UTEST_UNIT_RUN(test_ringbuffer);
    UTEST_UNIT_RUN(test_ring_blocks);
    UTEST_UNIT_RUN(test_work_queue);
}
UTEST_TC_EXPORT(testcase, "components.drivers.ipc", RT_NULL, RT_NULL, 20);
