/* Calls a function of a library that is gone. */
#include <dlfcn.h>
#include <stdio.h>
int main(int argc, char **argv)
{
    void *lib = dlopen("/lib/libbase.so", RTLD_NOW);
    int (*next)(void) = (int (*)(void))dlsym(lib, "base_next");
    printf("%d\n", next());
    dlclose(lib);
    printf("%d\n", next());
    return 0;
}
