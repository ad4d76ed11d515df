#include <rtthread.h>
#include <stdio.h>

/* Two threads and a message queue: numbers go from one to the other. */

static rt_mq_t queue;

static void producer(void *parameter)
{
    int i;

    for (i = 1; i <= 3; i++) rt_mq_send(queue, &i, sizeof(i));
}

int main(int argc, char *argv[])
{
    rt_thread_t thread;
    int i, value, sum = 0;

    queue = rt_mq_create("numbers", sizeof(int), 4, RT_IPC_FLAG_FIFO);
    thread = rt_thread_create("producer", producer, RT_NULL, 1024, 20, 10);
    if (queue == RT_NULL || thread == RT_NULL) return 1;
    rt_thread_startup(thread);
    for (i = 0; i < 3; i++) {
        /* RT_EOK, in RT-Thread 5.1 and later the length of the message. */
        if (rt_mq_recv(queue, &value, sizeof(value), RT_WAITING_FOREVER) < 0) return 2;
        sum += value;
    }
    printf("received %d\n", sum);
    rt_mq_delete(queue);

    return 0;
}
