// A callback that an interrupt calls does what its program's argument says.
#include <rtthread.h>
#include <rtdevice.h>
#include <exception>

struct Late : std::exception {};

static rt_mutex_t mutex;

static void throws(void *) { throw Late(); }
static void catches(void *) { try { throw 5; } catch (int) { } }
static void allocates(void *) { rt_free(rt_malloc(20)); }
static void waits(void *) { rt_mutex_take(mutex, RT_WAITING_FOREVER); }
static void asserts(void *parameter) { RT_ASSERT(0); }

extern "C" int main(int, char **argv)
{
    static void (*const callbacks[])(void *) = { throws, catches, allocates, waits, asserts };
    mutex = rt_mutex_create("m", RT_IPC_FLAG_PRIO);
    rt_timer_t timer = rt_timer_create("late", callbacks[argv[1][0] - '0'], RT_NULL, 2, argv[2][0] == 's' ? RT_TIMER_FLAG_SOFT_TIMER : RT_TIMER_FLAG_HARD_TIMER);
    rt_timer_start(timer);
    rt_thread_mdelay(100);
    rt_timer_delete(timer);
    rt_mutex_delete(mutex);
    rt_kprintf("went on\n");
    return 0;
}
