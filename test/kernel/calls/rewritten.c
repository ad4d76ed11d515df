/* Code in a buffer, executed until it is translated, then written by each of the ways in which the host stores for a program. */
#include <dlfcn.h>
#include <fcntl.h>
#include <rtthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef int (*function)(void);
static unsigned code[16];

/* mov r0, #n; bx lr */
static const unsigned *returning(int n)
{
    static unsigned words[2];
    words[0] = 0xe3a00000u | n;
    words[1] = 0xe12fff1e;
    return words;
}
static void check(const char *way, function f, int expected)
{
    int sum = 0;
    for (int n = 0; n < 60; n++)
        sum += f();
    printf("%s %s\n", way, sum == 60 * expected ? "ok" : "WRONG");
}

int main(void)
{
    function f = (function)code;
    memcpy(code, returning(1), 8);
    check("memcpy", f, 1);
    rt_memcpy(code, returning(2), 8);
    check("rt_memcpy", f, 2);
    rt_memmove(code, returning(3), 8);
    check("rt_memmove", f, 3);
    rt_memset(code, 4, 1);
    check("rt_memset", f, 4);
    rt_strncpy((char *)code, "\005", 2);
    check("rt_strncpy", f, 5);
    rt_snprintf((char *)code, 2, "%c", 6);
    check("rt_snprintf", f, 6);

    int fd = open("/code", O_RDWR | O_CREAT | O_TRUNC, 0);
    write(fd, returning(7), 8);
    lseek(fd, 0, SEEK_SET);
    read(fd, code, 8);
    close(fd);
    check("read", f, 7);
    int ends[2];
    pipe(ends);
    write(ends[1], returning(8), 8);
    read(ends[0], code, 8);
    check("pipe", f, 8);
    struct rt_messagequeue queue;
    char pool[64];
    rt_mq_init(&queue, "q", pool, 8, sizeof pool, RT_IPC_FLAG_FIFO);
    rt_mq_send(&queue, (void *)returning(9), 8);
    rt_mq_recv(&queue, code, 8, 0);
    rt_mq_detach(&queue);
    check("rt_mq_recv", f, 9);

    /* Another library at the same address. */
    void *before = 0;
    for (int n = 0; n < 2; n++) {
        void *library = dlopen(n ? "/two.so" : "/one.so", RTLD_NOW);
        function value = (function)dlsym(library, "value");
        check("dlopen", value, n ? 11 : 10);
        if (n)
            printf("%s\n", (void *)value == before ? "same" : "elsewhere");
        before = (void *)value;
        dlclose(library);
    }
    close(ends[0]);
    close(ends[1]);
    unlink("/code");
    return 0;
}
