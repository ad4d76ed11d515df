/* The compiler's <limits.h>, with limits of files that newlib names only for the systems it knows. Values of DFS in RT-Thread 4.0.4. */
#ifndef RT_LIMITS_H__
#define RT_LIMITS_H__

/* -Wpedantic has a word about the next line. */
#pragma GCC system_header
#include_next <limits.h>

/* DFS_PATH_MAX: a name with its NUL, as getcwd and dfs_normalize_path have it. */
#ifndef PATH_MAX
#define PATH_MAX 256
#endif

/* Bytes of struct dirent.d_name without its NUL. */
#ifndef NAME_MAX
#define NAME_MAX 255
#endif

#ifndef SSIZE_MAX
#define SSIZE_MAX INT_MAX
#endif

#endif
