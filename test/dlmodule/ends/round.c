/* Needs about.so, which needs it in turn; they use each other's functions and variables from start to end. */
#include <stdio.h>

int in_about(void);
extern int about_data;

int round_data = 5;
int *round_sees = &about_data;

int in_round(void)
{
    return 1;
}

int round_about(void)
{
    return in_about() + *round_sees;
}

__attribute__((constructor)) static void up(void)
{
    printf("round up %d\n", round_about());
}
__attribute__((destructor)) static void down(void)
{
    printf("round down %d\n", round_about());
}
void module_cleanup(void *module)
{
    printf("round cleanup %d\n", round_about());
}
