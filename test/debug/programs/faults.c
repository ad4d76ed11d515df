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

/* Below the stack of a thread that sleeps. */
static void sleeper(void *parameter)
{
    rt_thread_mdelay(100000);
}

static struct rt_mutex left, right;

static void second(void *parameter)
{
    rt_mutex_take(&right, RT_WAITING_FOREVER);
    rt_thread_mdelay(20);
    rt_mutex_take(&left, RT_WAITING_FOREVER);
}

static rt_thread_t start(const char *name, void (*entry)(void *))
{
    rt_thread_t thread = rt_thread_create(name, entry, RT_NULL, 2048, 20, 10);
    rt_thread_startup(thread);
    rt_thread_mdelay(10);
    return thread;
}

static void embrace(void)
{
    rt_mutex_init(&left, "left", RT_IPC_FLAG_FIFO);
    rt_mutex_init(&right, "right", RT_IPC_FLAG_FIFO);
    rt_mutex_take(&left, RT_WAITING_FOREVER);
    start("second", second);
    rt_mutex_take(&right, RT_WAITING_FOREVER);
}

static void spin(void)
{
    for (;;)
        depth++;
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
    else if (!strcmp(what, "svc"))
        asm volatile("movw ip, #60000\n\tsvc #0" : : : "r0", "r1", "r2", "r3", "ip", "lr", "memory");
    else if (!strcmp(what, "svc-number"))
        asm volatile("svc #7" : : : "r0", "r1", "r2", "r3", "ip", "lr", "memory");
    else if (!strcmp(what, "bkpt"))
        asm volatile("bkpt #7");
    else if (!strcmp(what, "unloaded")) {
        void *library = dlopen("/lib.so", RTLD_NOW);
        int (*add)(int, int) = (int (*)(int, int))dlsym(library, "add_func");
        rt_kprintf("%d\n", add(1, 2));
        dlclose(library);
        return add(3, 4);
    } else if (!strcmp(what, "guard")) {
        rt_thread_t thread = start("sleeper", sleeper);
        store((int *)thread->stack_addr - 1, 5);
    } else if (!strcmp(what, "sp-null"))
        asm volatile("mov sp, %0\n\tpush {r0}" : : "r"(0));
    else if (!strcmp(what, "deadlock"))
        embrace();
    else if (!strcmp(what, "time-out"))
        spin();
    return 0;
}
