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

/* What the assertions check: rule(ID) cites the one of those that follow it. */
RULE(L1, "ISO C snprintf", "all conversions of numbers, characters and strings");
RULE(L2, "ISO C snprintf", "e, f and g");
RULE(L3, "ISO C snprintf", "ll: 64 bits");
RULE(L4, "ISO C snprintf", "the flags 0 + blank #");
RULE(L5, "ISO C snprintf", "width and precision of strings");
RULE(L6, "ISO C snprintf", "* takes width and precision from the arguments");
RULE(L7, "ISO C snprintf", "infinities");
RULE(L8, "ISO C snprintf", "cut to the size with its NUL; the length that it would have had");
RULE(L9, "IEEE 754 5.12.2", "17 digits tell every double");
RULE(L10, "ISO C sscanf", "the number of values; d i s f");
RULE(L11, "ISO C strtol", "leading blanks and sign, and where the number ends; base 0 knows octal");
RULE(L12, "ISO C strtoul", "32 bits");
RULE(L13, "ISO C strtod", "the value, and where the number ends");
RULE(L14, "ISO C strtoll", "64 bits");
RULE(L15, "ISO C atoi", "the number at the start");
RULE(L16, "ISO C abs", "the absolute value");
RULE(L17, "ISO C div", "quotient and remainder");
RULE(L18, "ISO C srand", "the same seed gives the same numbers");
RULE(L19, "ISO C qsort", "sorts");
RULE(L20, "ISO C bsearch", "the element, NULL when there is none");
RULE(L21, "ISO C strtok_r", "one word after the other, without empty ones; then NULL");
RULE(L22, "ISO C strspn", "the length of the part of those characters");
RULE(L23, "ISO C strcspn", "the length of the part without them");
RULE(L24, "ISO C strpbrk", "the first of those characters");
RULE(L25, "ISO C strrchr", "the last such character");
RULE(L26, "ISO C strstr", "the first such text");
RULE(L27, "ISO C memcmp", "less when the first byte that differs is");
RULE(L28, "ISO C memchr", "the first such byte");
RULE(L29, "ISO C 7.4", "classes of characters, and capitals");
RULE(L30, "ISO C strerror", "a text");
RULE(L31, "ISO C strcat", "behind the text that there is");
RULE(L32, "ISO C strncpy", "no more than n characters, without a NUL where it is not among them");
RULE(L33, "ISO C fopen", "w+: a new file for both ways");
RULE(L34, "ISO C fflush", "0");
RULE(L35, "ISO C fgets", "a line with its end; NULL at the end of the file");
RULE(L36, "ISO C fseek", "0; from the end too");
RULE(L37, "ISO C feof", "true after reading at the end");
RULE(L38, "ISO C fgetc", "the next character");
RULE(L39, "ISO C ungetc", "the character, which is the next to be read");
RULE(L40, "ISO C fread", "as many elements as were read");
RULE(L41, "ISO C ftell", "the position");
RULE(L42, "ISO C fclose", "0");
RULE(L43, "ISO C fscanf", "the number of values");
RULE(L44, "ISO C fopen", "a: what is written goes to the end");
RULE(L45, "ISO C fopen", "NULL for what there is not");
RULE(L46, "ISO C remove", "0");
RULE(L47, "ISO C longjmp", "setjmp returns its value");
RULE(L48, "POSIX.1 setenv", "0; the value that getenv gives");
RULE(L49, "POSIX.1 unsetenv", "0; getenv gives NULL");
RULE(L50, "ISO C setlocale", "C before it is set");
RULE(L51, "ISO C 7.5", "errno is the thread's own");

static char text[256];
#define FORMAT(...) (snprintf(text, sizeof(text), __VA_ARGS__), text)

/* snprintf: full C, unlike rt_snprintf. */
static void test_printf(void) {
    rule(L1);
    uassert_str_equal(FORMAT("%d %u %x %o %c %s", -1, 2u, 255, 8, 'c', "str"), "-1 2 ff 10 c str");
    rule(L2);
    uassert_str_equal(FORMAT("%5.1f|%-8.3e|%g", 3.14159, 12345.678, 0.0001), "  3.1|1.235e+04|0.0001");
    rule(L3);
    uassert_str_equal(FORMAT("%lld %llx", 1234567890123ll, 0xfedcba9876543210ull), "1234567890123 fedcba9876543210");
    rule(L4);
    uassert_str_equal(FORMAT("%08.3f|%+d|% d|%#x|%#o", 3.5, 5, 5, 255, 8), "0003.500|+5| 5|0xff|010");
    rule(L5);
    uassert_str_equal(FORMAT("%10s|%-10s|%.3s", "right", "left", "cut off"), "     right|left      |cut");
    rule(L6);
    uassert_str_equal(FORMAT("%*d|%.*f", 6, 42, 2, 1.005), "    42|1.00");
    rule(L7);
    uassert_str_equal(FORMAT("%f %f", 1.0 / 0.0, -1.0 / 0.0), "inf -inf");
    rule(L8);
    uassert_int_equal(snprintf(text, 4, "%s", "longer"), 6);
    uassert_str_equal(text, "lon");
    rule(L9);
    uassert_str_equal(FORMAT("%.17g", 0.1), "0.10000000000000001");
}

/* sscanf, strtol, strtod, qsort, bsearch. */
static void test_stdlib(void) {
    int a = 0, b = 0, n;
    char word[16] = "";
    float f = 0;
    char *end;
    static const char *numbers[] = {"pear", "apple", "fig"};
    rule(L10);
    uassert_int_equal(sscanf("12 0x1f word 2.5", "%d %i %15s %f", &a, &b, word, &f), 4);
    uassert_int_equal(a, 12);
    uassert_int_equal(b, 31);
    uassert_str_equal(word, "word");
    uassert_true(f == 2.5f);
    rule(L11);
    uassert_int_equal(strtol("  -42x", &end, 10), -42);
    uassert_str_equal(end, "x");
    rule(L12);
    uassert_true(strtoul("ffffffff", RT_NULL, 16) == 0xffffffffu);
    rule(L11);
    uassert_int_equal(strtol("077", RT_NULL, 0), 63);
    rule(L13);
    uassert_true(strtod("1e3z", &end) == 1000.0);
    uassert_str_equal(end, "z");
    rule(L14);
    uassert_true(strtoll("-9223372036854775808", RT_NULL, 10) == LLONG_MIN);
    rule(L15);
    uassert_int_equal(atoi("17 apples"), 17);
    rule(L16);
    uassert_int_equal(abs(-3), 3);
    rule(L17);
    uassert_int_equal(div(17, 5).quot * 10 + div(17, 5).rem, 32);
    srand(1);
    a = rand();
    srand(1);
    rule(L18);
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
    rule(L19);
    uassert_true(sorted);
    rule(L20);
    uassert_true(bsearch(&wanted, values, 100, sizeof(int), compares) == &values[50]);
    wanted = 501;
    uassert_null(bsearch(&wanted, values, 100, sizeof(int), compares));
}

/* string.h and ctype.h. */
static void test_strings(void) {
    char buffer[32] = "a,b,,c";
    char *rest, *token = strtok_r(buffer, ",", &rest);
    rule(L21);
    uassert_str_equal(token, "a");
    uassert_str_equal(strtok_r(RT_NULL, ",", &rest), "b");
    uassert_str_equal(strtok_r(RT_NULL, ",", &rest), "c");
    uassert_null(strtok_r(RT_NULL, ",", &rest));
    rule(L22);
    uassert_int_equal(strspn("aabbc", "ab"), 4);
    rule(L23);
    uassert_int_equal(strcspn("hello", "l"), 2);
    rule(L24);
    uassert_str_equal(strpbrk("hello", "ol"), "llo");
    rule(L25);
    uassert_str_equal(strrchr("a/b/c", '/'), "/c");
    rule(L26);
    uassert_str_equal(strstr("needle in hay", "in"), "in hay");
    rule(L27);
    uassert_int_equal(memcmp("abc", "abd", 3) < 0, 1);
    rule(L28);
    uassert_true(memchr("abc", 'c', 3) != RT_NULL);
    rule(L29);
    uassert_true(isalpha('x') && isdigit('7') && isspace('\t') && !isalpha('7') && toupper('q') == 'Q');
    rule(L30);
    uassert_not_null(strerror(ENOENT));
    strcpy(buffer, "abc");
    strcat(buffer, "def");
    rule(L31);
    uassert_str_equal(buffer, "abcdef");
    strncpy(buffer, "xyz", 2);
    rule(L32);
    uassert_str_equal(buffer, "xycdef");
}

/* Streams on files: buffering, positions, end of file, ungetc. */
static void test_streams(void) {
    FILE *f = fopen("/s.txt", "w+");
    char line[32];
    int n;
    rule(L33);
    uassert_not_null(f);
    for (n = 0; n < 100; n++) fprintf(f, "line %d\n", n);
    rule(L34);
    uassert_int_equal(fflush(f), 0);
    rewind(f);
    rule(L35);
    uassert_str_equal(fgets(line, sizeof(line), f), "line 0\n");
    rule(L36);
    uassert_int_equal(fseek(f, -8, SEEK_END), 0);
    rule(L35);
    uassert_str_equal(fgets(line, sizeof(line), f), "line 99\n");
    uassert_null(fgets(line, sizeof(line), f));
    rule(L37);
    uassert_true(feof(f));
    clearerr(f);
    rewind(f);
    rule(L38);
    uassert_int_equal(fgetc(f), 'l');
    rule(L39);
    uassert_int_equal(ungetc('L', f), 'L');
    rule(L40);
    uassert_int_equal(fread(line, 1, 4, f), 4);
    uassert_buf_equal(line, "Line", 4);
    rule(L41);
    uassert_int_equal(ftell(f), 4);
    rule(L42);
    uassert_int_equal(fclose(f), 0);
    f = fopen("/s.txt", "a");
    fputs("appended\n", f);
    fclose(f);
    f = fopen("/s.txt", "r");
    fseek(f, -9, SEEK_END);
    rule(L43);
    uassert_int_equal(fscanf(f, "%31s", line), 1);
    rule(L44);
    uassert_str_equal(line, "appended");
    fclose(f);
    rule(L45);
    uassert_null(fopen("/none/none", "r"));
    rule(L46);
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
    rule(L47);
    uassert_int_equal(value, 5);
    rule(L48);
    uassert_int_equal(setenv("UTEST", "yes", 1), 0);
    uassert_str_equal(getenv("UTEST"), "yes");
    rule(L49);
    uassert_int_equal(unsetenv("UTEST"), 0);
    uassert_null(getenv("UTEST"));
    rule(L50);
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
    rule(L51);
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
