/* malloc, realloc, free in random order, with the contents checked; a hash table; a growing string. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "programs.h"

struct entry { struct entry *next; char *key; int count; };

void heap(void) {
  enum { SLOTS = 64 };
  static unsigned char *block[SLOTS];
  static unsigned size[SLOTS];
  uint32_t s = 11;
  int bad = 0;
  for (int i = 0; i < 1500; i++) {
    unsigned k = next_random(&s) % SLOTS, n = 1 + next_random(&s) % 300;
    for (unsigned j = 0; j < size[k]; j++) bad += block[k][j] != (unsigned char)(k + j);
    if (next_random(&s) & 1) free(block[k]), block[k] = malloc(n);
    else block[k] = realloc(block[k], n);
    size[k] = n;
    for (unsigned j = 0; j < n; j++) block[k][j] = (unsigned char)(k + j);
  }
  printf("bad %d\n", bad);
  static struct entry *table[31];
  static const char text[] = "a man a plan a canal panama a man again and a plan again";
  for (const char *p = text; *p;) {
    unsigned n = (unsigned)strcspn(p, " "), h = 0;
    for (unsigned i = 0; i < n; i++) h = h * 131 + (unsigned char)p[i];
    struct entry **e = &table[h % 31];
    while (*e && (strncmp((*e)->key, p, n) || (*e)->key[n])) e = &(*e)->next;
    if (!*e) {
      *e = calloc(1, sizeof **e);
      (*e)->key = malloc(n + 1);
      memcpy((*e)->key, p, n), (*e)->key[n] = 0;
    }
    (*e)->count++;
    p += n;
    while (*p == ' ') p++;
  }
  for (int i = 0; i < 31; i++)
    for (const struct entry *e = table[i]; e; e = e->next) printf("%s=%d ", e->key, e->count);
  char *grown = malloc(1);
  unsigned length = 0;
  for (int i = 0; i < 200; i++) grown = realloc(grown, length + 2), grown[length++] = (char)('a' + i % 26);
  grown[length] = 0;
  printf("\n%.30s %u\n", grown, length);
}
