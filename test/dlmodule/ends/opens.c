/*
 * Its module_init opens things, in the thread of whoever loads it, and leaves them open; built with WAIT it then waits for ever. Built
 * with LOAD it loads and starts modules instead.
 */
#include <dlfcn.h>
#include <dlmodule.h>
#include <fcntl.h>
#include <rtthread.h>
#include <stdio.h>

void module_init(struct rt_dlmodule *module)
{
#ifdef LOAD
    dlmodule_destroy(dlmodule_load("/slow.so"));
    dlmodule_load("/slow.so");
    dlmodule_exec("/t_spin.mo", "t_spin", 6);
    return;
#endif
    dlopen("/slow.so", RTLD_NOW);
    fprintf(fopen("/stream.txt", "w"), "written\n");
    open("/file.txt", O_CREAT | O_WRONLY);
#ifdef WAIT
    rt_sem_take(rt_sem_create("never", 0, RT_IPC_FLAG_FIFO), RT_WAITING_FOREVER);
#endif
}

int main(void)
{
    return 0;
}
