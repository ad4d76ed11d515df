/*
 * driver.mo: module_init registers the device "driven"; user.mo (USER): without. Both: `open|wait MS [PATH ARGUMENT...]` runs that program
 * beside itself, opens the device or not, and ends that many milliseconds later.
 */
#include <rtthread.h>
#include <dlmodule.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#ifndef USER
static struct rt_device device;
static rt_err_t opened(rt_device_t dev, rt_uint16_t flags) { rt_kprintf("opened\n"); return 0; }
static rt_err_t closed(rt_device_t dev) { rt_kprintf("closed\n"); return 0; }
static const struct rt_device_ops ops = {0, opened, closed};

void module_init(struct rt_dlmodule *module)
{
    device.type = RT_Device_Class_Char;
    device.ops = &ops;
    rt_device_register(&device, "driven", RT_DEVICE_FLAG_RDWR);
}
#endif

int main(int argc, char **argv)
{
    char line[40] = "";
    for (int n = 3; n < argc; n++) strcat(strcat(line, n > 3 ? " " : ""), argv[n]);
    if (argc > 3) dlmodule_exec(argv[3], line, strlen(line));
    if (argv[1][0] == 'o') rt_kprintf("descriptor %d\n", open("/dev/driven", O_RDWR));
    rt_thread_mdelay(atoi(argv[2]));
    rt_kprintf("%s ends\n", argv[0]);
    return 0;
}
