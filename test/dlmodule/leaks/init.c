/* A library whose module_init makes objects of the system: a timer that calls it, a semaphore in its memory. */
#include <rtthread.h>
#include <dlmodule.h>
static struct rt_semaphore sem;
static int ticks;
static void tick(void *p) { ticks++; }
void module_init(struct rt_dlmodule *m)
{
    rt_sem_init(&sem, "insem", 0, 0);
    rt_timer_start(rt_timer_create("intimer", tick, 0, 5, RT_TIMER_FLAG_PERIODIC));
}
int count(void) { return ticks; }
