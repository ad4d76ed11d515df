/* Opens what its first argument says, and ends as the second one does, without closing anything. */
#include <rtthread.h>
#include <assert.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *leave(void *code) { exit((int)code); }

__attribute__((noinline)) static void overflow(void) { volatile char frame[40000]; frame[0] = 1; }

static void end(const char *how)
{
    pthread_t thread;
    if (!strcmp(how, "exit")) exit(0);
    if (!strcmp(how, "abort")) abort();
    if (!strcmp(how, "assert")) assert(how == 0);
    if (!strcmp(how, "RT_ASSERT")) RT_ASSERT(how == 0);
    if (!strcmp(how, "raise")) raise(SIGTERM);
    if (!strcmp(how, "fault")) *(volatile int *)0 = 0;
    if (!strcmp(how, "overflow")) overflow();
    if (!strcmp(how, "thread")) { pthread_create(&thread, 0, leave, 0); pthread_join(thread, 0); }
    if (!strcmp(how, "wait")) { char byte; read(4, &byte, 1); rt_thread_mdelay(100000); }
}

int main(int argc, char **argv)
{
    const char *what = argv[1];
    int fd = 0, pair[2];
    if (!strcmp(what, "open")) open("/dev/uart1", O_RDWR);
    if (!strcmp(what, "twice")) open("/dev/uart1", O_RDWR), open("/dev/uart1", O_RDONLY);
    if (!strcmp(what, "both")) open("/dev/uart1", O_RDWR), rt_device_open(rt_device_find("uart1"), RT_DEVICE_FLAG_RDWR);
    if (!strcmp(what, "stream")) fopen("/dev/uart1", "r+");
    if (!strcmp(what, "dup")) fd = open("/dev/uart1", O_RDWR), dup(fd), fcntl(fd, F_DUPFD, 9);
    if (!strcmp(what, "dup2")) fd = open("/dev/uart1", O_RDWR), dup2(fd, 2);
    if (!strcmp(what, "moved")) fd = open("/dev/uart1", O_RDWR), dup2(fd, 2), close(fd);
    if (!strcmp(what, "instead")) close(2), open("/dev/uart1", O_RDWR);
    if (!strcmp(what, "console")) open("/dev/uart0", O_RDWR);
    if (!strcmp(what, "pipe")) pipe(pair), dup2(pair[1], 2);
    end(argc > 2 ? argv[2] : "return");
    return 0;
}
