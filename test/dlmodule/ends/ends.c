/* How a program ends, as its first argument says. */
#include <dlfcn.h>
#include <dlmodule.h>
#include <rtthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *late = "";

static void fail(const char *how)
{
    if (strcmp(how, "fault") == 0)
        *(volatile int *)0 = 1;
    if (strcmp(how, "abort") == 0)
        abort();
    if (strcmp(how, "exit") == 0)
        exit(7);
}

static void at_exit(void)
{
    if (strncmp(late, "atexit-", 7) == 0)
        fail(late + 7);
}

__attribute__((destructor)) static void destructor(void)
{
    if (strncmp(late, "destructor-", 11) == 0)
        fail(late + 11);
}

static void work(void *how)
{
    fail(how);
}

int main(int argc, char **argv)
{
    const char *how = argv[1];
    late = how;
    if (strncmp(how, "atexit-", 7) == 0)
        atexit(at_exit);
    else if (strncmp(how, "child-", 6) == 0)
    {
        dlmodule_exec("/hello.mo", "hello", 5);
        rt_thread_mdelay(50);
        fail(how + 6);
    }
    else if (strncmp(how, "started-", 8) == 0)
    {
        char line[40];
        sprintf(line, "ends in-%s", how + 8);
        dlmodule_exec("/ends.mo", line, strlen(line));
        rt_thread_mdelay(50);
        return argc > 2 ? 5 : 0;
    }
    else if (strncmp(how, "in-", 3) == 0)
        fail(how + 3);
    else if (strcmp(how, "unloadable") == 0)
    {
        dlmodule_load("/nothing.mo");
        return 4;
    }
    else if (strncmp(how, "closed-", 7) == 0 || strncmp(how, "open-", 5) == 0)
    {
        const char *what = strchr(how, '-') + 1;
        void *library = dlopen("/ends.so", RTLD_NOW);
        *(const char **)dlsym(library, "at_unload") = what;
        if (*how == 'c')
            dlclose(library);
    }
    return 0;
}
