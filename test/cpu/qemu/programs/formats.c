/* printf and scanf of newlib: flags, widths, precisions, every length modifier. */
#include <stdio.h>
#include <string.h>

#include "programs.h"

void formats(void) {
  static const long v[] = {0, 1, -1, 42, -99999, 2147483647};
  for (unsigned i = 0; i < sizeof v / sizeof *v; i++)
    printf("[%ld|%5ld|%-8ld|%+ld|% ld|%08ld|%.3ld|%lx|%#lX|%lo|%hd|%hhd]\n", v[i], v[i], v[i], v[i], v[i], v[i], v[i], (unsigned long)v[i],
           (unsigned long)v[i], (unsigned long)v[i], (short)v[i], (signed char)v[i]);
  printf("[%s|%10s|%-10s|%.2s|%*s|%c|%5c|%%]\n", "text", "right", "left", "cut", 7, "star", 'x', 'y');
  int a = 0, n = 0;
  unsigned b = 0;
  char word[16] = "", set[16] = "";
  long long wide = 0;
  int count = sscanf("  -17 0xff hello abc123 9876543210123", "%d %x %15s %15[a-c]%n", &a, &b, word, set, &n);
  printf("%d %d %u %s %s %d\n", count, a, b, word, set, n);
  count = sscanf("9876543210123,rest", "%lld,%4s", &wide, word);
  printf("%d %lld %s\n", count, wide, word);
  char out[20];
  n = snprintf(out, sizeof out, "%s-%d", "a long piece of text", 12345);
  printf("%d %s %u\n", n, out, (unsigned)strlen(out));
}
