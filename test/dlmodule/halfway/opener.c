/* Opens the library that it is told and says whether that was started; with a second word, in a thread that main deletes after 100 ms. */
#include <dlfcn.h>
#include <rtthread.h>

static const char *name;

static void use(void *unused)
{
    int (*is_started)(void);
    void *handle = dlopen(name, 0);
    if (!handle) {
        rt_kprintf("refused: %s\n", dlerror());
        return;
    }
    is_started = (int (*)(void))dlsym(handle, "is_started");
    rt_kprintf("started %d\n", is_started());
    dlclose(handle);
}

int main(int argc, char **argv)
{
    name = argv[1];
    if (argc > 2) {
        rt_thread_t thread = rt_thread_create("user", use, 0, 4096, 20, 10);
        rt_thread_startup(thread);
        rt_thread_mdelay(100);
        rt_thread_delete(thread);
        rt_thread_mdelay(100);
    }
    use(0);
    return 0;
}
