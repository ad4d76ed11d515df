/* As a module of RT-Thread: whoever reads the console looks at the clock. */
#include "kernels.h"
#include <rtthread.h>
#include <unistd.h>

int run_kernel(int argc, char **argv);
void put(const char *text, unsigned length) { write(1, text, length); }
u64 cpu_time(void) { return 0; }
NOINLINE u32 host_call(u32 x) { return x + (rt_tick_get() & 0); }
int main(int argc, char **argv) { return run_kernel(argc, argv); }
