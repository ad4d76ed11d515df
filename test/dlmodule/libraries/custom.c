/* Loads /mem.mo from memory: dlmodule_load_custom and dlmodule_exec_custom. */
#include <dlmodule.h>
#include <fcntl.h>
#include <unistd.h>
int printf(const char *, ...);
static rt_uint8_t image[8192];
static rt_uint8_t *load(const char *name)
{
    int fd = open(name, O_RDONLY, 0);
    printf("load %s\n", name);
    if (fd < 0) return 0;
    read(fd, image, sizeof image);
    close(fd);
    return image;
}
static rt_err_t unload(rt_uint8_t *p) { printf("unload %d\n", p == image); return 0; }
static struct rt_dlmodule_ops ops = {load, unload};
int main(void)
{
    struct rt_dlmodule *m = dlmodule_load_custom("/mem.mo", &ops), *empty = dlmodule_create();
    printf("loaded %d nref %d\n", m != 0, m ? m->nref : -1);
    if (m) printf("destroyed %d\n", dlmodule_destroy(m));
    printf("empty %.8s %d %d\n", empty->parent.name, empty->nref, dlmodule_destroy(empty));
    printf("exec %d\n", dlmodule_exec_custom("/mem.mo", "mem one", 8, &ops) != 0);
    printf("absent %d\n", dlmodule_load_custom("/no.mo", &ops) != 0);
    rt_thread_mdelay(500);
    return 0;
}
