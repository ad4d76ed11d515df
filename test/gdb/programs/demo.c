/* The module of the scripted debugger sessions: locals, globals, a callback through the C library, a loop. */
#include <stdlib.h>
#include <rtthread.h>

int counter;
static int table[4] = {3, 1, 4, 2};
volatile int stop_spinning;

static int compare(const void *a, const void *b)
{
    int left = *(const int *)a;
    int right = *(const int *)b;
    counter++;
    return left - right;
}

int helper(int x)
{
    int doubled = x * 2;
    int result = doubled + 1;
    return result;
}

int work(int n)
{
    int total = 0;
    for (int i = 0; i < n; i++)
        total += helper(i);
    qsort(table, 4, sizeof(int), compare);
    return total;
}

int main(int argc, char **argv)
{
    int value = work(3);
    rt_kprintf("value %d\n", value);
    if (argc > 1)
        while (!stop_spinning)
            counter++;
    return value;
}
