/* rt_kprintf with everything it can be given, so that a trace shows what was passed. */
#include <rtthread.h>

int main(void)
{
    char text[32];
    static const char no_end[] = "tail";

    rt_kprintf("%s %d %u\n", "word", -5, 4000000000u);
    rt_kprintf("%-8s|%*d|%.*s\n", no_end, 6, 42, 2, no_end);
    rt_kprintf("%x %08X %o %c %p %%\n", 255, 0xbeef, 8, 'Q', (void *)0x60001234);
    rt_kprintf("%d %lld %d %llu\n", 1, -5000000000LL, 2, 18446744073709551615ULL);
    rt_snprintf(text, sizeof(text), "%s=%d", "key", 7);
    rt_kprintf("%s\n", (char *)0);
    rt_kprintf("%y %d\n", 1, 2);
    return 0;
}
