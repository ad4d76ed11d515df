/* Mounting. RT-Thread 4.0.4 exports none of these to modules. */
#ifndef DFS_FS_H__
#define DFS_FS_H__

#include <dfs_posix.h>

#ifdef __cplusplus
extern "C" {
#endif

int dfs_mount(const char *device_name, const char *path, const char *filesystemtype, unsigned long rwflag,
              const void *data);
int dfs_unmount(const char *specialfile);
int dfs_mkfs(const char *fs_name, const char *device_name);

#ifdef __cplusplus
}
#endif

#endif
