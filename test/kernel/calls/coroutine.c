/*
 * A coroutine with its stack on the heap, above or below the stack of the thread that runs it, or among the variables. It waits, yields and is
 * preempted there.
 */
#include <rtthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void swap_stacks(void **from, void *to);
__asm__(".global swap_stacks\n"
        ".type swap_stacks,%function\n"
        "swap_stacks:\n"
        "push {r4-r11, lr}\n"
        "str sp, [r0]\n"
        "mov sp, r1\n"
        "pop {r4-r11, pc}\n");

static void *caller, *routine;
static volatile int turns;

static void body(void) {
    int n, i;
    for (n = 0;; n++) {
        volatile char local[300];
        memset((void *)local, n, sizeof(local));
        if (n == 1) rt_thread_delay(3);
        if (n == 2) rt_thread_yield();
        if (n == 3)
            for (i = 0; i < 400000; i++) turns++;
        printf("%d ", n + (local[299] - n));
        swap_stacks(&routine, caller);
    }
}

static void use(void *stack) {
    void **top = (void **)((char *)stack + 4096);
    int n;
    *--top = (void *)body;
    for (n = 0; n < 8; n++) *--top = RT_NULL;
    routine = top;
    for (n = 0; n < 5; n++) swap_stacks(&caller, routine);
}

/* A stack for a coroutine below that of a thread, one above, and the thread's. */
static struct {
    char low[4096];
    char gap[4096];
    char stack[4096];
    char high[4096];
} areas __attribute__((aligned(8)));

/* More than the thread has. */
static void too_large(void *parameter) {
    volatile char local[30000];
    memset((void *)local, 1, 16);
    rt_thread_yield();
    turns = local[3];
}

/* A little more than its stack has, of which the lowest byte is not touched. */
static void a_little(void *parameter) {
    volatile char local[4500];
    local[0] = 1;
    rt_thread_yield();
    turns = local[0];
}

static void in_thread(void (*entry)(void *), void *parameter) {
    static struct rt_thread thread;
    rt_thread_init(&thread, "static", entry, parameter, areas.stack, sizeof areas.stack, 10, 10);
    rt_thread_startup(&thread);
}

int main(int argc, char **argv) {
    void *stack = malloc(4096);
    int above = strcmp(argv[1], "above") == 0;
    if (above) use(stack);
    else if (strcmp(argv[1], "variable") == 0) use(areas.low);
    else if (strcmp(argv[1], "variable-low") == 0) in_thread(use, areas.low);
    else if (strcmp(argv[1], "variable-high") == 0) in_thread(use, areas.high);
    else if (strcmp(argv[1], "overflow") == 0) in_thread(a_little, RT_NULL);
    else rt_thread_startup(rt_thread_create("low", strcmp(argv[1], "below") == 0 ? use : too_large, stack, 4096, 10, 10));
    rt_thread_delay(200);
    free(stack);
    printf("end\n");
    return 0;
}
