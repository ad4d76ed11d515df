/* POSIX threads: components/libc/pthreads of RT-Thread 4.0.4; programming manual, "POSIX Interface". */
#include <pthread.h>

#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <semaphore.h>
#include <time.h>

#include "utest.h"

/* What the assertions check: rule(ID) cites the one of those that follow it. */
RULE(P1, "pthreads pthread_create", "0; the thread begins at once with its argument");
RULE(P2, "pthreads pthread_join", "0 and the value that the thread returned");
RULE(P3, "pthreads pthread_exit", "its value is that of the thread");
RULE(P4, "pthreads pthread_attr_init", "0; 24 bytes: joinable, a stack of 2048, priority 24");
RULE(P5, "pthreads pthread_attr_setschedparam", "0; the priority is that of RT-Thread, less is better");
RULE(P6, "pthreads pthread_attr_setstacksize", "0; the size that pthread_attr_getstacksize gives");
RULE(P7, "pthreads pthread_attr_setdetachstate", "0; a thread made with it is not joined");
RULE(P8, "pthreads pthread_attr_destroy", "0");
RULE(P9, "pthreads pthread_join", "EINVAL for a thread that there is not");
RULE(P10, "pthreads pthread_equal", "true for the same thread only");
RULE(P11, "pthreads pthread_mutex_init", "0; 44 bytes");
RULE(P12, "pthreads pthread_mutex_lock", "0; one thread at a time");
RULE(P13, "pthreads pthread_mutex_trylock", "EBUSY while another thread has it");
RULE(P14, "pthreads pthread_mutex_lock", "EDEADLK by its owner, unless it is recursive");
RULE(P15, "pthreads pthread_mutex_unlock", "0 by its owner");
RULE(P16, "pthreads pthread_mutex_destroy", "0");
RULE(P17, "pthreads pthread_mutexattr_settype", "0; the type that pthread_mutexattr_gettype gives");
RULE(P18, "pthreads pthread_mutex_lock", "RECURSIVE: 0 by its owner, who unlocks it as often");
RULE(P19, "pthreads pthread_mutex_unlock", "ERRORCHECK: EPERM by a thread that does not have it");
RULE(P20, "pthreads pthread_mutex_lock", "PTHREAD_MUTEX_INITIALIZER is made a mutex at the first lock");
RULE(P21, "pthreads pthread_cond_wait",
     "gives the mutex back and takes it again: no value is lost and none comes twice");
RULE(P22, "pthreads pthread_cond_timedwait", "ETIMEDOUT when the time is over");
RULE(P23, "pthreads pthread_cond_signal", "0 when nobody waits, and the next wait ends at once (it is a semaphore)");
RULE(P24, "pthreads pthread_key_create", "0");
RULE(P25, "pthreads pthread_exit", "calls the destructor of each key with the value of the thread");
RULE(P26, "pthreads pthread_key_delete", "0");
RULE(P27, "pthreads pthread_once", "calls the function once");
RULE(P28, "pthreads pthread_rwlock_init", "0");
RULE(P29, "pthreads pthread_rwlock_rdlock", "0, also beside other readers");
RULE(P30, "pthreads pthread_rwlock_trywrlock", "EBUSY while there are readers or a writer");
RULE(P31, "pthreads pthread_rwlock_unlock", "0");
RULE(P32, "pthreads pthread_rwlock_wrlock", "0 when nobody has it");
RULE(P33, "pthreads pthread_rwlock_tryrdlock", "EBUSY while there is a writer");
RULE(P34, "pthreads pthread_rwlock_destroy",
     "0; 4.0.4 takes a semaphore that nobody waits for as a sign of use: EBUSY");
RULE(P35, "pthreads pthread_barrier_wait", "waits for the last one, and then all go on");
RULE(P36, "pthreads pthread_barrier_wait", "one thread gets PTHREAD_BARRIER_SERIAL_THREAD; in 4.0.4 all get 0");
RULE(P37, "pthreads pthread_cancel", "0; deferred: the thread ends in pthread_testcancel with PTHREAD_CANCELED");
RULE(P38, "POSIX.1 pthread_cancel", "a thread that waits in a cancellation point ends there");
RULE(P39, "POSIX.1 pthread_cleanup_push", "its functions are called when the thread is cancelled");
RULE(P40, "POSIX.1 sem_open", "O_CREAT makes a semaphore with that value; without it the same one is given");
RULE(P41, "POSIX.1 sem_getvalue", "0 and the value");
RULE(P42, "POSIX.1 sem_wait", "0 and takes one from the value");
RULE(P43, "POSIX.1 sem_trywait", "0 and takes one from the value; -1 with EAGAIN at 0");
RULE(P44, "POSIX.1 sem_post", "0; one more");
RULE(P45, "POSIX.1 sem_close", "0");
RULE(P46, "POSIX.1 sem_unlink", "0");
RULE(P47, "POSIX.1 mq_open", "O_CREAT makes a queue of that size");
RULE(P48, "POSIX.1 mq_send", "0 while there is room");
RULE(P49, "mqueue.c mq_send", "full: -1 at once, it does not wait");
RULE(P50, "POSIX.1 mq_receive", "the oldest message of equal priority first");
RULE(P51, "POSIX.1 mq_close", "0");
RULE(P52, "POSIX.1 mq_unlink", "0");
RULE(P53, "POSIX.1 sem_timedwait", "EINVAL for nanoseconds that are none when it would have to wait");
RULE(P54, "POSIX.1 pthread_rwlock_timedrdlock", "EINVAL for nanoseconds that are none when it would have to wait");
RULE(P55, "POSIX.1 pthread_rwlock_timedwrlock", "EINVAL for nanoseconds that are none when it would have to wait");
RULE(P56, "POSIX.1 mq_timedreceive", "EINVAL for nanoseconds that are none when it would have to wait");
RULE(P57, "POSIX.1 pthread_rwlock_timedrdlock", "ETIMEDOUT when the time is over; the lock is as before");
RULE(P58, "POSIX.1 mq_timedreceive", "ETIMEDOUT when the time is over");

static pthread_mutex_t mutex;
static pthread_cond_t cond;
static int shared;

static void *gives_back(void *argument) {
    return argument;
}

static void *exits(void *argument) {
    pthread_exit((void *)77);
    return argument;
}

/* pthread_create, pthread_join: the value comes from return or pthread_exit; names pthNN, defaults of the attributes. */
static void test_life(void) {
    pthread_t t;
    void *value = RT_NULL;
    pthread_attr_t attr;
    struct sched_param param;
    int state;
    size_t size;
    rule(P1);
    uassert_int_equal(pthread_create(&t, RT_NULL, gives_back, (void *)5), 0);
    rule(P2);
    uassert_int_equal(pthread_join(t, &value), 0);
    uassert_int_equal(value, 5);
    rule(P1);
    uassert_int_equal(pthread_create(&t, RT_NULL, exits, RT_NULL), 0);
    rule(P2);
    uassert_int_equal(pthread_join(t, &value), 0);
    rule(P3);
    uassert_int_equal(value, 77);
    rule(P4);
    uassert_int_equal(sizeof(pthread_attr_t), 24);
    uassert_int_equal(pthread_attr_init(&attr), 0);
    pthread_attr_getdetachstate(&attr, &state);
    uassert_int_equal(state, PTHREAD_CREATE_JOINABLE);
    pthread_attr_getstacksize(&attr, &size);
    uassert_int_equal(size, 2048);
    pthread_attr_getschedparam(&attr, &param);
    uassert_int_equal(param.sched_priority, 24);
    param.sched_priority = 15;
    rule(P5);
    uassert_int_equal(pthread_attr_setschedparam(&attr, &param), 0);
    rule(P6);
    uassert_int_equal(pthread_attr_setstacksize(&attr, 4096), 0);
    pthread_attr_getstacksize(&attr, &size);
    uassert_int_equal(size, 4096);
    rule(P1);
    uassert_int_equal(pthread_create(&t, &attr, gives_back, (void *)6), 0);
    rule(P2);
    uassert_int_equal(pthread_join(t, &value), 0);
    uassert_int_equal(value, 6);
    rule(P7);
    uassert_int_equal(pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED), 0);
    rule(P1);
    uassert_int_equal(pthread_create(&t, &attr, gives_back, RT_NULL), 0);
    rule(P8);
    uassert_int_equal(pthread_attr_destroy(&attr), 0);
    rt_thread_delay(5);
    rule(P9);
    uassert_int_equal(pthread_join(99, &value), EINVAL);
    rule(P10);
    uassert_true(pthread_equal(t, t));
    uassert_false(pthread_equal(t, t + 1));
}

static void *counts(void *argument) {
    int n;
    for (n = 0; n < 50; n++) {
        int before;
        pthread_mutex_lock(&mutex);
        before = shared;
        if (n % 10 == 0) rt_thread_delay(1);
        shared = before + 1;
        pthread_mutex_unlock(&mutex);
    }
    return RT_NULL;
}

static void *locks(void *argument) {
    return (void *)(long)pthread_mutex_trylock(&mutex);
}

/* pthread_mutex: exclusion, codes of each type, static initialiser. */
static void test_mutex(void) {
    static pthread_mutex_t lazy = PTHREAD_MUTEX_INITIALIZER;
    pthread_t t[3];
    pthread_mutexattr_t attr;
    void *value;
    int n, type;
    rule(P11);
    uassert_int_equal(sizeof(pthread_mutex_t), 44);
    uassert_int_equal(pthread_mutex_init(&mutex, RT_NULL), 0);
    shared = 0;
    for (n = 0; n < 3; n++) pthread_create(&t[n], RT_NULL, counts, RT_NULL);
    for (n = 0; n < 3; n++) pthread_join(t[n], RT_NULL);
    rule(P12);
    uassert_int_equal(shared, 150);
    uassert_int_equal(pthread_mutex_lock(&mutex), 0);
    pthread_create(&t[0], RT_NULL, locks, RT_NULL);
    pthread_join(t[0], &value);
    rule(P13);
    uassert_int_equal(value, EBUSY);
    rule(P14);
    uassert_int_equal(pthread_mutex_lock(&mutex), EDEADLK);
    rule(P15);
    uassert_int_equal(pthread_mutex_unlock(&mutex), 0);
    rule(P16);
    uassert_int_equal(pthread_mutex_destroy(&mutex), 0);

    pthread_mutexattr_init(&attr);
    rule(P17);
    uassert_int_equal(pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE), 0);
    pthread_mutexattr_gettype(&attr, &type);
    uassert_int_equal(type, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&mutex, &attr);
    rule(P18);
    uassert_int_equal(pthread_mutex_lock(&mutex), 0);
    uassert_int_equal(pthread_mutex_lock(&mutex), 0);
    uassert_int_equal(pthread_mutex_unlock(&mutex), 0);
    uassert_int_equal(pthread_mutex_unlock(&mutex), 0);
    pthread_mutex_destroy(&mutex);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&mutex, &attr);
    rule(P19);
    uassert_int_equal(pthread_mutex_unlock(&mutex), EPERM);
    pthread_mutex_destroy(&mutex);
    pthread_mutexattr_destroy(&attr);
    rule(P20);
    uassert_int_equal(pthread_mutex_lock(&lazy), 0);
    rule(P15);
    uassert_int_equal(pthread_mutex_unlock(&lazy), 0);
    pthread_mutex_destroy(&lazy);
}

static void *consumes(void *argument) {
    long sum = 0;
    int n;
    for (n = 0; n < 5; n++) {
        pthread_mutex_lock(&mutex);
        while (shared == 0) pthread_cond_wait(&cond, &mutex);
        sum += shared;
        shared = 0;
        pthread_cond_signal(&cond);
        pthread_mutex_unlock(&mutex);
    }
    return (void *)sum;
}

/* pthread_cond: waits, time-outs. */
static void test_cond(void) {
    pthread_t t;
    void *value;
    struct timespec until;
    int n;
    pthread_mutex_init(&mutex, RT_NULL);
    pthread_cond_init(&cond, RT_NULL);
    shared = 0;
    pthread_create(&t, RT_NULL, consumes, RT_NULL);
    for (n = 1; n <= 5; n++) {
        pthread_mutex_lock(&mutex);
        while (shared != 0) pthread_cond_wait(&cond, &mutex);
        shared = n;
        pthread_cond_signal(&cond);
        pthread_mutex_unlock(&mutex);
        rt_thread_delay(2);
    }
    pthread_join(t, &value);
    rule(P21);
    uassert_int_equal(value, 15);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 50000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_cond_destroy(&cond);
    pthread_cond_init(&cond, RT_NULL);
    pthread_mutex_lock(&mutex);
    rule(P22);
    uassert_int_equal(pthread_cond_timedwait(&cond, &mutex, &until), ETIMEDOUT);
    rule(P23);
    /* A wake-up that is too many, which POSIX.1 allows. */
    uassert_int_equal(pthread_cond_signal(&cond), 0);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec++;
    uassert_int_equal(pthread_cond_timedwait(&cond, &mutex, &until), 0);
    pthread_mutex_unlock(&mutex);
    pthread_cond_destroy(&cond);
    pthread_mutex_destroy(&mutex);
}

static pthread_key_t key;
static int destroyed, once_calls;
static void destroys(void *value) {
    destroyed += (int)(long)value;
}
static void *has_key(void *argument) {
    pthread_setspecific(key, argument);
    if (pthread_getspecific(key) != argument) return (void *)1;
    pthread_exit(RT_NULL);
    return RT_NULL;
}
static void once_only(void) {
    once_calls++;
}

/* Keys with destructors, pthread_once. */
static void test_keys_and_once(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_t a, b;
    rule(P24);
    uassert_int_equal(pthread_key_create(&key, destroys), 0);
    pthread_create(&a, RT_NULL, has_key, (void *)3);
    pthread_create(&b, RT_NULL, has_key, (void *)4);
    pthread_join(a, RT_NULL);
    pthread_join(b, RT_NULL);
    rule(P25);
    uassert_int_equal(destroyed, 7);
    rule(P26);
    uassert_int_equal(pthread_key_delete(key), 0);
    pthread_once(&once, once_only);
    pthread_once(&once, once_only);
    rule(P27);
    uassert_int_equal(once_calls, 1);
}

static pthread_rwlock_t rwlock;
static void *reads(void *argument) {
    return (void *)(long)pthread_rwlock_tryrdlock(&rwlock);
}
static void *writes(void *argument) {
    return (void *)(long)pthread_rwlock_trywrlock(&rwlock);
}
static long in_thread(void *(*start)(void *)) {
    pthread_t t;
    void *value;
    pthread_create(&t, RT_NULL, start, RT_NULL);
    pthread_join(t, &value);
    return (long)value;
}

/* Read-write locks: many readers or one writer. */
static void test_rwlock(void) {
    rule(P28);
    uassert_int_equal(pthread_rwlock_init(&rwlock, RT_NULL), 0);
    rule(P29);
    uassert_int_equal(pthread_rwlock_rdlock(&rwlock), 0);
    uassert_int_equal(in_thread(reads), 0);
    rule(P30);
    uassert_int_equal(in_thread(writes), EBUSY);
    rule(P31);
    uassert_int_equal(pthread_rwlock_unlock(&rwlock), 0);
    uassert_int_equal(pthread_rwlock_unlock(&rwlock), 0);
    rule(P32);
    uassert_int_equal(pthread_rwlock_wrlock(&rwlock), 0);
    rule(P33);
    uassert_int_equal(in_thread(reads), EBUSY);
    rule(P30);
    uassert_int_equal(in_thread(writes), EBUSY);
    rule(P31);
    uassert_int_equal(pthread_rwlock_unlock(&rwlock), 0);
    rule(P34);
    /* 4.0.4 looks at a semaphore that says "busy" when nobody waits. */
    uassert_int_equal(pthread_rwlock_destroy(&rwlock), utest_compat ? EBUSY : 0);
}

static pthread_barrier_t barrier;
static void *meets(void *argument) {
    mark('<');
    pthread_barrier_wait(&barrier);
    mark('>');
    return RT_NULL;
}

/* A barrier lets everybody go when the last one comes. */
static void test_barrier(void) {
    pthread_t t[2];
    pthread_barrier_init(&barrier, RT_NULL, 3);
    pthread_create(&t[0], RT_NULL, meets, RT_NULL);
    pthread_create(&t[1], RT_NULL, meets, RT_NULL);
    rt_thread_delay(3);
    rule(P35);
    uassert_str_equal(marks(), "<<");
    rule(P36);
    uassert_int_equal(pthread_barrier_wait(&barrier), utest_compat ? 0 : PTHREAD_BARRIER_SERIAL_THREAD);
    pthread_join(t[0], RT_NULL);
    pthread_join(t[1], RT_NULL);
    rule(P35);
    uassert_str_equal(marks(), ">>");
    pthread_barrier_destroy(&barrier);
}

static void *cancelled(void *argument) {
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, RT_NULL);
    pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, RT_NULL);
    for (;;) {
        rt_thread_delay(1);
        pthread_testcancel();
    }
    return RT_NULL;
}

/* pthread_cancel with deferred type: at pthread_testcancel. */
static void test_cancel(void) {
    pthread_t t;
    void *value = RT_NULL;
    pthread_create(&t, RT_NULL, cancelled, RT_NULL);
    rt_thread_delay(3);
    rule(P37);
    uassert_int_equal(pthread_cancel(t), 0);
    uassert_int_equal(pthread_join(t, &value), 0);
    uassert_true((long)value == PTHREAD_CANCELED);
}

static sem_t *never;
static void cleans(void *argument) {
    mark((char)(long)argument);
}

static void *cancelled_in(void *argument) {
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, RT_NULL);
    pthread_cleanup_push(cleans, argument);
    switch ((long)argument) {
    case 's':
        sleep(1000);
        break;
    case 'w':
        sem_wait(never);
        break;
    case 'c':
        pthread_mutex_lock(&mutex);
        pthread_cond_wait(&cond, &mutex);
        break;
    }
    mark('!');
    return RT_NULL;
}

/* POSIX.1 2.9.5.2: a thread that waits in a cancellation point ends there; in a condition variable with its mutex held. */
static void test_cancellation_points(void) {
    static const char kinds[] = "swc";
    pthread_t t;
    void *value;
    int n;
    pthread_mutex_init(&mutex, RT_NULL);
    pthread_cond_init(&cond, RT_NULL);
    never = sem_open("never", O_CREAT, 0, 0);
    for (n = 0; n < 3; n++) {
        pthread_create(&t, RT_NULL, cancelled_in, (void *)(long)kinds[n]);
        rt_thread_delay(3);
        rule(P38);
        uassert_int_equal(pthread_cancel(t), 0);
        uassert_int_equal(pthread_join(t, &value), 0);
        uassert_int_equal(value, PTHREAD_CANCELED);
    }
    rule(P39);
    uassert_str_equal(marks(), kinds);
    sem_close(never);
    sem_unlink("never");
}

/* POSIX semaphores. */
static void test_semaphores(void) {
    sem_t *named = sem_open("named", O_CREAT, 0, 2), *again;
    int value = 0;
    rule(P40);
    uassert_true(named != RT_NULL);
    again = sem_open("named", 0);
    uassert_true(again == named);
    rule(P41);
    uassert_int_equal(sem_getvalue(named, &value), 0);
    uassert_int_equal(value, 2);
    rule(P42);
    uassert_int_equal(sem_wait(named), 0);
    rule(P43);
    uassert_int_equal(sem_trywait(named), 0);
    uassert_int_equal(sem_trywait(named), -1);
    uassert_int_equal(errno, EAGAIN);
    rule(P44);
    uassert_int_equal(sem_post(named), 0);
    sem_getvalue(named, &value);
    rule(P41);
    uassert_int_equal(value, 1);
    rule(P45);
    uassert_int_equal(sem_close(again), 0);
    uassert_int_equal(sem_close(named), 0);
    rule(P46);
    uassert_int_equal(sem_unlink("named"), 0);
}

/* POSIX message queues. */
static void test_queues(void) {
    struct mq_attr attr;
    mqd_t queue;
    char got[8];
    memset(&attr, 0, sizeof(attr));
    attr.mq_maxmsg = 2;
    attr.mq_msgsize = 8;
    queue = mq_open("queue", O_CREAT | O_RDWR, 0600, &attr);
    rule(P47);
    uassert_true(queue != (mqd_t)-1);
    rule(P48);
    uassert_int_equal(mq_send(queue, "first", 6, 0), 0);
    uassert_int_equal(mq_send(queue, "second", 7, 0), 0);
    rule(P49);
    uassert_int_equal(mq_send(queue, "third", 6, 0), -1);
    rule(P50);
    uassert_true(mq_receive(queue, got, sizeof(got), RT_NULL) > 0);
    uassert_str_equal(got, "first");
    mq_receive(queue, got, sizeof(got), RT_NULL);
    uassert_str_equal(got, "second");
    rule(P51);
    uassert_int_equal(mq_close(queue), 0);
    rule(P52);
    uassert_int_equal(mq_unlink("queue"), 0);
}

/* Points in time that are none, and those that are over. */
static void test_bad_times(void) {
    struct timespec bad[2] = {{0, -1}, {0x7fffffff, 1000000000}}, over = {0, 0};
    struct mq_attr attr = {0, 1, 8};
    pthread_rwlock_t rwlock;
    sem_t none;
    mqd_t queue = mq_open("times", O_CREAT | O_RDWR, 0644, &attr);
    char got[8];
    int n;
    sem_init(&none, 0, 0);
    pthread_rwlock_init(&rwlock, RT_NULL);
    pthread_rwlock_wrlock(&rwlock);
    for (n = 0; n < 2; n++) {
        rule(P53);
        uassert_int_equal(sem_timedwait(&none, &bad[n]), -1);
        uassert_int_equal(errno, EINVAL);
        rule(P54);
        uassert_int_equal(pthread_rwlock_timedrdlock(&rwlock, &bad[n]), EINVAL);
        rule(P55);
        uassert_int_equal(pthread_rwlock_timedwrlock(&rwlock, &bad[n]), EINVAL);
        rule(P56);
        errno = 0;
        uassert_int_equal(mq_timedreceive(queue, got, sizeof(got), RT_NULL, &bad[n]), -1);
        uassert_int_equal(errno, EINVAL);
    }
    rule(P57);
    uassert_int_equal(pthread_rwlock_timedrdlock(&rwlock, &over), ETIMEDOUT);
    pthread_rwlock_unlock(&rwlock);
    uassert_int_equal(pthread_rwlock_timedrdlock(&rwlock, &bad[0]), 0);
    rule(P58);
    uassert_int_equal(mq_timedreceive(queue, got, sizeof(got), RT_NULL, &over), -1);
    uassert_int_equal(errno, ETIMEDOUT);
    pthread_rwlock_unlock(&rwlock);
    pthread_rwlock_destroy(&rwlock);
    sem_destroy(&none);
    mq_close(queue);
    mq_unlink("times");
}

static void testcase(void) {
    UTEST_UNIT_RUN(test_life);
    UTEST_UNIT_RUN(test_mutex);
    UTEST_UNIT_RUN(test_cond);
    UTEST_UNIT_RUN(test_keys_and_once);
    UTEST_UNIT_RUN(test_rwlock);
    UTEST_UNIT_RUN(test_barrier);
    UTEST_UNIT_RUN(test_cancel);
    if (!utest_compat) UTEST_UNIT_RUN(test_cancellation_points);
    UTEST_UNIT_RUN(test_semaphores);
    UTEST_UNIT_RUN(test_queues);
    if (!utest_compat) UTEST_UNIT_RUN(test_bad_times);
}
UTEST_TC_EXPORT(testcase, "libc.pthread", RT_NULL, RT_NULL, 20);
