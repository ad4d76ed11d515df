#ifndef RT_SYS_STATFS_H__
#define RT_SYS_STATFS_H__

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct statfs {
    size_t f_bsize;  /* 0: bytes a block */
    size_t f_blocks; /* 4 */
    size_t f_bfree;  /* 8 */
};

int statfs(const char *path, struct statfs *buf);

#ifdef __cplusplus
}
#endif

#endif
