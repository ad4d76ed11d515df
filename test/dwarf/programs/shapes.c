/* Inlined functions, functions of their own sections, two files, generated lines. */
#include "shapes.h"

int total;

__attribute__((noinline)) int outer(int n)
{
    int sum = 0;
    for (int i = 0; i < n; i++) {
        if (i & 1)
            sum += twice(i);
        else
            sum -= clamp(i, 3);
    }
    return sum;
}

__attribute__((section(".text.cold"), noinline)) int cold(int n)
{
    switch (n) {
    case 0: return 1;
    case 1: return 4;
    case 2: return outer(5);
    case 3: return 7;
    case 4: return outer(9);
    default: return -1;
    }
}

#line 4711 "generated.y"
int generated(int n)
{
    return n * total;
}

int main(int argc, char **argv)
{
    total = outer(argc) + cold(argc) + generated(argc);
    return total;
}
