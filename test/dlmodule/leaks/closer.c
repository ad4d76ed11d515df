/* Opens and closes that library. */
#include <dlfcn.h>
int main(void)
{
    return dlclose(dlopen("/faulty.so", 0));
}
