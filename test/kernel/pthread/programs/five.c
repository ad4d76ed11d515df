/* Names that RT-Thread 5.x has besides those of 4.0.4. */
#include <rtthread.h>

#define P(name, value) rt_kprintf("%s=%d\n", name, (int)(value))

static char pool[1024];
static rt_sem_t sem;
static int runs;

static void wait(void *arg) {
    rt_signal_unmask(10);
    P("interrupted", rt_sem_take_interruptible(sem, RT_WAITING_FOREVER));
    P("taken", rt_sem_take_interruptible(sem, RT_WAITING_FOREVER));
}
static void run(void *arg) {
    for (;;) {
        runs++;
        rt_thread_yield();
    }
}
static int wake(void *data, struct rt_thread *thread) {
    P("wake", (int)data);
    return rt_thread_resume(thread);
}

int main(void) {
    rt_smem_t heap = rt_smem_init("mine", pool, sizeof pool);
    char *a = rt_smem_alloc(heap, 100), *b = rt_smem_alloc(heap, 100), *c;
    rt_thread_t t;
    rt_mutex_t m;
    int x = 0, y = 0, before;

    P("inside", a > pool && b > a + 100 && b + 100 < pool + sizeof pool);
    P("too_much", rt_smem_alloc(heap, 2000) != 0);
    a[0] = 'q';
    c = rt_smem_realloc(heap, a, 200);
    P("moved", c != 0 && c[0] == 'q');
    rt_smem_free(b);
    rt_smem_free(c);
    P("whole", rt_smem_alloc(heap, 800) != 0);
    P("detach", rt_smem_detach(heap));

    P("sscanf", rt_sscanf("12 0x1f", "%d %x", &x, &y));
    P("sum", x + y);

    sem = rt_sem_create("s", 0, RT_IPC_FLAG_FIFO);
    t = rt_thread_create("w", wait, 0, 2048, 10, 10);
    rt_thread_startup(t);
    rt_thread_kill(t, 10);
    rt_sem_release(sem);
    m = rt_mutex_create("m", RT_IPC_FLAG_FIFO);
    P("mutex", rt_mutex_take_killable(m, RT_WAITING_FOREVER));

    t = rt_thread_create("r", run, 0, 2048, 31, 10);
    rt_thread_startup(t);
    rt_thread_delay(3);
    P("suspend", rt_thread_suspend_with_flag(t, 0));
    before = runs;
    rt_thread_delay(5);
    P("stands", runs == before);
    P("no_wakeup", rt_thread_wakeup(t));
    rt_thread_wakeup_set(t, wake, (void *)42);
    P("wakeup", rt_thread_wakeup(t));
    rt_thread_delay(5);
    P("goes", runs > before);
    return 0;
}
