/* Portable: signals to threads that wait, descriptors, names that are too long. */
#include "portable.h"
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>

#ifdef __RTTHREAD__
#define siginterrupt(signo, yes) /* always */
#endif

static sem_t none;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int count, result, failure, ran_on_waiter;
static pthread_t waiter;

static void on_signal(int signo) {
    (void)signo;
    count++;
    ran_on_waiter = pthread_equal(pthread_self(), waiter);
}

static void *wait_for_it(void *arg) {
    result = sem_wait(&none);
    failure = errno;
    return arg;
}

static void *lock_it(void *arg) {
    result = pthread_mutex_lock(&lock);
    if (result == 0) result = pthread_mutex_unlock(&lock);
    return arg;
}

/* raise() of a thread that did not set the handler. */
static void *raise_it(void *arg) {
    result = raise(SIGUSR1);
    return arg;
}

static void *sleep_on_it(void *arg) {
    struct timespec second = {1, 0};
    result = nanosleep(&second, 0);
    return arg;
}

static void hear(int by_sigaction, void (*handler)(int)) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    if (by_sigaction) sigaction(SIGUSR1, &action, 0);
    else signal(SIGUSR1, handler);
    siginterrupt(SIGUSR1, 1);
}

static void signalled(const char *what, void *(*body)(void *), int by_sigaction) {
    pthread_attr_t attr;
    count = ran_on_waiter = failure = 0;
    result = 77;
    roomy(&attr);
    hear(by_sigaction, on_signal);
    pthread_create(&waiter, &attr, body, 0);
    pause_ms(100);
    pthread_kill(waiter, SIGUSR1);
    pause_ms(100);
    if (body == lock_it) pthread_mutex_unlock(&lock);
    pthread_join(waiter, 0);
    printf("%s %d: handled %d, on the waiter %d, result %d, EINTR %d\n", what, by_sigaction, count,
           ran_on_waiter, result, failure == EINTR);
}

static void ignored(void) {
    pthread_attr_t attr;
    roomy(&attr);
    result = 77;
    hear(1, SIG_IGN);
    pthread_create(&waiter, &attr, sleep_on_it, 0);
    pause_ms(100);
    SHOW(pthread_kill(waiter, SIGUSR1));
    pthread_join(waiter, 0);
    printf("ignored: %d\n", result);
    hear(1, SIG_DFL);
}

/* An alarm ends a wait for a semaphore, and takes none. */
static void alarmed(void) {
    int value = 77, n;
    signal(SIGALRM, on_signal);
    siginterrupt(SIGALRM, 1);
    count = 0;
    alarm(1);
    SHOW(sem_wait(&none));
    SHOW(errno == EINTR);
    sem_getvalue(&none, &value);
    printf("value %d, handled %d\n", value, count);
    for (n = 0; n < 500; n++) alarm(50);
    SHOW(alarm(60) > 0);
}

static void descriptors(void) {
    char name[300] = "/tmp/";
    struct stat s;
    int fd = open("oddfile", O_CREAT | O_RDWR | O_TRUNC, 0644);
    SHOW(fcntl(fd, F_GETFD));
    SHOW(fcntl(fd, F_SETFD, FD_CLOEXEC));
    SHOW(fcntl(fd, F_GETFD) == FD_CLOEXEC);
    SHOW(fcntl(fd, F_SETFD, 0));
    SHOW(fcntl(fd, F_GETFD));
    SHOW(fcntl(fd, F_DUPFD, -1));
    SHOW(errno == EINVAL);
    SHOW(fsync(fd));
    close(fd);
    SHOW(unlink("oddfile"));
    SHOW(fsync(1));
    SHOW(errno == EINVAL);
    SHOW(fsync(77));
    SHOW(errno == EBADF);
    memset(name + 1, 'n', 256);
    name[257] = 0;
    SHOW(open(name, O_CREAT | O_RDWR, 0644));
    SHOW(errno == ENAMETOOLONG);
    SHOW(mkdir(name, 0755));
    SHOW(errno == ENAMETOOLONG);
    SHOW(stat(name, &s));
    SHOW(errno == ENAMETOOLONG);
}

static void times(void) {
    struct timespec bad = later(1000);
    bad.tv_nsec = 1000000000L;
    SHOW(sem_timedwait(&none, &bad));
    SHOW(errno == EINVAL);
    pthread_mutex_lock(&lock);
    SHOW(pthread_cond_timedwait(&never, &lock, &bad) == EINVAL);
    SHOW(pthread_mutex_unlock(&lock));
}

int main(void) {
    sem_init(&none, 0, 0);
    signalled("sem_wait", wait_for_it, 0);
    signalled("sem_wait", wait_for_it, 1);
    pthread_mutex_lock(&lock);
    signalled("lock", lock_it, 0);
    pthread_mutex_lock(&lock);
    signalled("lock", lock_it, 1);
    signalled("nanosleep", sleep_on_it, 0);
    signalled("nanosleep", sleep_on_it, 1);
    ignored();
    hear(0, on_signal);
    count = 0;
    pthread_create(&waiter, 0, raise_it, 0);
    pthread_join(waiter, 0);
    printf("raised %d, handled %d, on the waiter %d\n", result, count, ran_on_waiter);
    alarmed();
    descriptors();
    times();
    SHOW(kill(getpid(), 0));
    SHOW(raise(0));
    SHOW(kill(1234567, SIGTERM) == -1 && errno == ESRCH);
    SHOW(kill(1234567, SIGABRT) == -1 && errno == ESRCH);
    SHOW(kill(-1234567, 0) == -1 && errno == ESRCH);
    SHOW(kill(getpid(), 1000) == -1 && errno == EINVAL);
    SHOW(kill(getpid(), SIGCHLD));
    SHOW(raise(SIGURG));
    SHOW(pthread_join(pthread_self(), 0) == EDEADLK);
    sem_destroy(&none);
    return 0;
}
