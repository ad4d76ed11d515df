/* Files: components/dfs of RT-Thread 4.0.4 on FAT; programming manual, "Virtual File System". */
#include <dfs_posix.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/select.h>

#include "utest.h"

static int error(void) {
    int code = errno;
    errno = 0;
    return code;
}

/* open, write, lseek, read, close: descriptors from 3 up, the lowest free one first. */
static void test_read_write(void) {
    char buffer[32];
    struct stat st;
    int fd = open("/t.txt", O_CREAT | O_RDWR | O_TRUNC, 0), other;
    rule("dfs_posix.c open");
    uassert_in_range(fd, 3, 15);
    rule("dfs_posix.c write");
    uassert_int_equal(write(fd, "hello world", 11), 11);
    rule("dfs_posix.c lseek");
    uassert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    rule("dfs_posix.c read");
    uassert_int_equal(read(fd, buffer, 5), 5);
    uassert_buf_equal(buffer, "hello", 5);
    rule("dfs_posix.c lseek");
    uassert_int_equal(lseek(fd, 1, SEEK_CUR), 6);
    rule("dfs_posix.c read");
    uassert_int_equal(read(fd, buffer, 32), 5);
    uassert_int_equal(read(fd, buffer, 32), 0);
    rule("dfs_posix.c lseek");
    uassert_int_equal(lseek(fd, -3, SEEK_END), 8);
    uassert_int_equal(lseek(fd, -1, SEEK_SET), -1);
    uassert_int_equal(error(), EINVAL);
    other = open("/t.txt", O_RDONLY);
    rule("dfs_posix.c open");
    uassert_true(other > fd);
    rule("dfs_posix.c fstat");
    uassert_int_equal(fstat(fd, &st), 0);
    uassert_int_equal(st.st_size, 11);
    uassert_true(S_ISREG(st.st_mode));
    rule("dfs_posix.c write");
    uassert_int_equal(write(other, "x", 1), -1);
    rule("dfs_posix.c close");
    uassert_int_equal(close(fd), 0);
    rule("dfs_posix.c open");
    uassert_int_equal(open("/t.txt", O_RDONLY), fd);
    rule("dfs_posix.c close");
    uassert_int_equal(close(fd), 0);
    uassert_int_equal(close(other), 0);
    uassert_int_equal(close(fd), -1);
    rule("dfs_posix.c read");
    uassert_int_equal(read(fd, buffer, 1), -1);
    uassert_int_equal(error(), EBADF);
}

/* open flags: TRUNC, APPEND, EXCL; what is not there. */
static void test_flags(void) {
    struct stat st;
    char buffer[16];
    int fd;
    rule("dfs_posix.c open");
    uassert_int_equal(open("/none", O_RDONLY), -1);
    /* The field `error` of the thread has the negative. */
    uassert_int_equal(rt_get_errno(), -ENOENT);
    uassert_int_equal(error(), ENOENT);
    uassert_int_equal(open("/no/where", O_CREAT | O_RDWR, 0), -1);
    uassert_int_equal(error(), ENOENT);
    uassert_int_equal(open("/t.txt", O_CREAT | O_EXCL | O_RDWR, 0), -1);
    uassert_int_equal(error(), EEXIST);
    fd = open("/t.txt", O_WRONLY | O_APPEND);
    rule("dfs_posix.c write");
    uassert_int_equal(write(fd, "!", 1), 1);
    rule("dfs_posix.c close");
    uassert_int_equal(close(fd), 0);
    rule("dfs_posix.c stat");
    uassert_int_equal(stat("/t.txt", &st), 0);
    uassert_int_equal(st.st_size, 12);
    fd = open("/t.txt", O_RDWR | O_TRUNC);
    rule("dfs_posix.c read");
    uassert_int_equal(read(fd, buffer, 16), 0);
    rule("dfs_posix.c ftruncate");
    uassert_int_equal(ftruncate(fd, 5), 0);
    close(fd);
    rule("dfs_posix.c access");
    uassert_int_equal(access("/t.txt", 0), 0);
    uassert_int_equal(access("/none", 0), -1);
    error();
}

/* mkdir, opendir, readdir, rmdir, rename, unlink. */
static void test_directories(void) {
    DIR *dir;
    struct dirent *entry;
    struct stat st;
    int names = 0, fd;
    rule("dfs_posix.c mkdir");
    uassert_int_equal(mkdir("/d", 0777), 0);
    uassert_int_equal(mkdir("/d", 0777), -1);
    uassert_int_equal(error(), EEXIST);
    uassert_int_equal(mkdir("/x/y", 0777), -1);
    uassert_int_equal(error(), ENOENT);
    rule("dfs_posix.c stat");
    uassert_int_equal(stat("/d", &st), 0);
    uassert_true(S_ISDIR(st.st_mode));
    close(open("/d/a", O_CREAT | O_RDWR, 0));
    close(open("/d/Long Name.text", O_CREAT | O_RDWR, 0));
    rule("dfs_posix.c mkdir");
    uassert_int_equal(mkdir("/d/sub", 0777), 0);
    dir = opendir("/d");
    rule("dfs_posix.c opendir");
    uassert_not_null(dir);
    while ((entry = readdir(dir)) != RT_NULL) {
        if (strcmp(entry->d_name, "a") == 0) names |= entry->d_type == DT_REG ? 1 : 0x10;
        if (strcmp(entry->d_name, "Long Name.text") == 0) names |= entry->d_type == DT_REG ? 2 : 0x20;
        if (strcmp(entry->d_name, "sub") == 0) names |= entry->d_type == DT_DIR ? 4 : 0x40;
    }
    rule("dfs_posix.c readdir");
    uassert_int_equal(names, 7);
    rewinddir(dir);
    uassert_not_null(readdir(dir));
    rule("dfs_posix.c closedir");
    uassert_int_equal(closedir(dir), 0);
    rule("dfs_posix.c opendir");
    uassert_null(opendir("/d/a"));
    uassert_null(opendir("/none"));
    error();
    rule("dfs_posix.c rmdir");
    /* A folder that is not empty stays. */
    uassert_int_equal(rmdir("/d"), -1);
    error();
    rule("dfs_posix.c rename");
    uassert_int_equal(rename("/d/a", "/d/b"), 0);
    uassert_int_equal(rename("/d/none", "/d/c"), -1);
    uassert_int_equal(error(), ENOENT);
    rule("dfs_posix.c unlink");
    uassert_int_equal(unlink("/d/a"), -1);
    uassert_int_equal(error(), ENOENT);
    fd = open("/d/b", O_RDONLY);
    uassert_int_equal(unlink("/d/b"), -1);
    uassert_int_equal(error(), EBUSY);
    close(fd);
    uassert_int_equal(unlink("/d/b"), 0);
    uassert_int_equal(unlink("/d/Long Name.text"), 0);
    rule("dfs_posix.c rmdir");
    uassert_int_equal(rmdir("/d/sub"), 0);
    uassert_int_equal(rmdir("/d"), 0);
    rule("dfs_posix.c stat");
    uassert_int_equal(stat("/d", &st), -1);
    uassert_int_equal(error(), ENOENT);
}

/* chdir, getcwd: relative names and dots. */
static void test_working_directory(void) {
    char buffer[64];
    rule("dfs_posix.c getcwd");
    uassert_str_equal(getcwd(buffer, sizeof(buffer)), "/");
    rule("dfs_posix.c mkdir");
    uassert_int_equal(mkdir("w", 0777), 0);
    rule("dfs_posix.c chdir");
    uassert_int_equal(chdir("w"), 0);
    rule("dfs_posix.c getcwd");
    uassert_str_equal(getcwd(buffer, sizeof(buffer)), "/w");
    if (!utest_compat) {
        /* No more is written than the name, and nothing where it does not fit: 4.0.4 fills the buffer, and leaves out the NUL. */
        rule("POSIX.1 getcwd");
        memset(buffer, 'x', sizeof(buffer));
        uassert_str_equal(getcwd(buffer, sizeof(buffer)), "/w");
        uassert_int_equal(buffer[3], 'x');
        uassert_null(getcwd(buffer, 2));
        uassert_int_equal(error(), ERANGE);
        uassert_null(getcwd(buffer, 0));
        uassert_int_equal(error(), EINVAL);
    }
    close(open("f", O_CREAT | O_RDWR, 0));
    rule("dfs_posix.c access");
    uassert_int_equal(access("/w/f", 0), 0);
    uassert_int_equal(access("../w/./f", 0), 0);
    uassert_int_equal(access("..//t.txt", 0), 0);
    rule("dfs_posix.c unlink");
    uassert_int_equal(unlink("f"), 0);
    rule("dfs_posix.c chdir");
    uassert_int_equal(chdir("none"), -1);
    error();
    uassert_int_equal(chdir(".."), 0);
    rule("dfs_posix.c getcwd");
    uassert_str_equal(getcwd(buffer, sizeof(buffer)), "/");
    rule("dfs_posix.c rmdir");
    uassert_int_equal(rmdir("w"), 0);
}

/* Seeking past the end of a file opened for writing makes it longer. */
static void test_holes(void) {
    struct stat st;
    int fd = open("/h", O_CREAT | O_RDWR | O_TRUNC, 0), n;
    static char block[3000], back[3000];
    rule("dfs_posix.c lseek");
    uassert_int_equal(lseek(fd, 5000, SEEK_SET), 5000);
    rule("dfs_posix.c write");
    uassert_int_equal(write(fd, "end", 3), 3);
    rule("dfs_posix.c fstat");
    uassert_int_equal(fstat(fd, &st), 0);
    uassert_int_equal(st.st_size, 5003);
    for (n = 0; n < 3000; n++) block[n] = (char)(n * 7);
    lseek(fd, 0, SEEK_SET);
    for (n = 0; n < 10; n++) uassert_int_equal(write(fd, block, 3000), 3000);
    lseek(fd, 27000, SEEK_SET);
    rule("dfs_posix.c read");
    uassert_int_equal(read(fd, back, 3000), 3000);
    uassert_buf_equal(block, back, 3000);
    close(fd);
    rule("dfs_posix.c stat");
    uassert_int_equal(stat("/h", &st), 0);
    uassert_int_equal(st.st_size, 30000);
    rule("dfs_posix.c unlink");
    uassert_int_equal(unlink("/h"), 0);
}

/* The table of descriptors is full at some point, and open says so. */
static void test_full_table(void) {
    int fds[32], n, k, opened = 0;
    for (n = 0; n < 32; n++) {
        fds[n] = open("/t.txt", O_RDONLY);
        if (fds[n] < 0) break;
        opened++;
    }
    rule("dfs_posix.c open");
    uassert_in_range(opened, 10, 15);
    for (k = 0; k < opened; k++) uassert_int_equal(close(fds[k]), 0);
    error();
}

/* pipe, dup, select, poll. */
static void test_pipe(void) {
    int ends[2], copy;
    char buffer[8];
    fd_set set;
    struct timeval at_once = {0, 0};
    struct pollfd one;
    rule("POSIX.1 pipe");
    uassert_int_equal(pipe(ends), 0);
    FD_ZERO(&set);
    FD_SET(ends[0], &set);
    rule("POSIX.1 select");
    uassert_int_equal(select(ends[0] + 1, &set, RT_NULL, RT_NULL, &at_once), 0);
    rule("dfs_posix.c write");
    uassert_int_equal(write(ends[1], "pipe", 4), 4);
    FD_ZERO(&set);
    FD_SET(ends[0], &set);
    rule("POSIX.1 select");
    uassert_int_equal(select(ends[0] + 1, &set, RT_NULL, RT_NULL, &at_once), 1);
    uassert_true(FD_ISSET(ends[0], &set));
    one.fd = ends[0];
    one.events = POLLIN;
    one.revents = 0;
    rule("POSIX.1 poll");
    uassert_int_equal(poll(&one, 1, 0), 1);
    uassert_true(one.revents & POLLIN);
    copy = dup(ends[0]);
    rule("POSIX.1 dup");
    uassert_true(copy >= 0 && copy != ends[0]);
    rule("dfs_posix.c read");
    uassert_int_equal(read(copy, buffer, 8), 4);
    uassert_buf_equal(buffer, "pipe", 4);
    close(copy);
    close(ends[1]);
    uassert_int_equal(read(ends[0], buffer, 8), 0);
    close(ends[0]);
}

/* /dev lists the devices; files have no terminal. */
static void test_devices(void) {
    DIR *dir = opendir("/dev");
    struct dirent *entry;
    struct stat st;
    int found = 0, fd;
    rule("dfs_posix.c opendir");
    uassert_not_null(dir);
    while ((entry = readdir(dir)) != RT_NULL) found |= strcmp(entry->d_name, "uart0") == 0;
    closedir(dir);
    rule("dfs_posix.c closedir");
    uassert_int_equal(found, 1);
    rule("dfs_posix.c stat");
    uassert_int_equal(stat("/dev/uart0", &st), 0);
    uassert_true(S_ISCHR(st.st_mode));
    fd = open("/dev/uart1", O_RDWR);
    rule("dfs_posix.c open");
    uassert_true(fd >= 0);
    rule("dfs_posix.c write");
    uassert_int_equal(write(fd, "abc", 3), 3);
    rule("dfs_posix.c close");
    uassert_int_equal(close(fd), 0);
    rule("dfs_posix.c open");
    uassert_int_equal(open("/dev/none", O_RDWR), -1);
    error();
}

static int cleanup(void) {
    return unlink("/t.txt");
}

static void testcase(void) {
    UTEST_UNIT_RUN(test_read_write);
    UTEST_UNIT_RUN(test_flags);
    UTEST_UNIT_RUN(test_directories);
    UTEST_UNIT_RUN(test_working_directory);
    UTEST_UNIT_RUN(test_holes);
    UTEST_UNIT_RUN(test_full_table);
    if (!utest_compat) UTEST_UNIT_RUN(test_pipe);
    UTEST_UNIT_RUN(test_devices);
}
UTEST_TC_EXPORT(testcase, "dfs.posix", RT_NULL, cleanup, 20);
