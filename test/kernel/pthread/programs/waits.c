/* Portable: semaphores, read-write locks, barriers, time-outs, cancellation. */
#include "portable.h"

static sem_t items, space, started;
static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static int shared, readers, most, rounds[3], ran;

static void *fill(void *arg) {
    int i;
    for (i = 0; i < 10; i++) {
        sem_wait(&space);
        shared += i;
        sem_post(&items);
    }
    return arg;
}

static void *read_it(void *arg) {
    pthread_rwlock_rdlock(&rw);
    pthread_mutex_lock(&lock);
    if (++readers > most) most = readers;
    pthread_mutex_unlock(&lock);
    pause_ms(50);
    pthread_mutex_lock(&lock);
    readers--;
    pthread_mutex_unlock(&lock);
    pthread_rwlock_unlock(&rw);
    return arg;
}

static void *meet(void *arg) {
    int round;
    for (round = 0; round < 3; round++) {
        if ((long)arg == 1) pause_ms(20);
        pthread_mutex_lock(&lock);
        rounds[round]++;
        pthread_mutex_unlock(&lock);
        pthread_barrier_wait(&barrier);
        if (rounds[round] != 3) return (void *)1;
    }
    return 0;
}

static void cleanup(void *arg) { ran += (int)(long)arg; }

static void *endless(void *arg) {
    int old;
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old);
    pthread_setcanceltype((int)(long)arg, &old);
    pthread_cleanup_push(cleanup, (void *)7);
    sem_post(&started);
    for (;;) {
        pause_ms(10);
        pthread_testcancel();
    }
    pthread_cleanup_pop(0);
    return 0;
}

static void *stubborn(void *arg) {
    int old;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
    sem_post(&started);
    pause_ms(50);
    pthread_testcancel();
    return (void *)9;
}

int main(void) {
    pthread_t t[3];
    pthread_attr_t attr;
    struct timespec when;
    void *value;
    sem_t *named, *again;
    int i, total;

    roomy(&attr);
    SHOW(sem_init(&items, 0, 0));
    SHOW(sem_init(&space, 0, 3));
    pthread_create(&t[0], &attr, fill, 0);
    for (i = 0; i < 10; i++) {
        sem_wait(&items);
        sem_post(&space);
    }
    pthread_join(t[0], 0);
    sem_getvalue(&space, &total);
    printf("shared %d space %d\n", shared, total);
    printf("try %d", sem_trywait(&items));
    printf(" %d\n", errno == EAGAIN);
    when = later(30);
    printf("timed %d", sem_timedwait(&items, &when));
    printf(" %d\n", errno == ETIMEDOUT);
    SHOW(sem_destroy(&items));
    SHOW(sem_destroy(&space));

    named = sem_open("/rttpsim", O_CREAT | O_EXCL, 0600, 2);
    again = sem_open("/rttpsim", 0);
    printf("named %d same %d\n", named != SEM_FAILED, named == again);
    printf("exclusive %d", sem_open("/rttpsim", O_CREAT | O_EXCL, 0600, 2) == SEM_FAILED);
    printf(" %d\n", errno == EEXIST);
    sem_wait(again);
    sem_getvalue(named, &total);
    printf("value %d\n", total);
    SHOW(sem_close(named));
    SHOW(sem_unlink("/rttpsim"));
    SHOW(sem_close(again));
    printf("gone %d", sem_open("/rttpsim", 0) == SEM_FAILED);
    printf(" %d\n", errno == ENOENT);

    pthread_rwlock_rdlock(&rw);
    printf("write while read %d\n", pthread_rwlock_trywrlock(&rw) == EBUSY);
    for (i = 0; i < 3; i++) pthread_create(&t[i], &attr, read_it, 0);
    for (i = 0; i < 3; i++) pthread_join(t[i], 0);
    pthread_rwlock_unlock(&rw);
    printf("readers %d\n", most);
    printf("write %d", pthread_rwlock_wrlock(&rw));
    printf(" read while written %d\n", pthread_rwlock_tryrdlock(&rw) == EBUSY);
    SHOW(pthread_rwlock_unlock(&rw));
    SHOW(pthread_rwlock_destroy(&rw));

    printf("barrier %d\n", pthread_barrier_init(&barrier, 0, 3));
    for (i = 0; i < 3; i++) pthread_create(&t[i], &attr, meet, (void *)(long)i);
    for (i = 0; i < 3; i++) pthread_join(t[i], &value), printf("met %d\n", (int)(long)value);
    printf("rounds %d %d %d\n", rounds[0], rounds[1], rounds[2]);
    printf("destroyed %d\n", pthread_barrier_destroy(&barrier));

    pthread_mutex_lock(&lock);
    when = later(40);
    printf("cond %d\n", pthread_cond_timedwait(&never, &lock, &when) == ETIMEDOUT);
    when = later(-1000);
    printf("past %d\n", pthread_cond_timedwait(&never, &lock, &when) == ETIMEDOUT);
    pthread_mutex_unlock(&lock);
    printf("cond destroyed %d\n", pthread_cond_destroy(&never));

    sem_init(&started, 0, 0);
    pthread_create(&t[0], &attr, endless, (void *)(long)PTHREAD_CANCEL_DEFERRED);
    sem_wait(&started);
    printf("cancel %d", pthread_cancel(t[0]));
    printf(" join %d", pthread_join(t[0], &value));
    printf(" canceled %d ran %d\n", value == (void *)PTHREAD_CANCELED, ran);
    pthread_create(&t[0], &attr, endless, (void *)(long)PTHREAD_CANCEL_ASYNCHRONOUS);
    sem_wait(&started);
    printf("cancel %d", pthread_cancel(t[0]));
    printf(" join %d", pthread_join(t[0], &value));
    printf(" canceled %d ran %d\n", value == (void *)PTHREAD_CANCELED, ran);
    pthread_create(&t[0], &attr, stubborn, 0);
    sem_wait(&started);
    pthread_cancel(t[0]);
    pthread_join(t[0], &value);
    printf("stubborn %d\n", (int)(long)value);
    return 0;
}
