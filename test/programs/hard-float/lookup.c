/* A function of the C library by its name: the entry for a caller of this kind. */
#include <dlfcn.h>
#include <stdio.h>

int main(void) {
  double (*power)(double, double) = (double (*)(double, double))dlsym(RTLD_DEFAULT, "pow");
  float (*root)(float) = (float (*)(float))dlsym(RTLD_DEFAULT, "sqrtf");
  if (!power || !root) return 1;
  printf("%g %g\n", power(2, 10), (double)root(6.25f));
  return 0;
}
