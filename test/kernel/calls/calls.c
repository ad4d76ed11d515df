/* Calls at their odd ends, as the first argument says; what a program of POSIX or ISO C expects of them. */
#include <drivers/rtc.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <rtthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void at_exit(void) {
    puts("exit handlers ran");
}

static void caught(int signal) {
    printf("caught %d\n", signal);
}

static int raises(int argc, char **argv) {
    int signo = atoi(argv[2]), result;
    sigset_t set = 1ul << signo;
    struct sigaction action = {caught};
    atexit(at_exit);
    if (argc > 3 && strcmp(argv[3], "held") == 0) sigprocmask(SIG_BLOCK, &set, NULL);
    if (argc > 3 && strcmp(argv[3], "caught") == 0) sigaction(signo, &action, NULL);
    if (argc > 3 && strcmp(argv[3], "ignored") == 0) signal(signo, SIG_IGN);
    errno = 0;
    result = raise(signo);
    printf("raise gave %d, errno %d\n", result, errno);
    return 0;
}

static int directory(void) {
    char *name;
    mkdir("/d", 0);
    chdir("/d");
    name = getcwd(NULL, 0);
    puts(name);
    free(name);
    name = getcwd(NULL, PATH_MAX);
    puts(name);
    name[PATH_MAX - 1] = 1;
    free(name);
    errno = 0;
    name = getcwd(NULL, 2);
    printf("%d %d\n", name == NULL, errno == ERANGE);
    return 0;
}

static int temporary(void) {
    char text[8] = "";
    FILE *file = tmpfile();
    if (file == NULL) return 1;
    fputs("kept", file);
    rewind(file);
    puts(fgets(text, sizeof text, file));
    fclose(file);
    printf("%d\n", open("/tmq/x", O_CREAT | O_RDWR, 0));
    return 0;
}

static int nothing(void) {
    rt_tick_t begin = rt_tick_get();
    printf("poll %d", poll(NULL, 0, 50));
    printf(" after %d ticks\n", (int)(rt_tick_get() - begin));
    printf("read %d\n", (int)read(0, NULL, 0));
    rt_memcpy(NULL, NULL, 0);
    rt_memset(NULL, 0, 0);
    puts("done");
    return 0;
}

static int dates(void) {
    printf("%d %d", set_date(0, 0, 0) == RT_EOK, set_date(270000, 1, 1) == RT_EOK);
    printf(" %d %d\n", set_date(2022, 13, 1) == RT_EOK, set_date(2022, 12, 31) == RT_EOK);
    return 0;
}

static void ticked(void *parameter) {
    rt_kprintf("raise gave %d\n", raise(SIGTERM));
}

static int timers(void) {
    static struct rt_timer timer;
    for (int flag = 0; flag <= RT_TIMER_FLAG_SOFT_TIMER; flag += RT_TIMER_FLAG_SOFT_TIMER) {
        rt_timer_init(&timer, "t", ticked, NULL, 2, flag);
        rt_timer_start(&timer);
        rt_thread_mdelay(100);
        rt_timer_detach(&timer);
    }
    return 0;
}

int main(int argc, char **argv) {
    switch (argv[1][0]) {
    case 'r': return raises(argc, argv);
    case 'g': return directory();
    case 't': return temporary();
    case 'n': return nothing();
    case 'd': return dates();
    case 'c': return timers();
    }
    return 2;
}
