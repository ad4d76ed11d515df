/* The C library: newlib on the kernel; ISO C 7.21 (stdio), 7.22 (stdlib), 7.24 (string), 7.6 setjmp. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "utest.h"

static char text[256];
#define FORMAT(...) (snprintf(text, sizeof(text), __VA_ARGS__), text)

/* snprintf: full C, unlike rt_snprintf. */
static void test_printf(void) {
    rule("ISO C snprintf");
    uassert_str_equal(FORMAT("%d %u %x %o %c %s", -1, 2u, 255, 8, 'c', "str"), "-1 2 ff 10 c str");
    uassert_str_equal(FORMAT("%5.1f|%-8.3e|%g", 3.14159, 12345.678, 0.0001), "  3.1|1.235e+04|0.0001");
    uassert_str_equal(FORMAT("%lld %llx", 1234567890123ll, 0xfedcba9876543210ull), "1234567890123 fedcba9876543210");
    uassert_str_equal(FORMAT("%08.3f|%+d|% d|%#x|%#o", 3.5, 5, 5, 255, 8), "0003.500|+5| 5|0xff|010");
    uassert_str_equal(FORMAT("%10s|%-10s|%.3s", "right", "left", "cut off"), "     right|left      |cut");
    uassert_str_equal(FORMAT("%*d|%.*f", 6, 42, 2, 1.005), "    42|1.00");
    uassert_str_equal(FORMAT("%f %f", 1.0 / 0.0, -1.0 / 0.0), "inf -inf");
    uassert_int_equal(snprintf(text, 4, "%s", "longer"), 6);
    uassert_str_equal(text, "lon");
    uassert_str_equal(FORMAT("%.17g", 0.1), "0.10000000000000001");
}

/* sscanf, strtol, strtod, qsort, bsearch. */
static void test_stdlib(void) {
    int a = 0, b = 0, n;
    char word[16] = "";
    float f = 0;
    char *end;
    static const char *numbers[] = {"pear", "apple", "fig"};
    rule("ISO C sscanf");
    uassert_int_equal(sscanf("12 0x1f word 2.5", "%d %i %15s %f", &a, &b, word, &f), 4);
    uassert_int_equal(a, 12);
    uassert_int_equal(b, 31);
    uassert_str_equal(word, "word");
    uassert_true(f == 2.5f);
    rule("ISO C strtol");
    uassert_int_equal(strtol("  -42x", &end, 10), -42);
    uassert_str_equal(end, "x");
    rule("ISO C strtoul");
    uassert_true(strtoul("ffffffff", RT_NULL, 16) == 0xffffffffu);
    rule("ISO C strtol");
    uassert_int_equal(strtol("077", RT_NULL, 0), 63);
    rule("ISO C strtod");
    uassert_true(strtod("1e3z", &end) == 1000.0);
    uassert_str_equal(end, "z");
    rule("ISO C strtoll");
    uassert_true(strtoll("-9223372036854775808", RT_NULL, 10) == LLONG_MIN);
    rule("ISO C atoi");
    uassert_int_equal(atoi("17 apples"), 17);
    rule("ISO C abs");
    uassert_int_equal(abs(-3), 3);
    rule("ISO C div");
    uassert_int_equal(div(17, 5).quot * 10 + div(17, 5).rem, 32);
    srand(1);
    a = rand();
    srand(1);
    rule("ISO C rand");
    uassert_int_equal(rand(), a);
    (void)numbers;
    (void)n;
}

static int compares(const void *a, const void *b) {
    return *(const int *)a - *(const int *)b;
}

static void test_sorting(void) {
    int values[100], n, wanted = 500, sorted = 1;
    for (n = 0; n < 100; n++) values[n] = (n * 37 + 11) % 100 * 10;
    qsort(values, 100, sizeof(int), compares);
    for (n = 1; n < 100; n++) sorted &= values[n - 1] <= values[n];
    rule("ISO C qsort");
    uassert_true(sorted);
    rule("ISO C bsearch");
    uassert_true(bsearch(&wanted, values, 100, sizeof(int), compares) == &values[50]);
    wanted = 501;
    uassert_null(bsearch(&wanted, values, 100, sizeof(int), compares));
}

/* string.h and ctype.h. */
static void test_strings(void) {
    char buffer[32] = "a,b,,c";
    char *rest, *token = strtok_r(buffer, ",", &rest);
    rule("POSIX.1 strtok_r");
    uassert_str_equal(token, "a");
    uassert_str_equal(strtok_r(RT_NULL, ",", &rest), "b");
    uassert_str_equal(strtok_r(RT_NULL, ",", &rest), "c");
    uassert_null(strtok_r(RT_NULL, ",", &rest));
    rule("ISO C strspn");
    uassert_int_equal(strspn("aabbc", "ab"), 4);
    rule("ISO C strcspn");
    uassert_int_equal(strcspn("hello", "l"), 2);
    rule("ISO C strpbrk");
    uassert_str_equal(strpbrk("hello", "ol"), "llo");
    rule("ISO C strrchr");
    uassert_str_equal(strrchr("a/b/c", '/'), "/c");
    rule("ISO C strstr");
    uassert_str_equal(strstr("needle in hay", "in"), "in hay");
    uassert_int_equal(memcmp("abc", "abd", 3) < 0, 1);
    rule("ISO C memchr");
    uassert_true(memchr("abc", 'c', 3) != RT_NULL);
    rule("ISO C isalpha");
    uassert_true(isalpha('x') && isdigit('7') && isspace('\t') && !isalpha('7') && toupper('q') == 'Q');
    rule("ISO C strerror");
    uassert_not_null(strerror(ENOENT));
    strcpy(buffer, "abc");
    strcat(buffer, "def");
    rule("ISO C strcat");
    uassert_str_equal(buffer, "abcdef");
    strncpy(buffer, "xyz", 2);
    rule("ISO C strncpy");
    uassert_str_equal(buffer, "xycdef");
}

/* Streams on files: buffering, positions, end of file, ungetc. */
static void test_streams(void) {
    FILE *f = fopen("/s.txt", "w+");
    char line[32];
    int n;
    rule("ISO C fopen");
    uassert_not_null(f);
    for (n = 0; n < 100; n++) fprintf(f, "line %d\n", n);
    rule("ISO C fflush");
    uassert_int_equal(fflush(f), 0);
    rewind(f);
    rule("ISO C fgets");
    uassert_str_equal(fgets(line, sizeof(line), f), "line 0\n");
    rule("ISO C fseek");
    uassert_int_equal(fseek(f, -8, SEEK_END), 0);
    rule("ISO C fgets");
    uassert_str_equal(fgets(line, sizeof(line), f), "line 99\n");
    uassert_null(fgets(line, sizeof(line), f));
    rule("ISO C feof");
    uassert_true(feof(f));
    clearerr(f);
    rewind(f);
    rule("ISO C fgetc");
    uassert_int_equal(fgetc(f), 'l');
    rule("ISO C ungetc");
    uassert_int_equal(ungetc('L', f), 'L');
    rule("ISO C fread");
    uassert_int_equal(fread(line, 1, 4, f), 4);
    uassert_buf_equal(line, "Line", 4);
    rule("ISO C ftell");
    uassert_int_equal(ftell(f), 4);
    uassert_int_equal(fclose(f), 0);
    f = fopen("/s.txt", "a");
    fputs("appended\n", f);
    fclose(f);
    f = fopen("/s.txt", "r");
    fseek(f, -9, SEEK_END);
    rule("ISO C fscanf");
    uassert_int_equal(fscanf(f, "%31s", line), 1);
    uassert_str_equal(line, "appended");
    fclose(f);
    rule("ISO C fopen");
    uassert_null(fopen("/none/none", "r"));
    rule("ISO C remove");
    uassert_int_equal(remove("/s.txt"), 0);
}

static jmp_buf back;
static void jumps(int depth) {
    if (depth == 0) longjmp(back, 5);
    jumps(depth - 1);
}

/* setjmp and longjmp, the environment. */
static void test_rest(void) {
    int value = setjmp(back);
    if (value == 0) jumps(10);
    rule("ISO C longjmp");
    uassert_int_equal(value, 5);
    rule("POSIX.1 setenv");
    uassert_int_equal(setenv("UTEST", "yes", 1), 0);
    rule("ISO C getenv");
    uassert_str_equal(getenv("UTEST"), "yes");
    rule("POSIX.1 unsetenv");
    uassert_int_equal(unsetenv("UTEST"), 0);
    rule("ISO C getenv");
    uassert_null(getenv("UTEST"));
    rule("ISO C setlocale");
    uassert_str_equal(setlocale(LC_ALL, RT_NULL), "C");
}

static rt_err_t errnos[2];
static void other_errno(void *parameter) {
    errno = 33;
    rt_thread_delay(3);
    errnos[0] = errno;
}

/* errno belongs to the thread. */
static void test_errno(void) {
    if (utest_compat) return;
    errno = 11;
    spawn("errno", other_errno, RT_NULL, 10);
    rule("thread.c rt_thread_startup");
    uassert_int_equal(errno, 11);
    errno = 12;
    rt_thread_delay(5);
    uassert_int_equal(errnos[0], 33);
    uassert_int_equal(errno, 12);
}

static void testcase(void) {
    UTEST_UNIT_RUN(test_printf);
    UTEST_UNIT_RUN(test_stdlib);
    UTEST_UNIT_RUN(test_sorting);
    UTEST_UNIT_RUN(test_strings);
    UTEST_UNIT_RUN(test_streams);
    UTEST_UNIT_RUN(test_rest);
    UTEST_UNIT_RUN(test_errno);
}
UTEST_TC_EXPORT(testcase, "libc.stdio", RT_NULL, RT_NULL, 20);
