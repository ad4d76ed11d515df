/* Leaves blocks of the heap at 25 places, and a semaphore whose name would clear a terminal. */
#include <rtthread.h>
#include <stdlib.h>

static void *volatile kept;
#define LEAVE(size) kept = malloc(size);
#define FIVE(n) LEAVE(n) LEAVE(n + 1) LEAVE(n + 2) LEAVE(n + 3) LEAVE(n + 4)

int main(void)
{
    rt_sem_create("\"\x1b[2J\n\\", 0, 0);
    FIVE(10) FIVE(20) FIVE(30) FIVE(40) FIVE(50)
    return 0;
}
