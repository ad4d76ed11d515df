/* Leaves behind what its arguments say, of things that the kernel keeps. */
#include <dirent.h>
#include <dlfcn.h>
#include <dlmodule.h>
#include <fcntl.h>
#include <rtthread.h>
#include <rtdevice.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct rt_semaphore fixed;

void beat(void *unused) {}
void work(void *unused) { for (;;) rt_thread_mdelay(1000); }
__attribute__((noinline)) void scan(void) { opendir("/"); }
__attribute__((noinline)) void settings(void)
{
    setenv("MODE", "a", 1);
    setenv("MODE", "a value that is longer", 1);
    setenv("HOME", "/other/home", 1);
}

static rt_err_t sent(rt_device_t device, void *buffer) { return 0; }
__attribute__((noinline)) void set_all(void)
{
    rt_thread_idle_sethook((void (*)(void))beat);
    rt_timer_enter_sethook((void (*)(struct rt_timer *))beat);
    rt_device_set_tx_complete(rt_device_find("uart1"), sent);
    /* Not through a function that sets it. */
    rt_device_find("uart1")->rx_indicate = (rt_err_t (*)(rt_device_t, rt_size_t))sent;
}

__attribute__((noinline)) void make_all(void)
{
    char name[] = "s0";
    for (; name[1] <= '9'; name[1]++) rt_sem_create(name, 0, 0);
    rt_mutex_create("m", 0), rt_mutex_create("n", 0);
    rt_event_create("e", 0);
    rt_mb_create("box", 4, 0);
    rt_mq_create("line", 4, 4, 0);
    rt_mp_create("pool", 4, 4);
    open("/made.txt", O_CREAT | O_WRONLY);
}

int main(int argc, char **argv)
{
    int n;
    for (n = 1; n < argc; n++) {
        const char *what = argv[n];
        if (!strcmp(what, "dir")) scan();
        if (!strcmp(what, "create")) rt_device_create(RT_Device_Class_Char, 20);
        if (!strcmp(what, "device")) rt_device_register(rt_device_create(RT_Device_Class_Char, 20), "made", 0);
        if (!strcmp(what, "env")) settings();
        if (!strcmp(what, "ring")) rt_ringbuffer_create(64);
        if (!strcmp(what, "timer")) rt_timer_start(rt_timer_create("tick", beat, 0, 5, RT_TIMER_FLAG_PERIODIC));
        if (!strcmp(what, "stopped")) rt_timer_create("idle", beat, 0, 5, 0);
        if (!strcmp(what, "sem")) rt_sem_create("dyn", 0, 0), rt_sem_init(&fixed, "fixed", 0, 0);
        if (!strcmp(what, "opened")) {
            rt_device_t uart = rt_device_find("uart1");
            volatile int times;
            for (times = 0; times < 3; times++) rt_device_open(uart, RT_DEVICE_FLAG_RDWR);
            rt_device_close(uart);
        }
        if (!strcmp(what, "pin")) rt_pin_attach_irq(3, PIN_IRQ_MODE_RISING, beat, 0);
        if (!strcmp(what, "hooks")) set_all();
        if (!strcmp(what, "many")) make_all();
        if (!strcmp(what, "thread")) rt_thread_startup(rt_thread_create("worker", work, 0, 1024, 25, 5));
        if (!strcmp(what, "unborn")) rt_thread_create("unborn", work, 0, 1024, 25, 5);
        if (!strcmp(what, "open")) dlopen("/counter.so", 0), dlopen("/counter.so", 0);
        if (!strcmp(what, "load")) dlmodule_load("/counter.so");
        if (!strcmp(what, "start")) dlmodule_exec("/t_spin.mo", "t_spin", 6);
        if (!strcmp(what, "clean")) {
            closedir(opendir("/"));
            rt_ringbuffer_destroy(rt_ringbuffer_create(64));
            rt_sem_delete(rt_sem_create("dyn", 0, 0));
            dlclose(dlopen("/counter.so", 0));
            dlmodule_destroy(dlmodule_load("/counter.so"));
            rt_thread_mdelay(50);
        }
    }
    return 0;
}
