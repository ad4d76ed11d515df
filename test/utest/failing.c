/* Fails on purpose, so that the macros of the suite are seen to notice. */
#include "suite/utest.h"

RULE(F1, "ISO C 6.5.9", "equal operands");
RULE(F2, "ISO C strcmp", "0 for equal strings");

static void test_one(void) {
    rule(F1);
    uassert_int_equal(1, 1);
    uassert_int_equal(1, 2);
    rule(F2);
    uassert_str_equal("a", "b");
}

static void test_without_rule(void) {
    uassert_int_equal(1, 1);
}

static void testcase(void) {
    UTEST_UNIT_RUN(test_one);
    UTEST_UNIT_RUN(test_without_rule);
}
UTEST_TC_EXPORT(testcase, "failing", RT_NULL, RT_NULL, 20);
