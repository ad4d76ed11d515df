/* Portable: what 0, 1 and 2 stand for: dup2, close and open over them, freopen, and streams on what is there then. */
#include "portable.h"
#include <stdlib.h>
#include <sys/stat.h>

#ifdef __RTTHREAD__
#define AT "/"
#else
#define AT "./"
#endif
#define NAME AT "standard.tmp"

/* What the file holds, on the console. */
static void show_file(void) {
    char text[80];
    int fd = open(NAME, O_RDONLY), n = read(fd, text, sizeof text - 1);
    text[n < 0 ? 0 : n] = 0;
    printf("[%s]\n", text);
    close(fd);
}

static int empty(void) {
    return open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0644);
}

static void *says(void *text) {
    puts(text);
    return 0;
}

/* A copy of stdout brings it back. */
static void redirected(void) {
    pthread_t t;
    int saved = dup(1), fd = empty(), is_terminal, moved = dup2(fd, 1);
    close(fd);
    printf("printf %d\n", 1);
    write(1, "write\n", 6);
    pthread_create(&t, 0, says, "a thread");
    pthread_join(t, 0);
    is_terminal = isatty(1);
    moved += dup2(saved, 1);
    close(saved);
    printf("moved %d, terminal %d\n", moved, is_terminal);
    show_file();
}

/* The lowest number that is free is one of them. */
static void closed(void) {
    int saved = dup(1), first, second, lost, fd, error;
    SHOW(close(1));
    lost = printf("lost\n");
    error = errno;
    clearerr(stdout);
    first = write(1, "lost\n", 5);
    second = close(1);
    fd = empty();
    printf("on %d\n", fd);
    dup2(saved, 1);
    close(saved);
    printf("printf %d, write %d, close %d, EBADF %d\n", lost < 0, first, second, error == EBADF);
    show_file();
}

static void from_a_file(void) {
    int saved = dup(0), fd = empty(), n = 0;
    write(fd, "12 34", 5);
    lseek(fd, 0, SEEK_SET);
    dup2(fd, 0);
    close(fd);
    SHOW(scanf("%d", &n));
    printf("%d, %d\n", n, (int)lseek(0, 0, SEEK_END));
    SHOW(dup2(saved, 0));
    close(saved);
    SHOW(dup2(77, 1));
    SHOW(dup2(1, 1));
}

/* A pipe has no position, and says that it is one. */
static void of_a_pipe(void) {
    int ends[2];
    char one;
    struct stat status;
    pipe(ends);
    SHOW(lseek(ends[0], 0, SEEK_CUR));
    SHOW(errno == ESPIPE);
    SHOW(pread(ends[0], &one, 1, 0));
    SHOW(errno == ESPIPE);
    SHOW(fstat(ends[0], &status));
    SHOW(S_ISFIFO(status.st_mode) != 0);
    close(ends[0]);
    close(ends[1]);
    close(open("/dev/null", O_RDWR));
    ends[0] = open("/dev/null", O_RDWR);
    SHOW(fstat(ends[0], &status));
    SHOW(S_ISCHR(status.st_mode) != 0);
    SHOW(isatty(ends[0]));
    SHOW(errno == ENOTTY);
    close(ends[0]);
}

int main(void) {
    int fd;
    setvbuf(stdout, 0, _IONBF, 0);
    setvbuf(stdin, 0, _IONBF, 0);
    redirected();
    closed();
    from_a_file();
    of_a_pipe();
    /* Left as they are: the next program has the console again. */
    unlink(NAME);
    fd = empty();
    dup2(fd, 2);
    close(fd);
    fprintf(stderr, "nobody sees this\n");
    close(0);
    SHOW(unlink(NAME) == 0 || errno == EBUSY);
    SHOW(freopen(NAME, "w", stdout) == stdout);
    printf("nor this\n");
    return 0;
}
