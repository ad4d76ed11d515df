/* Memory heaps: src/memheap.c of RT-Thread 4.0.4. */
#include "utest.h"

static ALIGN(4) rt_uint8_t area[1024];
static struct rt_memheap heap;

/* rt_memheap_init: a header of 28 bytes (RT_USING_MEMTRACE) before every block and one that ends the area. */
static void test_init(void) {
    void *a;
    rule("memheap.c rt_memheap_init");
    uassert_int_equal(sizeof(struct rt_memheap_item), 28);
    uassert_int_equal(rt_memheap_init(&heap, "mh", area, sizeof(area)), RT_EOK);
    uassert_int_equal(heap.parent.type, RT_Object_Class_MemHeap | RT_Object_Class_Static);
    uassert_true(heap.start_addr == area);
    uassert_int_equal(heap.pool_size, 1024);
    uassert_int_equal(heap.available_size, 1024 - 2 * 28);
    uassert_int_equal(heap.max_used_size, 1024 - heap.available_size);
    a = rt_memheap_alloc(&heap, 100);
    rule("memheap.c rt_memheap_alloc");
    uassert_true(a == area + 28);
    uassert_int_equal(heap.available_size, 1024 - 2 * 28 - 100 - 28);
    uassert_int_equal(*(rt_uint32_t *)area, 0x1ea01ea1);
    rt_memheap_free(a);
    rule("memheap.c rt_memheap_free");
    uassert_int_equal(heap.available_size, 1024 - 2 * 28);
    uassert_int_equal(*(rt_uint32_t *)area, 0x1ea01ea0);
}

/* rt_memheap_alloc: sizes are multiples of 4, at least 12; what is too large is refused; 0 gives a block. */
static void test_sizes(void) {
    char *a, *b, *c;
    a = rt_memheap_alloc(&heap, 1);
    b = rt_memheap_alloc(&heap, 13);
    c = rt_memheap_alloc(&heap, 0);
    rule("memheap.c rt_memheap_alloc");
    uassert_int_equal(b - a, 12 + 28);
    uassert_int_equal(c - b, 16 + 28);
    uassert_not_null(c);
    uassert_null(rt_memheap_alloc(&heap, 2000));
    rt_memheap_free(b);
    rt_memheap_free(a);
    rt_memheap_free(c);
    rt_memheap_free(RT_NULL);
    /* Neighbours were joined: nearly all of it in one piece. */
    a = rt_memheap_alloc(&heap, 900);
    uassert_not_null(a);
    rt_memheap_free(a);
}

/* rt_memheap_realloc: NULL allocates, 0 frees, contents move along. */
static void test_realloc(void) {
    char *a = rt_memheap_realloc(&heap, RT_NULL, 40), *b;
    int n, same = 1;
    rule("memheap.c rt_memheap_realloc");
    uassert_not_null(a);
    for (n = 0; n < 40; n++) a[n] = n;
    b = rt_memheap_realloc(&heap, a, 200);
    uassert_not_null(b);
    for (n = 0; n < 40; n++) same &= b[n] == n;
    uassert_true(same);
    a = rt_memheap_realloc(&heap, b, 20);
    uassert_true(a == b);
    for (n = 0; n < 20; n++) same &= a[n] == n;
    uassert_true(same);
    uassert_null(rt_memheap_realloc(&heap, a, 5000));
    uassert_null(rt_memheap_realloc(&heap, a, 0));
    uassert_int_equal(heap.available_size, 1024 - 2 * 28);
}

/* The lock of the heap is a semaphore of the same name; detaching removes both. */
static void test_detach(void) {
    rule("memheap.c rt_memheap_detach");
    uassert_int_equal(heap.lock.parent.parent.type, RT_Object_Class_Semaphore | RT_Object_Class_Static);
    uassert_str_equal(heap.lock.parent.parent.name, "mh");
    uassert_int_equal(heap.lock.value, 1);
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
