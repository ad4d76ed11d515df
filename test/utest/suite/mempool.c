/* Memory pools: src/mempool.c of RT-Thread 4.0.4; programming manual, "Memory Management". */
#include "utest.h"

/* What the assertions check: rule(ID) cites the one of those that follow it. */
RULE(P1, "mempool.c rt_mp_init",
     "RT_EOK; the size of a block is rounded up to 4 and each takes 4 bytes more, as many as fit");
RULE(P2, "mempool.c rt_mp_alloc", "the lowest block first, each behind its 4 bytes");
RULE(P3, "mempool.c rt_mp_alloc", "one free block less");
RULE(P4, "mempool.c rt_mp_alloc", "the word before a block in use is its pool");
RULE(P5, "mempool.c rt_mp_alloc", "time-out 0 on an empty pool: NULL, and -RT_ETIMEOUT is the error of the thread");
RULE(P6, "mempool.c rt_mp_free", "one free block more");
RULE(P7, "mempool.c rt_mp_free", "what came back last is given first");
RULE(P8, "mempool.c rt_mp_detach", "RT_EOK");
RULE(P9, "mempool.c rt_mp_alloc", "NULL at the n-th tick, and -RT_ETIMEOUT is the error of the thread");
RULE(P10, "mempool.c rt_mp_free", "wakes a waiter, which takes the block and is not counted as free");
RULE(P11, "mempool.c rt_mp_alloc", "a waiter goes to the head of the queue: last come, first served");
RULE(P12, "mempool.c rt_mp_delete", "RT_EOK; waiters get NULL, and -RT_ERROR is the error of the thread");
RULE(P13, "mempool.c rt_mp_alloc", "blocks do not overlap");

static rt_mp_t mp;
static void *got[4];
static rt_err_t error[4];

static void allocates(void *parameter) {
    int n = (int)(long)parameter;
    got[n] = rt_mp_alloc(mp, RT_WAITING_FOREVER);
    error[n] = rt_thread_self()->error;
    mark('0' + n);
}

/* rt_mp_init: blocks of a multiple of 4 with 4 bytes before each; the lowest is the first. */
static void test_static(void) {
    static ALIGN(4) rt_uint8_t area[70];
    struct rt_mempool p;
    void *a, *b, *c;
    rule(P1);
    uassert_int_equal(rt_mp_init(&p, "pool", area, sizeof(area), 17), RT_EOK);
    uassert_int_equal(p.block_size, 20);
    uassert_int_equal(p.size, 68);
    uassert_int_equal(p.block_total_count, 2);
    uassert_int_equal(p.block_free_count, 2);
    a = rt_mp_alloc(&p, 0);
    b = rt_mp_alloc(&p, 0);
    rule(P2);
    uassert_true(a == area + 4);
    uassert_true(b == area + 4 + 24);
    rule(P3);
    uassert_int_equal(p.block_free_count, 0);
    rule(P4);
    /* The word before a block is its pool. */
    uassert_true(((void **)a)[-1] == &p);
    rt_set_errno(0);
    c = rt_mp_alloc(&p, 0);
    rule(P5);
    uassert_null(c);
    uassert_int_equal(rt_get_errno(), -RT_ETIMEOUT);
    rt_mp_free(a);
    rt_mp_free(b);
    rule(P6);
    uassert_int_equal(p.block_free_count, 2);
    rule(P7);
    /* Last in, first out. */
    uassert_true(rt_mp_alloc(&p, 0) == b);
    uassert_true(rt_mp_alloc(&p, 0) == a);
    rt_mp_free(RT_NULL);
    rule(P8);
    uassert_int_equal(rt_mp_detach(&p), RT_EOK);
}

/* rt_mp_alloc: waits until its time is over or a block comes back. */
static void test_wait(void) {
    rt_tick_t begin;
    void *block;
    mp = rt_mp_create("wait", 1, 32);
    block = rt_mp_alloc(mp, 0);
    align_to_tick();
    begin = rt_tick_get();
    rule(P9);
    uassert_null(rt_mp_alloc(mp, 4));
    uassert_int_equal(rt_tick_get() - begin, 4);
    uassert_int_equal(rt_get_errno(), -RT_ETIMEOUT);
    spawn("w", allocates, (void *)0, 10);
    rule(P10);
    uassert_str_equal(marks(), "");
    rt_mp_free(block);
    uassert_str_equal(marks(), "0");
    uassert_true(got[0] == block);
    uassert_int_equal(mp->block_free_count, 0);
    rt_mp_free(got[0]);
    rule(P6);
    uassert_int_equal(mp->block_free_count, 1);
    rt_mp_delete(mp);
}

/* rt_mp_alloc puts a waiter at the head: last come, first served. */
static void test_order(void) {
    void *block;
    mp = rt_mp_create("order", 1, 16);
    block = rt_mp_alloc(mp, 0);
    spawn("w", allocates, (void *)0, 10);
    spawn("w", allocates, (void *)1, 10);
    spawn("w", allocates, (void *)2, 10);
    rt_mp_free(block);
    rt_mp_free(block);
    rt_mp_free(block);
    rule(P11);
    uassert_str_equal(marks(), "210");
    rt_mp_free(block);
    rt_mp_delete(mp);
}

/* rt_mp_delete: waiters give up with -RT_ERROR. */
static void test_delete(void) {
    mp = rt_mp_create("del", 1, 16);
    rt_mp_alloc(mp, 0);
    got[3] = (void *)1;
    spawn("w", allocates, (void *)3, 10);
    rule(P12);
    uassert_int_equal(rt_mp_delete(mp), RT_EOK);
    rt_thread_delay(1);
    uassert_str_equal(marks(), "3");
    uassert_null(got[3]);
    uassert_int_equal(error[3], -RT_ERROR);
}

/* Every block once, all different, inside the pool. */
static void test_all(void) {
    char *blocks[50];
    int n, k, different = 1;
    mp = rt_mp_create("all", 50, 12);
    for (n = 0; n < 50; n++) {
        blocks[n] = rt_mp_alloc(mp, 0);
        for (k = 0; k < n; k++) different &= blocks[k] != blocks[n];
        memset(blocks[n], n, 12);
    }
    rule(P13);
    uassert_true(different);
    rule(P5);
    uassert_null(rt_mp_alloc(mp, 0));
    rule(P13);
    for (n = 0; n < 50; n++) uassert_true(blocks[n][0] == n && blocks[n][11] == n);
    for (n = 0; n < 50; n++) rt_mp_free(blocks[n]);
    rule(P6);
    uassert_int_equal(mp->block_free_count, 50);
    rt_mp_delete(mp);
}

static void testcase(void) {
    UTEST_UNIT_RUN(test_static);
    UTEST_UNIT_RUN(test_wait);
    UTEST_UNIT_RUN(test_order);
    UTEST_UNIT_RUN(test_delete);
    UTEST_UNIT_RUN(test_all);
}
UTEST_TC_EXPORT(testcase, "src.mempool", RT_NULL, RT_NULL, 20);
