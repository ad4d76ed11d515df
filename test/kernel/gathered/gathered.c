/*
 * Prints by everything that reaches the console, with other things between. The arguments say how it ends: `fault`, `behind-puts`, `behind-printf`, `no-stream`,
 * `exit`, `abort`, `endless`, `kill` (the thread of another one), nothing. What is printed says itself in which order it has to be.
 */
#include <pthread.h>
#include <rtthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int line;
static char text[3000];

static void some(int count)
{
    for (int i = 0; i < count; i++)
        printf("%d printf %s %c %lld\n", line++, "text", 'a' + i % 26, (long long)i << 33);
}

static void *other(void *name)
{
    for (int i = 0; i < 400; i++) {
        printf("%s: line %d of a thread, in pieces: ", (char *)name, i);
        putchar('a' + i % 26);
        puts(i % 7 == 0 ? " puts" : "");
    }
    return NULL;
}

int main(int argc, char **argv)
{
    const char *end = argc > 1 ? argv[1] : "";
    rt_thread_t victim;

    some(3);
    rt_kprintf("%d rt_kprintf\n", line++);
    puts("puts");
    fprintf(stderr, "%d stderr\n", line++);
    some(2);
    write(STDERR_FILENO, "write to 2\n", 11);
    for (const char *c = "putchar\n"; *c; c++)
        putchar(*c);
    write(STDOUT_FILENO, "write to 1\n", 11);
    fputs("fputs\n", stdout);
    fwrite("fwrite\n", 1, 7, stdout);
    putc('c', stdout);
    fputc('\n', stdout);
    memset(text, 'x', sizeof text - 1);
    some(1);
    printf("before %s behind\n", text);
    some(1);
    puts(text);
    some(300);
    printf("tick %lu\n", (unsigned long)rt_tick_get());

    /* Streams that are not the usual one, and back. */
    fflush(stdout);
    setvbuf(stdout, NULL, _IOLBF, 128);
    printf("buffered by line\n%d not yet; ", line++);
    rt_kprintf("before it; ");
    printf("now\n");
    setvbuf(stdout, NULL, _IONBF, 0);
    some(2);
    int copy = dup(STDOUT_FILENO);
    some(1);
    FILE *file = fopen("/out.txt", "w");
    for (int i = 0; i < 100; i++)
        fprintf(file, "%d to a file\n", line++);
    fclose(file);
    dprintf(copy, "by a copy\n");
    some(1);
    close(STDOUT_FILENO);
    int lost = printf("lost\n");
    dup2(copy, STDOUT_FILENO);
    clearerr(stdout);
    printf("%d for what was lost\n", lost);
    flockfile(stdout);
    some(2);
    funlockfile(stdout);

    /* The shortest way of putchar() ends with what it was open for. */
    putchar('1');
    setvbuf(stdout, text, _IOFBF, sizeof text);
    putchar('2');
    rt_kprintf("k");
    fflush(stdout);
    setvbuf(stdout, NULL, _IONBF, 0);
    putchar('3');
    FILE *second = fdopen(dup(STDOUT_FILENO), "w"), *first = stdout;
    setvbuf(second, NULL, _IONBF, 0);
    putc('4', second);
    putchar('5');
    stdout = fopen("/characters.txt", "w");
    putchar('6');
    fclose(stdout);
    stdout = first;
    putchar('7');
    close(STDOUT_FILENO);
    int gone = putchar('8');
    dup2(copy, STDOUT_FILENO);
    clearerr(stdout);
    fclose(second);
    for (int i = 0; i < 20000; i++)
        putchar("0123456789\n"[i % 11]);
    printf("\n%d for a character, %d\n", gone, putchar(0x141));

    pthread_t threads[3];
    char *names[] = {"one", "two", "three"};
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, other, names[i]);
    some(50);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    printf("tick %lu\n", (unsigned long)rt_tick_get());
    some(3);
    printf("no end of line");
    if (strcmp(end, "fault") == 0)
        *(volatile int *)4 = 0;
    if (strcmp(end, "string") == 0)
        printf("as far as %s\n", (char *)8);
    if (strcmp(end, "no-stream") == 0) {
        puts("");
        fflush(stdout);
        snprintf(text, sizeof text, "%s %d", end, line);
        fputc(text[0], NULL);
    }
    /* What registers have behind a call that printed. */
    if (strcmp(end, "behind-puts") == 0) {
        puts("one");
        puts("two");
        __asm__ volatile("udf #1");
    }
    if (strcmp(end, "behind-printf") == 0) {
        printf("%d\n", line);
        printf("%d\n", line + 1);
        __asm__ volatile("udf #2");
    }
    if (strcmp(end, "exit") == 0)
        exit(3);
    if (strcmp(end, "quick") == 0)
        _Exit(4);
    if (strcmp(end, "abort") == 0)
        abort();
    if (strcmp(end, "hang") == 0)
        for (;;)
            ;
    if (strcmp(end, "sleep") == 0)
        rt_thread_mdelay(50);
    return 0;
}
