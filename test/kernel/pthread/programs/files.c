/* Portable: pipes, duplicated descriptors, select. */
#include "portable.h"

static int ends[2];

static void *talk(void *arg) {
    char big[700];
    int i;
    pause_ms(30);
    write(ends[1], "hello", 5);
    for (i = 0; i < 700; i++) big[i] = (char)('a' + i % 26);
    pause_ms(30);
    printf("wrote %d\n", (int)write(ends[1], big, 700));
    close(ends[1]);
    return arg;
}

static int ready(int fd, int ms) {
    fd_set set;
    struct timeval time = {ms / 1000, (ms % 1000) * 1000L};
    FD_ZERO(&set);
    FD_SET(fd, &set);
    return select(fd + 1, &set, 0, 0, ms < 0 ? 0 : &time) * 10 + (FD_ISSET(fd, &set) != 0);
}

int main(void) {
    char buffer[800];
    pthread_t t;
    pthread_attr_t attr;
    int fd, copy, n, total, sum = 0;
    struct timeval time = {0, 30000};

    roomy(&attr);
    printf("pipe %d\n", pipe(ends));
    printf("quiet %d\n", ready(ends[0], 10));
    pthread_create(&t, &attr, talk, 0);
    printf("early %d\n", ready(ends[0], 0));
    printf("ready %d\n", ready(ends[0], -1));
    n = (int)read(ends[0], buffer, sizeof buffer);
    printf("read %d %.*s\n", n, n, buffer);
    pause_ms(60);
    for (total = 0; (n = (int)read(ends[0], buffer, 100)) > 0; )
        while (n > 0) sum += buffer[--n], total++;
    pthread_join(t, 0);
    printf("rest %d sum %d end %d\n", total, sum, n);
    printf("at end %d\n", ready(ends[0], 10));
    printf("close %d\n", close(ends[0]));
    printf("closed %d", (int)read(ends[0], buffer, 1));
    printf(" %d\n", errno == EBADF);
    printf("only time %d\n", select(0, 0, 0, 0, &time));

    fd = open("rttpsim.txt", O_CREAT | O_TRUNC | O_RDWR, 0600);
    copy = dup(fd);
    printf("dup %d\n", copy >= 0 && copy != fd);
    write(fd, "0123", 4);
    write(copy, "4567", 4);
    printf("close %d\n", close(fd));
    printf("at %d\n", (int)lseek(copy, 0, SEEK_CUR));
    lseek(copy, 2, SEEK_SET);
    n = (int)read(copy, buffer, 3);
    printf("read %d %.*s\n", n, n, buffer);
    n = (int)pread(copy, buffer, 4, 1);
    printf("pread %d %.*s at %d\n", n, n, buffer, (int)lseek(copy, 0, SEEK_CUR));
    printf("dup2 %d\n", dup2(copy, copy + 3) == copy + 3);
    close(copy);
    n = (int)read(copy + 3, buffer, 9);
    printf("read %d %.*s\n", n, n, buffer);
    printf("close %d\n", close(copy + 3));
    printf("bad %d", dup(copy));
    printf(" %d\n", errno == EBADF);
    unlink("rttpsim.txt");
    return 0;
}
