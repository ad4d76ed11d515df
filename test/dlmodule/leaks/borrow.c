/* Opens the library for a while: what its module_init makes is this program's. */
#include <dlfcn.h>
#include <rtthread.h>
int main(void)
{
    void *library = dlopen("/libinit.so", 0);
    rt_thread_mdelay(100);
    rt_kprintf("closed: %d\n", dlclose(library));
    rt_thread_mdelay(200);
    rt_kprintf("done\n");
    return library == RT_NULL;
}
