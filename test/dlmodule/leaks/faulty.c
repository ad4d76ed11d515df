/* A library whose module_cleanup faults. */
#include <dlmodule.h>
void module_cleanup(struct rt_dlmodule *module)
{
    (void)module;
    *(volatile int *)4 = 1;
}
