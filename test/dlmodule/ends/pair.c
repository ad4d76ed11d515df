/* Two threads that open two libraries that need each other, one each, at once. */
#include <dlfcn.h>
#include <rtthread.h>
#include <stdio.h>

static const char *const paths[2] = { "/lib/round.so", "/lib/about.so" };
static void *handles[2];
static int results[2];

static void work(void *which)
{
    int n = (int)which;
    int (*call)(void);
    handles[n] = dlopen(paths[n], RTLD_NOW);
    call = handles[n] ? dlsym(handles[n], "round_about") : 0;
    results[n] = call ? call() : -1;
    rt_thread_mdelay(20);
    dlclose(handles[n]);
}

int main(void)
{
    int n;
    for (n = 0; n < 2; n++)
        rt_thread_startup(rt_thread_create("opener", work, (void *)n, 4096, 20, 1));
    rt_thread_mdelay(1000);
    printf("%d %d\n", results[0], results[1]);
    return 0;
}
