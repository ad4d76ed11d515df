/* Calls whose arguments and results have names, and calls that give data back. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <rtthread.h>
#include <rtdevice.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static rt_mailbox_t box;
static rt_mq_t queue;
static rt_event_t event;

static void sender(void *parameter)
{
    (void)parameter;
    rt_thread_mdelay(20);
    rt_mq_send(queue, "ab\001\"", 5);
    rt_event_send(event, 0x30);
    rt_mb_send(box, 0xbeef);
}

static void stuck(void *parameter)
{
    rt_sem_take((rt_sem_t)parameter, RT_WAITING_FOREVER);
}

static void tick(void *parameter)
{
    (void)parameter;
}

int main(void)
{
    char bytes[16];
    rt_uint32_t got = 0;
    int ends[2];
    int fd;
    rt_thread_t thread;
    rt_timer_t timer;
    rt_device_t device;
    pthread_mutex_t lock;
    struct stat info;
    struct timespec now;
    struct pollfd one;

    rt_sem_t gate = rt_sem_create("g\001\"te", 0, RT_IPC_FLAG_PRIO);
    box = rt_mb_create("box", 4, RT_IPC_FLAG_FIFO);
    queue = rt_mq_create("queue", 8, 4, RT_IPC_FLAG_PRIO);
    event = rt_event_create("event", RT_IPC_FLAG_FIFO);
    rt_sem_take(gate, 0);
    rt_sem_take(gate, 3);

    thread = rt_thread_create("s\303\251nd", sender, RT_NULL, 2048, 25, 10);
    rt_thread_startup(thread);
    rt_mq_recv(queue, bytes, 8, RT_WAITING_FOREVER);
    rt_event_recv(event, 0x10, RT_EVENT_FLAG_OR | RT_EVENT_FLAG_CLEAR, RT_WAITING_FOREVER, &got);
    rt_mb_recv(box, &got, 100);
    rt_mb_recv(box, &got, 0);
    rt_event_recv(event, 0x11, RT_EVENT_FLAG_AND, 0, &got);

    /* A thread that is deleted in a call, and one that may get its place. */
    thread = rt_thread_create("stuck1", stuck, gate, 1024, 10, 10);
    rt_thread_startup(thread);
    rt_thread_delete(thread);
    rt_thread_mdelay(20);
    thread = rt_thread_create("stuck2", stuck, gate, 1024, 10, 10);
    rt_thread_startup(thread);
    rt_thread_delete(thread);
    rt_thread_mdelay(20);

    timer = rt_timer_create("t1", tick, RT_NULL, 5, RT_TIMER_FLAG_PERIODIC | RT_TIMER_FLAG_SOFT_TIMER);
    rt_timer_delete(timer);
    timer = rt_timer_create("t2", tick, RT_NULL, 5, RT_TIMER_FLAG_ONE_SHOT);
    rt_timer_delete(timer);

    device = rt_device_find("uart0");
    rt_device_open(device, RT_DEVICE_OFLAG_RDWR | RT_DEVICE_FLAG_INT_RX);
    rt_device_close(device);

    fd = open("/new.txt", O_RDWR | O_CREAT | O_TRUNC, 0644);
    write(fd, "0123\n", 5);
    lseek(fd, -2, SEEK_END);
    read(fd, bytes, sizeof bytes);
    read(fd, bytes, sizeof bytes);
    fstat(fd, &info);
    fcntl(fd, F_SETFL, O_APPEND);
    fcntl(fd, F_GETFL);
    lseek(fd, 0, 77);
    close(fd);
    close(fd);
    open("/no/such", O_WRONLY);
    pipe(ends);
    one.fd = ends[0];
    one.events = POLLIN;
    write(ends[1], "x", 1);
    poll(&one, 1, -1);

    pthread_mutex_init(&lock, RT_NULL);
    pthread_mutex_lock(&lock);
    pthread_mutex_trylock(&lock);
    pthread_mutex_unlock(&lock);
    clock_gettime(CLOCK_REALTIME, &now);
    rt_set_errno(-RT_ETIMEOUT);
    rt_get_errno();
    return 0;
}
