/* A function of the C library by its name: the entry for a caller of this kind. */
#include <dlfcn.h>
#include <dlmodule.h>
#include <stdio.h>

int main(void) {
  double (*power)(double, double) = (double (*)(double, double))dlsym(RTLD_DEFAULT, "pow");
  float (*root)(float) = (float (*)(float))dlsym(RTLD_DEFAULT, "sqrtf");
  float (*round)(float) = (float (*)(float))dlmodule_symbol_find("floorf");
  if (!power || !root || !round) return 1;
  printf("%g %g %g\n", power(2, 10), (double)root(6.25f), (double)round(-7.5f));
  return 0;
}
