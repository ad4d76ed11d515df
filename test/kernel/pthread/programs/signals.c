/* Signals between threads, with the names of RT-Thread. */
#include <rtthread.h>
#include <pthread.h>
#include <signal.h>

typedef void (*handler_t)(int signo);
handler_t rt_signal_install(int signo, handler_t handler);
void rt_signal_mask(int signo);
void rt_signal_unmask(int signo);
int rt_signal_wait(const unsigned long *set, siginfo_t *info, rt_int32_t timeout);
int rt_thread_kill(rt_thread_t thread, int signo);

#define P(name, value) rt_kprintf("%s=%d\n", name, (int)(value))

static volatile int seen, in_thread;
static rt_sem_t sem;
static rt_thread_t taker;

static void handler(int signo) {
    seen = seen * 100 + signo;
    in_thread = rt_thread_self() == taker;
}

static void take(void *arg) {
    rt_signal_install(SIGUSR1, handler);
    rt_signal_unmask(SIGUSR1);
    P("take", rt_sem_take(sem, RT_WAITING_FOREVER));
    P("in_thread", in_thread);
    P("again", rt_sem_take(sem, 5));
}

static void await(void *arg) {
    unsigned long set = 1ul << SIGUSR2;
    siginfo_t info;
    P("wait", rt_signal_wait(&set, &info, 100));
    P("signo", info.si_signo);
    P("late", rt_signal_wait(&set, &info, 2));
    P("empty", rt_signal_wait(0, &info, 2));
}

static volatile int stop;
static void stopper(int signo) { stop = signo; }
static void *until_stopped(void *arg) {
    rt_signal_install(SIGUSR1, stopper);
    rt_signal_unmask(SIGUSR1);
    while (!stop) {}
    return (void *)1;
}

int main(void) {
    rt_uint8_t better = 20;
    pthread_t t;
    void *value;
    int status;

    sem = rt_sem_create("s", 0, RT_IPC_FLAG_FIFO);
    P("thread_size", sizeof(struct rt_thread));
    P("install", (int)rt_signal_install(SIGUSR1, handler));
    P("old", rt_signal_install(SIGUSR1, handler) == handler);
    P("bad", (int)rt_signal_install(32, handler));
    P("masked", rt_thread_kill(rt_thread_self(), SIGUSR1));
    P("pending", seen);
    rt_signal_unmask(SIGUSR1);
    P("delivered", seen);
    P("kill_self", rt_thread_kill(rt_thread_self(), SIGUSR1));
    P("seen", seen);
    P("kill_bad", rt_thread_kill(rt_thread_self(), 32));

    seen = 0;
    taker = rt_thread_create("taker", take, 0, 2048, 10, 10);
    rt_thread_startup(taker);
    rt_thread_kill(taker, SIGUSR1);
    P("handled", seen);
    rt_thread_delay(10);

    taker = rt_thread_create("await", await, 0, 2048, 10, 10);
    rt_thread_startup(taker);
    rt_thread_kill(taker, SIGUSR2);
    rt_thread_delay(10);

    rt_thread_control(rt_thread_self(), RT_THREAD_CTRL_CHANGE_PRIORITY, &better);
    pthread_create(&t, 0, until_stopped, 0);
    status = pthread_kill(t, 0);
    P("exists", status);
    if (status != 0) stop = -1;
    rt_thread_delay(2);
    P("pthread_kill", pthread_kill(t, SIGUSR1));
    P("join", pthread_join(t, &value));
    P("value", value);
    P("stopped", stop);
    P("gone", pthread_kill(t, SIGUSR1));
    return 0;
}
