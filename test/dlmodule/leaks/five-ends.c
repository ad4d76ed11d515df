/* With headers of RT-Thread 5.x: ends as its argument says while threads of its own wait, one with a time-out. */
#define RTT_SIM_ABI 5
#include <rtthread.h>
#include <stdlib.h>

static rt_sem_t never;
static void wait(void *parameter) { rt_sem_take(never, (rt_int32_t)parameter); }
static void leave(void *parameter) { exit(5); }
static void start(const char *name, void (*entry)(void *), int parameter)
{
    rt_thread_startup(rt_thread_create(name, entry, (void *)parameter, 2048, 10, 10));
}

int main(int argc, char **argv)
{
    never = rt_sem_create("never", 0, RT_IPC_FLAG_PRIO);
    start("forever", wait, RT_WAITING_FOREVER);
    start("timed", wait, 100000);
    rt_thread_mdelay(20);
    switch (argv[1][0]) {
    case 'e': exit(3);
    case 'a': abort();
    case 't': start("leaves", leave, 0); rt_thread_mdelay(1000);
    case 'f': *(volatile int *)0 = 1;
    }
    return 2;
}
