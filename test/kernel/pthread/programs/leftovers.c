/* Leaves everything behind: threads that block and run, unjoined ones, keys, named and unnamed semaphores, a queue. */
#include <rtthread.h>
#include <pthread.h>
#include <semaphore.h>
#include <mqueue.h>
#include <fcntl.h>

static sem_t sem;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void *blocks(void *arg) {
    sem_wait(&sem);
    return arg;
}
static void *waits(void *arg) {
    pthread_mutex_lock(&mutex);
    return arg;
}
static void *spins(void *arg) {
    for (;;) rt_thread_yield();
    return arg;
}
static void *ends(void *arg) {
    return arg;
}

int main(void) {
    pthread_t t[9];
    pthread_key_t key;
    struct mq_attr attr = {0, 4, 16, 0};
    void *(*const bodies[])(void *) = {ends, blocks, waits, blocks, ends, spins, ends, waits};
    int i;

    sem_init(&sem, 0, 0);
    pthread_mutex_lock(&mutex);
    for (i = 0; i < 8; i++) rt_kprintf("create=%d", pthread_create(&t[i], 0, bodies[i], 0)), rt_kprintf(" id=%d\n", (int)t[i]);
    rt_kprintf("ninth=%d\n", pthread_create(&t[8], 0, ends, 0));
    pthread_detach(t[1]);
    pthread_detach(t[4]);
    rt_thread_delay(3);
    rt_kprintf("freed=%d", pthread_create(&t[4], 0, ends, 0));
    rt_kprintf(" id=%d\n", (int)t[4]);
    for (i = 0; pthread_key_create(&key, 0) == 0; i++) {}
    rt_kprintf("keys=%d\n", i);
    rt_kprintf("sem=%d\n", sem_open("left", O_CREAT | O_EXCL, 0, 1) != 0);
    rt_kprintf("mq=%d\n", mq_open("left", O_CREAT | O_EXCL | O_RDWR, 0, &attr) != 0);
    return 3;
}
