/*
 * Gives back a program that it has started and that has not had its first turn. With an argument it cuts its thread off from its own module,
 * and faults.
 */
#include <dlmodule.h>
#include <rtthread.h>
#include <stdio.h>

rt_uint16_t dlmodule_thread_priority = 10;

int main(int argc, char **argv)
{
    struct rt_dlmodule *child;
    if (argc > 1) {
        rt_thread_self()->module_id = (void *)0x60081000;
        *(volatile int *)0 = 1;
    }
    child = dlmodule_exec("/hello.mo", "hello", 5);
    printf("destroy %d\n", dlmodule_destroy(child));
    rt_thread_mdelay(50);
    return 0;
}
