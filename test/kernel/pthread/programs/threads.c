/* Portable: what it prints is right on every POSIX system. */
#include "portable.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static int counter, destroyed, onces, queue[4], queued, handled;

static void init(void) { onces++; }
static void destroy(void *value) { destroyed += (int)(long)value; }
static void handler(void *value) { handled = handled * 10 + (int)(long)value; }

static void *count(void *arg) {
    int i;
    pthread_once(&once, init);
    for (i = 0; i < 1000; i++) {
        pthread_mutex_lock(&lock);
        counter++;
        pthread_mutex_unlock(&lock);
        if (i % 100 == 0) sched_yield();
    }
    return (void *)((long)arg * 2);
}

static void *produce(void *arg) {
    int i;
    for (i = 1; i <= 20; i++) {
        pthread_mutex_lock(&lock);
        while (queued == 4) pthread_cond_wait(&changed, &lock);
        queue[queued++] = i;
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&lock);
    }
    return arg;
}

static void *keep(void *arg) {
    pthread_setspecific(key, arg);
    return pthread_getspecific(key);
}

static void *leave(void *arg) {
    pthread_cleanup_push(handler, (void *)1);
    pthread_cleanup_push(handler, (void *)2);
    pthread_cleanup_push(handler, (void *)3);
    pthread_cleanup_pop(0);
    pthread_cleanup_push(handler, (void *)4);
    pthread_cleanup_pop(1);
    pthread_setspecific(key, (void *)100);
    pthread_exit((void *)((long)arg + 1));
    pthread_cleanup_pop(0);
    pthread_cleanup_pop(0);
    return 0;
}

static void *self(void *arg) {
    *(pthread_t *)arg = pthread_self();
    return (void *)(long)pthread_join(pthread_self(), 0);
}

int main(void) {
    pthread_t t[4], me;
    pthread_attr_t attr;
    pthread_mutexattr_t kind;
    pthread_mutex_t deep;
    void *value;
    int i, sum = 0, seen = 0;

    roomy(&attr);
    for (i = 0; i < 4; i++) printf("create %d\n", pthread_create(&t[i], &attr, count, (void *)(long)(i + 1)));
    for (i = 0; i < 4; i++) {
        pthread_join(t[i], &value);
        sum += (int)(long)value;
    }
    printf("counter %d sum %d once %d\n", counter, sum, onces);

    pthread_create(&t[0], &attr, produce, 0);
    pthread_mutex_lock(&lock);
    for (sum = 0; seen < 20; seen++) {
        while (queued == 0) pthread_cond_wait(&changed, &lock);
        sum += queue[--queued];
        pthread_cond_broadcast(&changed);
    }
    pthread_mutex_unlock(&lock);
    pthread_join(t[0], 0);
    printf("consumed %d\n", sum);

    printf("key %d\n", pthread_key_create(&key, destroy));
    printf("unset %d\n", pthread_getspecific(key) == 0);
    for (i = 0; i < 3; i++) pthread_create(&t[i], &attr, keep, (void *)(long)(i + 1));
    for (i = 0; i < 3; i++) pthread_join(t[i], &value), printf("kept %d\n", (int)(long)value);
    printf("destroyed %d\n", destroyed);
    pthread_create(&t[0], &attr, leave, (void *)41);
    pthread_join(t[0], &value);
    printf("exit %d destroyed %d handled %d\n", (int)(long)value, destroyed, handled);
    printf("key deleted %d\n", pthread_key_delete(key));

    pthread_create(&t[0], &attr, self, &me);
    pthread_join(t[0], &value);
    printf("joins itself %d same %d\n", (long)value == EDEADLK, pthread_equal(me, t[0]) != 0);
    printf("main is itself %d\n", pthread_equal(pthread_self(), pthread_self()) != 0);

    pthread_mutexattr_init(&kind);
    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&deep, &kind);
    SHOW(pthread_mutex_lock(&deep));
    SHOW(pthread_mutex_lock(&deep));
    SHOW(pthread_mutex_destroy(&deep) == EBUSY);
    SHOW(pthread_mutex_unlock(&deep));
    SHOW(pthread_mutex_unlock(&deep));
    SHOW(pthread_mutex_destroy(&deep));
    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&deep, &kind);
    SHOW(pthread_mutex_unlock(&deep) == EPERM);
    SHOW(pthread_mutex_lock(&deep));
    SHOW(pthread_mutex_lock(&deep) == EDEADLK);
    SHOW(pthread_mutex_unlock(&deep));
    SHOW(pthread_mutex_destroy(&deep));
    return 0;
}
