/* dlopen with its flags, pseudo handles, dladdr. */
#include <dlfcn.h>
int printf(const char *, ...);
int strcmp(const char *, const char *);
int shared_name(void) { return 9; }
static const char *said(void) { const char *s = dlerror(); return s ? s : "-"; }
static int call(void *f) { return f ? ((int (*)(void))f)() : -1; }
int main(int argc, char **argv)
{
    Dl_info info;
    int *count;
    void *user, *base = dlopen("libbase.so", RTLD_NOW | (argc > 1 ? RTLD_GLOBAL : RTLD_LOCAL));
    printf("base %d %s\n", base != 0, said());
    printf("default %d\n", dlsym(RTLD_DEFAULT, "base_next") != 0);
    dlerror();
    user = dlopen("libuser.so", RTLD_NOW);
    printf("user %d %s\n", user != 0, said());
    printf("again %s\n", said());
    if (user) {
        printf("use %d\n", call(dlsym(user, "use")));
        dlclose(user);
    }
    count = dlsym(base, "base_count");
    printf("data %d\n", count ? *count : -1);
    printf("own %d default %d next %d\n", shared_name(), call(dlsym(RTLD_DEFAULT, "shared_name")), call(dlsym(RTLD_NEXT, "shared_name")));
    dlerror();
    printf("self %d\n", call(dlsym(dlopen(0, 0), "shared_name")));
    if (dladdr((char *)dlsym(base, "base_next") + 4, &info)) printf("%s %s %d\n", info.dli_fname, info.dli_sname, info.dli_saddr == dlsym(base, "base_next"));
    if (dladdr(dlsym(RTLD_DEFAULT, "printf"), &info)) printf("%s %s\n", info.dli_fname, info.dli_sname);
    printf("nowhere %d\n", dladdr((void *)4, &info));
    printf("close %d\n", dlclose(base));
    printf("twice %d %s\n", dlclose(base), said());
    return 0;
}
