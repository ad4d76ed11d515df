/* Completion, data queue and ring buffers: components/drivers/src of RT-Thread 4.0.4; device manual, "IPC". */
#include <rtdevice.h>

#include "utest.h"

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
    rule("completion.c rt_completion_init");
    uassert_int_equal(completion.flag, 0);
    rule("completion.c rt_completion_wait");
    uassert_int_equal(rt_completion_wait(&completion, 0), -RT_ETIMEOUT);
    rt_completion_done(&completion);
    rt_completion_done(&completion);
    rule("completion.c rt_completion_done");
    uassert_int_equal(completion.flag, 1);
    rule("completion.c rt_completion_wait");
    uassert_int_equal(rt_completion_wait(&completion, 0), RT_EOK);
    uassert_int_equal(rt_completion_wait(&completion, 3), -RT_ETIMEOUT);
    spawn("c", completes, (void *)RT_WAITING_FOREVER, 10);
    rule("thread.c rt_thread_startup");
    uassert_str_equal(marks(), "");
    rt_completion_done(&completion);
    rule("completion.c rt_completion_done");
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
    rule("dataqueue.c rt_data_queue_init");
    uassert_int_equal(rt_data_queue_init(&queue, 3, 1, notified), RT_EOK);
    uassert_int_equal(queue.size, 3);
    uassert_int_equal(queue.lwm, 1);
    rule("dataqueue.c rt_data_queue_peek");
    uassert_int_equal(rt_data_queue_peek(&queue, &data, &size), -RT_EEMPTY);
    rule("dataqueue.c rt_data_queue_pop");
    uassert_int_equal(rt_data_queue_pop(&queue, &data, &size, 0), -RT_ETIMEOUT);
    uassert_int_equal(rt_data_queue_pop(&queue, &data, &size, 2), -RT_ETIMEOUT);
    rule("dataqueue.c rt_data_queue_push");
    uassert_int_equal(rt_data_queue_push(&queue, "a", 1, 0), RT_EOK);
    uassert_int_equal(rt_data_queue_push(&queue, "b", 2, 0), RT_EOK);
    uassert_int_equal(rt_data_queue_push(&queue, "c", 3, 0), RT_EOK);
    rule("dataqueue.c rt_data_queue_len");
    uassert_int_equal(rt_data_queue_len(&queue), 3);
    rule("dataqueue.c rt_data_queue_push");
    uassert_int_equal(rt_data_queue_push(&queue, "d", 4, 0), -RT_ETIMEOUT);
    uassert_int_equal(rt_data_queue_push(&queue, "d", 4, 2), -RT_ETIMEOUT);
    rule("dataqueue.c rt_data_queue_peek");
    uassert_int_equal(rt_data_queue_peek(&queue, &data, &size), RT_EOK);
    uassert_str_equal((const char *)data, "a");
    uassert_int_equal(size, 1);
    uassert_str_equal(events_since(), "222");
    rt_data_queue_pop(&queue, &data, &size, 0);
    rule("dataqueue.c rt_data_queue_pop");
    uassert_str_equal((const char *)data, "a");
    rt_data_queue_pop(&queue, &data, &size, 0);
    rt_data_queue_pop(&queue, &data, &size, 0);
    uassert_str_equal((const char *)data, "c");
    uassert_int_equal(size, 3);
    rule("dataqueue.c rt_data_queue_len");
    uassert_int_equal(rt_data_queue_len(&queue), 0);
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
    rule("dataqueue.c rt_data_queue_pop");
    uassert_str_equal(marks(), "");
    rt_data_queue_pop(&queue, &data, &size, 0);
    uassert_str_equal(marks(), "p");
    uassert_int_equal(result[1], RT_EOK);
    rule("dataqueue.c rt_data_queue_len");
    uassert_int_equal(rt_data_queue_len(&queue), 2);
    rt_data_queue_pop(&queue, &data, &size, 0);
    rt_data_queue_pop(&queue, &data, &size, 0);
    rule("dataqueue.c rt_data_queue_pop");
    uassert_str_equal((const char *)data, "y");
    event_count = 0;
    /* A waiting popper takes the next item; its push is not reported. */
    spawn("q", pops, RT_NULL, 10);
    rt_data_queue_push(&queue, "z", 1, 0);
    rule("dataqueue.c rt_data_queue_push");
    uassert_str_equal(marks(), "z");
    spawn("q", pops, RT_NULL, 10);
    rt_data_queue_reset(&queue);
    rt_thread_delay(1);
    rule("dataqueue.c rt_data_queue_reset");
    uassert_str_equal(marks(), "!");
    uassert_int_equal(result[2], -RT_ERROR);
    rule("dataqueue.c rt_data_queue_deinit");
    uassert_int_equal(rt_data_queue_deinit(&queue), RT_EOK);
}

/* rt_ringbuffer: sizes rounded down to 4, put stores what fits, put_force overwrites the oldest. */
static void test_ringbuffer(void) {
    rt_uint8_t pool[12], out[32], ch;
    rt_uint8_t *place;
    struct rt_ringbuffer rb;
    rt_ringbuffer_init(&rb, pool, 11);
    rule("ringbuffer.c rt_ringbuffer_init");
    uassert_int_equal(rb.buffer_size, 8);
    rule("ringbuffer.c rt_ringbuffer_data_len");
    uassert_int_equal(rt_ringbuffer_data_len(&rb), 0);
    rule("ringbuffer.c rt_ringbuffer_put");
    uassert_int_equal(rt_ringbuffer_put(&rb, (rt_uint8_t *)"0123456789", 10), 8);
    uassert_int_equal(rt_ringbuffer_put(&rb, (rt_uint8_t *)"x", 1), 0);
    rule("ringbuffer.c rt_ringbuffer_putchar");
    uassert_int_equal(rt_ringbuffer_putchar(&rb, 'x'), 0);
    rule("ringbuffer.c rt_ringbuffer_data_len");
    uassert_int_equal(rt_ringbuffer_data_len(&rb), 8);
    rule("ringbuffer.c rt_ringbuffer_get");
    uassert_int_equal(rt_ringbuffer_get(&rb, out, 3), 3);
    uassert_buf_equal(out, "012", 3);
    uassert_int_equal(rt_ringbuffer_space_len(&rb), 3);
    rule("ringbuffer.c rt_ringbuffer_put");
    uassert_int_equal(rt_ringbuffer_put(&rb, (rt_uint8_t *)"ab", 2), 2);
    rule("ringbuffer.c rt_ringbuffer_get");
    uassert_int_equal(rt_ringbuffer_get(&rb, out, 32), 7);
    uassert_buf_equal(out, "34567ab", 7);
    rule("ringbuffer.c rt_ringbuffer_getchar");
    uassert_int_equal(rt_ringbuffer_getchar(&rb, &ch), 0);
    rule("ringbuffer.c rt_ringbuffer_put_force");
    uassert_int_equal(rt_ringbuffer_put_force(&rb, (rt_uint8_t *)"ABCDEFGHIJKL", 12), 8);
    rule("ringbuffer.c rt_ringbuffer_get");
    uassert_int_equal(rt_ringbuffer_get(&rb, out, 8), 8);
    uassert_buf_equal(out, "EFGHIJKL", 8);
    rt_ringbuffer_put(&rb, (rt_uint8_t *)"12345678", 8);
    rule("ringbuffer.c rt_ringbuffer_putchar_force");
    uassert_int_equal(rt_ringbuffer_putchar_force(&rb, '9'), 1);
    rt_ringbuffer_getchar(&rb, &ch);
    rule("ringbuffer.c rt_ringbuffer_getchar");
    uassert_int_equal(ch, '2');
    /* rt_ringbuffer_peak gives the contiguous part and consumes it. */
    rt_ringbuffer_reset(&rb);
    rt_ringbuffer_put(&rb, (rt_uint8_t *)"abcd", 4);
    rule("ringbuffer.c rt_ringbuffer_peak");
    uassert_int_equal(rt_ringbuffer_peak(&rb, &place), 4);
    uassert_buf_equal(place, "abcd", 4);
    rule("ringbuffer.c rt_ringbuffer_data_len");
    uassert_int_equal(rt_ringbuffer_data_len(&rb), 0);
    {
        struct rt_ringbuffer *made = rt_ringbuffer_create(101);
        rule("ringbuffer.c rt_ringbuffer_create");
        uassert_int_equal(rt_ringbuffer_get_size(made), 100);
        rt_ringbuffer_destroy(made);
    }
}

/* rt_rbb: blocks that are put, got in order and freed. */
static void test_ring_blocks(void) {
    rt_rbb_t rbb = rt_rbb_create(64, 4);
    rt_rbb_blk_t a, b, c;
    struct rt_rbb_blk_queue blocks;
    rule("ringblk_buf.c rt_rbb_create");
    uassert_not_null(rbb);
    rule("ringblk_buf.c rt_rbb_get_buf_size");
    uassert_int_equal(rt_rbb_get_buf_size(rbb), 64);
    rule("ringblk_buf.c rt_rbb_blk_get");
    uassert_null(rt_rbb_blk_get(rbb));
    a = rt_rbb_blk_alloc(rbb, 20);
    b = rt_rbb_blk_alloc(rbb, 20);
    rule("ringblk_buf.c rt_rbb_blk_alloc");
    uassert_not_null(a);
    rule("ringblk_buf.c rt_rbb_blk_size");
    uassert_int_equal(rt_rbb_blk_size(a), 20);
    rule("ringblk_buf.c rt_rbb_blk_buf");
    uassert_true(rt_rbb_blk_buf(b) == rt_rbb_blk_buf(a) + 20);
    rule("ringblk_buf.c rt_rbb_blk_alloc");
    uassert_null(rt_rbb_blk_alloc(rbb, 40));
    rule("ringblk_buf.c rt_rbb_blk_get");
    uassert_null(rt_rbb_blk_get(rbb));
    rt_rbb_blk_put(a);
    rt_rbb_blk_put(b);
    rule("ringblk_buf.c rt_rbb_next_blk_queue_len");
    uassert_int_equal(rt_rbb_next_blk_queue_len(rbb), 40);
    c = rt_rbb_blk_get(rbb);
    rule("ringblk_buf.c rt_rbb_blk_get");
    uassert_true(c == a);
    rt_rbb_blk_free(rbb, c);
    rule("ringblk_buf.c rt_rbb_blk_queue_get");
    uassert_int_equal(rt_rbb_blk_queue_get(rbb, 64, &blocks), 20);
    rule("ringblk_buf.c rt_rbb_blk_queue_len");
    uassert_int_equal(rt_rbb_blk_queue_len(&blocks), 20);
    rule("ringblk_buf.c rt_rbb_blk_queue_buf");
    uassert_true(rt_rbb_blk_queue_buf(&blocks) == rt_rbb_blk_buf(b));
    rt_rbb_blk_queue_free(rbb, &blocks);
    rt_rbb_destroy(rbb);
}

static void testcase(void) {
    UTEST_UNIT_RUN(test_completion);
    UTEST_UNIT_RUN(test_data_queue);
    UTEST_UNIT_RUN(test_blocked_push);
    UTEST_UNIT_RUN(test_ringbuffer);
    UTEST_UNIT_RUN(test_ring_blocks);
}
UTEST_TC_EXPORT(testcase, "components.drivers.ipc", RT_NULL, RT_NULL, 20);
