/* A library whose functions give blocks of the heap to their caller. */
#include <stdlib.h>
#include <string.h>
#include <rtthread.h>

static char *cache;

char *make(const char *text)
{
    return strcpy(malloc(50), text);
}

char *make_kernel(const char *text)
{
    return strcpy(rt_malloc(60), text);
}

void make_cache(void)
{
    cache = malloc(99);
}

void set_mode(void)
{
    setenv("MODE", "lent", 1);
}

__attribute__((destructor)) static void destructor(void)
{
    free(cache);
}
