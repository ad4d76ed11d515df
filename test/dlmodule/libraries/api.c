/* Every function of dlfcn.h and dlmodule.h with the arguments that nobody should give: name=value lines. */
#include <dlfcn.h>
#include <dlmodule.h>
#include <rtthread.h>

#define V(name, value) rt_kprintf("%s=%d\n", name, (int)(value))
#define E(name) do { const char *text = dlerror(); rt_kprintf("%s: %s\n", name, text ? text : "-"); } while (0)

int shared_name(void) { return 9; }

int main(int argc, char **argv)
{
    struct rt_dlmodule *self = dlmodule_self(), *empty;
    Dl_info info;
    void *all, *library;

    V("dlopen NULL is me", dlopen(0, RTLD_NOW) == (void *)self);
    V("dlclose of me", dlclose(self));
    V("dlsym NULL", dlsym(0, "main"));
    E("error");
    E("error again");
    V("dlclose NULL", dlclose(0));
    E("error");
    V("dlopen none", dlopen("/none.so", 0));
    E("error");
    V("DEFAULT of the kernel", dlsym(RTLD_DEFAULT, "rt_kprintf") == (void *)rt_kprintf);
    V("DEFAULT of me", dlsym(RTLD_DEFAULT, "shared_name") == (void *)shared_name);
    V("DEFAULT data", *(int *)dlsym(RTLD_DEFAULT, "_impure_ptr") != 0);
    V("DEFAULT none", dlsym(RTLD_DEFAULT, "no_such_name"));
    E("error");
    V("NEXT skips me", dlsym(RTLD_NEXT, "shared_name"));
    V("NEXT of the kernel", dlsym(RTLD_NEXT, "rt_kprintf") == (void *)rt_kprintf);
    V("dlclose DEFAULT", dlclose(RTLD_DEFAULT));
    library = dlopen("libbase.so", RTLD_LAZY | RTLD_GLOBAL);
    V("global", dlsym(RTLD_DEFAULT, "base_next") == dlsym(library, "base_next") && library);
    V("NEXT finds it", dlsym(RTLD_NEXT, "base_next") == dlsym(library, "base_next"));
    V("dlclose", dlclose(library));
    V("dlclose again", dlclose(library));
    V("dladdr NULL", dladdr(0, &info));
    V("dladdr me", dladdr((void *)shared_name, &info));
    rt_kprintf("%s %s\n", info.dli_fname, info.dli_sname);
    V("self", rt_module_self() == self && dlmodule_find("api") == self);
    V("find none", dlmodule_find("nobody"));
    V("symbol_find", dlmodule_symbol_find("rt_kprintf") == (rt_uint32_t)rt_kprintf);
    V("symbol_find none", dlmodule_symbol_find("no_such_name"));
    V("destroy me", dlmodule_destroy(self));
    V("destroy NULL", dlmodule_destroy(0));
    empty = dlmodule_create();
    V("create", empty != 0);
    V("destroy it", dlmodule_destroy(empty));
    V("destroy it again", dlmodule_destroy(empty));
    V("load none", dlmodule_load("/none.mo"));
    V("exec none", dlmodule_exec("/none.mo", "none", 4));
    list_module();
    dlmodule_exit(5);
    V("not reached", 1);
    return 0;
}
