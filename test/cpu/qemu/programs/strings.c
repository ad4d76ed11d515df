/* String and memory functions of newlib at every alignment, compared with loops written out. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "programs.h"

void strings(void) {
  static char a[96], b[96];
  uint32_t h = 0;
  for (int from = 0; from < 5; from++)
    for (int to = 0; to < 5; to++)
      for (int n = 0; n < 40; n += 3) {
        for (int i = 0; i < 96; i++) a[i] = (char)(i * 7 + n), b[i] = (char)(i ^ 0x55);
        memcpy(b + to, a + from, (size_t)n);
        memmove(a + to, a + from, (size_t)n);
        memset(b + 60 + to, n, (size_t)(n / 2));
        for (int i = 0; i < 96; i++) h = h * 33 + (unsigned char)a[i] * 3 + (unsigned char)b[i];
        h += (unsigned)(memcmp(a + from, b + to, (size_t)n) > 0);
      }
  printf("%08lx\n", (unsigned long)h);
  char text[] = "the quick, brown;fox  jumps over;the lazy dog";
  for (char *save, *word = strtok_r(text, " ,;", &save); word; word = strtok_r(NULL, " ,;", &save)) {
    for (char *p = word; *p; p++) *p = (char)(p == word ? toupper(*p) : tolower(*p));
    printf("%s/%u ", word, (unsigned)strlen(word));
  }
  char buffer[64] = "start";
  strcat(buffer, "-middle"), strncat(buffer, "-endless", 4), strncpy(buffer + 30, "padding", 12);
  printf("\n%s %s %d %d\n", buffer, strstr(buffer, "mid"), (int)(strchr(buffer, 'd') - buffer), (int)(strrchr(buffer, 'd') - buffer));
  printf("%d %d %d %d\n", strcmp("abc", "abd") < 0, strncmp("abcx", "abcy", 3), (int)strspn("12345x", "54321"), (int)strcspn("hello", "l"));
  char *end;
  printf("%ld %lu %lld %ld ", strtol("-0x7fz", &end, 0), strtoul("4294967295", NULL, 10), strtoll("-9223372036854775807", NULL, 10), strtol("zz", NULL, 36));
  printf("%s %d\n", end, atoi("  42abc"));
  for (int c = 32; c < 127; c += 5)
    printf("%d%d%d%d%d ", !!isalpha(c), !!isdigit(c), !!isspace(c), !!ispunct(c), !!isxdigit(c));
  printf("\n");
}
