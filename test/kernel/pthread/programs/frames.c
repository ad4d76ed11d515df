/* A pthread calls a function with so many bytes of local variables, of which it touches the middle ones only, ever deeper. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static int depth;

#define FRAME(size)                                                      \
    __attribute__((noinline)) static int frame##size(void)               \
    {                                                                    \
        volatile int local[size / 4];                                    \
        local[size / 8] = depth;                                         \
        return depth-- > 0 ? frame##size() + local[size / 8] : 0;        \
    }
FRAME(40)
FRAME(200)
FRAME(600)
FRAME(1000)
FRAME(1400)
FRAME(1800)

static void *body(void *argument)
{
    switch (atoi(argument)) {
    case 40: return (void *)frame40();
    case 200: return (void *)frame200();
    case 600: return (void *)frame600();
    case 1000: return (void *)frame1000();
    case 1400: return (void *)frame1400();
    case 1800: return (void *)frame1800();
    }
    return 0;
}

int main(int argc, char **argv)
{
    pthread_t thread;
    void *before = malloc(4000), *result;
    depth = atoi(argv[2]);
    pthread_create(&thread, 0, body, argv[1]);
    pthread_join(thread, &result);
    free(before);
    printf("%d\n", (int)result);
    return 0;
}
