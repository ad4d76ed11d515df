/* Functions of POSIX.1-2008, XSI and BSD that ported programs use, beyond ISO C. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <getopt.h>
#include <libgen.h>
#include <search.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "utest.h"

/* What the assertions check: rule(ID) cites the one of those that follow it. */
RULE(X1, "POSIX.1 getline", "the length with the end of the line; the buffer grows");
RULE(X2, "POSIX.1 getdelim", "the length up to that character, or to the end of the file");
RULE(X3, "POSIX.1 getdelim", "-1 at the end of the file");
RULE(X4, "POSIX.1 basename", "the last part without slashes behind it; . for nothing");
RULE(X5, "POSIX.1 dirname", "what is before the last part; . for nothing");
RULE(X6, "POSIX.1 fnmatch", "0, or FNM_NOMATCH: * ? and [] with ranges, negation and classes");
RULE(X7, "POSIX.1 fnmatch", "FNM_PATHNAME: no / is matched by *");
RULE(X8, "POSIX.1 fnmatch", "FNM_PERIOD: no leading period is matched by *");
RULE(X9, "POSIX.1 fnmatch", "a backslash takes the meaning away, unless FNM_NOESCAPE");
RULE(X10, "BSD fnmatch", "FNM_CASEFOLD: without regard to case");
RULE(X11, "POSIX.1 scandir", "the number of entries that the function selects, sorted, with their types");
RULE(X12, "POSIX.1 scandir", "-1 for what there is not");
RULE(X13, "POSIX.1 realpath", "the absolute name without . and .. and repeated slashes");
RULE(X14, "POSIX.1 realpath", "in memory of malloc for NULL");
RULE(X15, "POSIX.1 realpath", "what there is not: NULL, ENOENT");
RULE(X16, "POSIX.1 realpath", "what a slash follows is a directory: else NULL, ENOTDIR");
RULE(X17, "POSIX.1 scandir", "of a file: -1, ENOTDIR; 4.0.4 has ENOENT");
RULE(X18, "POSIX.1 opendir", "of a file: NULL, ENOTDIR; 4.0.4 has ENOENT");
RULE(X19, "POSIX.1 opendir", "of what there is not: NULL, ENOENT");
RULE(X20, "POSIX.1 lfind", "the element, NULL when there is none");
RULE(X21, "POSIX.1 lsearch", "the element, which is added when there is none");
RULE(X22, "BSD strlcpy", "the length of the source; cut to the size with its NUL");
RULE(X23, "BSD strlcat", "the length that it would have had; cut to the size with its NUL");
RULE(X24, "BSD strsep", "one field after the other, empty ones too; then NULL");
RULE(X25, "BSD strcasestr", "without regard to case");
RULE(X26, "BSD asprintf", "the length, and the text in memory of malloc");
RULE(X27, "BSD vasprintf", "the length, and the text in memory of malloc");
RULE(X28, "POSIX.1 open_memstream", "what was written, and its length, when it is closed");
RULE(X29, "POSIX.1 fmemopen", "the memory line by line, then NULL");
RULE(X30, "POSIX.1 dprintf", "the length; written to the descriptor");
RULE(X31, "POSIX.1 getopt", "one option after the other, with its argument; -1 at the first word that is none");
RULE(X32, "BSD getopt_long", "long options by their letters");
RULE(X33, "POSIX.1 uname", "0; the system is RT-Thread");
RULE(X34, "POSIX.1 gethostname", "0 and the name of uname; -1 when it does not fit");
RULE(X35, "POSIX.1 sysconf", "pages, processors and descriptors");
RULE(X36, "POSIX.1 sysconf", "a name that there is not: -1, EINVAL");

static void test_getline(void) {
    FILE *f = fopen("/g.txt", "w+");
    char *line = NULL;
    size_t size = 0;
    int n;
    for (n = 0; n < 300; n++) fputc('x', f);
    fputs("\n\nlast;end", f);
    rewind(f);
    rule(X1);
    uassert_int_equal(getline(&line, &size, f), 301);
    uassert_true(size >= 302 && line[299] == 'x' && line[300] == '\n' && line[301] == 0);
    uassert_int_equal(getline(&line, &size, f), 1);
    uassert_str_equal(line, "\n");
    rule(X2);
    uassert_int_equal(getdelim(&line, &size, ';', f), 5);
    uassert_str_equal(line, "last;");
    uassert_int_equal(getdelim(&line, &size, ';', f), 3);
    uassert_str_equal(line, "end");
    rule(X3);
    uassert_int_equal(getdelim(&line, &size, ';', f), -1);
    uassert_true(feof(f));
    free(line);
    fclose(f);
    unlink("/g.txt");
}

static const char *base(const char *path) {
    static char copy[32];
    return basename(strcpy(copy, path));
}
static const char *directory(const char *path) {
    static char copy[32];
    return dirname(strcpy(copy, path));
}

static void test_libgen(void) {
    rule(X4);
    uassert_str_equal(base("/usr/lib"), "lib");
    uassert_str_equal(base("/usr/"), "usr");
    uassert_str_equal(base("usr"), "usr");
    uassert_str_equal(base("/"), "/");
    uassert_str_equal(base("//"), "/");
    uassert_str_equal(base(""), ".");
    uassert_str_equal(basename(NULL), ".");
    rule(X5);
    uassert_str_equal(directory("/usr/lib"), "/usr");
    uassert_str_equal(directory("/usr/"), "/");
    uassert_str_equal(directory("a//b//"), "a");
    uassert_str_equal(directory("usr"), ".");
    uassert_str_equal(directory("/"), "/");
    uassert_str_equal(directory("."), ".");
    uassert_str_equal(directory(""), ".");
    uassert_str_equal(dirname(NULL), ".");
}

/* What glibc answers too. */
static void test_fnmatch(void) {
    rule(X6);
    uassert_int_equal(fnmatch("*.mo", "hello.mo", 0), 0);
    uassert_int_equal(fnmatch("*.mo", "hello.so", 0), FNM_NOMATCH);
    uassert_int_equal(fnmatch("a*b*c", "a123b456c", 0), 0);
    uassert_int_equal(fnmatch("a?c", "abc", 0), 0);
    uassert_int_equal(fnmatch("[a-c]x", "bx", 0), 0);
    uassert_int_equal(fnmatch("[!a-c]x", "bx", 0), FNM_NOMATCH);
    uassert_int_equal(fnmatch("[]]", "]", 0), 0);
    uassert_int_equal(fnmatch("[[:digit:]]*", "7up", 0), 0);
    uassert_int_equal(fnmatch("[[:alpha:]]*", "7up", 0), FNM_NOMATCH);
    uassert_int_equal(fnmatch("*", "a/b", 0), 0);
    rule(X7);
    uassert_int_equal(fnmatch("*", "a/b", FNM_PATHNAME), FNM_NOMATCH);
    uassert_int_equal(fnmatch("*/b", "a/b", FNM_PATHNAME), 0);
    rule(X8);
    uassert_int_equal(fnmatch("*", ".profile", FNM_PERIOD), FNM_NOMATCH);
    rule(X9);
    uassert_int_equal(fnmatch("\\*", "*", 0), 0);
    uassert_int_equal(fnmatch("\\*", "\\x", FNM_NOESCAPE), 0);
    rule(X10);
    uassert_int_equal(fnmatch("AB*", "abc", FNM_CASEFOLD), 0);
}

static int not_dots(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

static void test_directories(void) {
    char path[256], *made;
    struct dirent **list;
    int n;
    mkdir("/dir", 0777);
    mkdir("/dir/zeta", 0777);
    mkdir("/dir/alpha", 0777);
    mkdir("/dir/mid", 0777);
    n = scandir("/dir", &list, not_dots, alphasort);
    rule(X11);
    uassert_int_equal(n, 3);
    if (n == 3) {
        rule(X11);
        uassert_str_equal(list[0]->d_name, "alpha");
        uassert_str_equal(list[1]->d_name, "mid");
        uassert_str_equal(list[2]->d_name, "zeta");
        uassert_int_equal(list[2]->d_type, DT_DIR);
    }
    while (n > 0) free(list[--n]);
    free(list);
    rule(X12);
    uassert_int_equal(scandir("/none", &list, NULL, NULL), -1);
    rule(X13);
    uassert_str_equal(realpath("/dir/../dir//./mid/", path), "/dir/mid");
    uassert_str_equal(realpath("/../..", path), "/");
    made = realpath("/dir/mid/..", NULL);
    rule(X14);
    uassert_str_equal(made, "/dir");
    free(made);
    chdir("/dir");
    rule(X13);
    uassert_str_equal(realpath("zeta", path), "/dir/zeta");
    chdir("/");
    errno = 0;
    rule(X15);
    uassert_null(realpath("/dir/none", path));
    uassert_int_equal(errno, ENOENT);
    uassert_null(realpath("", path));
    /* What a slash follows is a directory: POSIX.1-2017, 4.13. */
    close(open("/dir/file", O_CREAT | O_RDWR, 0));
    rule(X13);
    uassert_str_equal(realpath("/dir/file", path), "/dir/file");
    errno = 0;
    rule(X16);
    uassert_null(realpath("/dir/file/", path));
    uassert_int_equal(errno, ENOTDIR);
    errno = 0;
    uassert_null(realpath("/dir/file/../mid", path));
    uassert_int_equal(errno, ENOTDIR);
    errno = 0;
    rule(X15);
    uassert_null(realpath("/dir/none/..", path));
    uassert_int_equal(errno, ENOENT);
    errno = 0;
    rule(X17);
    uassert_int_equal(scandir("/dir/file", &list, NULL, NULL), -1);
    uassert_int_equal(errno, utest_compat ? ENOENT : ENOTDIR);
    errno = 0;
    rule(X18);
    uassert_null(opendir("/dir/file"));
    uassert_int_equal(errno, utest_compat ? ENOENT : ENOTDIR);
    errno = 0;
    rule(X19);
    uassert_null(opendir("/dir/none"));
    uassert_int_equal(errno, ENOENT);
    unlink("/dir/file");
    rmdir("/dir/zeta");
    rmdir("/dir/alpha");
    rmdir("/dir/mid");
    rmdir("/dir");
}

static int same_int(const void *a, const void *b) {
    return *(const int *)a - *(const int *)b;
}

static void test_search(void) {
    int values[4] = {5, 3, 9}, key = 9;
    size_t count = 3;
    rule(X20);
    uassert_true(lfind(&key, values, &count, sizeof(int), same_int) == &values[2]);
    key = 4;
    uassert_null(lfind(&key, values, &count, sizeof(int), same_int));
    rule(X21);
    uassert_true(lsearch(&key, values, &count, sizeof(int), same_int) == &values[3]);
    uassert_int_equal(count, 4);
    uassert_int_equal(values[3], 4);
    uassert_true(lsearch(&key, values, &count, sizeof(int), same_int) == &values[3]);
    uassert_int_equal(count, 4);
}

static int printed(char **text, const char *format, ...) {
    va_list list;
    int length;
    va_start(list, format);
    length = vasprintf(text, format, list);
    va_end(list);
    return length;
}

static void test_strings(void) {
    char buffer[8], words[] = "a,,b", *at = words, *text;
    rule(X22);
    uassert_int_equal(strlcpy(buffer, "longer text", sizeof(buffer)), 11);
    uassert_str_equal(buffer, "longer ");
    strlcpy(buffer, "abc", sizeof(buffer));
    rule(X23);
    uassert_int_equal(strlcat(buffer, "defgh", sizeof(buffer)), 8);
    uassert_str_equal(buffer, "abcdefg");
    rule(X24);
    uassert_str_equal(strsep(&at, ","), "a");
    uassert_str_equal(strsep(&at, ","), "");
    uassert_str_equal(strsep(&at, ","), "b");
    uassert_null(strsep(&at, ","));
    rule(X25);
    uassert_str_equal(strcasestr("Hello World", "WORLD"), "World");
    rule(X26);
    uassert_int_equal(asprintf(&text, "%d-%s", 7, "seven"), 7);
    uassert_str_equal(text, "7-seven");
    free(text);
    rule(X27);
    uassert_int_equal(printed(&text, "%03d", 5), 3);
    uassert_str_equal(text, "005");
    free(text);
}

static void test_memory_streams(void) {
    char *text = NULL, line[16], fixed[] = "one\ntwo\n";
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    fprintf(f, "%s %d", "grows", 42);
    rule(X28);
    uassert_int_equal(fclose(f), 0);
    uassert_int_equal(size, 8);
    uassert_str_equal(text, "grows 42");
    free(text);
    f = fmemopen(fixed, strlen(fixed), "r");
    rule(X29);
    uassert_str_equal(fgets(line, sizeof(line), f), "one\n");
    uassert_str_equal(fgets(line, sizeof(line), f), "two\n");
    uassert_null(fgets(line, sizeof(line), f));
    fclose(f);
    int fd = open("/d.txt", O_CREAT | O_RDWR | O_TRUNC, 0);
    rule(X30);
    uassert_int_equal(dprintf(fd, "<%d>", 12), 4);
    lseek(fd, 0, SEEK_SET);
    uassert_int_equal(read(fd, line, sizeof(line)), 4);
    uassert_buf_equal(line, "<12>", 4);
    close(fd);
    unlink("/d.txt");
}

static void test_getopt(void) {
    static const struct option longs[] = {{"size", required_argument, NULL, 's'}, {"all", no_argument, NULL, 'a'}, {0}};
    char *one[] = {"p", "-vo", "out", "file", NULL};
    char *two[] = {"p", "--size=12", "--all", "rest", NULL};
    optind = 1;
    rule(X31);
    uassert_int_equal(getopt(4, one, "vo:"), 'v');
    uassert_int_equal(getopt(4, one, "vo:"), 'o');
    uassert_str_equal(optarg, "out");
    uassert_int_equal(getopt(4, one, "vo:"), -1);
    uassert_int_equal(optind, 3);
    optind = 1;
    rule(X32);
    uassert_int_equal(getopt_long(4, two, "s:a", longs, NULL), 's');
    uassert_str_equal(optarg, "12");
    uassert_int_equal(getopt_long(4, two, "s:a", longs, NULL), 'a');
    uassert_int_equal(getopt_long(4, two, "s:a", longs, NULL), -1);
    uassert_int_equal(optind, 3);
}

static void test_system(void) {
    struct utsname name;
    char host[16];
    rule(X33);
    uassert_int_equal(uname(&name), 0);
    uassert_str_equal(name.sysname, "RT-Thread");
    rule(X34);
    uassert_int_equal(gethostname(host, sizeof(host)), 0);
    uassert_str_equal(host, name.nodename);
    uassert_int_equal(gethostname(host, 2), -1);
    rule(X35);
    uassert_int_equal(sysconf(_SC_PAGESIZE), getpagesize());
    uassert_int_equal(sysconf(_SC_NPROCESSORS_ONLN), 1);
    uassert_int_equal(sysconf(_SC_OPEN_MAX), DFS_FD_MAX);
    errno = 0;
    rule(X36);
    uassert_int_equal(sysconf(9999), -1);
    uassert_int_equal(errno, EINVAL);
}

static void testcase(void) {
    UTEST_UNIT_RUN(test_getline);
    UTEST_UNIT_RUN(test_libgen);
    UTEST_UNIT_RUN(test_fnmatch);
    UTEST_UNIT_RUN(test_directories);
    UTEST_UNIT_RUN(test_search);
    UTEST_UNIT_RUN(test_strings);
    UTEST_UNIT_RUN(test_memory_streams);
    UTEST_UNIT_RUN(test_getopt);
    UTEST_UNIT_RUN(test_system);
}
UTEST_TC_EXPORT(testcase, "libc", RT_NULL, RT_NULL, 60)
