/* One of two libraries that need each other: its module_init opens and closes the other one, and itself. */
#include <dlfcn.h>
#include <dlmodule.h>
#include <stdio.h>

int back_again(void);

static void twice(const char *path)
{
    void *handle = dlopen(path, RTLD_NOW);
    int failed = dlclose(handle);
    printf("%s %d %s\n", path, failed, failed ? dlerror() : "closed");
    failed = dlclose(handle);
    printf("%s %d %s\n", path, failed, failed ? dlerror() : "closed");
}

void module_init(struct rt_dlmodule *module)
{
    twice("/lib/back.so");
    twice("/lib/turn.so");
}

int turn_about(void)
{
    return back_again();
}
