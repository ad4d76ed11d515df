/* Path helpers of the device file system layer. */
#ifndef DFS_H__
#define DFS_H__

#include <rtlibc.h>
#include <rtthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DFS_PATH_MAX 256

#define DFS_F_OPEN 0x01000000
#define DFS_F_DIRECTORY 0x02000000
#define DFS_F_EOF 0x04000000
#define DFS_F_ERR 0x08000000

/* The result is on the heap (rt_free); NULL when the path leads above the root. */
char *dfs_normalize_path(const char *directory, const char *filename);
const char *dfs_subdir(const char *directory, const char *filename);

#ifdef __cplusplus
}
#endif

#endif
