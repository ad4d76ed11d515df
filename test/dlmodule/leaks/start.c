/* A library whose module_init leaves objects behind: on the heap of the kernel, and in blocks of its own. */
#include <dlmodule.h>
#include <rtthread.h>
#include <rtdevice.h>
static void work(void *unused) { for (;;) rt_thread_mdelay(1000); }
void module_init(struct rt_dlmodule *m)
{
    rt_device_t device = rt_device_create(RT_Device_Class_Char, 0);
    rt_sem_init(rt_malloc(sizeof(struct rt_semaphore)), "inblock", 0, 0);
    rt_sem_create("dynamic", 0, 0);
    rt_mutex_create("lock", 0);
    rt_thread_startup(rt_thread_create("worker", work, 0, 1024, 25, 5));
    rt_device_register(device, "made", 0);
}
int is_started(void) { return 42; }
