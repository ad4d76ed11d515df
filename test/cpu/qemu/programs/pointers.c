/* Function pointers, tables of them, linked lists, pointer arithmetic over odd sizes. */
#include <stdio.h>
#include <stdlib.h>

#include "programs.h"

typedef int (*operation)(int, int);
static int add(int a, int b) { return a + b; }
static int subtract(int a, int b) { return a - b; }
static int multiply(int a, int b) { return a * b; }
static int maximum(int a, int b) { return a > b ? a : b; }
static operation const table[] = {add, subtract, multiply, maximum};

struct shape { const struct shape_class *type; int a, b; };
struct shape_class { const char *name; int (*area)(const struct shape *); void (*grow)(struct shape *, int); };
static int box_area(const struct shape *s) { return s->a * s->b; }
static int triangle_area(const struct shape *s) { return s->a * s->b / 2; }
static void grow(struct shape *s, int n) { s->a += n, s->b += n; }
static void widen(struct shape *s, int n) { s->a *= n; }
static const struct shape_class box = {"box", box_area, grow}, triangle = {"triangle", triangle_area, widen};

struct node { struct node *next; int value; };
static int fold(const struct node *list, operation f, int start) {
  for (; list; list = list->next) start = f(start, list->value);
  return start;
}

void pointers(void) {
  for (int i = 0; i < 4; i++) printf("%d ", OPAQUE(table[i])(17, 5));
  printf("\n");
  struct shape shapes[] = {{&box, 3, 4}, {&triangle, 6, 5}, {&box, 1, 9}};
  for (int round = 0; round < 3; round++)
    for (int i = 0; i < 3; i++) {
      shapes[i].type->grow(&shapes[i], round + 1);
      printf("%s %d ", shapes[i].type->name, shapes[i].type->area(&shapes[i]));
    }
  struct node *list = NULL;
  uint32_t s = 5;
  for (int i = 0; i < 20; i++) {
    struct node *n = malloc(sizeof *n);
    *n = (struct node){list, (int)(next_random(&s) % 100) - 50};
    list = n;
  }
  printf("\n%d %d %d\n", fold(list, add, 0), fold(list, maximum, -1000), fold(list, subtract, 3));
  struct node *reversed = NULL;
  while (list) {
    struct node *n = list->next;
    list->next = reversed, reversed = list, list = n;
  }
  for (const struct node *n = reversed; n; n = n->next) printf("%d ", n->value);
  struct { char text[13]; } items[5], *p = items;
  for (int i = 0; i < 5; i++) sprintf((p++)->text, "item%d", i * i);
  printf("\n%s %s %d\n", items[2].text, (--p)->text, (int)(p - items));
}
