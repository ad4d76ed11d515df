/* setjmp and longjmp out of nested calls, as a generator of exceptions. */
#include <setjmp.h>
#include <stdio.h>

#include "programs.h"

static jmp_buf handlers[4];
static int depth;

__attribute__((noinline)) static int checked_divide(int a, int b) {
  if (!b) longjmp(handlers[depth - 1], 1 + a);
  return a / b;
}
__attribute__((noinline)) static int dive(int n) {
  volatile int local = n * 3;
  if (n == 0) longjmp(handlers[depth - 1], 77);
  return dive(n - 1) + local;
}

void jumps(void) {
  for (volatile int i = 3; i >= 0; i--) {
    depth = 1;
    int code = setjmp(handlers[0]);
    if (code == 0) printf("%d\n", checked_divide(100, i));
    else printf("caught %d\n", code);
  }
  depth = 1;
  volatile int tries = 0;
  int outer = setjmp(handlers[0]);
  printf("outer %d tries %d\n", outer, tries);
  if (tries++ < 3) {
    depth = 2;
    int inner = setjmp(handlers[1]);
    if (!inner) dive(5 + tries);
    printf("inner %d\n", inner);
    depth = 1;
    longjmp(handlers[0], inner + tries);
  }
}
