/* Its module_init loads the module itself: /ping.mo loads /pong.mo and the other way round, and any other name loads itself. */
#include <dlfcn.h>
#include <dlmodule.h>
#include <stdio.h>
#include <string.h>

void module_init(struct rt_dlmodule *module)
{
    Dl_info me;
    const char *path;
    dladdr((void *)module_init, &me);
    path = me.dli_fname;
    if (!strcmp(path, "/ping.mo")) path = "/pong.mo";
    else if (!strcmp(path, "/pong.mo")) path = "/ping.mo";
    if (!dlmodule_load(path)) printf("no more\n");
}

int main(void)
{
    printf("main\n");
    return 0;
}
