/* Queues whose messages keep their lengths, as those who stand on rt_mq_recv see it, with layouts and numbers of RT-Thread 5.1. */
#include <cplusplus/Queue.h>
#include <fcntl.h>
#include <mqueue.h>

#include "../suite/utest.h"

/* What the assertions check: rule(ID) cites the one of those that follow it. */
RULE(Z1, "mqueue.c mq_receive", "the length of the message");
RULE(Z2, "ipc.c rt_mq_init", "as many messages as the memory of the class is for, and no more");
RULE(Z3, "ipc.c rt_mq_recv", "objects come out in the order in which they went in");
RULE(Z4, "ipc.c rt_mq_recv", "nothing comes in time, and the class says so");

static void test_posix(void) {
    char got[16] = "";
    struct mq_attr attr = {0, 3, 8, 0};
    mqd_t queue = mq_open("/five", O_CREAT | O_RDWR, 0600, &attr);
    mq_send(queue, "abc", 4, 0);
    mq_send(queue, "x", 1, 0);
    rule(Z1);
    uassert_int_equal(mq_receive(queue, got, 8, RT_NULL), 4);
    uassert_str_equal(got, "abc");
    uassert_int_equal(mq_receive(queue, got, 8, RT_NULL), 1);
    mq_close(queue);
    mq_unlink("/five");
}

static void test_class(void) {
    struct Pair { int a; short b; } one = {1, 2}, two = {3, 4}, got = {0, 0};
    rtthread::Queue<Pair, 2> queue;
    rule(Z2);
    uassert_int_equal(queue.put(one), RT_EOK);
    uassert_int_equal(queue.put(two), RT_EOK);
    uassert_int_equal(queue.put(one), -RT_EFULL);
    rule(Z3);
    uassert_true(queue.get(got, 0));
    uassert_int_equal(got.a + got.b, 3);
    uassert_true(queue.get(got, 0));
    uassert_int_equal(got.a + got.b, 7);
    rule(Z4);
    uassert_false(queue.get(got, 10));
}

static void testcase(void) {
    UTEST_UNIT_RUN(test_posix);
    UTEST_UNIT_RUN(test_class);
}
UTEST_TC_EXPORT(testcase, "queues", RT_NULL, RT_NULL, 20);
