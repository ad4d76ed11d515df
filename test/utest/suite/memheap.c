/* Memory heaps: src/memheap.c of RT-Thread 4.0.4. */
#include "utest.h"

/* What the assertions check: rule(ID) cites the one of those that follow it. */
RULE(H1, "rtdef.h rt_memheap_item", "28 bytes with RT_USING_MEMTRACE");
RULE(H2, "memheap.c rt_memheap_init", "RT_EOK; a static object of class MemHeap with the start and size of the call");
RULE(H3, "memheap.c rt_memheap_init",
     "free is what is left by the header of the first block and of the one that ends the area");
RULE(H4, "memheap.c rt_memheap_alloc", "from the start of the first block that fits, with a header before it");
RULE(H5, "memheap.c rt_memheap_alloc",
     "a header begins with the magic 0x1ea01ea0, bit 0 of which says that the block is used");
RULE(H6, "memheap.c rt_memheap_free", "all of it is free again");
RULE(H7, "memheap.c rt_memheap_alloc", "0 bytes are a block");
RULE(H8, "memheap.c rt_memheap_alloc", "multiples of 4, at least 12 bytes");
RULE(H9, "memheap.c rt_memheap_alloc", "NULL for more than there is, from rt_memheap_realloc too");
RULE(H10, "memheap.c rt_memheap_free", "the block that was freed last is the first of the free ones");
RULE(H11, "memheap.c rt_memheap_free", "joins neighbours on both sides");
RULE(H12, "memheap.c rt_memheap_realloc", "of NULL: rt_memheap_alloc");
RULE(H13, "memheap.c rt_memheap_realloc", "more: the contents move along");
RULE(H14, "memheap.c rt_memheap_realloc", "less: in place");
RULE(H15, "memheap.c rt_memheap_realloc", "to 0: NULL, the block is freed");
RULE(H16, "memheap.c rt_memheap_init", "its lock is a semaphore of the same name with value 1");
RULE(H17, "memheap.c rt_memheap_detach", "RT_EOK; it is no object any more");

static ALIGN(4) rt_uint8_t area[1024];
static struct rt_memheap heap;

/* rt_memheap_init: a header of 28 bytes (RT_USING_MEMTRACE) before every block and one that ends the area. */
static void test_init(void) {
    void *a;
    rule(H1);
    uassert_int_equal(sizeof(struct rt_memheap_item), 28);
    rule(H2);
    uassert_int_equal(rt_memheap_init(&heap, "mh", area, sizeof(area)), RT_EOK);
    uassert_int_equal(heap.parent.type, RT_Object_Class_MemHeap | RT_Object_Class_Static);
    uassert_true(heap.start_addr == area);
    uassert_int_equal(heap.pool_size, 1024);
    rule(H3);
    uassert_int_equal(heap.available_size, 1024 - 2 * 28);
    uassert_int_equal(heap.max_used_size, 1024 - heap.available_size);
    a = rt_memheap_alloc(&heap, 100);
    rule(H4);
    uassert_true(a == area + 28);
    uassert_int_equal(heap.available_size, 1024 - 2 * 28 - 100 - 28);
    rule(H5);
    uassert_int_equal(*(rt_uint32_t *)area, 0x1ea01ea1);
    rt_memheap_free(a);
    rule(H6);
    uassert_int_equal(heap.available_size, 1024 - 2 * 28);
    rule(H5);
    uassert_int_equal(*(rt_uint32_t *)area, 0x1ea01ea0);
}

/* rt_memheap_alloc: sizes are multiples of 4, at least 12; what is too large is refused; 0 gives a block. */
static void test_sizes(void) {
    char *a, *b, *c;
    a = rt_memheap_alloc(&heap, 1);
    b = rt_memheap_alloc(&heap, 13);
    c = rt_memheap_alloc(&heap, 0);
    rule(H7);
    uassert_not_null(c);
    rule(H8);
    uassert_int_equal(b - a, 12 + 28);
    uassert_int_equal(c - b, 16 + 28);
    rule(H9);
    uassert_null(rt_memheap_alloc(&heap, 2000));
    rt_memheap_free(b);
    rt_memheap_free(a);
    rt_memheap_free(c);
    rt_memheap_free(RT_NULL);
    /* The block that was freed last is the first that fits. */
    a = rt_memheap_alloc(&heap, 40);
    b = rt_memheap_alloc(&heap, 12);
    c = rt_memheap_alloc(&heap, 40);
    rt_memheap_alloc(&heap, 12);
    rt_memheap_free(c);
    rt_memheap_free(a);
    rule(H10);
    uassert_true(rt_memheap_alloc(&heap, 40) == a);
    uassert_true(rt_memheap_alloc(&heap, 40) == c);
    rt_memheap_free(c + 40 + 28);
    rt_memheap_free(c);
    rt_memheap_free(b);
    rt_memheap_free(a);
    /* Neighbours were joined: nearly all of it in one piece. */
    a = rt_memheap_alloc(&heap, 900);
    rule(H11);
    uassert_not_null(a);
    rt_memheap_free(a);
}

/* rt_memheap_realloc: NULL allocates, 0 frees, contents move along. */
static void test_realloc(void) {
    char *a = rt_memheap_realloc(&heap, RT_NULL, 40), *b;
    int n, same = 1;
    rule(H12);
    uassert_not_null(a);
    for (n = 0; n < 40; n++) a[n] = n;
    b = rt_memheap_realloc(&heap, a, 200);
    rule(H13);
    uassert_not_null(b);
    for (n = 0; n < 40; n++) same &= b[n] == n;
    uassert_true(same);
    a = rt_memheap_realloc(&heap, b, 20);
    rule(H14);
    uassert_true(a == b);
    for (n = 0; n < 20; n++) same &= a[n] == n;
    uassert_true(same);
    rule(H9);
    uassert_null(rt_memheap_realloc(&heap, a, 5000));
    rule(H15);
    uassert_null(rt_memheap_realloc(&heap, a, 0));
    uassert_int_equal(heap.available_size, 1024 - 2 * 28);
}

/* The lock of the heap is a semaphore of the same name; detaching removes both. */
static void test_detach(void) {
    rule(H16);
    uassert_int_equal(heap.lock.parent.parent.type, RT_Object_Class_Semaphore | RT_Object_Class_Static);
    uassert_str_equal(heap.lock.parent.parent.name, "mh");
    uassert_int_equal(heap.lock.value, 1);
    rule(H17);
    uassert_int_equal(rt_memheap_detach(&heap), RT_EOK);
    uassert_int_equal(heap.parent.type, 0);
}

static void testcase(void) {
    UTEST_UNIT_RUN(test_init);
    UTEST_UNIT_RUN(test_sizes);
    UTEST_UNIT_RUN(test_realloc);
    UTEST_UNIT_RUN(test_detach);
}
UTEST_TC_EXPORT(testcase, "src.memheap", RT_NULL, RT_NULL, 20);
