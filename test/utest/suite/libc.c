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

static void test_getline(void) {
    FILE *f = fopen("/g.txt", "w+");
    char *line = NULL;
    size_t size = 0;
    int n;
    for (n = 0; n < 300; n++) fputc('x', f);
    fputs("\n\nlast;end", f);
    rewind(f);
    rule("POSIX.1 getline");
    uassert_int_equal(getline(&line, &size, f), 301);
    uassert_true(size >= 302 && line[299] == 'x' && line[300] == '\n' && line[301] == 0);
    uassert_int_equal(getline(&line, &size, f), 1);
    uassert_str_equal(line, "\n");
    rule("POSIX.1 getdelim");
    uassert_int_equal(getdelim(&line, &size, ';', f), 5);
    uassert_str_equal(line, "last;");
    uassert_int_equal(getdelim(&line, &size, ';', f), 3);
    uassert_str_equal(line, "end");
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
    rule("POSIX.1 basename");
    uassert_str_equal(base("/usr/lib"), "lib");
    uassert_str_equal(base("/usr/"), "usr");
    uassert_str_equal(base("usr"), "usr");
    uassert_str_equal(base("/"), "/");
    uassert_str_equal(base("//"), "/");
    uassert_str_equal(base(""), ".");
    uassert_str_equal(basename(NULL), ".");
    rule("POSIX.1 dirname");
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
    rule("POSIX.1 fnmatch");
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
    uassert_int_equal(fnmatch("*", "a/b", FNM_PATHNAME), FNM_NOMATCH);
    uassert_int_equal(fnmatch("*/b", "a/b", FNM_PATHNAME), 0);
    uassert_int_equal(fnmatch("*", ".profile", FNM_PERIOD), FNM_NOMATCH);
    uassert_int_equal(fnmatch("\\*", "*", 0), 0);
    uassert_int_equal(fnmatch("\\*", "\\x", FNM_NOESCAPE), 0);
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
    rule("POSIX.1 scandir");
    n = scandir("/dir", &list, not_dots, alphasort);
    uassert_int_equal(n, 3);
    if (n == 3) {
        uassert_str_equal(list[0]->d_name, "alpha");
        uassert_str_equal(list[1]->d_name, "mid");
        uassert_str_equal(list[2]->d_name, "zeta");
        uassert_int_equal(list[2]->d_type, DT_DIR);
    }
    while (n > 0) free(list[--n]);
    free(list);
    uassert_int_equal(scandir("/none", &list, NULL, NULL), -1);
    rule("POSIX.1 realpath");
    uassert_str_equal(realpath("/dir/../dir//./mid/", path), "/dir/mid");
    uassert_str_equal(realpath("/../..", path), "/");
    made = realpath("/dir/mid/..", NULL);
    uassert_str_equal(made, "/dir");
    free(made);
    chdir("/dir");
    uassert_str_equal(realpath("zeta", path), "/dir/zeta");
    chdir("/");
    errno = 0;
    uassert_null(realpath("/dir/none", path));
    uassert_int_equal(errno, ENOENT);
    uassert_null(realpath("", path));
    /* What a slash follows is a directory: POSIX.1-2017, 4.13. */
    close(open("/dir/file", O_CREAT | O_RDWR, 0));
    uassert_str_equal(realpath("/dir/file", path), "/dir/file");
    errno = 0;
    uassert_null(realpath("/dir/file/", path));
    uassert_int_equal(errno, ENOTDIR);
    errno = 0;
    uassert_null(realpath("/dir/file/../mid", path));
    uassert_int_equal(errno, ENOTDIR);
    errno = 0;
    uassert_null(realpath("/dir/none/..", path));
    uassert_int_equal(errno, ENOENT);
    rule("POSIX.1 scandir");
    errno = 0;
    uassert_int_equal(scandir("/dir/file", &list, NULL, NULL), -1);
    uassert_int_equal(errno, utest_compat ? ENOENT : ENOTDIR);
    rule("POSIX.1 opendir");
    errno = 0;
    uassert_null(opendir("/dir/file"));
    uassert_int_equal(errno, utest_compat ? ENOENT : ENOTDIR);
    errno = 0;
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
    rule("POSIX.1 lfind");
    uassert_true(lfind(&key, values, &count, sizeof(int), same_int) == &values[2]);
    key = 4;
    uassert_null(lfind(&key, values, &count, sizeof(int), same_int));
    rule("POSIX.1 lsearch");
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
    rule("BSD strlcpy");
    uassert_int_equal(strlcpy(buffer, "longer text", sizeof(buffer)), 11);
    uassert_str_equal(buffer, "longer ");
    rule("BSD strlcat");
    strlcpy(buffer, "abc", sizeof(buffer));
    uassert_int_equal(strlcat(buffer, "defgh", sizeof(buffer)), 8);
    uassert_str_equal(buffer, "abcdefg");
    rule("BSD strsep");
    uassert_str_equal(strsep(&at, ","), "a");
    uassert_str_equal(strsep(&at, ","), "");
    uassert_str_equal(strsep(&at, ","), "b");
    uassert_null(strsep(&at, ","));
    rule("BSD strcasestr");
    uassert_str_equal(strcasestr("Hello World", "WORLD"), "World");
    rule("BSD asprintf");
    uassert_int_equal(asprintf(&text, "%d-%s", 7, "seven"), 7);
    uassert_str_equal(text, "7-seven");
    free(text);
    rule("BSD vasprintf");
    uassert_int_equal(printed(&text, "%03d", 5), 3);
    uassert_str_equal(text, "005");
    free(text);
}

static void test_memory_streams(void) {
    char *text = NULL, line[16], fixed[] = "one\ntwo\n";
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    rule("POSIX.1 open_memstream");
    fprintf(f, "%s %d", "grows", 42);
    uassert_int_equal(fclose(f), 0);
    uassert_int_equal(size, 8);
    uassert_str_equal(text, "grows 42");
    free(text);
    rule("POSIX.1 fmemopen");
    f = fmemopen(fixed, strlen(fixed), "r");
    uassert_str_equal(fgets(line, sizeof(line), f), "one\n");
    uassert_str_equal(fgets(line, sizeof(line), f), "two\n");
    uassert_null(fgets(line, sizeof(line), f));
    fclose(f);
    rule("POSIX.1 dprintf");
    int fd = open("/d.txt", O_CREAT | O_RDWR | O_TRUNC, 0);
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
    rule("POSIX.1 getopt");
    optind = 1;
    uassert_int_equal(getopt(4, one, "vo:"), 'v');
    uassert_int_equal(getopt(4, one, "vo:"), 'o');
    uassert_str_equal(optarg, "out");
    uassert_int_equal(getopt(4, one, "vo:"), -1);
    uassert_int_equal(optind, 3);
    rule("BSD getopt_long");
    optind = 1;
    uassert_int_equal(getopt_long(4, two, "s:a", longs, NULL), 's');
    uassert_str_equal(optarg, "12");
    uassert_int_equal(getopt_long(4, two, "s:a", longs, NULL), 'a');
    uassert_int_equal(getopt_long(4, two, "s:a", longs, NULL), -1);
    uassert_int_equal(optind, 3);
}

static void test_system(void) {
    struct utsname name;
    char host[16];
    rule("POSIX.1 uname");
    uassert_int_equal(uname(&name), 0);
    uassert_str_equal(name.sysname, "RT-Thread");
    rule("POSIX.1 gethostname");
    uassert_int_equal(gethostname(host, sizeof(host)), 0);
    uassert_str_equal(host, name.nodename);
    uassert_int_equal(gethostname(host, 2), -1);
    rule("POSIX.1 sysconf");
    uassert_int_equal(sysconf(_SC_PAGESIZE), getpagesize());
    uassert_int_equal(sysconf(_SC_NPROCESSORS_ONLN), 1);
    uassert_int_equal(sysconf(_SC_OPEN_MAX), DFS_FD_MAX);
    errno = 0;
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
