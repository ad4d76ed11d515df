/* Libraries at run time. A name without a leading slash is looked for in /modules. */
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
int dlclose(void *handle); /* 1 when it went well */
const char *dlerror(void);

#ifdef __cplusplus
}
#endif

#endif
