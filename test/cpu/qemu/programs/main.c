#include <stdio.h>
#include <string.h>

#include "programs.h"

static const struct {
  const char *name;
  void (*run)(void);
} programs[] = {
#define PROGRAM(name) {#name, name},
#include "programs.inc"
};

/* All of them, or the one the first argument names; each behind its name. */
int main(int argc, char **argv) {
  for (unsigned i = 0; i < sizeof programs / sizeof *programs; i++) {
    if (argc > 1 && strcmp(argv[1], programs[i].name)) continue;
    printf("%s\n", programs[i].name);
    programs[i].run();
  }
  return 0;
}
