/* Fails on purpose, so that the macros of the suite are seen to notice. */
#include "suite/utest.h"

static void test_one(void) {
    uassert_int_equal(1, 1);
    uassert_int_equal(1, 2);
    uassert_str_equal("a", "b");
}

static void testcase(void) {
    UTEST_UNIT_RUN(test_one);
}
UTEST_TC_EXPORT(testcase, "failing", RT_NULL, RT_NULL, 20);
