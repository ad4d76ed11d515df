/* Directory streams of the device file system layer. */
#ifndef RT_DIRENT_H__
#define RT_DIRENT_H__

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DT_UNKNOWN 0x00
#define DT_REG 0x01
#define DT_DIR 0x02

struct dirent {
    unsigned char d_type;     /* 0: DT_* */
    unsigned char d_namlen;   /* 1 */
    unsigned short d_reclen;  /* 2 */
    char d_name[256];         /* 4 */
};

typedef struct {
    int fd;        /* 0 */
    char buf[512]; /* 4 */
    int num;       /* 516 */
    int cur;       /* 520 */
} DIR;

DIR *opendir(const char *name);
struct dirent *readdir(DIR *d);
long telldir(DIR *d);
void seekdir(DIR *d, off_t offset);
void rewinddir(DIR *d);
int closedir(DIR *d);
int scandir(const char *path, struct dirent ***list, int (*select)(const struct dirent *),
            int (*compare)(const struct dirent **, const struct dirent **));
int alphasort(const struct dirent **a, const struct dirent **b);

#ifdef __cplusplus
}
#endif

#endif
