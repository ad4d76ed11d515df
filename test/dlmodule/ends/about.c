#include <stdio.h>
#include <stdlib.h>

int rt_thread_mdelay(int ms);
int in_round(void);
extern int round_data;

int about_data = 70;
int *about_sees = &round_data;

int in_about(void)
{
    return in_round() + *about_sees;
}

__attribute__((constructor)) static void up(void)
{
    printf("about up %d\n", in_about());
    if (getenv("SLOW_ABOUT"))
        rt_thread_mdelay(1000);
    if (getenv("FAIL_ABOUT"))
        *(volatile int *)0xfffffff0 = 1;
}
__attribute__((destructor)) static void down(void)
{
    printf("about down %d\n", in_about());
}
void module_cleanup(void *module)
{
    printf("about cleanup %d\n", in_about());
}
