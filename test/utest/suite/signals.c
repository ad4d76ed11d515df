/* Signals: src/signal.c of RT-Thread 4.0.4 (RT_USING_SIGNALS, which the reference board has not); programming manual, "Signals". */
#include <errno.h>
#include <signal.h>

#include "utest.h"

/* What the assertions check: rule(ID) cites the one of those that follow it. */
RULE(G1, "signal.c rt_signal_install", "gives the handler that there was before");
RULE(G2, "signal.c rt_signal_install", "SIG_ERR for a number that is none");
RULE(G3, "signal.c rt_thread_kill", "RT_EOK; a signal that is masked waits");
RULE(G4, "signal.c rt_signal_unmask", "a signal that waited is delivered at once");
RULE(G5, "signal.c rt_thread_kill", "of the thread itself: RT_EOK, the handler runs in it at once");
RULE(G6, "signal.c rt_thread_kill", "a number that is none: -RT_EINVAL");
RULE(G7, "signal.c rt_thread_kill",
     "of a thread that waits: the handler runs in it, the wait ends with -RT_EINTR and leaves the queue");
RULE(G8, "signal.c rt_signal_wait", "RT_EOK and the signal, whose handler is not called");
RULE(G9, "signal.c rt_signal_wait", "-RT_ETIMEOUT when none comes");
RULE(G10, "signal.c rt_signal_wait", "no set: -RT_EINVAL");
RULE(G11, "signal.c rt_thread_kill", "of a thread that is ready: the handler runs when it gets the processor");
RULE(G12, "ISO C signal", "not SIG_ERR for a signal that there is");
RULE(G13, "ISO C raise", "0; the handler was called with the signal");
RULE(G14, "ISO C 7.14.1.1", "the handler is SIG_DFL again when it is called");
RULE(G15, "ISO C 7.14.1.1", "SIG_IGN: raise is 0 and nothing happens");
RULE(G16, "POSIX.1 sigaction", "0; gives the action that there is");
RULE(G17, "POSIX.1 sigaction", "a number that is none: -1");
RULE(G18, "POSIX.1 sigaction", "the handler stays when it is called");
RULE(G19, "POSIX.1 sigprocmask", "SIG_BLOCK: 0 and the mask before; the signal waits");
RULE(G20, "POSIX.1 sigpending", "0 and the signals that wait");
RULE(G21, "POSIX.1 sigprocmask", "SIG_UNBLOCK: 0 and the mask before; the signal that waited is delivered");
RULE(G22, "POSIX.1 sigprocmask", "an unknown way: -1");
RULE(G23, "POSIX.1 sigsuspend", "waits until a handler was called, then -1");
RULE(G24, "POSIX.1 sigwait", "0 and the signal");
RULE(G25, "POSIX.1 sigaction", "EINVAL for a handler of SIGKILL or SIGSTOP");

static volatile int seen, calls;
static rt_thread_t in_thread;
static rt_sem_t sem;
static rt_err_t result;

static void handler(int signo) {
    seen = signo;
    calls++;
    in_thread = rt_thread_self();
}

/* rt_signal_install gives the old handler, SIG_ERR for a number that is none; a masked signal waits. */
static void test_self(void) {
    rule(G1);
    uassert_true(rt_signal_install(SIGUSR1, handler) != SIG_ERR);
    uassert_true(rt_signal_install(SIGUSR1, handler) == handler);
    rule(G2);
    uassert_true(rt_signal_install(32, handler) == SIG_ERR);
    uassert_true(rt_signal_install(-1, handler) == SIG_ERR);
    rt_signal_mask(SIGUSR1);
    rule(G3);
    uassert_int_equal(rt_thread_kill(rt_thread_self(), SIGUSR1), RT_EOK);
    uassert_int_equal(calls, 0);
    rt_signal_unmask(SIGUSR1);
    rule(G4);
    uassert_int_equal(calls, 1);
    uassert_int_equal(seen, SIGUSR1);
    rule(G5);
    uassert_int_equal(rt_thread_kill(rt_thread_self(), SIGUSR1), RT_EOK);
    uassert_int_equal(calls, 2);
    uassert_true(in_thread == rt_thread_self());
    rule(G6);
    uassert_int_equal(rt_thread_kill(rt_thread_self(), 32), -RT_EINVAL);
}

static void takes(void *parameter) {
    rt_signal_install(SIGUSR2, handler);
    rt_signal_unmask(SIGUSR2);
    result = rt_sem_take(sem, RT_WAITING_FOREVER);
    mark('t');
}

/* rt_thread_kill of a thread that waits: the handler runs in it and the wait gives -RT_EINTR. */
static void test_interrupts_wait(void) {
    rt_thread_t thread;
    sem = rt_sem_create("sig", 0, RT_IPC_FLAG_FIFO);
    thread = spawn("taker", takes, RT_NULL, 10);
    calls = 0;
    rule(G7);
    uassert_int_equal(rt_thread_kill(thread, SIGUSR2), RT_EOK);
    rt_thread_delay(1);
    uassert_str_equal(marks(), "t");
    uassert_int_equal(result, -RT_EINTR);
    uassert_int_equal(calls, 1);
    uassert_true(in_thread == thread);
    uassert_true(rt_list_isempty(&sem->parent.suspend_thread));
    rt_sem_delete(sem);
}

static void waits(void *parameter) {
    unsigned long set = 1ul << SIGUSR1;
    siginfo_t info;
    memset(&info, 0, sizeof(info));
    result = rt_signal_wait(&set, &info, 50);
    mark('0' + (info.si_signo == SIGUSR1));
}

/* rt_signal_wait: takes a signal without its handler; -RT_ETIMEOUT when none comes; an empty set is -RT_EINVAL. */
static void test_wait(void) {
    unsigned long set = 1ul << SIGUSR1;
    siginfo_t info;
    rt_thread_t thread = spawn("waiter", waits, RT_NULL, 10);
    calls = 0;
    rt_thread_kill(thread, SIGUSR1);
    rt_thread_delay(1);
    rule(G8);
    uassert_str_equal(marks(), "1");
    uassert_int_equal(result, RT_EOK);
    uassert_int_equal(calls, 0);
    rule(G9);
    uassert_int_equal(rt_signal_wait(&set, &info, 3), -RT_ETIMEOUT);
    rule(G10);
    uassert_int_equal(rt_signal_wait(RT_NULL, &info, 3), -RT_EINVAL);
}

static volatile int stop;
static void spins(void *parameter) {
    rt_signal_install(SIGTERM, handler);
    rt_signal_unmask(SIGTERM);
    while (!stop) {}
}

/* A thread that is ready runs its handler when it gets the processor. */
static void test_ready(void) {
    rt_thread_t thread = spawn("ready", spins, RT_NULL, 21);
    rt_thread_delay(2);
    calls = 0;
    rt_thread_kill(thread, SIGTERM);
    rule(G11);
    uassert_int_equal(calls, 0);
    rt_thread_delay(2);
    uassert_int_equal(calls, 1);
    uassert_true(in_thread == thread);
    stop = 1;
    rt_thread_delay(2);
}

/* signal and raise of the C library. */
static void test_standard(void) {
    calls = 0;
    rule(G12);
    uassert_true(signal(SIGINT, handler) != SIG_ERR);
    rule(G13);
    uassert_int_equal(raise(SIGINT), 0);
    uassert_int_equal(calls, 1);
    uassert_int_equal(seen, SIGINT);
    rule(G14);
    /* newlib's raise resets the handler before it calls it. */
    uassert_true(signal(SIGINT, SIG_IGN) == SIG_DFL);
    rule(G15);
    uassert_int_equal(raise(SIGINT), 0);
    uassert_int_equal(calls, 1);
}

static void own_wait(void *parameter) {
    sigset_t none = 0;
    struct sigaction action = {handler};
    sigaction(SIGUSR1, &action, RT_NULL);
    result = sigsuspend(&none);
    mark('s');
}

static void sigwaits(void *parameter) {
    sigset_t set = 1ul << SIGUSR2;
    int got = 0;
    result = sigwait(&set, &got);
    mark('0' + (got == SIGUSR2));
}

/* sigaction, sigprocmask, sigpending, sigsuspend and sigwait: POSIX names for the same (posix_signal.c). */
static void test_posix(void) {
    struct sigaction action = {handler}, old;
    sigset_t set = 1ul << SIGTERM, before = 99, pending = 0;
    rt_thread_t thread;
    int n;
    rule(G16);
    uassert_int_equal(sigaction(SIGTERM, &action, RT_NULL), 0);
    uassert_int_equal(sigaction(SIGTERM, RT_NULL, &old), 0);
    uassert_true(old.sa_handler == handler);
    rule(G17);
    uassert_int_equal(sigaction(99, &action, RT_NULL), -1);
    rule(G25);
    errno = 0;
    uassert_int_equal(sigaction(SIGKILL, &action, RT_NULL), -1);
    uassert_int_equal(sigaction(SIGSTOP, &action, RT_NULL), -1);
    uassert_int_equal(errno, EINVAL);
    uassert_int_equal(sigaction(SIGKILL, RT_NULL, &old), 0);
    calls = 0;
    rule(G18);
    /* Unlike that of signal(), this handler stays. */
    for (n = 0; n < 3; n++) uassert_int_equal(raise(SIGTERM), 0);
    uassert_int_equal(calls, 3);
    rule(G19);
    uassert_int_equal(sigprocmask(SIG_BLOCK, &set, &before), 0);
    uassert_int_equal(before, 0);
    raise(SIGTERM);
    uassert_int_equal(calls, 3);
    rule(G20);
    uassert_int_equal(sigpending(&pending), 0);
    uassert_true(pending == set);
    rule(G21);
    uassert_int_equal(sigprocmask(SIG_UNBLOCK, &set, &before), 0);
    uassert_true(before == set);
    uassert_int_equal(calls, 4);
    rule(G22);
    uassert_int_equal(sigprocmask(77, &set, RT_NULL), -1);
    thread = spawn("suspend", own_wait, RT_NULL, 10);
    rule(G23);
    uassert_str_equal(marks(), "");
    rt_thread_kill(thread, SIGUSR1);
    rt_thread_delay(1);
    uassert_str_equal(marks(), "s");
    uassert_int_equal(result, -1);
    uassert_int_equal(calls, 5);
    thread = spawn("sigwait", sigwaits, RT_NULL, 10);
    rt_thread_kill(thread, SIGUSR2);
    rt_thread_delay(1);
    rule(G24);
    uassert_str_equal(marks(), "1");
    uassert_int_equal(result, 0);
}

static void testcase(void) {
    if (!utest_compat) {
        UTEST_UNIT_RUN(test_self);
        UTEST_UNIT_RUN(test_interrupts_wait);
        UTEST_UNIT_RUN(test_wait);
        UTEST_UNIT_RUN(test_ready);
        UTEST_UNIT_RUN(test_posix);
    }
    UTEST_UNIT_RUN(test_standard);
}
UTEST_TC_EXPORT(testcase, "src.signal", RT_NULL, RT_NULL, 20);
