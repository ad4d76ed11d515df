/* A library whose destructor does what at_unload says. */
#include <stdlib.h>

const char *at_unload = "";

__attribute__((destructor)) static void destructor(void)
{
    switch (*at_unload)
    {
    case 'f':
        *(volatile int *)0 = 1;
        break;
    case 'a':
        abort();
    case 'e':
        exit(7);
    }
}
