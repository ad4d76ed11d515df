/* A thread waits when its stack has fewer bytes left than a switch of threads pushes. */
#include <rtthread.h>
#include <stdlib.h>

static struct { rt_uint8_t below[64]; rt_uint8_t stack[1024]; } area __attribute__((aligned(8)));
static struct rt_thread tcb;

static void entry(void *left)
{
    register rt_uint8_t *sp __asm("r5") = area.stack + (int)left;
    register rt_err_t (*wait)(rt_int32_t) __asm("r7") = rt_thread_mdelay;
    __asm volatile("mov r6, sp\n mov sp, %0\n mov r0, #20\n blx %1\n mov sp, r6"
                   : : "r"(sp), "r"(wait) : "r0", "r1", "r2", "r3", "r6", "r12", "lr", "memory");
    rt_kprintf("back\n");
}

int main(int argc, char **argv)
{
    int n, lost = 0;
    rt_thread_init(&tcb, "low", entry, (void *)atoi(argv[1]), area.stack, sizeof area.stack, 9, 10);
    rt_thread_startup(&tcb);
    for (n = 0; n < 64; n++) lost += area.below[n] != 0;
    rt_kprintf("%d bytes lost\n", lost);
    rt_thread_mdelay(50);
    return 0;
}
