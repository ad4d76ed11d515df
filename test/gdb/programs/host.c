/* Opens the library twice; the block allocated between makes the second place another one. */
#include <dlfcn.h>
#include <rtthread.h>

int main(int argc, char **argv)
{
    int sum = 0;
    for (int round = 0; round < 2; round++) {
        void *keep = rt_malloc(round ? 64 : 20000);
        void *library = dlopen("/plugin.so", RTLD_NOW);
        int (*step)(int) = (int (*)(int))dlsym(library, "plugin_step");
        if (!round)
            rt_free(keep);
        sum += step(round + 5);
        dlclose(library);
    }
    return sum;
}
