/* Opens libraries that need each other in the ways that its arguments say: +PATH opens, -PATH closes, =PATH calls round_about. */
#include <dlfcn.h>
#include <rtthread.h>
#include <stdio.h>
#include <string.h>

static void *handles[8];
static const char *names[8];

static void *handle(const char *name)
{
    int n;
    for (n = 0; n < 8; n++)
        if (names[n] && !strcmp(names[n], name))
            return handles[n];
    return 0;
}

int main(int argc, char **argv)
{
    int n;
    for (n = 1; n < argc; n++) {
        const char *path = argv[n] + 1;
        if (argv[n][0] == '+') {
            handles[n] = dlopen(path, RTLD_NOW);
            names[n] = path;
            if (!handles[n])
                printf("%s\n", dlerror());
        } else if (argv[n][0] == '-') {
            int failed = dlclose(handle(path));
            printf("closed %s %d%s%s\n", path, failed, failed ? " " : "", failed ? dlerror() : "");
        } else {
            int (*call)(void) = dlsym(handle(path), "round_about");
            printf("calls %d\n", call ? call() : -1);
        }
    }
    return 0;
}
