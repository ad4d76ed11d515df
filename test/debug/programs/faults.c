/* One kind of mistake for each word. */
#include <dlfcn.h>
#include <rtthread.h>
#include <stdlib.h>
#include <string.h>

static int depth;

static void store(int *where, int value)
{
    *where = value;
}

static int load(const int *where)
{
    return *where;
}

static int recurse(int n)
{
    volatile char room[256];
    room[0] = n;
    depth++;
    return recurse(n + 1) + room[0];
}

static int compare(const void *a, const void *b)
{
    store((int *)a - 0x18000000, 1);
    return 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (!strcmp(what, "null-write"))
        store((int *)0, 5);
    else if (!strcmp(what, "null-read"))
        return load((int *)20);
    else if (!strcmp(what, "null-call"))
        ((void (*)(void))0)();
    else if (!strcmp(what, "wild"))
        return load((int *)0x12345678);
    else if (!strcmp(what, "firmware"))
        store((int *)&rt_kprintf, 5);
    else if (!strcmp(what, "freed")) {
        int *block = rt_malloc(40);
        block[3] = 0xe7f000f0;
        rt_free(block);
        ((void (*)(void))(block + 3))();
    } else if (!strcmp(what, "unaligned"))
        asm volatile("ldrd r2, r3, [%0]" : : "r"((char *)&depth + 1) : "r2", "r3");
    else if (!strcmp(what, "undefined"))
        asm volatile("udf #1");
    else if (!strcmp(what, "overflow"))
        return recurse(0);
    else if (!strcmp(what, "callback"))
        qsort(argv, 2, sizeof(char *), compare);
    else if (!strcmp(what, "assert"))
        RT_ASSERT(depth == 7);
    else if (!strcmp(what, "abort"))
        abort();
    return 0;
}
