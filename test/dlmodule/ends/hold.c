/* Opens a library, keeps it for a second and ends without closing it. */
#include <dlfcn.h>
#include <rtthread.h>

int main(int argc, char **argv)
{
    dlopen(argv[1], RTLD_NOW);
    rt_thread_mdelay(1000);
    return 0;
}
