/* Deep and mutual recursion, tail calls, nested functions through a trampoline on the stack. */
#include <stdio.h>

#include "programs.h"

static unsigned fib(unsigned n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
static unsigned ackermann(unsigned m, unsigned n) { return !m ? n + 1 : !n ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1)); }
static int is_odd(unsigned n);
static int is_even(unsigned n) { return n == 0 ? 1 : is_odd(n - 1); }
static int is_odd(unsigned n) { return n == 0 ? 0 : is_even(n - 1); }
static int moves;
static void hanoi(int n, char from, char to, char via) {
  if (!n) return;
  hanoi(n - 1, from, via, to);
  moves = (moves * 3 + from - to) & 0xffffff;
  hanoi(n - 1, via, to, from);
}
static int queens_at(int n, int row, unsigned columns, unsigned left, unsigned right) {
  if (row == n) return 1;
  int count = 0;
  for (unsigned free = ((1u << n) - 1) & ~(columns | left | right); free; free &= free - 1) {
    unsigned bit = free & -free;
    count += queens_at(n, row + 1, columns | bit, (left | bit) << 1, (right | bit) >> 1);
  }
  return count;
}
__attribute__((noinline)) static int apply(int (*f)(int), int n) { return f(n) + f(n + 1); }
__attribute__((noinline)) static int closure(int base) {
  int calls = 0;
  int add(int n) { calls++; return base + n; }
  return apply(add, 5) * 10 + calls;
}

void recursion(void) {
  printf("%u %u %d %d\n", fib(17), ackermann(2, 9), is_even(501), is_odd(501));
  hanoi(9, 'a', 'c', 'b');
  printf("%d %d %d\n", moves, queens_at(6, 0, 0, 0, 0), queens_at(8, 0, 0, 0, 0));
#ifdef TRAMPOLINES
  printf("%d %d\n", closure(100), closure(-7));
#else
  (void)closure;
#endif
}
