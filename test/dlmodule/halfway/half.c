/* A module whose start does what its file is called: init-fault.so faults in module_init, ctor-exit.so calls exit() in a constructor. */
#include <dlfcn.h>
#include <dlmodule.h>
#include <rtthread.h>
#include <stdlib.h>
#include <string.h>

static int started;

/* In steps that the guard below the stack catches: nothing of others is overwritten. */
static int depth(volatile int n)
{
    volatile char room[16];
    room[n & 15] = n;
    return depth(n + 1) + room[0];
}

static void misbehave(const char *when)
{
    Dl_info me;
    const char *what;
    dladdr((void *)misbehave, &me);
    what = strstr(me.dli_fname, when);
    if (!what) return;
    what += strlen(when);
    rt_kprintf("%s\n", what);
    rt_enter_critical();
    if (!strncmp(what, "fault", 5)) *(volatile int *)0 = 1;
    if (!strncmp(what, "exit", 4)) exit(3);
    if (!strncmp(what, "abort", 5)) abort();
    if (!strncmp(what, "assert", 6)) RT_ASSERT(started == 7);
    if (!strncmp(what, "delete", 6)) rt_thread_delete(rt_thread_self());
    if (!strncmp(what, "stack", 5)) depth(0);
    rt_exit_critical();
    if (!strncmp(what, "loop", 4)) for (;;) started++;
    if (!strncmp(what, "sleep", 5)) rt_thread_mdelay(300);
}

__attribute__((constructor)) static void construct(void)
{
    malloc(24);
    misbehave("ctor-");
}

void module_init(struct rt_dlmodule *module)
{
    malloc(40);
    misbehave("init-");
    started = 1;
}

void module_cleanup(struct rt_dlmodule *module)
{
    rt_kprintf("cleanup %d\n", started);
}

int is_started(void)
{
    return started;
}

int main(void)
{
    rt_kprintf("main %d\n", started);
    return 0;
}
