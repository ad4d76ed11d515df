/* Files: components/dfs of RT-Thread 4.0.4 on FAT; programming manual, "Virtual File System". */
#include <dfs_posix.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/select.h>

#include "utest.h"

/* What the assertions check: rule(ID) cites the one of those that follow it. */
RULE(F1, "dfs_posix.c open", "the lowest free descriptor, of which 3 is the console");
RULE(F2, "dfs_posix.c write", "as many bytes as were written");
RULE(F3, "dfs_posix.c lseek", "the new position, from the start, from here or from the end");
RULE(F4, "dfs_posix.c read", "as many bytes as there are, 0 at the end");
RULE(F5, "dfs_posix.c lseek", "before the start: -1, EINVAL");
RULE(F6, "dfs_posix.c fstat", "0; size and type of an open file");
RULE(F7, "dfs_posix.c write", "a descriptor that is only for reading: -1");
RULE(F8, "dfs_posix.c close", "0; -1 for one that is not open");
RULE(F9, "dfs_posix.c read", "a descriptor that is not open: -1, EBADF");
RULE(F10, "dfs_posix.c open", "what there is not: -1, ENOENT; a missing directory too");
RULE(F11, "kservice.c _rt_errno", "the error of the thread is the negative of errno");
RULE(F12, "dfs_posix.c open", "O_CREAT with O_EXCL of what there is: -1, EEXIST");
RULE(F13, "dfs_posix.c open", "O_APPEND begins at the end");
RULE(F14, "dfs_posix.c stat", "0; size and type");
RULE(F15, "dfs_posix.c open", "O_TRUNC empties, without O_CREAT too");
RULE(F16, "dfs_posix.c ftruncate", "0");
RULE(F17, "dfs_posix.c access", "0 for what there is, else -1");
RULE(F18, "dfs_posix.c mkdir", "0; what there is: -1, EEXIST");
RULE(F19, "dfs_posix.c mkdir", "a missing directory above: -1, ENOENT");
RULE(F20, "dfs_posix.c opendir", "a directory");
RULE(F21, "dfs_posix.c readdir", "each entry with its name as written and its type");
RULE(F22, "dfs_posix.c rewinddir", "begins again");
RULE(F23, "dfs_posix.c closedir", "0");
RULE(F24, "dfs_posix.c opendir", "NULL for a file and for what there is not");
RULE(F25, "dfs_posix.c rmdir", "-1 for a directory that is not empty");
RULE(F26, "dfs_posix.c rename", "0; the old name is gone");
RULE(F27, "dfs_posix.c rename", "what there is not: -1, ENOENT");
RULE(F28, "dfs_posix.c unlink", "what there is not: -1, ENOENT");
RULE(F29, "dfs_posix.c unlink", "an open file: -1, EBUSY");
RULE(F30, "dfs_posix.c unlink", "0");
RULE(F31, "dfs_posix.c rmdir", "0");
RULE(F32, "dfs_posix.c stat", "what there is not: -1, ENOENT");
RULE(F33, "dfs_posix.c getcwd", "the working directory");
RULE(F34, "dfs_posix.c chdir", "0; relative names begin there");
RULE(F35, "POSIX.1 getcwd", "writes no more than the name");
RULE(F36, "POSIX.1 getcwd", "NULL with ERANGE where it does not fit, with EINVAL for size 0");
RULE(F37, "dfs.c dfs_normalize_path", ". and .. and repeated slashes");
RULE(F38, "dfs_posix.c chdir", "what there is not: -1");
RULE(F39, "dfs_posix.c lseek", "beyond the end of a file that is for writing: what is written there makes it longer");
RULE(F40, "dfs_posix.c open", "the table has room for 15 beside the console; then -1");
RULE(F41, "POSIX.1 pipe", "0; what is written to one end is read from the other, and then its end");
RULE(F42, "POSIX.1 select", "the number of descriptors that are ready, which remain in the set");
RULE(F43, "POSIX.1 poll", "the number of descriptors that are ready, and for what");
RULE(F44, "POSIX.1 dup", "another descriptor of the same");
RULE(F45, "devfs.c dfs_device_fs_getdents", "/dev lists the devices");
RULE(F46, "devfs.c dfs_device_fs_stat", "a device of characters is S_ISCHR");
RULE(F47, "devfs.c dfs_device_fs_open", "a device by its name, -1 for one that there is not");
RULE(F48, "dfs_posix.c lseek", "the position of a descriptor that is only for reading stops at the end of the file");
RULE(F49, "dfs_posix.c rename", "onto a name that there is: -1, EEXIST");
RULE(F50, "dfs_posix.c stat", "the root is a directory of size 0, which nobody asks the file system about");

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
    rule(F1);
    uassert_int_equal(fd, 4);
    rule(F2);
    uassert_int_equal(write(fd, "hello world", 11), 11);
    rule(F3);
    uassert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    rule(F4);
    uassert_int_equal(read(fd, buffer, 5), 5);
    uassert_buf_equal(buffer, "hello", 5);
    rule(F3);
    uassert_int_equal(lseek(fd, 1, SEEK_CUR), 6);
    rule(F4);
    uassert_int_equal(read(fd, buffer, 32), 5);
    uassert_int_equal(read(fd, buffer, 32), 0);
    rule(F3);
    uassert_int_equal(lseek(fd, -3, SEEK_END), 8);
    rule(F5);
    uassert_int_equal(lseek(fd, -1, SEEK_SET), -1);
    uassert_int_equal(error(), EINVAL);
    other = open("/t.txt", O_RDONLY);
    rule(F1);
    uassert_true(other > fd);
    rule(F6);
    uassert_int_equal(fstat(fd, &st), 0);
    uassert_int_equal(st.st_size, 11);
    uassert_true(S_ISREG(st.st_mode));
    rule(F7);
    uassert_int_equal(write(other, "x", 1), -1);
    rule(F8);
    uassert_int_equal(close(fd), 0);
    rule(F1);
    uassert_int_equal(open("/t.txt", O_RDONLY), fd);
    rule(F8);
    uassert_int_equal(close(fd), 0);
    uassert_int_equal(close(other), 0);
    uassert_int_equal(close(fd), -1);
    rule(F9);
    uassert_int_equal(read(fd, buffer, 1), -1);
    uassert_int_equal(error(), EBADF);
}

/* open flags: TRUNC, APPEND, EXCL; what is not there. */
static void test_flags(void) {
    struct stat st;
    char buffer[16];
    int fd;
    rule(F10);
    uassert_int_equal(open("/none", O_RDONLY), -1);
    rule(F11);
    /* The field `error` of the thread has the negative. */
    uassert_int_equal(rt_get_errno(), -ENOENT);
    rule(F10);
    uassert_int_equal(error(), ENOENT);
    uassert_int_equal(open("/no/where", O_CREAT | O_RDWR, 0), -1);
    uassert_int_equal(error(), ENOENT);
    rule(F12);
    uassert_int_equal(open("/t.txt", O_CREAT | O_EXCL | O_RDWR, 0), -1);
    uassert_int_equal(error(), EEXIST);
    fd = open("/t.txt", O_WRONLY | O_APPEND);
    rule(F13);
    uassert_int_equal(write(fd, "!", 1), 1);
    rule(F8);
    uassert_int_equal(close(fd), 0);
    rule(F14);
    uassert_int_equal(stat("/t.txt", &st), 0);
    rule(F13);
    uassert_int_equal(st.st_size, 12);
    fd = open("/t.txt", O_RDWR | O_TRUNC);
    rule(F15);
    uassert_int_equal(read(fd, buffer, 16), 0);
    rule(F16);
    uassert_int_equal(ftruncate(fd, 5), 0);
    close(fd);
    rule(F17);
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
    rule(F18);
    uassert_int_equal(mkdir("/d", 0777), 0);
    uassert_int_equal(mkdir("/d", 0777), -1);
    uassert_int_equal(error(), EEXIST);
    rule(F19);
    uassert_int_equal(mkdir("/x/y", 0777), -1);
    uassert_int_equal(error(), ENOENT);
    rule(F14);
    uassert_int_equal(stat("/d", &st), 0);
    uassert_true(S_ISDIR(st.st_mode));
    close(open("/d/a", O_CREAT | O_RDWR, 0));
    close(open("/d/Long Name.text", O_CREAT | O_RDWR, 0));
    rule(F18);
    uassert_int_equal(mkdir("/d/sub", 0777), 0);
    dir = opendir("/d");
    rule(F20);
    uassert_not_null(dir);
    while ((entry = readdir(dir)) != RT_NULL) {
        if (strcmp(entry->d_name, "a") == 0) names |= entry->d_type == DT_REG ? 1 : 0x10;
        if (strcmp(entry->d_name, "Long Name.text") == 0) names |= entry->d_type == DT_REG ? 2 : 0x20;
        if (strcmp(entry->d_name, "sub") == 0) names |= entry->d_type == DT_DIR ? 4 : 0x40;
    }
    rule(F21);
    uassert_int_equal(names, 7);
    rewinddir(dir);
    rule(F22);
    uassert_not_null(readdir(dir));
    rule(F23);
    uassert_int_equal(closedir(dir), 0);
    rule(F24);
    uassert_null(opendir("/d/a"));
    uassert_null(opendir("/none"));
    error();
    rule(F25);
    /* A folder that is not empty stays. */
    uassert_int_equal(rmdir("/d"), -1);
    error();
    rule(F26);
    uassert_int_equal(rename("/d/a", "/d/b"), 0);
    rule(F27);
    uassert_int_equal(rename("/d/none", "/d/c"), -1);
    uassert_int_equal(error(), ENOENT);
    rule(F28);
    uassert_int_equal(unlink("/d/a"), -1);
    uassert_int_equal(error(), ENOENT);
    fd = open("/d/b", O_RDONLY);
    rule(F29);
    uassert_int_equal(unlink("/d/b"), -1);
    uassert_int_equal(error(), EBUSY);
    close(fd);
    rule(F30);
    uassert_int_equal(unlink("/d/b"), 0);
    uassert_int_equal(unlink("/d/Long Name.text"), 0);
    rule(F31);
    uassert_int_equal(rmdir("/d/sub"), 0);
    uassert_int_equal(rmdir("/d"), 0);
    rule(F32);
    uassert_int_equal(stat("/d", &st), -1);
    uassert_int_equal(error(), ENOENT);
}

/* chdir, getcwd: relative names and dots. */
static void test_working_directory(void) {
    char buffer[64];
    rule(F33);
    uassert_str_equal(getcwd(buffer, sizeof(buffer)), "/");
    rule(F18);
    uassert_int_equal(mkdir("w", 0777), 0);
    rule(F34);
    uassert_int_equal(chdir("w"), 0);
    rule(F33);
    uassert_str_equal(getcwd(buffer, sizeof(buffer)), "/w");
    if (!utest_compat) {
        /* No more is written than the name, and nothing where it does not fit: 4.0.4 fills the buffer, and leaves out the NUL. */
        memset(buffer, 'x', sizeof(buffer));
        rule(F35);
        uassert_str_equal(getcwd(buffer, sizeof(buffer)), "/w");
        uassert_int_equal(buffer[3], 'x');
        rule(F36);
        uassert_null(getcwd(buffer, 2));
        uassert_int_equal(error(), ERANGE);
        uassert_null(getcwd(buffer, 0));
        uassert_int_equal(error(), EINVAL);
    }
    close(open("f", O_CREAT | O_RDWR, 0));
    rule(F17);
    uassert_int_equal(access("/w/f", 0), 0);
    rule(F37);
    uassert_int_equal(access("../w/./f", 0), 0);
    uassert_int_equal(access("..//t.txt", 0), 0);
    rule(F30);
    uassert_int_equal(unlink("f"), 0);
    rule(F38);
    uassert_int_equal(chdir("none"), -1);
    error();
    rule(F34);
    uassert_int_equal(chdir(".."), 0);
    rule(F33);
    uassert_str_equal(getcwd(buffer, sizeof(buffer)), "/");
    rule(F31);
    uassert_int_equal(rmdir("w"), 0);
}

/* Seeking past the end of a file opened for writing makes it longer. */
static void test_holes(void) {
    struct stat st;
    int fd = open("/h", O_CREAT | O_RDWR | O_TRUNC, 0), n;
    static char block[3000], back[3000];
    rule(F39);
    uassert_int_equal(lseek(fd, 5000, SEEK_SET), 5000);
    rule(F2);
    uassert_int_equal(write(fd, "end", 3), 3);
    rule(F39);
    uassert_int_equal(fstat(fd, &st), 0);
    uassert_int_equal(st.st_size, 5003);
    for (n = 0; n < 3000; n++) block[n] = (char)(n * 7);
    lseek(fd, 0, SEEK_SET);
    rule(F2);
    for (n = 0; n < 10; n++) uassert_int_equal(write(fd, block, 3000), 3000);
    lseek(fd, 27000, SEEK_SET);
    rule(F4);
    uassert_int_equal(read(fd, back, 3000), 3000);
    uassert_buf_equal(block, back, 3000);
    close(fd);
    rule(F14);
    uassert_int_equal(stat("/h", &st), 0);
    uassert_int_equal(st.st_size, 30000);
    rule(F30);
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
    rule(F40);
    uassert_int_equal(opened, 15);
    rule(F8);
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
    rule(F41);
    uassert_int_equal(pipe(ends), 0);
    FD_ZERO(&set);
    FD_SET(ends[0], &set);
    rule(F42);
    uassert_int_equal(select(ends[0] + 1, &set, RT_NULL, RT_NULL, &at_once), 0);
    rule(F41);
    uassert_int_equal(write(ends[1], "pipe", 4), 4);
    FD_ZERO(&set);
    FD_SET(ends[0], &set);
    rule(F42);
    uassert_int_equal(select(ends[0] + 1, &set, RT_NULL, RT_NULL, &at_once), 1);
    uassert_true(FD_ISSET(ends[0], &set));
    one.fd = ends[0];
    one.events = POLLIN;
    one.revents = 0;
    rule(F43);
    uassert_int_equal(poll(&one, 1, 0), 1);
    uassert_true(one.revents & POLLIN);
    copy = dup(ends[0]);
    rule(F44);
    uassert_true(copy >= 0 && copy != ends[0]);
    rule(F41);
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
    rule(F20);
    uassert_not_null(dir);
    while ((entry = readdir(dir)) != RT_NULL) found |= strcmp(entry->d_name, "uart0") == 0;
    closedir(dir);
    rule(F45);
    uassert_int_equal(found, 1);
    rule(F46);
    uassert_int_equal(stat("/dev/uart0", &st), 0);
    uassert_true(S_ISCHR(st.st_mode));
    fd = open("/dev/uart1", O_RDWR);
    rule(F47);
    uassert_true(fd >= 0);
    uassert_int_equal(write(fd, "abc", 3), 3);
    uassert_int_equal(close(fd), 0);
    uassert_int_equal(open("/dev/none", O_RDWR), -1);
    error();
}

/* What is not as one would expect it. */
static void test_odd(void) {
    struct stat st;
    char one;
    int fd = open("/t.txt", O_RDONLY);
    lseek(fd, 100, SEEK_SET);
    rule(F48);
    uassert_int_equal(read(fd, &one, 1), 0);
    uassert_int_equal(lseek(fd, 0, SEEK_CUR), 5);
    close(fd);
    close(open("/u.txt", O_CREAT | O_RDWR, 0));
    rule(F49);
    uassert_int_equal(rename("/t.txt", "/u.txt"), -1);
    uassert_int_equal(error(), EEXIST);
    rule(F30);
    uassert_int_equal(unlink("/u.txt"), 0);
    rule(F50);
    uassert_int_equal(stat("/", &st), 0);
    uassert_true(S_ISDIR(st.st_mode));
    uassert_int_equal(st.st_size, 0);
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
    UTEST_UNIT_RUN(test_odd);
}
UTEST_TC_EXPORT(testcase, "dfs.posix", RT_NULL, cleanup, 20);
