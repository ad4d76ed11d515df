/* Name and version of the system. */
#ifndef RT_SYS_UTSNAME_H__
#define RT_SYS_UTSNAME_H__

#ifdef __cplusplus
extern "C" {
#endif

#define _UTSNAME_LENGTH 16

struct utsname {
    char sysname[_UTSNAME_LENGTH];
    char nodename[_UTSNAME_LENGTH];
    char release[_UTSNAME_LENGTH];
    char version[_UTSNAME_LENGTH];
    char machine[_UTSNAME_LENGTH];
};

int uname(struct utsname *name);

#ifdef __cplusplus
}
#endif

#endif
