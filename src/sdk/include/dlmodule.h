/* The kernel's view of a loaded module. */
#ifndef RT_DLMODULE_H__
#define RT_DLMODULE_H__

#include <rtthread.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RT_DLMODULE_STAT_INIT 0
#define RT_DLMODULE_STAT_RUNNING 1
#define RT_DLMODULE_STAT_CLOSING 2
#define RT_DLMODULE_STAT_CLOSED 3

struct rt_dlmodule;

/* A module may export `module_init` and `module_cleanup` of these types. */
typedef void *rt_addr_t;
typedef void (*rt_dlmodule_init_func_t)(struct rt_dlmodule *module);
typedef void (*rt_dlmodule_cleanup_func_t)(struct rt_dlmodule *module);
typedef int (*rt_dlmodule_entry_func_t)(int argc, char **argv);

struct rt_dlmodule {
    struct rt_object parent;                 /* 0 */
    rt_list_t object_list;                   /* 24: objects the module owns */
    rt_uint8_t stat;                         /* 32: RT_DLMODULE_STAT_* */
    rt_uint16_t priority;                    /* 34: of the main thread */
    rt_uint32_t stack_size;                  /* 36: of the main thread */
    struct rt_thread *main_thread;           /* 40 */
    int ret_code;                            /* 44 */
    rt_uint32_t vstart_addr;                 /* 48 */
    rt_dlmodule_entry_func_t entry_addr;     /* 52 */
    char *cmd_line;                          /* 56 */
    rt_addr_t mem_space;                     /* 60 */
    rt_uint32_t mem_size;                    /* 64 */
    rt_dlmodule_init_func_t init_func;       /* 68 */
    rt_dlmodule_cleanup_func_t cleanup_func; /* 72 */
    rt_uint16_t nref;                        /* 76 */
    rt_uint16_t nsym;                        /* 78 */
    struct rt_module_symtab *symtab;         /* 80 */
};

/* Where modules come from that are in no file. */
struct rt_dlmodule_ops {
    rt_uint8_t *(*load)(const char *filename);
    rt_err_t (*unload)(rt_uint8_t *param);
};

struct rt_dlmodule *dlmodule_create(void);
struct rt_dlmodule *dlmodule_load_custom(const char *pgname, struct rt_dlmodule_ops *ops);
struct rt_dlmodule *dlmodule_exec_custom(const char *pgname, const char *cmd, int cmd_size, struct rt_dlmodule_ops *ops);
rt_uint32_t dlmodule_symbol_find(const char *sym_str);
struct rt_dlmodule *rt_module_self(void);
struct rt_dlmodule *dlmodule_find(const char *name);
struct rt_dlmodule *dlmodule_self(void);
struct rt_dlmodule *dlmodule_load(const char *path);
struct rt_dlmodule *dlmodule_exec(const char *path, const char *cmd, int cmd_size);
rt_err_t dlmodule_destroy(struct rt_dlmodule *module);
void dlmodule_exit(int ret_code);
/* the shell's commands; boards have them as commands only */
int list_module(void);
int list_symbols(void);

#ifdef __cplusplus
}
#endif

#endif
