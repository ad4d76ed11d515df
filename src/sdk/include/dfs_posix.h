/* Files and directories. The compiler's newlib supplies struct stat and the open flags. */
#ifndef DFS_POSIX_H__
#define DFS_POSIX_H__

#include <dfs.h>
#include <dirent.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/types.h>
#include <unistd.h>

#ifdef __cplusplus
extern "C" {
#endif

/* newlib has it only for programs that ask for POSIX.1-2001 or later. */
int ftruncate(int fd, off_t length);

#ifdef __cplusplus
}
#endif

#endif
