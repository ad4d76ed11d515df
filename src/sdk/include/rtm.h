/* Tables of exported symbols. A module's own table is its .dynsym; RTM_EXPORT has no effect for the loader. */
#ifndef RTM_H__
#define RTM_H__

#include <rtdef.h>

struct rt_module_symtab {
    void *addr;
    const char *name;
};

#define RTM_EXPORT(symbol)                                                                     \
    const char __rtmsym_##symbol##_name[] SECTION(".rodata.name") = #symbol;                   \
    const struct rt_module_symtab __rtmsym_##symbol RT_USED SECTION("RTMSymTab") = {           \
        (void *)&symbol, __rtmsym_##symbol##_name}

#endif
