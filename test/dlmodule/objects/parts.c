/* A program in pieces for `ld -r`: functions and data in sections of their own, a common variable, constructors, strings. */
void rt_kprintf(const char *, ...);
#include <stdio.h>

int common[3];
static int zeroed[5];
int counter __attribute__((aligned(16))) = 40;
static const char *const words[] = {"one", "two", "three"};
static int order;
__attribute__((constructor(101))) static void first(void) { order = order * 10 + 1; }
__attribute__((constructor)) static void last(void) { order = order * 10 + 2; }
__attribute__((destructor)) static void gone(void) { printf("destructor\n"); }
extern int elsewhere(int);
extern void maybe(void) __attribute__((weak));
int (*volatile through)(int) = elsewhere;

int main(int argc, char **argv)
{
    int n;
    common[2] = 5;
    for (n = 0; n < 3; n++) rt_kprintf("%s ", words[n]);
    printf("%d %d %d %d\n", order, common[2] + zeroed[4], through(counter), elsewhere(1));
    maybe();
    printf("aligned %d weak %d args %d %s\n", (int)((unsigned)&counter % 16), maybe != 0, argc, argv[argc - 1]);
    return 7;
}
