/* qsort and bsearch with callbacks; heap sort and insertion sort of halves and bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "programs.h"

static int comparisons;
static int by_number(const void *a, const void *b) {
  comparisons++;
  return (*(const int *)a > *(const int *)b) - (*(const int *)a < *(const int *)b);
}
static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }
struct record { char key[6]; int16_t weight; int8_t flag; };
static int by_weight(const void *a, const void *b) {
  const struct record *x = a, *y = b;
  return x->weight != y->weight ? x->weight - y->weight : memcmp(x->key, y->key, sizeof x->key);
}
static void heap_sort(int16_t *a, int n) {
  for (int start = n / 2 - 1, end = n; end > 1;) {
    if (start >= 0) {
      int root = start--;
      goto sift_from;
    sift_from:
      for (int child; (child = 2 * root + 1) < end; root = child) {
        if (child + 1 < end && a[child] < a[child + 1]) child++;
        if (a[root] >= a[child]) break;
        int16_t t = a[root];
        a[root] = a[child], a[child] = t;
      }
    } else {
      int16_t t = a[--end];
      a[end] = a[0], a[0] = t;
      int root = 0;
      for (int child; (child = 2 * root + 1) < end; root = child) {
        if (child + 1 < end && a[child] < a[child + 1]) child++;
        if (a[root] >= a[child]) break;
        t = a[root], a[root] = a[child], a[child] = t;
      }
    }
  }
}

void sorting(void) {
  int numbers[100];
  uint32_t s = 1;
  for (int i = 0; i < 100; i++) numbers[i] = (int)(next_random(&s) % 2001) - 1000;
  qsort(numbers, 100, sizeof *numbers, by_number);
  for (int i = 0; i < 100; i += 9) printf("%d ", numbers[i]);
  int key = numbers[37], *found = bsearch(&key, numbers, 100, sizeof *numbers, by_number);
  printf("%d %d\n", found && *found == key, comparisons);
  const char *words[] = {"pear", "fig", "apple", "quince", "date", "banana", "cherry", "elder"};
  qsort(words, 8, sizeof *words, by_text);
  for (int i = 0; i < 8; i++) printf("%s ", words[i]);
  struct record records[20];
  for (int i = 0; i < 20; i++) {
    sprintf(records[i].key, "k%04lu", (unsigned long)(next_random(&s) % 10000));
    records[i].weight = (int16_t)(next_random(&s) % 5), records[i].flag = (int8_t)-i;
  }
  qsort(records, 20, sizeof *records, by_weight);
  printf("\n");
  for (int i = 0; i < 20; i++) printf("%.5s:%d:%d ", records[i].key, records[i].weight, records[i].flag);
  int16_t halves[60];
  for (int i = 0; i < 60; i++) halves[i] = (int16_t)next_random(&s);
  heap_sort(halves, 60);
  printf("\n");
  for (int i = 0; i < 60; i += 7) printf("%d ", halves[i]);
  printf("\n");
}
