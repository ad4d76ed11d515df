/* Leaves its blocks where a counter would not expect it: faults behind conditions, supervisor calls, exclusive accesses. */
#include <rtthread.h>
#include <string.h>

static int values[4] = {1, 2, 3, 4};
static int *volatile table[] = {&values[0], &values[1], &values[2], &values[3], 0};

static int walk(int *volatile *at, int n)
{
    int sum = 0;
    for (int i = 0; i < n; i++)
    {
        int *p = at[i];
        if (i & 1)
            sum += *p * 3;
        else if (i == 2)
            sum -= *p;
        *p = sum;
        sum += i;
    }
    return sum;
}

static int atomics(int n)
{
    static volatile int count;
    for (int i = 0; i < n; i++)
    {
        if (i % 3)
            __atomic_fetch_add(&count, i, __ATOMIC_SEQ_CST);
        if (i % 7 == 5)
            rt_thread_yield();
    }
    return count;
}

static char from[3000], to[3000];

/* Loops that an engine may do many rounds of at once. */
static int bulk(void)
{
    for (volatile int round = 0; round < 3; round++)
    {
        for (char *at = from; at != from + sizeof from; at++)
        {
            *at = 'x';
            asm volatile("" : : : "memory");
        }
        from[2500 + round] = 0;
        char *d = to;
        const char *s = from;
        while (*s != 0)
        {
            *d++ = *s++;
            asm volatile("" : : : "memory");
        }
        memcpy(to, from, sizeof to - round);
        memmove(to + 1, to, sizeof to - 1);
    }
    return strlen(from);
}

static int deep(int n)
{
    volatile char room[64];
    memset((void *)room, n, sizeof room);
    return deep(n + 1) + room[n & 63];
}

int main(int argc, char **argv)
{
    int sum = atomics(200) + bulk();
    for (int i = 0; i < 300; i++)
        sum += walk(table, 4);
    rt_kprintf("%d\n", sum != 0);
    if (argc < 2)
        return 0;
    if (!strcmp(argv[1], "null"))
        return walk(table, 5);
    if (!strcmp(argv[1], "deep"))
        return deep(0);
    if (!strcmp(argv[1], "odd"))
    {
        *(volatile double *)((char *)values + 2) = 1.5;
        return (int)*(volatile double *)((char *)values + 1);
    }
    __builtin_trap();
}
