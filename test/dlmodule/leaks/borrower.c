/* Keeps what a library has made after it was closed; with an argument it forgets to free it. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <rtthread.h>

int main(int argc, char **argv)
{
    void *library = dlopen("/lender.so", RTLD_NOW);
    char *(*make)(const char *) = dlsym(library, "make");
    char *(*make_kernel)(const char *) = dlsym(library, "make_kernel");
    void (*make_cache)(void) = dlsym(library, "make_cache");
    void (*set_mode)(void) = dlsym(library, "set_mode");
    make_cache();
    set_mode();
    char *text = make("mine");
    char *kernels = make_kernel("mine as well");
    dlclose(library);
    printf("%s, %s, %s\n", text, kernels, getenv("MODE"));
    unsetenv("MODE");
    if (argc > 1)
        return 0;
    free(text);
    rt_free(kernels);
    return 0;
}
