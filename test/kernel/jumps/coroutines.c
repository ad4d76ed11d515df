/*
 * Coroutines on stacks of their own in the heap, which is above the stack of the thread: switches by setjmp and longjmp, more of them
 * than are looked through at once. What d10 holds at the first setjmp is there after a jump back to it.
 */
#include <rtthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#define COUNT 40
#define NOINLINE __attribute__((noinline, noclone))

static jmp_buf caller, outer, routines[COUNT];

NOINLINE static void routine(int n) {
    if (!setjmp(routines[n])) longjmp(caller, 1);
    longjmp(caller, 2);
}

NOINLINE static void enter(char *top, int n) {
    __asm__ volatile("mov r0, %1\nmov sp, %0\nblx %2\n" : : "r"(top), "r"(n), "r"(routine) : "r0", "lr", "memory");
}

NOINLINE static void spoil(void) {
    __asm__ volatile("vmov.f64 d10, #1.0" ::: "d10");
    longjmp(outer, 1);
}

int main(void) {
    double kept = 42.25, got;
    char *stacks[COUNT];
    __asm__ volatile("vmov.f64 d10, %P0" : : "w"(kept));
    if (!setjmp(outer)) {
        for (volatile int n = 0; n < COUNT; n++) {
            stacks[n] = malloc(4096);
            if (!setjmp(caller)) enter(stacks[n] + 4096, n);
        }
        spoil();
    }
    __asm__ volatile("vmov.f64 %P0, d10" : "=w"(got));
    printf("d10 is %.2f, heap %s\n", got, (char *)&kept < stacks[0] ? "above" : "below");
    for (int n = 0; n < COUNT; n++) free(stacks[n]);
    return 0;
}
