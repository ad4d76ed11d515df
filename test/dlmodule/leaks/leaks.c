/* Leaves behind what its arguments say. */
#include <rtthread.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *kept[8];
static struct rt_device device;
static char *text;
static void idle(void) { kept[7] = 0; }
static rt_err_t received(rt_device_t d, rt_size_t n) { return 0; }

__attribute__((noinline)) void make_list(void)
{
    volatile int n, count = 3;
    for (n = 0; n < count; n++) kept[n] = malloc(20);
}
__attribute__((noinline)) void make_text(void) { text = strdup("some text"); }
__attribute__((noinline)) void make_kernel_block(void)
{
    kept[3] = rt_malloc(100);
    kept[4] = realloc(malloc(10), 2000);
}

int main(int argc, char **argv)
{
    int n;
    printf("%.3f\n", 1.0 / 3); /* the library keeps buffers of its own */
    for (n = 1; n < argc; n++) {
        if (!strcmp(argv[n], "heap")) make_list(), make_text(), make_kernel_block();
        if (!strcmp(argv[n], "none")) { make_text(); free(text); }
        if (!strcmp(argv[n], "file")) open("/left.txt", O_CREAT | O_WRONLY, 0);
        if (!strcmp(argv[n], "stream")) fprintf(fopen("/stream.txt", "w"), "written\n");
        if (!strcmp(argv[n], "device")) rt_device_register(&device, "mydev", RT_DEVICE_FLAG_RDWR);
        if (!strcmp(argv[n], "callback")) rt_device_set_rx_indicate(rt_device_find("uart1"), received);
        if (!strcmp(argv[n], "hook")) rt_thread_idle_sethook(idle);
        if (!strcmp(argv[n], "exit")) make_text(), exit(4);
        if (!strcmp(argv[n], "fault")) { make_text(); *(volatile int *)0 = 0; }
    }
    return 2;
}
