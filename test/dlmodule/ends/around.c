#include <stdio.h>

int round_about(void);

int main(void)
{
    printf("linked %d\n", round_about());
    return 0;
}
