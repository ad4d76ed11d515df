/* What is left: alarm, poll, termios, POSIX queues, calls with bad arguments. */
#include <rtthread.h>
#include <pthread.h>
#include <semaphore.h>
#include <mqueue.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>
#include <errno.h>
#include <time.h>
#include <poll.h>
#include <termios.h>

int pipe(int fds[2]);
int nanosleep(const struct timespec *, struct timespec *);
char *ttyname(int fd);

#define P(name, value) rt_kprintf("%s=%d\n", name, (int)(value))
#define E(name, value) do { int v_; errno = 0; v_ = (int)(value); rt_kprintf("%s=%d errno=%d\n", name, v_, errno); } while (0)

static volatile int rang;
static void ring(int signo) { rang = signo; }
static void *none(void *arg) { return arg; }

int main(void) {
    struct mq_attr attr = {0, 2, 8, 0};
    struct pollfd fds[3];
    struct termios tio;
    struct timespec tick = {0, 1}, bad = {0, 1000000000};
    pthread_t t;
    char b[16];
    int p[2];
    unsigned before;
    mqd_t q;
    sem_t unset = {0};

    q = mq_open("queue", O_CREAT | O_RDWR, 0, &attr);
    P("same", mq_open("queue", O_CREAT | O_RDWR, 0, &attr) == q);
    mq_send(q, "one", 4, 0);
    mq_send(q, "two", 4, 0);
    E("full", mq_send(q, "three", 6, 0));
    E("big", mq_send(q, "123456789", 9, 0));
    mq_getattr(q, &attr);
    P("messages", attr.mq_curmsgs);
    P("receive", mq_receive(q, b, 8, 0));
    E("no_attr", (int)mq_open("other", O_CREAT | O_RDWR, 0, 0));
    E("missing", (int)mq_open("other", O_RDWR));
    E("null", mq_send(0, "x", 1, 0));
    E("wild", mq_send((mqd_t)&attr, "x", 1, 0));
    E("notify", mq_notify(q, 0));
    E("sem_unset", sem_wait(&unset));
    E("sem_big", sem_init(&unset, 0, 70000));
    P("join_wild", pthread_join(77, 0));
    P("join_main", pthread_join(pthread_self(), 0) != 0);
    P("detach_wild", pthread_detach(-1));
    P("cancel_wild", pthread_cancel(1234));
    P("once_more", pthread_create(&t, 0, none, 0));
    P("detach", pthread_detach(t));
    P("detach2", pthread_detach(t));
    {
        pthread_attr_t a;
        struct sched_param param = {32};
        pthread_attr_init(&a);
        pthread_attr_setschedparam(&a, &param);
        P("bad_priority", pthread_create(&t, &a, none, 0));
        pthread_attr_init(&a);
        pthread_attr_setstacksize(&a, 0);
        P("no_stack", pthread_create(&t, &a, none, 0));
        pthread_attr_setstacksize(&a, 0x7fffffff);
        P("huge_stack", pthread_create(&t, &a, none, 0));
    }

    before = rt_tick_get();
    P("nanosleep", nanosleep(&tick, 0));
    P("waited", rt_tick_get() - before);
    E("bad_time", nanosleep(&bad, 0));

    signal(SIGALRM, ring);
    P("alarm", alarm(2));
    P("left", alarm(1));
    rt_thread_mdelay(900);
    P("early", rang);
    rt_thread_mdelay(200);
    P("rang", rang);
    alarm(1);
    P("cancelled", alarm(0));
    rang = 0;
    rt_thread_mdelay(1500);
    P("quiet", rang);

    pipe(p);
    fds[0].fd = p[0]; fds[0].events = 3;
    fds[1].fd = 17; fds[1].events = 1;
    fds[2].fd = -1; fds[2].events = 1; fds[2].revents = 9;
    P("poll", poll(fds, 3, 0));
    P("nothing", fds[0].revents);
    P("invalid", fds[1].revents);
    P("skipped", fds[2].revents);
    write(p[1], "x", 1);
    P("poll", poll(fds, 1, -1));
    P("readable", fds[0].revents);
    close(p[1]);
    read(p[0], b, 1);
    poll(fds, 1, -1);
    P("hung_up", fds[0].revents);
    close(p[0]);
    fds[0].fd = 0;
    before = rt_tick_get();
    P("console", poll(fds, 1, 50));
    fds[0].events = 1;
    P("time_out", poll(fds, 1, 50));
    P("waited", rt_tick_get() - before);

    rt_kprintf("tty=%s\n", ttyname(1));
    P("tcgetattr", tcgetattr(0, &tio));
    P("vmin", tio.c_cc[VMIN]);
    tio.c_lflag = 10;
    P("tcsetattr", tcsetattr(1, 0, &tio));
    tio.c_lflag = 0;
    tcgetattr(0, &tio);
    P("lflag", tio.c_lflag);
    pipe(p);
    E("no_tty", tcgetattr(p[0], &tio));
    close(p[0]);
    close(p[1]);
    return 0;
}
