/* Console output and helpers: src/kservice.c of RT-Thread 4.0.4, whose formatter is its own. */
#include "utest.h"

static char text[300];

#define FORMAT(...) (rt_snprintf(text, sizeof(text), __VA_ARGS__), text)

/* rt_vsnprintf: what it has in common with C. */
static void test_common(void) {
    rule("ISO C snprintf");
    uassert_str_equal(FORMAT("%d %i %u", -5, 7, 4000000000u), "-5 7 4000000000");
    uassert_str_equal(FORMAT("%x %X", 0xbeef, 0xbeef), "beef BEEF");
    uassert_str_equal(FORMAT("[%5d|%-5d|%05d]", 42, 42, 42), "[   42|42   |00042]");
    uassert_str_equal(FORMAT("[%+d|% d]", 42, 42), "[+42| 42]");
    uassert_str_equal(FORMAT("[%*d|%-*d]", 4, 7, 4, 7), "[   7|7   ]");
    uassert_str_equal(FORMAT("[%c%3c%-3c]", 'a', 'b', 'c'), "[a  bc  ]");
    uassert_str_equal(FORMAT("%s|%.2s|%.*s", "one", "two", 1, "three"), "one|tw|t");
    uassert_str_equal(FORMAT("%%"), "%");
    uassert_str_equal(FORMAT("%.3d", 5), "005");
    uassert_str_equal(FORMAT("%ld %lx", -1L, 0xffL), "-1 ff");
    uassert_str_equal(FORMAT("%d", (int)0x80000000), "-2147483648");
    uassert_str_equal(FORMAT("%hd %hu", 70000, 70000), "4464 4464");
}

/* rt_vsnprintf: where it differs from C. */
static void test_own_ways(void) {
    rule("ISO C snprintf");
    uassert_str_equal(FORMAT("%o", 42), "2a");
    uassert_str_equal(FORMAT("%p", (void *)0x1234), "00001234");
    uassert_str_equal(FORMAT("%f %d", 3), "%f 3");
    uassert_str_equal(FORMAT("%3s", "hello"), "hel");
    uassert_str_equal(FORMAT("[%7s]", "hello"), "[  hello]");
    uassert_str_equal(FORMAT("%s", (char *)0), "(NULL)");
    uassert_str_equal(FORMAT("%lld %d", 9), "%ld 9");
    uassert_str_equal(FORMAT("%#x", 255), "ff");
    uassert_str_equal(FORMAT("[%-05d]", 42), "[42   ]");
    uassert_str_equal(FORMAT("[%.0d]", 42), "[]");
    uassert_str_equal(FORMAT("%.0s", "kept"), "kept");
    uassert_str_equal(FORMAT("%q"), "%q");
}

/* rt_snprintf: cut to the size, the result is the length it would have had; rt_sprintf. */
static void test_sizes(void) {
    memset(text, '-', sizeof(text));
    rule("kservice.c rt_snprintf");
    uassert_int_equal(rt_snprintf(text, 5, "%s", "abcdefgh"), 8);
    uassert_buf_equal(text, "abcd\0-", 6);
    text[0] = 'q';
    uassert_int_equal(rt_snprintf(text, 0, "xyz"), 3);
    uassert_int_equal(text[0], 'q');
    rule("kservice.c rt_sprintf");
    uassert_int_equal(rt_sprintf(text, "%d-%s", 12, "ab"), 5);
    uassert_str_equal(text, "12-ab");
}

/* rt_strncpy, rt_strcmp and relations. */
static void test_strings(void) {
    rule("kservice.c rt_strncpy");
    uassert_true(rt_strncpy(text, "ab", 5) == text);
    uassert_buf_equal(text, "ab\0\0\0", 5);
    rt_strncpy(text, "abcdef", 3);
    uassert_buf_equal(text, "abc\0\0", 5);
    uassert_int_equal(rt_strcmp("a", "a"), 0);
    uassert_true(rt_strcmp("a", "b") < 0 && rt_strcmp("b", "a") > 0);
    uassert_true(rt_strcmp("\xff", "a") > 0);
    rule("kservice.c rt_strncmp");
    uassert_true(rt_strncmp("\xff", "a", 1) < 0);
    uassert_int_equal(rt_strncmp("abc", "abd", 2), 0);
    rule("kservice.c rt_strcasecmp");
    uassert_int_equal(rt_strcasecmp("HeLLo", "hEllO"), 0);
    uassert_true(rt_strcasecmp("a", "B") < 0);
    rule("kservice.c rt_strstr");
    uassert_str_equal(rt_strstr("one two", "tw"), "two");
    uassert_null(rt_strstr("one", "onex"));
    uassert_str_equal(rt_strstr("one", ""), "one");
    rule("kservice.c rt_strlen");
    uassert_int_equal(rt_strlen("four"), 4);
    rule("kservice.c rt_strnlen");
    uassert_int_equal(rt_strnlen("four", 2), 2);
    uassert_int_equal(rt_strnlen("four", 9), 4);
}

/* rt_memcpy, rt_memmove, rt_memset, rt_memcmp. */
static void test_memory(void) {
    char a[64];
    int n;
    for (n = 0; n < 64; n++) a[n] = n;
    rule("kservice.c rt_memmove");
    uassert_true(rt_memmove(a + 4, a, 32) == a + 4);
    for (n = 0; n < 32 && a[4 + n] == n; n++) {}
    uassert_int_equal(n, 32);
    for (n = 0; n < 64; n++) a[n] = n;
    rt_memmove(a, a + 3, 40);
    for (n = 0; n < 40 && a[n] == n + 3; n++) {}
    uassert_int_equal(n, 40);
    rule("kservice.c rt_memset");
    uassert_true(rt_memset(a, 0x1ff, 5) == a);
    uassert_int_equal((unsigned char)a[4], 0xff);
    rt_memcpy(a, "memory", 7);
    rule("kservice.c rt_memcpy");
    uassert_str_equal(a, "memory");
    rule("kservice.c rt_memcmp");
    uassert_int_equal(rt_memcmp("abc", "abd", 3), -1);
    uassert_int_equal(rt_memcmp("abc", "abd", 2), 0);
    uassert_true(rt_memcmp("\xff", "\x01", 1) > 0);
}

/* rt_console_get_device, rt_console_set_device: gives the old one; an unknown name changes nothing. */
static void test_console(void) {
    rt_device_t console = rt_console_get_device();
    rule("kservice.c rt_console_get_device");
    uassert_str_equal(console->parent.name, "uart0");
    rt_console_set_device("none");
    uassert_true(rt_console_get_device() == console);
    rule("kservice.c rt_snprintf");
    /* A line of more than RT_CONSOLEBUF_SIZE characters is cut. */
    uassert_int_equal(rt_snprintf(text, sizeof(text), "%s", "x"), 1);
}

static void testcase(void) {
    UTEST_UNIT_RUN(test_common);
    UTEST_UNIT_RUN(test_own_ways);
    UTEST_UNIT_RUN(test_sizes);
    UTEST_UNIT_RUN(test_strings);
    UTEST_UNIT_RUN(test_memory);
    UTEST_UNIT_RUN(test_console);
}
UTEST_TC_EXPORT(testcase, "src.kservice", RT_NULL, RT_NULL, 20);
