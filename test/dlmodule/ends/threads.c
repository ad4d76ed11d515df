/* Three threads of one program open the same library, whose constructor takes its time. */
#include <dlfcn.h>
#include <rtthread.h>
#include <stdio.h>

static void open(void *number)
{
    void *library = dlopen("/slow.so", RTLD_NOW);
    int *constructed = library ? dlsym(library, "constructed") : 0;
    printf("%d: %d\n", (int)number, constructed ? *constructed : -1);
    if (library)
        dlclose(library);
}

int main(void)
{
    for (int i = 0; i < 3; i++)
        rt_thread_startup(rt_thread_create("open", open, (void *)i, 4096, 20 + i, 5));
    rt_thread_mdelay(500);
    return 0;
}
