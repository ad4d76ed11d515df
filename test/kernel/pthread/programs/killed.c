/* pthread_kill() of a thread that waits, for which there is no handler. */
#include <rtthread.h>

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static sem_t never;

static void *waits(void *argument) {
    printf("sem_wait=%d\n", sem_wait(&never));
    return argument;
}

int main(int argc, char **argv) {
    pthread_t t;
    sem_init(&never, 0, 0);
    pthread_create(&t, 0, waits, 0);
    rt_thread_mdelay(50);
    printf("kill=%d\n", pthread_kill(t, atoi(argv[1])));
    rt_thread_mdelay(50);
    printf("later=1\n");
    sem_post(&never);
    pthread_join(t, 0);
    sem_destroy(&never);
    return 0;
}
