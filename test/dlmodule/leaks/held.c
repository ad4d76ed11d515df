/* Keeps the address of a function of a library that it closes. */
#include <dlfcn.h>
#include <rtthread.h>

int (*kept)(void);
int (*other)(void);

int main(int argc, char **argv)
{
    void *lib = dlopen("/lib/libbase.so", RTLD_NOW);
    kept = (int (*)(void))dlsym(lib, "base_next");
    other = (int (*)(void))dlsym(lib, "base_next");
    rt_kprintf("%d\n", kept());
    if (argc > 1) other = 0;
    if (argc == 3) kept = 0;
    if (argc < 4) dlclose(lib);
    return 0;
}
