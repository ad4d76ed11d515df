/* Functions of the C library that pass floating-point values, each kind of argument list and result once or more. */
#include <complex.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

/* Hides a value from the compiler, so that it calls the library. */
#define OPAQUE(x) __extension__({ volatile __typeof__(x) opaque_ = (x); opaque_; })

static void d(const char *name, double x) {
  unsigned long long bits;
  memcpy(&bits, &x, 8);
  printf("%s %08lx%08lx %.10g\n", name, (unsigned long)(bits >> 32), (unsigned long)bits, x);
}
static void f(const char *name, float x) {
  unsigned bits;
  memcpy(&bits, &x, 4);
  printf("%s %08x %.7g\n", name, bits, (double)x);
}
static void cd(const char *name, double complex z) { d(name, creal(z)), d(name, cimag(z)); }
static void cf(const char *name, float complex z) { f(name, crealf(z)), f(name, cimagf(z)); }

/* Arguments of our own in mixed order: singles fill the gaps between doubles, core registers count by themselves. */
__attribute__((noinline)) static double mixed(float a, int i, double b, float c, long long l, double e, float g, int k) {
  return a + i * 2.0 + b * 3 + c * 5 + (double)l * 7 + e * 11 + g * 13 + k * 17;
}
struct pair { float x, y; };
__attribute__((noinline)) static struct pair swapped(struct pair p, float by) { return (struct pair){p.y * by, p.x * by}; }
struct mixture { int n; double x; };
__attribute__((noinline)) static struct mixture twice(struct mixture m) { return (struct mixture){2 * m.n, 2 * m.x}; }

typedef double function(double);
static function *const table[] = {sin, cos, tan, exp, log, floor, ceil, cbrt};

int main(void) {
  const double x = OPAQUE(0.7), y = OPAQUE(-2.25);
  const float u = OPAQUE(0.7f), v = OPAQUE(-2.25f);
  int n = 0, quotient = 0;
  double whole = 0, s = 0, c = 0;
  float wholef = 0;
  char *end;
  wchar_t *wide;
  for (unsigned i = 0; i < sizeof table / sizeof *table; i++) d("table", table[i](x));
  d("sqrt", sqrt(OPAQUE(2.0))), d("sqrt", sqrt(y)), f("sqrtf", sqrtf(OPAQUE(2.0f)));
  d("sin", sin(x)), f("sinf", sinf(u)), d("cos", cos(y)), f("cosf", cosf(v)), f("expf", expf(u)), f("logf", logf(u));
  d("pow", pow(x, y)), f("powf", powf(u, v)), d("atan2", atan2(x, y)), f("atan2f", atan2f(u, v));
  d("hypot", hypot(x, y)), f("hypotf", hypotf(u, v)), d("fmod", fmod(y, x)), f("fmodf", fmodf(v, u));
  d("fma", fma(x, y, OPAQUE(3.0))), f("fmaf", fmaf(u, v, OPAQUE(3.0f))), d("fmax", fmax(x, y)), f("fminf", fminf(u, v));
  d("frexp", frexp(y, &n)), printf("%d\n", n), f("frexpf", frexpf(v, &n)), printf("%d\n", n);
  d("ldexp", ldexp(x, OPAQUE(9))), f("ldexpf", ldexpf(u, OPAQUE(-3))), d("scalbln", scalbln(x, OPAQUE(4L)));
  d("modf", modf(y, &whole)), d("whole", whole), f("modff", modff(v, &wholef)), f("whole", wholef);
  d("remquo", remquo(y, x, &quotient)), printf("%d\n", quotient & 7);
  printf("%ld %ld %lld %d\n", lrint(y), lroundf(v), llround(y * 1e10), ilogb(OPAQUE(1e100)));
  d("jn", jn(OPAQUE(2), x)), f("y0f", y0f(u)), d("tgamma", tgamma(OPAQUE(4.5))), d("lgamma", lgamma(OPAQUE(4.5)));
  d("nan", nan("")), d("nexttoward", nexttoward(x, (long double)y)), f("nexttowardf", nexttowardf(u, (long double)y));
  d("copysign", copysign(x, y)), f("copysignf", copysignf(u, v)), d("rint", rint(y)), f("truncf", truncf(v));
  d("long", (double)sinl((long double)x)), d("long", (double)powl((long double)x, 3.5L));
  sincos(x, &s, &c), d("sincos", s), d("sincos", c);

  d("strtod", strtod(OPAQUE((char *)"1.25e3kg"), &end)), puts(end);
  f("strtof", strtof(OPAQUE((char *)"-0x1.8p3 "), &end)), d("strtold", (double)strtold("1e-3", &end));
  d("atof", atof("3.5")), d("wcstod", wcstod(L"2.5!", &wide)), printf("%d\n", (int)*wide);
  d("difftime", difftime(OPAQUE((time_t)1000000), OPAQUE((time_t)999990)));
  srand48(42), d("drand48", drand48());

  const double complex z = OPAQUE(x + y * I);
  const float complex w = OPAQUE(u + v * I);
  d("cabs", cabs(z)), f("cabsf", cabsf(w)), f("cargf", cargf(w)), cd("conj", conj(z)), cf("conjf", conjf(w));
  cd("cexp", cexp(z)), cf("csqrtf", csqrtf(w)), cd("cpow", cpow(z, OPAQUE(1.5 + 0.5 * I))), cf("cpowf", cpowf(w, w));
  cd("times", z * OPAQUE(2.0 - 3.0 * I)), cf("over", w / OPAQUE(2.0f - 3.0f * I)), cd("over", z / OPAQUE(2.0 - 3.0 * I));
  d("powi", __builtin_powi(x, OPAQUE(7))), f("powif", __builtin_powif(u, OPAQUE(-3)));

  d("mixed", mixed(1, 2, 3, 4, 5, 6, 7, 8));
  const struct pair p = swapped((struct pair){OPAQUE(1.5f), OPAQUE(2.5f)}, OPAQUE(2.0f));
  const struct mixture m = twice((struct mixture){OPAQUE(21), OPAQUE(0.25)});
  f("pair", p.x), f("pair", p.y), printf("%d %g\n", m.n, m.x);
  printf("%d %s %5.2f %e %c %lld\n", 1, "varargs", x, y, 'z', OPAQUE(123456789012LL));
  unsigned long long big = OPAQUE(0xfedcba9876543210ULL);
  d("u2d", (double)big), f("u2f", (float)big), printf("%llx\n", (unsigned long long)(OPAQUE(1e18) * 3));
  printf("%lld %llu\n", (long long)OPAQUE(-1e15), (unsigned long long)OPAQUE(1e15f));
  return 0;
}
