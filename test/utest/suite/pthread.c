/* POSIX threads: components/libc/pthreads of RT-Thread 4.0.4; programming manual, "POSIX Interface". */
#include <pthread.h>

#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <semaphore.h>
#include <time.h>

#include "utest.h"

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
    rule("pthreads pthread_create");
    uassert_int_equal(pthread_create(&t, RT_NULL, gives_back, (void *)5), 0);
    rule("pthreads pthread_join");
    uassert_int_equal(pthread_join(t, &value), 0);
    uassert_int_equal(value, 5);
    rule("pthreads pthread_create");
    uassert_int_equal(pthread_create(&t, RT_NULL, exits, RT_NULL), 0);
    rule("pthreads pthread_join");
    uassert_int_equal(pthread_join(t, &value), 0);
    uassert_int_equal(value, 77);
    uassert_int_equal(sizeof(pthread_attr_t), 24);
    rule("pthreads pthread_attr_init");
    uassert_int_equal(pthread_attr_init(&attr), 0);
    pthread_attr_getdetachstate(&attr, &state);
    rule("pthreads pthread_attr_getdetachstate");
    uassert_int_equal(state, PTHREAD_CREATE_JOINABLE);
    pthread_attr_getstacksize(&attr, &size);
    rule("pthreads pthread_attr_getstacksize");
    uassert_int_equal(size, 2048);
    pthread_attr_getschedparam(&attr, &param);
    rule("pthreads pthread_attr_getschedparam");
    uassert_int_equal(param.sched_priority, 24);
    param.sched_priority = 15;
    rule("pthreads pthread_attr_setschedparam");
    uassert_int_equal(pthread_attr_setschedparam(&attr, &param), 0);
    rule("pthreads pthread_attr_setstacksize");
    uassert_int_equal(pthread_attr_setstacksize(&attr, 4096), 0);
    pthread_attr_getstacksize(&attr, &size);
    rule("pthreads pthread_attr_getstacksize");
    uassert_int_equal(size, 4096);
    rule("pthreads pthread_create");
    uassert_int_equal(pthread_create(&t, &attr, gives_back, (void *)6), 0);
    rule("pthreads pthread_join");
    uassert_int_equal(pthread_join(t, &value), 0);
    uassert_int_equal(value, 6);
    rule("pthreads pthread_attr_setdetachstate");
    uassert_int_equal(pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED), 0);
    rule("pthreads pthread_create");
    uassert_int_equal(pthread_create(&t, &attr, gives_back, RT_NULL), 0);
    rule("pthreads pthread_attr_destroy");
    uassert_int_equal(pthread_attr_destroy(&attr), 0);
    rt_thread_delay(5);
    rule("pthreads pthread_join");
    uassert_int_equal(pthread_join(99, &value), EINVAL);
    rule("pthreads pthread_equal");
    uassert_true(pthread_equal(t, t));
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
    rule("pthreads pthread_mutex_init");
    uassert_int_equal(sizeof(pthread_mutex_t), 44);
    uassert_int_equal(pthread_mutex_init(&mutex, RT_NULL), 0);
    shared = 0;
    for (n = 0; n < 3; n++) pthread_create(&t[n], RT_NULL, counts, RT_NULL);
    for (n = 0; n < 3; n++) pthread_join(t[n], RT_NULL);
    rule("pthreads pthread_join");
    uassert_int_equal(shared, 150);
    rule("pthreads pthread_mutex_lock");
    uassert_int_equal(pthread_mutex_lock(&mutex), 0);
    pthread_create(&t[0], RT_NULL, locks, RT_NULL);
    pthread_join(t[0], &value);
    rule("pthreads pthread_join");
    uassert_int_equal(value, EBUSY);
    rule("pthreads pthread_mutex_lock");
    uassert_int_equal(pthread_mutex_lock(&mutex), EDEADLK);
    rule("pthreads pthread_mutex_unlock");
    uassert_int_equal(pthread_mutex_unlock(&mutex), 0);
    rule("pthreads pthread_mutex_destroy");
    uassert_int_equal(pthread_mutex_destroy(&mutex), 0);

    pthread_mutexattr_init(&attr);
    rule("pthreads pthread_mutexattr_settype");
    uassert_int_equal(pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE), 0);
    pthread_mutexattr_gettype(&attr, &type);
    rule("pthreads pthread_mutexattr_gettype");
    uassert_int_equal(type, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&mutex, &attr);
    rule("pthreads pthread_mutex_lock");
    uassert_int_equal(pthread_mutex_lock(&mutex), 0);
    uassert_int_equal(pthread_mutex_lock(&mutex), 0);
    rule("pthreads pthread_mutex_unlock");
    uassert_int_equal(pthread_mutex_unlock(&mutex), 0);
    uassert_int_equal(pthread_mutex_unlock(&mutex), 0);
    pthread_mutex_destroy(&mutex);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&mutex, &attr);
    uassert_int_equal(pthread_mutex_unlock(&mutex), EPERM);
    pthread_mutex_destroy(&mutex);
    pthread_mutexattr_destroy(&attr);
    rule("pthreads pthread_mutex_lock");
    uassert_int_equal(pthread_mutex_lock(&lazy), 0);
    rule("pthreads pthread_mutex_unlock");
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
    rule("pthreads pthread_join");
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
    rule("pthreads pthread_cond_timedwait");
    uassert_int_equal(pthread_cond_timedwait(&cond, &mutex, &until), ETIMEDOUT);
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
    rule("pthreads pthread_key_create");
    uassert_int_equal(pthread_key_create(&key, destroys), 0);
    pthread_create(&a, RT_NULL, has_key, (void *)3);
    pthread_create(&b, RT_NULL, has_key, (void *)4);
    pthread_join(a, RT_NULL);
    pthread_join(b, RT_NULL);
    rule("pthreads pthread_join");
    uassert_int_equal(destroyed, 7);
    rule("pthreads pthread_key_delete");
    uassert_int_equal(pthread_key_delete(key), 0);
    pthread_once(&once, once_only);
    pthread_once(&once, once_only);
    rule("pthreads pthread_once");
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
    rule("pthreads pthread_rwlock_init");
    uassert_int_equal(pthread_rwlock_init(&rwlock, RT_NULL), 0);
    rule("pthreads pthread_rwlock_rdlock");
    uassert_int_equal(pthread_rwlock_rdlock(&rwlock), 0);
    rule("pthreads pthread_create");
    uassert_int_equal(in_thread(reads), 0);
    uassert_int_equal(in_thread(writes), EBUSY);
    rule("pthreads pthread_rwlock_unlock");
    uassert_int_equal(pthread_rwlock_unlock(&rwlock), 0);
    uassert_int_equal(pthread_rwlock_unlock(&rwlock), 0);
    rule("pthreads pthread_rwlock_wrlock");
    uassert_int_equal(pthread_rwlock_wrlock(&rwlock), 0);
    rule("pthreads pthread_create");
    uassert_int_equal(in_thread(reads), EBUSY);
    uassert_int_equal(in_thread(writes), EBUSY);
    rule("pthreads pthread_rwlock_unlock");
    uassert_int_equal(pthread_rwlock_unlock(&rwlock), 0);
    rule("pthreads pthread_rwlock_destroy");
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
    rule("pthreads pthread_create");
    uassert_str_equal(marks(), "<<");
    pthread_barrier_wait(&barrier);
    pthread_join(t[0], RT_NULL);
    pthread_join(t[1], RT_NULL);
    rule("pthreads pthread_join");
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
    rule("pthreads pthread_cancel");
    uassert_int_equal(pthread_cancel(t), 0);
    rule("pthreads pthread_join");
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
        rule("pthreads pthread_cancel");
        uassert_int_equal(pthread_cancel(t), 0);
        rule("pthreads pthread_join");
        uassert_int_equal(pthread_join(t, &value), 0);
        uassert_int_equal(value, PTHREAD_CANCELED);
    }
    uassert_str_equal(marks(), kinds);
    sem_close(never);
    sem_unlink("never");
}

/* POSIX semaphores. */
static void test_semaphores(void) {
    sem_t *named = sem_open("named", O_CREAT, 0, 2), *again;
    int value = 0;
    rule("pthreads sem_open");
    uassert_true(named != RT_NULL);
    again = sem_open("named", 0);
    uassert_true(again == named);
    rule("pthreads sem_getvalue");
    uassert_int_equal(sem_getvalue(named, &value), 0);
    uassert_int_equal(value, 2);
    rule("pthreads sem_wait");
    uassert_int_equal(sem_wait(named), 0);
    rule("pthreads sem_trywait");
    uassert_int_equal(sem_trywait(named), 0);
    uassert_int_equal(sem_trywait(named), -1);
    uassert_int_equal(errno < 0 ? -errno : errno, EAGAIN);
    rule("pthreads sem_post");
    uassert_int_equal(sem_post(named), 0);
    sem_getvalue(named, &value);
    rule("pthreads sem_getvalue");
    uassert_int_equal(value, 1);
    rule("pthreads sem_close");
    uassert_int_equal(sem_close(again), 0);
    uassert_int_equal(sem_close(named), 0);
    rule("pthreads sem_unlink");
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
    rule("pthreads mq_open");
    uassert_true(queue != (mqd_t)-1);
    rule("pthreads mq_send");
    uassert_int_equal(mq_send(queue, "first", 6, 0), 0);
    uassert_int_equal(mq_send(queue, "second", 7, 0), 0);
    uassert_int_equal(mq_send(queue, "third", 6, 0), -1);
    rule("pthreads mq_receive");
    uassert_true(mq_receive(queue, got, sizeof(got), RT_NULL) > 0);
    uassert_str_equal(got, "first");
    mq_receive(queue, got, sizeof(got), RT_NULL);
    uassert_str_equal(got, "second");
    rule("pthreads mq_close");
    uassert_int_equal(mq_close(queue), 0);
    rule("pthreads mq_unlink");
    uassert_int_equal(mq_unlink("queue"), 0);
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
}
UTEST_TC_EXPORT(testcase, "libc.pthread", RT_NULL, RT_NULL, 20);
