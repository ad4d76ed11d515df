/* Floating point in libgcc's integer code: arithmetic, conversions, comparison, printing. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "programs.h"

static void show(double d) {
  uint64_t bits;
  memcpy(&bits, &d, 8);
  printf("%08lx%08lx %.6g\n", (unsigned long)(bits >> 32), (unsigned long)bits, d);
}

void softfloat(void) {
  static const double v[] = {0.0, 1.0, -1.5, 3.141592653589793, 1e10, -1e-10, 1e300, 4.9e-324, 123456789.125};
  enum { N = sizeof v / sizeof *v };
  for (int i = 0; i < N; i++) {
    double x = OPAQUE(v[i]), y = OPAQUE(v[(i * 5 + 2) % N]);
    show(x + y), show(x - y), show(x * y);
    if (y != 0) show(x / y);
    float f = (float)x, g = (float)y;
    show((double)(f * g + 1.0f));
    printf("%d%d%d%d\n", x < y, x <= y, x == y, x != x);
    if (x > -2e9 && x < 2e9) printf("%ld %lld\n", (long)x, (long long)(x * 1000));
  }
  show((double)OPAQUE((uint32_t)4000000000u)), show((double)OPAQUE((int64_t)-1234567890123LL)), show((float)OPAQUE(16777217));
  show(sqrt(OPAQUE(2.0))), show(sin(OPAQUE(1.0))), show(exp(OPAQUE(-1.0))), show(pow(OPAQUE(1.5), 7)), show(fmod(OPAQUE(10.5), 3)), show(floor(OPAQUE(-2.5)));
  printf("%.3f %10.2e %g\n", 2.0 / 3, 12345.678, 1e-5);
}
