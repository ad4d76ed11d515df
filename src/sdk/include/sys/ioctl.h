#ifndef RT_SYS_IOCTL_H__
#define RT_SYS_IOCTL_H__

#ifdef __cplusplus
extern "C" {
#endif

int ioctl(int fildes, int cmd, ...);

#ifdef __cplusplus
}
#endif

#endif
