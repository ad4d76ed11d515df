/* A thread of some kind that comes to some end: argv is kind, ending. */
#include <rtthread.h>
#include <stdlib.h>
#include <string.h>
#include <assert.h>

static struct rt_thread tcb;
static rt_uint8_t stack[1024] __attribute__((aligned(8)));
static const char *ending;

static int is(const char *name) { return strcmp(ending, name) == 0; }

static int deep(volatile int *p)
{
    volatile int room[40];
    room[0] = *p;
    rt_thread_yield();
    return room[0] > 60 ? 1 : (room[0]++, deep(room)) + room[1];
}

static void entry(void *parameter)
{
    int none = 0;
    if (is("exit")) exit(7);
    if (is("abort")) abort();
    if (is("rt_assert")) RT_ASSERT(0);
    if (is("assert")) assert(0);
    if (is("null")) *(volatile int *)4 = 1;
    if (is("undefined")) __asm volatile("udf #0");
    if (is("overflow")) deep(&none);
    if (is("delete")) { rt_thread_delete(rt_thread_self()); rt_thread_mdelay(10); }
    if (is("take")) { rt_sem_t s = rt_sem_create("s", 0, 0); rt_thread_delete(rt_thread_self()); rt_sem_take(s, RT_WAITING_FOREVER); }
    if (is("overwritten")) { memset(&tcb.thread_timer, 0x41, 48); *(volatile int *)4 = 1; }
    rt_thread_mdelay(100);
}

int main(int argc, char **argv)
{
    rt_thread_t thread = &tcb;
    ending = argv[2];
    if (!strcmp(argv[1], "static")) rt_thread_init(&tcb, "th", entry, 0, stack, sizeof stack, 20, 5);
    else if (!strcmp(argv[1], "tcb")) rt_thread_init(&tcb, "th", entry, 0, rt_malloc(1024), 1024, 20, 5);
    else if (!strcmp(argv[1], "heap")) { thread = rt_malloc(sizeof tcb); rt_thread_init(thread, "th", entry, 0, stack, sizeof stack, 20, 5); }
    else thread = rt_thread_create("th", entry, 0, 1024, 20, 5);
    rt_thread_startup(thread);
    rt_thread_mdelay(is("returns") ? 20 : 1000);
    return 0;
}
