/* What dlerror says behind calls of dlmodule.h that are refused. */
#include <dlfcn.h>
#include <dlmodule.h>
#include <stdio.h>

static void say(const char *what, void *module)
{
    const char *text = dlerror();
    printf("%s %d: %s\n", what, module != 0, text ? text : "(null)");
    text = dlerror();
    printf("again: %s\n", text ? text : "(null)");
}

int main(void)
{
    say("nothing yet", 0);
    say("load", dlmodule_load("/none.so"));
    say("exec", dlmodule_exec("/bad.mo", "bad", 3));
    say("library", dlmodule_load("/libbase.so"));
    return 0;
}
