/* Ways in which a module with pthreads ends; the argument says which. */
#include <rtthread.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
int nanosleep(const struct timespec *, struct timespec *);

static pthread_t main_thread;
static sem_t never;
static const char *how;

static void sleep_a_bit(void) {
    struct timespec t = {0, 50000000};
    nanosleep(&t, 0);
}
static int deep(int n) {
    volatile char room[256];
    room[n % 256] = (char)n;
    return n == 0 ? room[0] : deep(n - 1) + room[n % 256];
}
static void *last(void *arg) {
    sleep_a_bit();
    if (!strcmp(how, "exit")) exit(5);
    if (!strcmp(how, "abort")) abort();
    if (!strcmp(how, "fault")) *(volatile int *)4 = 1;
    if (!strcmp(how, "overflow")) rt_kprintf("%d\n", deep(100));
    if (!strcmp(how, "delete")) rt_thread_delete(rt_thread_self());
    if (!strcmp(how, "detach_self")) rt_thread_detach(rt_thread_self());
    rt_kprintf("last\n");
    return 0;
}
static void *blocks(void *arg) {
    sem_wait(&never);
    return arg;
}

int main(int argc, char **argv) {
    pthread_t t, u;
    how = argc > 1 ? argv[1] : "";
    main_thread = pthread_self();
    sem_init(&never, 0, 0);
    pthread_create(&u, 0, blocks, 0);
    pthread_create(&t, 0, last, 0);
    if (!strcmp(how, "main_exit")) {
        pthread_detach(t);
        pthread_cancel(u);
        sem_post(&never);
        pthread_exit(0);
    }
    if (!strcmp(how, "return")) return 4;
    rt_kprintf("join=%d\n", pthread_join(t, 0));
    return 6;
}
