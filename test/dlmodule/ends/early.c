/* A module that gives itself back while it starts. */
#include <dlfcn.h>
#include <dlmodule.h>
#include <stdio.h>

void module_init(struct rt_dlmodule *module)
{
    int result = dlmodule_destroy(module);
    printf("destroy %d\n", result);
    result = dlclose(module);
    printf("close %d: %s\n", result, dlerror());
}

void module_cleanup(struct rt_dlmodule *module)
{
    int result = dlmodule_destroy(module);
    printf("cleanup: destroy %d\n", result);
}

int main(void)
{
    printf("main\n");
    return 3;
}
