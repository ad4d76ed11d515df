/* A thread that belongs to no module fails an assertion, or faults, while main waits: the system stops. */
#include <rtthread.h>

static volatile int *nowhere;

static void entry(void *parameter)
{
#ifdef FAULT
    *nowhere = 1;
#else
    RT_ASSERT(parameter != RT_NULL);
#endif
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
