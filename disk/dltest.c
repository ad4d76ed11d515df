/* Opens a library, calls both of its functions and closes it. `dltest FILE` takes another library. */
#include <dlfcn.h>
#include <stdio.h>

#ifndef LIBRARY
#define LIBRARY "/lib.so"
#endif

int main(int argc, char *argv[])
{
    const char *path = argc > 1 ? argv[1] : LIBRARY;
    void *library = dlopen(path, RTLD_NOW);
    int (*lib_func)(void);
    int (*add_func)(int, int);

    if (!library) {
        printf("%s: cannot be opened\n", path);
        return 1;
    }
    lib_func = (int (*)(void))dlsym(library, "lib_func");
    add_func = (int (*)(int, int))dlsym(library, "add_func");
    if (!lib_func || !add_func) {
        printf("%s: lib_func or add_func is missing\n", path);
        dlclose(library);
        return 1;
    }
    lib_func();
    printf("add_func(3, 4) = %d\n", add_func(3, 4));
    dlclose(library);
    return 0;
}
