/* Arithmetic of the compiler's helpers and libm: ARM IHI 0043 (run-time ABI), ISO C 7.12. */
#include <math.h>
#include <stdint.h>

#include "utest.h"

/* What the assertions check: rule(ID) cites the one of those that follow it. */
RULE(A1, "ISO C 6.5.5", "signed division truncates towards zero, and the remainder has the sign of the dividend");
RULE(A2, "ISO C 6.5.5", "unsigned division");
RULE(A3, "ISO C 6.5.5", "division of 64 bits, signed and unsigned");
RULE(A4, "ISO C 6.5.7", "shifts of 64 bits; to the right the sign stays");
RULE(A5, "ISO C 6.5.5", "a product of 64 bits");
RULE(A6, "GCC __builtin_clz", "zeros before the first one");
RULE(A7, "GCC __builtin_ctz", "zeros behind the last one");
RULE(A8, "GCC __builtin_popcount", "the number of ones");
RULE(A9, "ISO C 6.3.1.4", "conversions of real numbers to integers truncate");
RULE(A10, "ISO C 6.3.1.4", "conversions of integers to real numbers give the nearest one");
RULE(A11, "ISO C 6.3.1.5", "a double as float has fewer digits");
RULE(A12, "ISO C lrint", "to the nearest integer, halves to the even one");
RULE(A13, "IEEE 754 5.11", "0 and -0 are equal; the sign is there");
RULE(A14, "IEEE 754 5.4.1", "sums, products and quotients are rounded to the nearest number");
RULE(A15, "IEEE 754 5.11", "a NaN is unequal to everything and in no order");
RULE(A16, "ISO C 7.12.3", "isnan, isinf and isfinite");
RULE(A17, "IEEE 754 3.4", "the least number is not 0, half of it is");
RULE(A18, "ISO C sqrt", "rounded to the nearest number");
RULE(A19, "ISO C 7.12", "trigonometric, hyperbolic, exponential and logarithmic functions, to 12 digits");
RULE(A20, "ISO C 7.12.9", "floor, ceil, trunc and round");
RULE(A21, "ISO C fmod", "exact");
RULE(A22, "ISO C hypot", "5 of 3 and 4");
RULE(A23, "ISO C cbrt", "3 of 27");
RULE(A24, "ISO C ldexp", "exact");
RULE(A25, "ISO C 7.12", "the functions of float");
RULE(A26, "ISO C 7.12.8", "gamma and error function, to 12 digits");
RULE(A27, "ISO C frexp", "from a half to one, and the exponent");
RULE(A28, "ISO C modf", "both parts have the sign");
RULE(A29, "scheduler.c rt_schedule", "a switch keeps the registers of floating point");
RULE(A30, "ISO C 7.12", "the harmonic sum of 3000");

static volatile int32_t i = -17, j = 5;
static volatile uint32_t u = 4000000000u, v = 7;
static volatile int64_t p = -123456789012345ll, q = 1000003;
static volatile uint64_t w = 18446744073709551557ull;
static volatile double d = 2.0, e = 0.5;
static volatile float f = 3.0f, g = 0.25f;
/* volatile, or the compiler would do the sums itself. */
static volatile double fraction = -2.9, tenth = 0.1, least = 4.9406564584124654e-324, zero = 0.0, negative = -0.0;
static volatile int32_t odd = 16777217;

/* Division truncates towards zero; 64-bit helpers. */
static void test_integers(void) {
    rule(A1);
    uassert_int_equal(i / j, -3);
    uassert_int_equal(i % j, -2);
    rule(A2);
    uassert_true(u / v == 571428571u);
    uassert_true(u % v == 3);
    rule(A3);
    uassert_true(p / q == -123456418);
    uassert_true(p % q == -643091);
    uassert_true(p / q * q + p % q == p);
    uassert_true(w / 10 == 1844674407370955155ull);
    uassert_true(w % 10 == 7);
    rule(A4);
    uassert_true((p << 3) == -987654312098760ll);
    uassert_true((p >> 5) == -3858024656636ll);
    rule(A5);
    uassert_true(p * q == 5670049133254824277ll);
    rule(A6);
    uassert_int_equal(__builtin_clz(u), 0);
    rule(A7);
    uassert_int_equal(__builtin_ctz(j << 4), 4);
    rule(A8);
    uassert_int_equal(__builtin_popcount(u), 13);
}

/* Conversions, as IEEE 754 has them. */
static void test_conversions(void) {
    rule(A9);
    uassert_int_equal((int)fraction, -2);
    uassert_true((unsigned)(d * 2000000000.0) == 4000000000u);
    rule(A10);
    uassert_true((double)u == 4000000000.0);
    uassert_true((float)odd == 16777216.0f);
    rule(A9);
    uassert_true((int64_t)(d * 4611686018427387904.0 / 4) == 2305843009213693952ll);
    rule(A10);
    uassert_true((double)p == -123456789012345.0);
    rule(A11);
    uassert_true((double)(float)tenth != tenth);
    uassert_true((float)tenth == 0.1f);
    rule(A12);
    uassert_true((long)lrint(2.5) == 2 && (long)lrint(3.5) == 4);
    rule(A13);
    uassert_true(zero == negative);
    uassert_true(signbit(negative) && !signbit(zero));
    uassert_true(1.0 / negative < 0.0 && 1.0 / zero > 0.0);
}

/* float and double arithmetic. */
static void test_arithmetic(void) {
    double nan = d - d;
    nan = nan / nan;
    rule(A14);
    uassert_true(d / 3.0 * 3.0 == 2.0);
    uassert_true(f * g == 0.75f);
    uassert_true(f / g == 12.0f);
    uassert_true(d + 1e-17 == d);
    rule(A15);
    uassert_true(nan != nan);
    uassert_false(nan < d || nan > d || nan == d);
    rule(A16);
    uassert_true(isnan(nan) && isinf(d / 0.0) && isfinite(d));
    rule(A17);
    uassert_true(least > 0.0);
    uassert_true(least / 2.0 == 0.0);
}

#define NEAR(a, b) (fabs((a) - (b)) <= 1e-12 * fabs(b) + 1e-300)

/* Known values. */
static void test_functions(void) {
    rule(A18);
    uassert_true(sqrt(d) == 1.4142135623730951);
    rule(A19);
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
    rule(A20);
    uassert_true(floor(-2.5) == -3.0 && ceil(-2.5) == -2.0 && trunc(-2.5) == -2.0 && round(-2.5) == -3.0);
    rule(A21);
    uassert_true(fmod(7.5, 2.0) == 1.5);
    rule(A22);
    uassert_true(hypot(3.0, 4.0) == 5.0);
    rule(A23);
    uassert_true(cbrt(27.0) == 3.0);
    rule(A24);
    uassert_true(ldexp(0.75, 4) == 12.0);
    rule(A25);
    uassert_true(fabsf(-1.5f) == 1.5f && sqrtf(9.0f) == 3.0f);
    rule(A26);
    uassert_true(NEAR(tgamma(5.0), 24.0));
    uassert_true(NEAR(erf(0.5), 0.5204998778130465));
    {
        int exponent;
        double whole;
        rule(A27);
        uassert_true(frexp(12.0, &exponent) == 0.75 && exponent == 4);
        rule(A28);
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
    rule(A29);
    uassert_true(sums[0] == sum);
    uassert_true(sums[1] == sum);
    rule(A30);
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
