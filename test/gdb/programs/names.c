/* A thread whose name is not ASCII waits for a semaphore whose name has a control character. */
#include <rtthread.h>

static rt_sem_t gate;
int reads;
int cell;

static void body(void *parameter)
{
    (void)parameter;
    rt_sem_take(gate, RT_WAITING_FOREVER);
}

int touch(void)
{
    reads = cell;
    cell = reads + 1;
    return cell;
}

int main(void)
{
    rt_thread_t thread;

    gate = rt_sem_create("g\033\303\251", 0, RT_IPC_FLAG_FIFO);
    thread = rt_thread_create("gr\303\266\303\237e", body, RT_NULL, 1024, 20, 10);
    rt_thread_startup(thread);
    rt_thread_mdelay(20);
    touch();
    touch();
    rt_sem_release(gate);
    rt_thread_mdelay(20);
    return cell;
}
