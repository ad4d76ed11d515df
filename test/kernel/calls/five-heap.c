/*
 * Walks over the system's heap, and one of its own, by what RT-Thread 5.x has in memory: struct rt_small_mem and the header of a block as its
 * mem.c declares them, with RT_USING_MEMTRACE. What it finds has to agree with itself and with the figures.
 */
#include <rtthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct item {
    rt_ubase_t pool_ptr; /* struct small_mem; bit 0: used */
    rt_size_t next, prev;
    rt_uint8_t thread[4];
};

struct small_mem {
    struct rt_memory parent;
    rt_uint8_t *heap_ptr;
    struct item *heap_end, *lfree;
    rt_size_t mem_size_aligned;
};

static rt_size_t used_bytes, blocks, mine;

static const char *walk(struct small_mem *heap) {
    rt_size_t at = 0, before = 0;
    used_bytes = blocks = mine = 0;
    for (;;) {
        struct item *mem = (struct item *)&heap->heap_ptr[at];
        if ((mem->pool_ptr & ~1u) != (rt_ubase_t)heap) return "not its pool";
        /* That of the last is not kept. */
        if (mem != heap->heap_end && mem->prev != before) return "no way back";
        if (mem == heap->heap_end) return mem->pool_ptr & 1 ? "whole" : "the end is free";
        if (mem->next <= at) return "backwards";
        if (mem->pool_ptr & 1) used_bytes += mem->next - at;
        if (mem->pool_ptr & 1 && memcmp(mem->thread, rt_thread_self()->parent.name, 4) == 0) mine++;
        blocks++;
        before = at;
        at = mem->next;
    }
}

static struct item *header(void *block) { return (struct item *)((char *)block - sizeof(struct item)); }

int main(int argc, char **argv) {
    static char area[4096] __attribute__((aligned(8)));
    struct small_mem *heap = (struct small_mem *)rt_object_find("heap", RT_Object_Class_Memory);
    struct small_mem *own;
    void *blocks_of[8];
    rt_size_t had;
    int n;
    if (strcmp(argv[1], "break") == 0) {
        char *block = rt_malloc(20);
        rt_malloc(20);
        memset(block, 1, 24);
        printf("broken\n");
        return 0;
    }
    if (strcmp(argv[1], "twice") == 0) {
        void *block = rt_malloc(20), *next = rt_malloc(20);
        rt_free(block);
        rt_free(block);
        rt_free(next);
        return 0;
    }
    printf("%s", walk(heap));
    printf(" %d", used_bytes == heap->parent.used);
    had = mine;
    for (n = 0; n < 8; n++) blocks_of[n] = rt_malloc(10 * n + 1);
    printf(" %s %d", walk(heap), mine - had);
    for (n = 0; n < 8; n += 2) rt_free(blocks_of[n]);
    printf(" %s %d %d", walk(heap), mine - had, used_bytes == heap->parent.used);
    for (n = 0; n < 8; n++) printf(" %d", header(blocks_of[n])->pool_ptr - (rt_ubase_t)heap);
    for (n = 1; n < 8; n += 2) blocks_of[n] = rt_realloc(blocks_of[n], 5);
    for (n = 1; n < 8; n += 2) rt_free(blocks_of[n]);
    printf(" %s %d\n", walk(heap), mine - had);
    own = (struct small_mem *)rt_smem_init("own", area, sizeof area);
    blocks_of[0] = rt_smem_alloc(&own->parent, 100);
    blocks_of[1] = rt_smem_alloc(&own->parent, 100);
    rt_smem_free(blocks_of[0]);
    printf("%s %d %d %d %d", walk(own), blocks, used_bytes == own->parent.used, (char *)blocks_of[1] - (char *)blocks_of[0], used_bytes);
    printf(" %d\n", header(blocks_of[1])->pool_ptr == ((rt_ubase_t)own | 1));
    rt_smem_detach(&own->parent);
    return 0;
}
