/* Prints what the shell's list_module and list_symbols print. */
#include <dlmodule.h>

int main(void)
{
    list_module();
    return list_symbols();
}
