/* Says why the library of its argument cannot be opened. */
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    if (dlopen(argv[1], RTLD_NOW) == 0)
        printf("%s\n", dlerror());
    return 0;
}
