/* On the board mps2-an385 of qemu-system-arm, with semihosting for console, arguments and clock. */
#include "kernels.h"

int run_kernel(int argc, char **argv);
enum { SYS_WRITE = 5, SYS_OPEN = 1, SYS_CLOCK = 0x10, SYS_GET_CMDLINE = 0x15, SYS_EXIT_EXTENDED = 0x20 };
static int host(int operation, const void *arguments) {
  register int r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = arguments;
  __asm__ volatile("bkpt #0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}
static int console;
void put(const char *text, unsigned length) {
  const u32 arguments[] = {(u32)console, (u32)text, length};
  host(SYS_WRITE, arguments);
}
/* Hundredths of a second of the emulator's processor time. */
u64 cpu_time(void) { return (u64)(u32)host(SYS_CLOCK, 0) * 10000000u; }
u32 host_call(u32 x) { return x; }

void _exit(int status) {
  const u32 arguments[] = {0x20026, (u32)status};
  host(SYS_EXIT_EXTENDED, arguments);
  for (;;) {}
}
static void start(void) {
  static char line[200];
  u32 arguments[] = {(u32)line, sizeof line};
  const u32 name[] = {(u32)":tt", 4, 3};
  console = host(SYS_OPEN, name);
  host(SYS_GET_CMDLINE, arguments);
  char *argv[8];
  int argc = 0;
  for (char *p = line; *p && argc < 8;) {
    while (*p == ' ') *p++ = 0;
    if (*p) argv[argc++] = p;
    while (*p && *p != ' ') p++;
  }
  _exit(run_kernel(argc, argv));
}
extern char stack_top[];
__attribute__((section(".vectors"), used)) static const void *const vectors[2] = {stack_top, start};
