/*
 * Two threads and a semaphore: a producer fills a ring every 50 ms, a consumer takes from it, main waits for both.
 */
#include <rtthread.h>

#define ITEMS 5
#define RING 4

static int ring[RING];
static rt_sem_t filled, ended;

static void producer(void *parameter)
{
    int i;

    for (i = 0; i < ITEMS; i++) {
        ring[i % RING] = i * i;
        rt_kprintf("producer: %d\n", i * i);
        rt_sem_release(filled);
        rt_thread_mdelay(50);
    }
    rt_sem_release(ended);
}

static void consumer(void *parameter)
{
    int i, sum = 0;

    for (i = 0; i < ITEMS; i++) {
        rt_sem_take(filled, RT_WAITING_FOREVER);
        sum += ring[i % RING];
        rt_kprintf("consumer: %d, sum %d\n", ring[i % RING], sum);
    }
    rt_sem_release(ended);
}

int main(int argc, char *argv[])
{
    rt_thread_t threads[2];

    filled = rt_sem_create("filled", 0, RT_IPC_FLAG_FIFO);
    ended = rt_sem_create("ended", 0, RT_IPC_FLAG_FIFO);
    threads[0] = rt_thread_create("producer", producer, RT_NULL, 1024, 20, 10);
    threads[1] = rt_thread_create("consumer", consumer, RT_NULL, 1024, 21, 10);
    if (!filled || !ended || !threads[0] || !threads[1]) {
        rt_kprintf("threads: out of memory\n");
        return 1;
    }
    rt_thread_startup(threads[0]);
    rt_thread_startup(threads[1]);
    rt_sem_take(ended, RT_WAITING_FOREVER);
    rt_sem_take(ended, RT_WAITING_FOREVER);
    rt_kprintf("both threads have ended\n");
    rt_sem_delete(filled);
    rt_sem_delete(ended);
    return 0;
}
