/* Some programs include this for the file functions. */
#ifndef DFS_FILE_H__
#define DFS_FILE_H__

#include <dfs_posix.h>

#endif
