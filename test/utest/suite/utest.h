/*
 * The macros of RT-Thread's utest for a module: one test case, which is the whole program, made of units. The console gets the lines of
 * the original (RT-Thread programming manual, "utest Framework"), and the exit code is 1 when an assertion failed.
 *
 * Every assertion cites the rule that it checks: that of the rule() before it. A program has a table of them,
 *
 *     RULE(S3, "ipc.c rt_sem_take", "time-out 0 on an empty semaphore gives -RT_ETIMEOUT at once");
 *
 * with where the rule is from - a file and function of RT-Thread 4.0.4, or the section or function of a standard - and what it
 * says; rule(S3) makes it that of the assertions that follow, and one that fails prints it. An assertion without a rule fails, but in
 * programs that are made with UTEST_WITHOUT_RULES.
 *
 * `NAME compat` tells the test that the kernel reproduces the defects of 4.0.4 (utest_compat).
 */
#ifndef UTEST_H__
#define UTEST_H__

#include <rtthread.h>
#include <string.h>

typedef struct utest {
    int passed;
    int failed;
    int units;
} utest_t;

static utest_t utest_local RT_UNUSED;
/* Where the assertions that follow have their expectations from; each unit starts without. */
#ifdef UTEST_WITHOUT_RULES
#define UTEST_NO_RULE ""
#else
#define UTEST_NO_RULE RT_NULL
#endif
static const char *utest_rule RT_UNUSED = UTEST_NO_RULE;
/* The kernel under test reproduces the defects of RT-Thread 4.0.4. */
static int utest_compat RT_UNUSED;

static void RT_UNUSED utest_assert(int value, const char *file, int line, const char *func, const char *msg) {
    const char *base = strrchr(file, '/');
    if (value && utest_rule != RT_NULL) {
        utest_local.passed++;
        return;
    }
    utest_local.failed++;
    if (utest_rule == RT_NULL || *utest_rule != 0)
        rt_kprintf("[  ASSERT  ] [ unit     ] rule: %s\n", utest_rule ? utest_rule : "none is cited");
    rt_kprintf("[  ASSERT  ] [ unit     ] at (%s); func: (%s:%d); msg: (%s)\n", base ? base + 1 : file, func, line,
               msg);
}

static void RT_UNUSED utest_assert_int(long a, long b, int equal, const char *file, int line, const char *func,
                                       const char *msg) {
    if ((a == b) != equal)
        rt_kprintf("[  ASSERT  ] [ unit     ] values: %d and %d\n", (int)a, (int)b);
    utest_assert((a == b) == equal, file, line, func, msg);
}

static void RT_UNUSED utest_assert_string(const char *a, const char *b, int equal, const char *file, int line,
                                          const char *func, const char *msg) {
    int same = a != RT_NULL && b != RT_NULL && strcmp(a, b) == 0;
    if (same != equal)
        rt_kprintf("[  ASSERT  ] [ unit     ] values: \"%.60s\" and \"%.60s\"\n", a, b);
    utest_assert(same == equal, file, line, func, msg);
}

static void RT_UNUSED utest_unit_run(void (*func)(void), const char *name) {
    rt_kprintf("[==========] utest unit name: (%s)\n", name);
    utest_local.units++;
    utest_rule = UTEST_NO_RULE;
    func();
}

static int RT_UNUSED utest_main(int argc, char **argv, void (*test)(void), const char *name, int (*init)(void),
                                int (*cleanup)(void)) {
    /* The thread of the original's utest has the priority of the shell. */
    rt_uint8_t priority = 20;
    utest_compat = argc > 1 && strcmp(argv[1], "compat") == 0;
#if RTT_SIM_ABI == 5
    /* A mutex gives back the priority that a thread was made with. */
    rt_thread_control(rt_thread_self(), RT_THREAD_CTRL_RESET_PRIORITY, &priority);
#else
    rt_thread_control(rt_thread_self(), RT_THREAD_CTRL_CHANGE_PRIORITY, &priority);
#endif
    rt_kprintf("[==========] [ utest    ] started\n");
    rt_kprintf("[----------] [ testcase ] (%s) started\n", name);
    if (init != RT_NULL && init() != RT_EOK) {
        rt_kprintf("[  FAILED  ] [ result   ] testcase init (%s)\n", name);
        utest_local.failed++;
    } else {
        test();
        if (cleanup != RT_NULL && cleanup() != RT_EOK) {
            rt_kprintf("[  FAILED  ] [ result   ] testcase cleanup (%s)\n", name);
            utest_local.failed++;
        }
        if (utest_local.failed == 0)
            rt_kprintf("[  PASSED  ] [ result   ] testcase (%s)\n", name);
        else
            rt_kprintf("[  FAILED  ] [ result   ] testcase (%s)\n", name);
    }
    rt_kprintf("[----------] [ testcase ] (%s) finished\n", name);
    rt_kprintf("[==========] [ utest    ] finished: %d units, %d assertions, %d failed\n", utest_local.units,
               utest_local.passed + utest_local.failed, utest_local.failed);
    return utest_local.failed != 0;
}

#define RULE(id, source, text) static const char id[] = #id "  " source ": " text
#define rule(id) ((void)(utest_rule = (id)))
#define UTEST_UNIT_RUN(func) utest_unit_run(func, #func)

#ifdef __cplusplus
#define UTEST_MAIN extern "C" int main(int argc, char **argv)
#else
#define UTEST_MAIN int main(int argc, char **argv)
#endif

/* The time-out, in seconds, is that of the runner. */
#define UTEST_TC_EXPORT(testcase, name, init, cleanup, timeout) \
    UTEST_MAIN { return utest_main(argc, argv, testcase, name, init, cleanup); }

#define UTEST_HERE __FILE__, __LINE__, __func__
#define uassert_true(value) utest_assert(!!(value), UTEST_HERE, "(" #value ") is false")
#define uassert_false(value) utest_assert(!(value), UTEST_HERE, "(" #value ") is true")
#define uassert_null(value) utest_assert((const void *)(value) == RT_NULL, UTEST_HERE, "(" #value ") is not null")
#define uassert_not_null(value) utest_assert((const void *)(value) != RT_NULL, UTEST_HERE, "(" #value ") is null")
#define uassert_int_equal(a, b) utest_assert_int((long)(a), (long)(b), 1, UTEST_HERE, "(" #a ") not equal to (" #b ")")
#define uassert_int_not_equal(a, b) utest_assert_int((long)(a), (long)(b), 0, UTEST_HERE, "(" #a ") equal to (" #b ")")
#define uassert_str_equal(a, b) utest_assert_string(a, b, 1, UTEST_HERE, "string not equal")
#define uassert_str_not_equal(a, b) utest_assert_string(a, b, 0, UTEST_HERE, "string equal")
#define uassert_buf_equal(a, b, size) utest_assert(memcmp(a, b, size) == 0, UTEST_HERE, "buffer not equal")
#define uassert_buf_not_equal(a, b, size) utest_assert(memcmp(a, b, size) != 0, UTEST_HERE, "buffer equal")
#define uassert_in_range(value, min, max) \
    utest_assert((long)(value) >= (long)(min) && (long)(value) <= (long)(max), UTEST_HERE, "(" #value ") not in range")
#define uassert_not_in_range(value, min, max) \
    utest_assert((long)(value) < (long)(min) || (long)(value) > (long)(max), UTEST_HERE, "(" #value ") in range")

/* The pass and fail counters are not for several threads: assert in the thread of the test, and let others leave marks. */
static char utest_marks[64] RT_UNUSED;
static int utest_marked RT_UNUSED;

static void RT_UNUSED mark(char what) {
    if (utest_marked < (int)sizeof(utest_marks) - 1) utest_marks[utest_marked++] = what;
}

/* The marks since the last call, in order. */
static const char *RT_UNUSED marks(void) {
    static char text[sizeof(utest_marks)];
    memcpy(text, utest_marks, sizeof(text));
    text[utest_marked] = 0;
    utest_marked = 0;
    return text;
}

/* A thread that was started; better priorities than the test's 20 run at once. */
static rt_thread_t RT_UNUSED spawn_slice(const char *name, void (*entry)(void *), void *parameter, int priority,
                                         int slice) {
    rt_thread_t thread = rt_thread_create(name, entry, parameter, 2048, priority, slice);
    rt_thread_startup(thread);
    return thread;
}

static rt_thread_t RT_UNUSED spawn(const char *name, void (*entry)(void *), void *parameter, int priority) {
    return spawn_slice(name, entry, parameter, priority, 10);
}

#if RTT_SIM_ABI == 5
/* INIT, CLOSE, READY, RUNNING, or the bit of all kinds of suspension. */
static int RT_UNUSED state_of(rt_thread_t thread) {
    int stat = RT_SCHED_CTX(thread).stat & RT_THREAD_STAT_MASK;
    return stat & RT_THREAD_SUSPEND_MASK ? RT_THREAD_SUSPEND : stat;
}
#else
/* The low three bits of stat. */
static int RT_UNUSED state_of(rt_thread_t thread) {
    return thread->stat & RT_THREAD_STAT_MASK;
}
#endif

/* Makes the next ticks start behind a tick interrupt. */
static void RT_UNUSED align_to_tick(void) {
    rt_tick_t now = rt_tick_get();
    while (rt_tick_get() == now) {}
}

/* Uses the processor until that many ticks have passed. */
static void RT_UNUSED spin_ticks(rt_tick_t ticks) {
    rt_tick_t start = rt_tick_get();
    while (rt_tick_get() - start < ticks) {}
}

#endif
