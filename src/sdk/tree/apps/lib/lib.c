#include <stdio.h>
#include "lib.h"

int lib_func(void)
{
    printf("hello from a library\n");

    return 0;
}

int add_func(int a, int b)
{
    return a + b;
}
