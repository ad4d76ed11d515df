/* A thread that waits for a semaphore, one that sleeps, and a program that does not end by itself. */
#include <rtthread.h>

volatile int spin = 1;
volatile unsigned turns;
rt_sem_t gate;

static void waiter_body(void *gate_of_thread)
{
    rt_sem_take((rt_sem_t)gate_of_thread, RT_WAITING_FOREVER);
}

static void waiter(void *parameter)
{
    waiter_body(parameter);
}

static void sleeper(void *parameter)
{
    rt_thread_mdelay(1000000);
}

int main(int argc, char **argv)
{
    gate = rt_sem_create("gate", 0, RT_IPC_FLAG_FIFO);
    rt_thread_startup(rt_thread_create("waiter", waiter, gate, 1024, 20, 10));
    rt_thread_startup(rt_thread_create("sleeper", sleeper, RT_NULL, 1024, 21, 10));
    while (spin)
        turns++;
    rt_sem_release(gate);
    rt_thread_mdelay(10);
    return 7;
}
