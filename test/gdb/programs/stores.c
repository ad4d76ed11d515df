/* Stores and loads that follow each other, for watchpoints. */
#include <rtthread.h>

volatile int x;
volatile int y = 3;

int main(void)
{
    x = 1; x = 2; x = 3; x = 4;
    int a = y;
    int b = y;
    y = a + b;
    rt_kprintf("done %d %d\n", x, y);
    return 0;
}
