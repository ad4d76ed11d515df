/* Variable arguments: registers and stack, 64-bit alignment, va_copy, forwarding. */
#include <stdarg.h>
#include <stdio.h>

#include "programs.h"

static long long total(const char *kinds, ...) {
  va_list list, again;
  long long sum = 0;
  va_start(list, kinds);
  va_copy(again, list);
  for (const char *k = kinds; *k; k++) {
    switch (*k) {
      case 'i': sum += va_arg(list, int); break;
      case 'l': sum += va_arg(list, long long); break;
      case 'd': sum += (long long)(va_arg(list, double) * 4); break;
      case 's': sum += *va_arg(list, const char *); break;
    }
  }
  if (*kinds == 'i') sum = sum * 3 + va_arg(again, int);
  va_end(again);
  va_end(list);
  return sum;
}
static int forward(char *out, const char *format, ...) {
  va_list list;
  va_start(list, format);
  int n = vsprintf(out, format, list);
  va_end(list);
  return n;
}

void variadic(void) {
  char text[128];
  printf("%lld\n", total("iiiii", 1, 2, 3, 4, 5));
  printf("%lld\n", total("ilil", -1, 1LL << 40, -2, -(1LL << 35)));
  printf("%lld\n", total("dsdil", 1.25, "A", -0.5, 7, 9LL));
  int n = forward(text, "%d|%5u|%-6s|%08lx|%lld|%c|%%|%s", -12, 34u, "ab", 0xbeefUL, -1234567890123LL, 'z', "end");
  printf("%d %s\n", n, text);
}
