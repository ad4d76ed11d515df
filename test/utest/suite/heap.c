/* The heap: src/mem.c of RT-Thread 4.0.4 (RT_USING_SMALL_MEM, RT_USING_MEMTRACE: a header of 16 bytes) and malloc on it. */
#include <stdlib.h>

#include "utest.h"

/* What the assertions check: rule(ID) cites the one of those that follow it. */
RULE(H1, "mem.c rt_malloc", "0 bytes: NULL");
RULE(H2, "mem.c rt_malloc", "NULL for more than there is");
RULE(H3, "mem.c rt_malloc", "blocks follow one another with a header of 16 bytes between, sizes are rounded up to 4");
RULE(H4, "mem.c rt_malloc", "addresses are multiples of 4");
RULE(H5, "mem.c rt_memory_info", "used counts the blocks with their headers");
RULE(H6, "mem.c rt_malloc", "the header has the magic 0x1ea0, 1 for used, and four letters of the thread");
RULE(H7, "mem.c rt_malloc",
     "the header has the places of the next block and the one before, counted from the start of the heap");
RULE(H8, "mem.c rt_free", "the block is free and not counted any more");
RULE(H9, "mem.c rt_malloc", "at least 12 bytes");
RULE(H10, "mem.c rt_malloc", "the lowest free block that is large enough");
RULE(H11, "mem.c rt_free", "joins neighbours");
RULE(H12, "mem.c rt_malloc", "what is left of a free block is one");
RULE(H13, "mem.c rt_realloc", "of NULL: rt_malloc");
RULE(H14, "mem.c rt_realloc", "to the same size: the same block");
RULE(H15, "mem.c rt_realloc", "to less: in place, and the rest is free, when that is enough for a block");
RULE(H16, "mem.c rt_realloc",
     "to less that leaves too little for a block: another place (a new block, and the old one is freed)");
RULE(H17, "mem.c rt_realloc", "to more: always another place, and the contents move along");
RULE(H18, "mem.c rt_realloc", "to 0: NULL, the block is freed");
RULE(H19, "mem.c rt_realloc", "what is not of the heap is given back as it is");
RULE(H20, "mem.c rt_calloc", "all bytes are 0");
RULE(H21, "kservice.c rt_malloc_align", "a multiple of what was asked for");
RULE(H22, "kservice.c rt_strdup", "a copy in the heap");
RULE(H23, "ISO C malloc", "malloc, calloc, realloc and free are those of the kernel's heap");
RULE(H24, "ISO C calloc", "all bytes are 0");
RULE(H25, "mem.c rt_memory_info", "used <= max <= total, and max grows with used");
RULE(H26, "mem.c rt_memory_info", "leaves out what is asked for with NULL; max stays when used falls");
RULE(H27, "mem.c rt_malloc", "blocks do not overlap");
RULE(H28, "mem.c rt_malloc", "calls the hook with each block and its size, which is rounded up to 4");
RULE(H29, "mem.c rt_free_sethook", "called with each block before it is freed");
RULE(H30, "mem.c rt_free", "NULL does nothing and calls no hook");
RULE(H31, "mem.c rt_malloc_sethook", "NULL takes the hook away");

struct heap_mem {
    rt_uint16_t magic;
    rt_uint16_t used;
    rt_uint32_t next, prev;
    char thread[4];
};

/* Memory of a module lies in the heap; there is no heap at the beginning of the address space. */
static char *const outside = (char *)0x1000;

static rt_uint32_t used(void) {
    rt_uint32_t total, now, peak;
    rt_memory_info(&total, &now, &peak);
    return now;
}

/* rt_malloc: 0 gives NULL; multiples of 4, at least 12; blocks follow one another with a header between. */
static void test_alloc(void) {
    char *a, *b, *c;
    rt_uint32_t before = used();
    struct heap_mem *header;
    rule(H1);
    uassert_null(rt_malloc(0));
    rule(H2);
    uassert_null(rt_malloc(0x7fffffff));
    /* Large, so that they come from the one large free block. */
    a = rt_malloc(0x10000);
    b = rt_malloc(0x10001);
    c = rt_malloc(0x10004);
    rule(H3);
    uassert_int_equal(b - a, 0x10000 + 16);
    uassert_int_equal(c - b, 0x10004 + 16);
    rule(H4);
    uassert_int_equal((rt_ubase_t)a & 3, 0);
    rule(H5);
    uassert_int_equal(used() - before, 0x10000 + 0x10004 + 0x10004 + 3 * 16);
    header = (struct heap_mem *)(a - 16);
    rule(H6);
    uassert_int_equal(header->magic, 0x1ea0);
    uassert_int_equal(header->used, 1);
    uassert_buf_equal(header->thread, rt_thread_self()->name, 4);
    rule(H7);
    /* The links are offsets from the start of the heap. */
    uassert_int_equal(header->next, ((struct heap_mem *)(c - 16))->prev);
    uassert_int_equal(((struct heap_mem *)(c - 16))->prev - ((struct heap_mem *)(b - 16))->prev, b - a);
    rt_free(b);
    rule(H8);
    uassert_int_equal(((struct heap_mem *)(b - 16))->used, 0);
    rt_free(a);
    rt_free(c);
    rt_free(RT_NULL);
    uassert_int_equal(used(), before);
    a = rt_malloc(1);
    rule(H9);
    uassert_in_range(used() - before, 28, 40);
    rt_free(a);
}

/* rt_malloc takes the lowest block that fits; rt_free joins neighbours. */
static void test_first_fit(void) {
    /* More than a hole that the loader of this program left. */
    char *a = rt_malloc(80000), *b = rt_malloc(80000), *c = rt_malloc(80000), *d = rt_malloc(80000), *e;
    rt_free(b);
    e = rt_malloc(80000);
    rule(H10);
    uassert_true(e == b);
    rt_free(e);
    rt_free(c);
    e = rt_malloc(160000 + 16);
    rule(H11);
    uassert_true(e == b);
    rt_free(e);
    /* A part of the hole: what is left of it serves the next. */
    e = rt_malloc(40000);
    rule(H10);
    uassert_true(e == b);
    c = rt_malloc(40000);
    rule(H12);
    uassert_true(c == b + 40016);
    rt_free(c);
    rt_free(e);
    rt_free(a);
    rt_free(d);
}

/* rt_realloc: NULL allocates, 0 frees, smaller stays in place, larger moves even when there is room behind. */
static void test_realloc(void) {
    char *a = rt_realloc(RT_NULL, 20000), *b;
    rt_uint32_t before = used();
    int n, same = 1;
    rule(H13);
    uassert_not_null(a);
    for (n = 0; n < 1000; n++) a[n] = (char)n;
    rule(H14);
    uassert_true(rt_realloc(a, 20000) == a);
    b = rt_realloc(a, 5000);
    rule(H15);
    uassert_true(b == a);
    uassert_int_equal(before - used(), 15000);
    /* Too little would be left for a block: it is moved instead. */
    b = rt_realloc(a, 4980);
    rule(H16);
    uassert_true(b != a);
    uassert_int_equal(before - used(), 15020);
    a = b;
    b = rt_realloc(a, 20000);
    rule(H17);
    uassert_true(b != a);
    for (n = 0; n < 1000; n++) same &= b[n] == (char)n;
    uassert_true(same);
    rule(H18);
    uassert_null(rt_realloc(b, 0));
    uassert_int_equal(used(), before - 20000 - 16);
    rule(H19);
    /* What is not of the heap comes back as it is. */
    uassert_true(rt_realloc(outside, 100) == outside);
}

/* rt_calloc clears; rt_malloc_align keeps a pointer before the block. */
static void test_others(void) {
    char *a = rt_malloc(3000), *b;
    int n, zero = 1;
    memset(a, 0xff, 3000);
    rt_free(a);
    a = rt_calloc(100, 30);
    for (n = 0; n < 3000; n++) zero &= a[n] == 0;
    rule(H20);
    uassert_true(zero);
    rt_free(a);
    for (n = 8; n <= 256; n *= 2) {
        a = rt_malloc_align(100, n);
        rule(H21);
        uassert_int_equal((rt_ubase_t)a & (n - 1), 0);
        memset(a, 1, 100);
        rt_free_align(a);
    }
    a = rt_strdup("copied");
    rule(H22);
    uassert_str_equal(a, "copied");
    rt_free(a);
    /* malloc of the C library is the same heap. */
    n = used();
    b = malloc(1000);
    rule(H23);
    uassert_in_range(used() - n, 1016, 1040);
    free(b);
    uassert_int_equal(used(), n);
    b = calloc(10, 10);
    rule(H24);
    uassert_int_equal(b[99], 0);
    b = realloc(b, 200);
    rule(H23);
    uassert_not_null(b);
    free(b);
    uassert_int_equal(used(), n);
}

/* rt_memory_info: total and maximum. */
static void test_info(void) {
    rt_uint32_t total, now, peak, peak2;
    char *a;
    rt_memory_info(&total, &now, &peak);
    rule(H25);
    uassert_in_range(total, 1000000, 600000000);
    uassert_true(now <= peak && peak <= total);
    a = rt_malloc(total - peak - 1000 > 3000000 ? 3000000 : 100000);
    rt_memory_info(&total, &now, &peak2);
    uassert_true(now >= 100000);
    uassert_true(peak2 >= now);
    rt_free(a);
    rt_memory_info(RT_NULL, &now, RT_NULL);
    rt_memory_info(&total, RT_NULL, &peak);
    rule(H26);
    uassert_int_equal(peak, peak2);
}

/* Many blocks of many sizes freed in another order: everything comes together again. */
static void test_churn(void) {
    static char *blocks[200];
    rt_uint32_t before = used(), seed = 1;
    int n, round, bad = 0;
    for (round = 0; round < 10; round++) {
        for (n = 0; n < 200; n++) {
            seed = seed * 1103515245 + 12345;
            if (blocks[n] != RT_NULL) {
                bad += blocks[n][0] != (char)n;
                rt_free(blocks[n]);
                blocks[n] = RT_NULL;
            } else {
                blocks[n] = rt_malloc(1 + (seed >> 16) % 500);
                blocks[n][0] = (char)n;
            }
        }
    }
    for (n = 0; n < 200; n++) rt_free(blocks[(n * 77) % 200]);
    rule(H27);
    uassert_int_equal(bad, 0);
    rule(H8);
    uassert_int_equal(used(), before);
}

static void *hook_block;
static rt_size_t hook_size;
static int hook_calls;

static void on_malloc(void *block, rt_size_t size) {
    hook_block = block;
    hook_size = size;
    hook_calls++;
}
static void on_free(void *block) {
    hook_block = block;
    hook_calls += 100;
}

/* rt_malloc_sethook, rt_free_sethook: called with what was given, and before it is taken back. */
static void test_hooks(void) {
    char *a;
    rt_malloc_sethook(on_malloc);
    rt_free_sethook(on_free);
    a = rt_malloc(77);
    rule(H28);
    uassert_true(hook_block == a);
    uassert_int_equal(hook_size, 80);
    uassert_int_equal(hook_calls, 1);
    hook_block = RT_NULL;
    rt_free(a);
    rule(H29);
    uassert_true(hook_block == a);
    uassert_int_equal(hook_calls, 101);
    rt_free(RT_NULL);
    rule(H30);
    uassert_int_equal(hook_calls, 101);
    rt_malloc_sethook(RT_NULL);
    rt_free_sethook(RT_NULL);
    rt_free(rt_malloc(5));
    rule(H31);
    uassert_int_equal(hook_calls, 101);
}

static void testcase(void) {
    UTEST_UNIT_RUN(test_alloc);
    UTEST_UNIT_RUN(test_first_fit);
    UTEST_UNIT_RUN(test_realloc);
    UTEST_UNIT_RUN(test_others);
    UTEST_UNIT_RUN(test_info);
    UTEST_UNIT_RUN(test_churn);
    UTEST_UNIT_RUN(test_hooks);
}
UTEST_TC_EXPORT(testcase, "src.mem", RT_NULL, RT_NULL, 20);
