/* Libraries at run time. A name without a leading slash is looked for in the working directory, /lib, /modules and /bin. */
#ifndef DLFCN_H__
#define DLFCN_H__

#ifdef __cplusplus
extern "C" {
#endif

#define RTLD_LAZY 0x00000
#define RTLD_NOW 0x00001
#define RTLD_LOCAL 0x00000
#define RTLD_GLOBAL 0x10000
#define RTLD_DEFAULT ((void *)1)
#define RTLD_NEXT ((void *)2)

void *dlopen(const char *filename, int flags);
void *dlsym(void *handle, const char *symbol);
int dlclose(void *handle); /* 0 when it went well (RT-Thread 4.0.4: always 1) */
const char *dlerror(void);

typedef struct {
    const char *dli_fname; /* file of the module */
    void *dli_fbase;       /* where it begins */
    const char *dli_sname; /* symbol that holds the address, or NULL */
    void *dli_saddr;       /* its address */
} Dl_info;

int dladdr(const void *address, Dl_info *info); /* 0: in no module */

#ifdef __cplusplus
}
#endif

#endif
