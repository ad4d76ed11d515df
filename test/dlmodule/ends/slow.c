#include <rtthread.h>

int constructed;

__attribute__((constructor)) static void constructor(void)
{
    rt_thread_mdelay(50);
    constructed = 1;
}
