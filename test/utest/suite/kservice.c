/* Console output and helpers: src/kservice.c of RT-Thread 4.0.4, whose formatter is its own. */
#include "utest.h"

/* What the assertions check: rule(ID) cites the one of those that follow it. */
RULE(N1, "kservice.c rt_vsnprintf", "d i u x X: decimal and hexadecimal numbers as in C");
RULE(N2, "kservice.c rt_vsnprintf", "width, and the flags - and 0, of numbers as in C");
RULE(N3, "kservice.c rt_vsnprintf", "the flags + and blank as in C");
RULE(N4, "kservice.c rt_vsnprintf", "* takes the width from the arguments");
RULE(N5, "kservice.c rt_vsnprintf", "c with a width as in C");
RULE(N6, "kservice.c rt_vsnprintf", "s, and its precision, as in C");
RULE(N7, "kservice.c rt_vsnprintf", "%% is %");
RULE(N8, "kservice.c rt_vsnprintf", "the precision of a number is its least digits");
RULE(N9, "kservice.c rt_vsnprintf", "l is a long, h cuts to 16 bits");
RULE(N10, "kservice.c rt_vsnprintf", "o gives hexadecimal digits");
RULE(N11, "kservice.c rt_vsnprintf", "p is eight hexadecimal digits without 0x");
RULE(N12, "kservice.c rt_vsnprintf",
     "a conversion that it does not know is printed as it stands and takes no argument");
RULE(N13, "kservice.c rt_vsnprintf", "the width of s cuts it");
RULE(N14, "kservice.c rt_vsnprintf", "the width of s pads it");
RULE(N15, "kservice.c rt_vsnprintf", "s of NULL is (NULL)");
RULE(N16, "kservice.c rt_vsnprintf", "%lld is printed as %ld and takes no argument");
RULE(N17, "kservice.c rt_vsnprintf", "the flag # has no effect");
RULE(N18, "kservice.c rt_vsnprintf", "the flag - makes 0 blanks");
RULE(N19, "kservice.c rt_vsnprintf", "precision 0 prints no digits of any number");
RULE(N20, "kservice.c rt_vsnprintf", "precision 0 of s is left out");
RULE(N21, "kservice.c rt_snprintf", "cut to the size with its NUL; the length that it would have had");
RULE(N22, "kservice.c rt_snprintf", "size 0 writes nothing");
RULE(N23, "kservice.c rt_sprintf", "the text and its length");
RULE(N24, "kservice.c rt_strncpy", "its first argument; padded with NUL");
RULE(N25, "kservice.c rt_strncpy", "no more than n bytes");
RULE(N26, "kservice.c rt_strcmp", "0, less and more");
RULE(N27, "kservice.c rt_strcmp", "compares unsigned characters");
RULE(N28, "kservice.c rt_strncmp", "compares signed characters");
RULE(N29, "kservice.c rt_strncmp", "no more than n characters");
RULE(N30, "kservice.c rt_strcasecmp", "without regard to case");
RULE(N31, "kservice.c rt_strstr", "the first place, NULL when there is none, the text itself for an empty one");
RULE(N32, "kservice.c rt_strlen", "characters before the NUL");
RULE(N33, "kservice.c rt_strnlen", "n at most");
RULE(N34, "kservice.c rt_memmove", "its first argument; areas may overlap in both directions");
RULE(N35, "kservice.c rt_memset", "its first argument; the low byte of the value");
RULE(N36, "kservice.c rt_memcpy", "copies");
RULE(N37, "kservice.c rt_memcmp", "the difference of the first unsigned bytes that differ");
RULE(N38, "kservice.c rt_console_get_device", "the device of the console, uart0");
RULE(N39, "kservice.c rt_console_set_device", "the device before; a name that there is not changes nothing");

static char text[300];

#define FORMAT(...) (rt_snprintf(text, sizeof(text), __VA_ARGS__), text)

/* rt_vsnprintf: what it has in common with C. */
static void test_common(void) {
    rule(N1);
    uassert_str_equal(FORMAT("%d %i %u", -5, 7, 4000000000u), "-5 7 4000000000");
    uassert_str_equal(FORMAT("%x %X", 0xbeef, 0xbeef), "beef BEEF");
    rule(N2);
    uassert_str_equal(FORMAT("[%5d|%-5d|%05d]", 42, 42, 42), "[   42|42   |00042]");
    rule(N3);
    uassert_str_equal(FORMAT("[%+d|% d]", 42, 42), "[+42| 42]");
    rule(N4);
    uassert_str_equal(FORMAT("[%*d|%-*d]", 4, 7, 4, 7), "[   7|7   ]");
    rule(N5);
    uassert_str_equal(FORMAT("[%c%3c%-3c]", 'a', 'b', 'c'), "[a  bc  ]");
    rule(N6);
    uassert_str_equal(FORMAT("%s|%.2s|%.*s", "one", "two", 1, "three"), "one|tw|t");
    rule(N7);
    uassert_str_equal(FORMAT("%%"), "%");
    rule(N8);
    uassert_str_equal(FORMAT("%.3d", 5), "005");
    rule(N9);
    uassert_str_equal(FORMAT("%ld %lx", -1L, 0xffL), "-1 ff");
    rule(N1);
    uassert_str_equal(FORMAT("%d", (int)0x80000000), "-2147483648");
    rule(N9);
    uassert_str_equal(FORMAT("%hd %hu", 70000, 70000), "4464 4464");
}

/* rt_vsnprintf: where it differs from C. */
static void test_own_ways(void) {
    rule(N10);
    uassert_str_equal(FORMAT("%o", 42), "2a");
    rule(N11);
    uassert_str_equal(FORMAT("%p", (void *)0x1234), "00001234");
    rule(N12);
    uassert_str_equal(FORMAT("%f %d", 3), "%f 3");
    rule(N13);
    uassert_str_equal(FORMAT("%3s", "hello"), "hel");
    rule(N14);
    uassert_str_equal(FORMAT("[%7s]", "hello"), "[  hello]");
    rule(N15);
    uassert_str_equal(FORMAT("%s", (char *)0), "(NULL)");
    rule(N16);
    uassert_str_equal(FORMAT("%lld %d", 9), "%ld 9");
    rule(N17);
    uassert_str_equal(FORMAT("%#x", 255), "ff");
    rule(N18);
    uassert_str_equal(FORMAT("[%-05d]", 42), "[42   ]");
    rule(N19);
    uassert_str_equal(FORMAT("[%.0d]", 42), "[]");
    rule(N20);
    uassert_str_equal(FORMAT("%.0s", "kept"), "kept");
    rule(N12);
    uassert_str_equal(FORMAT("%q"), "%q");
}

/* rt_snprintf: cut to the size, the result is the length it would have had; rt_sprintf. */
static void test_sizes(void) {
    memset(text, '-', sizeof(text));
    rule(N21);
    uassert_int_equal(rt_snprintf(text, 5, "%s", "abcdefgh"), 8);
    uassert_buf_equal(text, "abcd\0-", 6);
    text[0] = 'q';
    rule(N22);
    uassert_int_equal(rt_snprintf(text, 0, "xyz"), 3);
    uassert_int_equal(text[0], 'q');
    rule(N23);
    uassert_int_equal(rt_sprintf(text, "%d-%s", 12, "ab"), 5);
    uassert_str_equal(text, "12-ab");
}

/* rt_strncpy, rt_strcmp and relations. */
static void test_strings(void) {
    rule(N24);
    uassert_true(rt_strncpy(text, "ab", 5) == text);
    uassert_buf_equal(text, "ab\0\0\0", 5);
    rt_strncpy(text, "abcdef", 3);
    rule(N25);
    uassert_buf_equal(text, "abc\0\0", 5);
    rule(N26);
    uassert_int_equal(rt_strcmp("a", "a"), 0);
    uassert_true(rt_strcmp("a", "b") < 0 && rt_strcmp("b", "a") > 0);
    rule(N27);
    uassert_true(rt_strcmp("\xff", "a") > 0);
    rule(N28);
    uassert_true(rt_strncmp("\xff", "a", 1) < 0);
    rule(N29);
    uassert_int_equal(rt_strncmp("abc", "abd", 2), 0);
    rule(N30);
    uassert_int_equal(rt_strcasecmp("HeLLo", "hEllO"), 0);
    uassert_true(rt_strcasecmp("a", "B") < 0);
    rule(N31);
    uassert_str_equal(rt_strstr("one two", "tw"), "two");
    uassert_null(rt_strstr("one", "onex"));
    uassert_str_equal(rt_strstr("one", ""), "one");
    rule(N32);
    uassert_int_equal(rt_strlen("four"), 4);
    rule(N33);
    uassert_int_equal(rt_strnlen("four", 2), 2);
    uassert_int_equal(rt_strnlen("four", 9), 4);
}

/* rt_memcpy, rt_memmove, rt_memset, rt_memcmp. */
static void test_memory(void) {
    char a[64];
    int n;
    for (n = 0; n < 64; n++) a[n] = n;
    rule(N34);
    uassert_true(rt_memmove(a + 4, a, 32) == a + 4);
    for (n = 0; n < 32 && a[4 + n] == n; n++) {}
    uassert_int_equal(n, 32);
    for (n = 0; n < 64; n++) a[n] = n;
    rt_memmove(a, a + 3, 40);
    for (n = 0; n < 40 && a[n] == n + 3; n++) {}
    uassert_int_equal(n, 40);
    rule(N35);
    uassert_true(rt_memset(a, 0x1ff, 5) == a);
    uassert_int_equal((unsigned char)a[4], 0xff);
    rt_memcpy(a, "memory", 7);
    rule(N36);
    uassert_str_equal(a, "memory");
    rule(N37);
    uassert_int_equal(rt_memcmp("abc", "abd", 3), -1);
    uassert_int_equal(rt_memcmp("abc", "abd", 2), 0);
    uassert_true(rt_memcmp("\xff", "\x01", 1) > 0);
}

/* rt_console_get_device, rt_console_set_device: gives the old one; an unknown name changes nothing. */
static void test_console(void) {
    rt_device_t console = rt_console_get_device();
    rule(N38);
    uassert_str_equal(console->parent.name, "uart0");
    rule(N39);
    uassert_true(rt_console_set_device("none") == console);
    uassert_true(rt_console_get_device() == console);
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
