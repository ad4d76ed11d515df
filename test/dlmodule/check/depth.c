/* Calls in every way that a compiler writes them; the figures of each function are in depth.*.su. */
#include <stdlib.h>
#define NOINLINE __attribute__((noinline, noclone, optimize("no-optimize-sibling-calls")))

typedef int (*function)(int);
volatile int sink;
function any;

NOINLINE static int bottom(int a) { volatile char b[40]; b[0] = a; sink = a; return b[0] + rand(); }
NOINLINE static int middle(int a) { volatile char b[200]; b[1] = a; return bottom(a) + b[1]; }
NOINLINE int shallow(int a) { volatile char b[100]; b[1] = a; return bottom(a) + b[1]; }
NOINLINE int chain(int a) { volatile char b[24]; b[2] = a; return middle(a) + shallow(a) + b[2]; }
NOINLINE int direct(int a) { volatile char b[16]; b[0] = a; return a ? direct(a - 1) + b[0] : 0; }
int odd(int a);
NOINLINE int even(int a) { sink = a; return a ? odd(a - 1) + 1 : 0; }
NOINLINE int odd(int a) { sink = a; return a ? even(a - 1) + 2 : 1; }
NOINLINE int leads(int a) { return even(a) + 1; }
NOINLINE int pointer(int a) { return any(a) + chain(a); }
int pong(int a);
__attribute__((noinline, noclone)) int ping(int a) { sink = a; return pong(a - 1); }
__attribute__((noinline, noclone)) int pong(int a) { if (a < 0) return chain(a); return ping(a - 2); }
int main(int argc, char **argv) { return chain(argc) + argc; }
