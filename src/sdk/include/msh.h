/* Runs one line of the shell. Modules use system(), which the kernel exports. */
#ifndef MSH_H__
#define MSH_H__

#include <rtthread.h>

#ifdef __cplusplus
extern "C" {
#endif

int msh_exec(char *cmd, rt_size_t length);

#ifdef __cplusplus
}
#endif

#endif
