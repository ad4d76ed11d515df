/* Arithmetic of the compiler's helpers and libm: ARM IHI 0043 (run-time ABI), ISO C 7.12. */
#include <math.h>
#include <stdint.h>

#include "utest.h"

static volatile int32_t i = -17, j = 5;
static volatile uint32_t u = 4000000000u, v = 7;
static volatile int64_t p = -123456789012345ll, q = 1000003;
static volatile uint64_t w = 18446744073709551557ull;
static volatile double d = 2.0, e = 0.5;
static volatile float f = 3.0f, g = 0.25f;

/* Division truncates towards zero; 64-bit helpers. */
static void test_integers(void) {
    rule("ISO C 6.5.5");
    uassert_int_equal(i / j, -3);
    uassert_int_equal(i % j, -2);
    uassert_true(u / v == 571428571u);
    uassert_true(u % v == 3);
    uassert_true(p / q == -123456418);
    uassert_true(p % q == -643091);
    uassert_true(p / q * q + p % q == p);
    uassert_true(w / 10 == 1844674407370955155ull);
    uassert_true(w % 10 == 7);
    rule("ISO C 6.5.7");
    uassert_true((p << 3) == -987654312098760ll);
    uassert_true((p >> 5) == -3858024656636ll);
    rule("ISO C 6.5.5");
    uassert_true(p * q == 5670049133254824277ll);
    rule("GCC __builtin_clz");
    uassert_int_equal(__builtin_clz(u), 0);
    rule("GCC __builtin_ctz");
    uassert_int_equal(__builtin_ctz(j << 4), 4);
    rule("GCC __builtin_popcount");
    uassert_int_equal(__builtin_popcount(u), 13);
}

/* Conversions, as IEEE 754 has them. */
static void test_conversions(void) {
    rule("ISO C 6.3.1");
    uassert_true((int)-2.9 == -2);
    uassert_true((unsigned)(d * 2000000000.0) == 4000000000u);
    uassert_true((double)u == 4000000000.0);
    uassert_true((float)16777217 == 16777216.0f);
    uassert_true((int64_t)(d * 4611686018427387904.0 / 4) == 2305843009213693952ll);
    uassert_true((double)p == -123456789012345.0);
    uassert_true((double)(float)0.1 != 0.1);
    rule("ISO C lrint");
    uassert_true((long)lrint(2.5) == 2 && (long)lrint(3.5) == 4);
    rule("IEEE 754 5.11");
    uassert_true(0.0 == -0.0 && signbit(-0.0));
}

/* float and double arithmetic. */
static void test_arithmetic(void) {
    double nan = d - d;
    nan = nan / nan;
    rule("ISO C isnan");
    uassert_true(d / 3.0 * 3.0 == 2.0);
    uassert_true(f * g == 0.75f);
    uassert_true(f / g == 12.0f);
    uassert_true(d + 1e-17 == d);
    uassert_true(nan != nan);
    uassert_false(nan < d || nan > d || nan == d);
    uassert_true(isnan(nan) && isinf(d / 0.0) && isfinite(d));
    rule("ISO C isinf");
    uassert_true(4.9406564584124654e-324 > 0.0);
}

#define NEAR(a, b) (fabs((a) - (b)) <= 1e-12 * fabs(b) + 1e-300)

/* Known values. */
static void test_functions(void) {
    rule("ISO C sqrt");
    uassert_true(sqrt(d) == 1.4142135623730951);
    rule("ISO C fabs");
    uassert_true(NEAR(sin(1.0), 0.8414709848078965));
    uassert_true(NEAR(cos(1.0), 0.5403023058681398));
    uassert_true(NEAR(tan(1.0), 1.5574077246549023));
    uassert_true(NEAR(exp(1.0), 2.718281828459045));
    uassert_true(NEAR(log(10.0), 2.302585092994046));
    uassert_true(NEAR(log10(d), 0.3010299956639812));
    uassert_true(NEAR(pow(d, e), 1.4142135623730951));
    uassert_true(NEAR(atan2(1.0, -1.0), 2.356194490192345));
    uassert_true(NEAR(asin(e), 0.5235987755982989));
    uassert_true(NEAR(sinh(1.0), 1.1752011936438014));
    rule("ISO C floor");
    uassert_true(floor(-2.5) == -3.0 && ceil(-2.5) == -2.0 && trunc(-2.5) == -2.0 && round(-2.5) == -3.0);
    rule("ISO C fmod");
    uassert_true(fmod(7.5, 2.0) == 1.5);
    rule("ISO C hypot");
    uassert_true(hypot(3.0, 4.0) == 5.0);
    rule("ISO C cbrt");
    uassert_true(cbrt(27.0) == 3.0);
    rule("ISO C ldexp");
    uassert_true(ldexp(0.75, 4) == 12.0);
    rule("ISO C fabsf");
    uassert_true(fabsf(-1.5f) == 1.5f && sqrtf(9.0f) == 3.0f);
    rule("ISO C fabs");
    uassert_true(NEAR(tgamma(5.0), 24.0));
    uassert_true(NEAR(erf(0.5), 0.5204998778130465));
    {
        int exponent;
        double whole;
        rule("ISO C frexp");
        uassert_true(frexp(12.0, &exponent) == 0.75 && exponent == 4);
        rule("ISO C modf");
        uassert_true(modf(-3.25, &whole) == -0.25 && whole == -3.0);
    }
}

static volatile double sums[2];
static void adds(void *parameter) {
    int n;
    double sum = 0;
    for (n = 1; n <= 3000; n++) sum += 1.0 / n;
    sums[(long)parameter] = sum;
}

/* Two threads compute at the same time and do not disturb each other. */
static void test_threads(void) {
    double sum = 0;
    int n;
    spawn_slice("a", adds, (void *)0, 21, 1);
    spawn_slice("b", adds, (void *)1, 21, 1);
    rt_thread_delay(100);
    for (n = 1; n <= 3000; n++) sum += 1.0 / n;
    rule("thread.c rt_thread_startup");
    uassert_true(sums[0] == sum);
    uassert_true(sums[1] == sum);
    rule("ISO C fabs");
    uassert_true(fabs(sum - 8.583749889) < 1e-6);
}

static void testcase(void) {
    UTEST_UNIT_RUN(test_integers);
    UTEST_UNIT_RUN(test_conversions);
    UTEST_UNIT_RUN(test_arithmetic);
    UTEST_UNIT_RUN(test_functions);
    UTEST_UNIT_RUN(test_threads);
}
UTEST_TC_EXPORT(testcase, "libc.math", RT_NULL, RT_NULL, 20);
