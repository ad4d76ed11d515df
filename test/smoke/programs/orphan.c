/* A thread that belongs to no module fails an assertion while main waits: the system stops. */
#include <rtthread.h>

static void entry(void *parameter)
{
    RT_ASSERT(parameter != RT_NULL);
}

int module_init(void)
{
    rt_thread_t thread = rt_thread_create("orphan", entry, RT_NULL, 2048, 20, 5);

    rt_thread_startup(thread);
    return 0;
}

int main(void)
{
    rt_thread_mdelay(100);
    return 0;
}
