/* Shell commands. What a module exports is there while it is loaded; a stock board looks only into the kernel's own image. */
#ifndef FINSH_H__
#define FINSH_H__

#include <rtdef.h>

typedef long (*syscall_func)(void);

struct finsh_syscall {
    const char *name;
    const char *desc;
    syscall_func func;
};

#define FINSH_FUNCTION_EXPORT_CMD(name, cmd, desc)                                   \
    const char __fsym_##cmd##_name[] SECTION(".rodata.name") = #cmd;                 \
    const char __fsym_##cmd##_desc[] SECTION(".rodata.name") = #desc;                \
    RT_USED const struct finsh_syscall __fsym_##cmd SECTION("FSymTab") = {           \
        __fsym_##cmd##_name, __fsym_##cmd##_desc, (syscall_func)&name};

#define FINSH_FUNCTION_EXPORT(name, desc) FINSH_FUNCTION_EXPORT_CMD(name, name, desc)
#define FINSH_FUNCTION_EXPORT_ALIAS(name, alias, desc) FINSH_FUNCTION_EXPORT_CMD(name, alias, desc)
#define FINSH_VAR_EXPORT(name, type, desc)

#define MSH_CMD_EXPORT(command, desc) FINSH_FUNCTION_EXPORT_CMD(command, __cmd_##command, desc)
#define MSH_CMD_EXPORT_ALIAS(command, alias, desc) FINSH_FUNCTION_EXPORT_CMD(command, __cmd_##alias, desc)

#endif
