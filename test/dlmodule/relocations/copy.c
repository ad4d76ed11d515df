/* Reaches variables of libcopied.so by their distance, as code without a global offset table does; lld makes R_ARM_COPY of it. */
#include <stdio.h>
extern int *number_here(void);
#define REACH(name) ({ void *p; __asm__("ldr %0, 1f\n 0: add %0, pc, %0\n b 2f\n 1: .word " #name " - (0b + 8)\n 2:" : "=r"(p)); p; })
int main(void)
{
    int *number = REACH(number);
    char *text = REACH(text);
    short *odd = REACH(odd);
    printf("%d %s %d %s\n", *number, text, odd[0], (char *)(odd + 1));
    *number = 5;
    printf("%d %d %d\n", *number, *number_here(), number != number_here());
    return 0;
}
