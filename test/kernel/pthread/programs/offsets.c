/* Portable: where reads and writes go, what open flags do to a file, the one thread of a barrier, signal() and what it gives back. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "portable.h"

#define NAME "rttpoff.txt"
#define OTHER "rttpoff2.txt"

static const char *why(void) {
    switch (errno) {
    case 0: return "none";
    case EBADF: return "EBADF";
    case EEXIST: return "EEXIST";
    case EINVAL: return "EINVAL";
    case EISDIR: return "EISDIR";
    case ENOENT: return "ENOENT";
    case ENOTDIR: return "ENOTDIR";
    case EFBIG: return "EFBIG";
    case ENOTEMPTY: return "ENOTEMPTY";
    case EINTR: return "EINTR";
    }
    return "other";
}

/* One call after the other: the order of arguments is the compiler's. */
static void tell(const char *label, int result, const char *error) { printf("%s %d %s\n", label, result, error); }
#define TELL(label, call) \
    do { \
        int result; \
        errno = 0; \
        result = (int)(call); \
        tell(label, result, why()); \
    } while (0)

static int put(int fd, const char *text) {
    errno = 0;
    return (int)write(fd, text, strlen(text));
}

/* The file, with NUL as a dot. */
static void show(const char *label, const char *name) {
    char text[200];
    int fd = open(name, O_RDONLY), n = fd < 0 ? -1 : (int)read(fd, text, sizeof text), k;
    struct stat st;
    printf("%s: %d", label, n);
    if (n >= 0) {
        printf(" \"");
        for (k = 0; k < n; k++) putchar(text[k] ? text[k] : '.');
        printf("\"");
        fstat(fd, &st);
        printf(" %d", (int)st.st_size);
        close(fd);
    }
    printf("\n");
}

static void appending(void) {
    int fd = open(NAME, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    printf("put %d\n", put(fd, "hello"));
    close(fd);
    fd = open(NAME, O_WRONLY | O_APPEND);
    printf("put %d", put(fd, "A"));
    printf(" at %d\n", (int)lseek(fd, 0, SEEK_CUR));
    /* Each write goes to the end, wherever the offset is. */
    lseek(fd, 1, SEEK_SET);
    printf("put %d", put(fd, "B"));
    printf(" at %d\n", (int)lseek(fd, 0, SEEK_CUR));
    fsync(fd);
    show("appended", NAME);
    close(fd);
    fd = open(NAME, O_RDWR | O_APPEND);
    {
        char text[3] = "..";
        lseek(fd, 0, SEEK_SET);
        printf("read %d", (int)read(fd, text, 2));
        printf(" %s", text);
        put(fd, "F");
        printf(" read %d\n", (int)read(fd, text, 2));
    }
    close(fd);
    show("read and append", NAME);
    fd = open(NAME, O_WRONLY);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_APPEND);
    put(fd, "G");
    close(fd);
    show("F_SETFL", NAME);
}

static void truncating(void) {
    int fd = open(NAME, O_RDWR);
    errno = 0;
    printf("ftruncate %d", ftruncate(fd, 4));
    printf(" at %d\n", (int)lseek(fd, 0, SEEK_CUR));
    fsync(fd);
    show("shorter", NAME);
    lseek(fd, 2, SEEK_SET);
    printf("ftruncate %d", ftruncate(fd, 9));
    printf(" at %d\n", (int)lseek(fd, 0, SEEK_CUR));
    fsync(fd);
    show("longer", NAME);
    TELL("negative", ftruncate(fd, -1));
    close(fd);
    fd = open(NAME, O_RDONLY);
    errno = 0;
    printf("read only %d %d\n", ftruncate(fd, 1), put(fd, "x"));
    close(fd);
    TELL("closed", ftruncate(fd, 1));
    fd = open(NAME, O_WRONLY | O_TRUNC);
    fsync(fd);
    show("O_TRUNC", NAME);
    printf("put %d\n", put(fd, "new"));
    fsync(fd);
    show("again", NAME);
    close(fd);
}

static void beyond(void) {
    int fd = open(NAME, O_RDWR | O_TRUNC);
    char text[8];
    put(fd, "abc");
    printf("seek %d\n", (int)lseek(fd, 10, SEEK_SET));
    printf("read %d\n", (int)read(fd, text, sizeof text));
    printf("put %d", put(fd, "z"));
    printf(" at %d\n", (int)lseek(fd, 0, SEEK_CUR));
    fsync(fd);
    show("with a hole", NAME);
    printf("end %d\n", (int)lseek(fd, 5, SEEK_END));
    printf("end %d\n", (int)lseek(fd, -11, SEEK_END));
    TELL("before", (int)lseek(fd, -1, SEEK_SET));
    TELL("before", (int)lseek(fd, -1, SEEK_CUR));
    TELL("whence", (int)lseek(fd, 0, 77));
    printf("at %d\n", (int)lseek(fd, 0, SEEK_CUR));
    close(fd);
    TELL("closed", (int)lseek(fd, 0, SEEK_SET));
}

static void exclusive(void) {
    int fd;
    TELL("excl", open(NAME, O_CREAT | O_EXCL | O_RDWR, 0600));
    unlink(OTHER);
    TELL("missing", open(OTHER, O_RDWR));
    fd = open(OTHER, O_CREAT | O_EXCL | O_RDWR, 0600);
    printf("new %d\n", fd >= 0);
    printf("put %d\n", put(fd, "12345"));
    close(fd);
    fd = open(OTHER, O_CREAT | O_RDWR, 0600);
    close(fd);
    show("O_CREAT keeps", OTHER);
    printf("unlink %d\n", unlink(OTHER));
    TELL("unlink", unlink(OTHER));
}

static void streams(void) {
    FILE *file = fopen(NAME, "w+");
    char text[20];
    fputs("0123456789", file);
    fseek(file, 15, SEEK_SET);
    printf("tell %ld\n", ftell(file));
    fputc('x', file);
    fclose(file);
    show("hole", NAME);
    file = fopen(NAME, "a+");
    /* Where reading begins is the library's affair, where writing goes is not. */
    fseek(file, 0, SEEK_SET);
    printf("read %d\n", (int)fread(text, 1, 3, file));
    fseek(file, 0, SEEK_SET);
    fputs("end", file);
    fclose(file);
    show("a+", NAME);
    errno = 0;
    file = fopen(NAME, "wx");
    TELL("wx", file != NULL);
    file = fopen(NAME, "r+");
    fputs("RW", file);
    fflush(file);
    fseek(file, 0, SEEK_CUR);
    printf("read %c\n", fgetc(file));
    fclose(file);
    show("r+", NAME);
    printf("unlink %d\n", unlink(NAME));
}

static pthread_barrier_t barrier;
static int serials[4];

static void *at_barrier(void *number) {
    int n;
    for (n = 0; n < 4; n++) {
        int result = pthread_barrier_wait(&barrier);
        if (result == PTHREAD_BARRIER_SERIAL_THREAD) __sync_fetch_and_add(&serials[n], 1);
        else if (result != 0) __sync_fetch_and_add(&serials[n], 100);
    }
    return NULL;
}

static void barriers(void) {
    pthread_t threads[3];
    int n;
    printf("none %s\n", pthread_barrier_init(&barrier, NULL, 0) == EINVAL ? "EINVAL" : "?");
    printf("init %d\n", pthread_barrier_init(&barrier, NULL, 3));
    for (n = 0; n < 3; n++) pthread_create(&threads[n], NULL, at_barrier, NULL);
    for (n = 0; n < 3; n++) pthread_join(threads[n], NULL);
    printf("serials %d %d %d %d\n", serials[0], serials[1], serials[2], serials[3]);
    printf("destroy %d\n", pthread_barrier_destroy(&barrier));
    pthread_barrier_init(&barrier, NULL, 1);
    printf("alone %d\n", pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD);
    pthread_barrier_destroy(&barrier);
}

static volatile int caught;
static void first(int number) { caught = caught * 10 + 1; }
static void second(int number) { caught = caught * 10 + 2; }

static void signals(void) {
    void (*old)(int) = signal(SIGUSR1, first);
    printf("default %d\n", old == SIG_DFL);
    old = signal(SIGUSR1, second);
    printf("first %d\n", old == first);
    printf("raise %d", raise(SIGUSR1));
    printf(" caught %d\n", caught);
    /* Whether a handler stays is the library's affair: newlib's goes, as in System V. */
    signal(SIGUSR1, SIG_IGN);
    printf("raise %d", raise(SIGUSR1));
    printf(" caught %d\n", caught);
    old = signal(SIGUSR1, SIG_DFL);
    printf("ignored %d\n", old == SIG_IGN);
    TELL("bad", signal(-1, first) == SIG_ERR);
    TELL("bad", signal(1000, first) == SIG_ERR);
    TELL("raise", raise(1000));
}

int main(void) {
    appending();
    truncating();
    beyond();
    exclusive();
    streams();
    barriers();
    signals();
    return 0;
}
