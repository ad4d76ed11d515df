/*
 * Values in callee-saved floating-point registers over a longjmp (AAPCS 5.1.2.1), as the C library ABI wants it (CLIBABI 6.11). For
 * qemu-arm the two functions are those of reference.s, since its newlib leaves d8-d15 out as well.
 */
#include <setjmp.h>
#include <stdio.h>
#ifdef THREADS
#include <rtthread.h>
#endif

#ifdef REFERENCE
typedef unsigned wide_buf[32];
int reference_setjmp(unsigned *buffer) __attribute__((returns_twice));
void reference_longjmp(unsigned *buffer, int value) __attribute__((noreturn));
#define jmp_buf wide_buf
#undef setjmp
#define setjmp reference_setjmp
#define longjmp reference_longjmp
#endif

#define NOINLINE __attribute__((noinline, noclone))

/* Of one thread. */
struct run {
    jmp_buf buffer;
    jmp_buf inner;
    int pauses;
};

static void pause_now(struct run *run) {
#ifdef THREADS
    if (run->pauses) rt_thread_yield();
#else
    (void)run;
#endif
}

/* Uses every register that it has to give back, and does not come back. */
NOINLINE static void spoil(struct run *run, unsigned *buffer, int depth) {
    __asm__ volatile("vmov s16, %0\nvmov s17, %0\nvmov s18, %0\nvmov s19, %0\nvmov s20, %0\nvmov s21, %0\n"
                     "vmov s22, %0\nvmov s23, %0\nvmov s24, %0\nvmov s25, %0\nvmov s26, %0\nvmov s27, %0\n"
                     "vmov s28, %0\nvmov s29, %0\nvmov s30, %0\nvmov s31, %0\n"
                     :
                     : "r"(0x7fc00000 + depth)
                     : "s16", "s17", "s18", "s19", "s20", "s21", "s22", "s23", "s24", "s25", "s26", "s27", "s28",
                       "s29", "s30", "s31");
    if (depth > 0) spoil(run, buffer, depth - 1);
    pause_now(run);
    longjmp((void *)buffer, depth + 5);
}

NOINLINE static int guarded(struct run *run, int depth) {
    int code = setjmp(run->buffer);
    if (code == 0) spoil(run, (void *)run->buffer, depth);
    return code;
}

/* A jump to a buffer that is not the last one. */
NOINLINE static int nested(struct run *run, int depth) {
    int code = setjmp(run->inner);
    if (code == 0) {
        guarded(run, depth);
        spoil(run, (void *)run->inner, 1);
    }
    return code;
}

/* Eight sums in registers while `call` jumps. */
NOINLINE static float keeps(struct run *run, int (*call)(struct run *, int), float seed, int rounds) {
    float a = seed, b = seed + 1, c = seed + 2, d = seed + 3, e = seed + 4, f = seed + 5, g = seed + 6, h = seed + 7;
    for (int n = 0; n < rounds; n++) {
        int code = call(run, n % 4);
        a += code, b += a, c -= b, d += c, e -= d, f += e, g -= f, h += g * 0.5f;
        a *= 0.5f, b *= 0.25f, c *= 0.5f, d *= 0.25f, e *= 0.5f, f *= 0.25f, g *= 0.5f, h *= 0.25f;
    }
    return a + b + c + d + e + f + g + h;
}

/* So many buffers in use at once, one in each call. */
NOINLINE static float recurse(int depth, float value) {
    struct run run;
    volatile int tries = 0;
    run.pauses = 0;
    float mine = value * 1.5f;
    int code = guarded(&run, depth & 3);
    if (depth > 0) mine += recurse(depth - 1, value + 1);
    if (tries++ == 0 && setjmp(run.inner) == 0) spoil(&run, (void *)run.inner, 2);
    return mine * 0.5f + code;
}

static void show(const char *name, float value) {
    printf("%s %d\n", name, (int)(value * 1000));
}

#ifdef THREADS
static float results[3];
static int running;

static void thread(void *parameter) {
    static struct run runs[3];
    int n = (int)parameter;
    runs[n].pauses = 1;
    results[n] = keeps(&runs[n], nested, n * 10, 20);
    running--;
}
#endif

static float alone(int n) {
    static struct run run;
    return keeps(&run, nested, n * 10, 20);
}

int main(void) {
    static struct run run;
    show("once", keeps(&run, guarded, 1, 1));
    show("thousand", keeps(&run, guarded, 2, 1000));
    show("nested", keeps(&run, nested, 3, 100));
    show("deep", recurse(100, 1));
    show("after", keeps(&run, guarded, 4, 10));
#ifdef THREADS
    running = 3;
    for (int n = 0; n < 3; n++) rt_thread_startup(rt_thread_create("jump", thread, (void *)n, 4096, 25, 5));
    while (running > 0) rt_thread_delay(1);
    for (int n = 0; n < 3; n++) show("thread", results[n]);
    (void)alone;
#else
    for (int n = 0; n < 3; n++) show("thread", alone(n));
#endif
    return 0;
}
