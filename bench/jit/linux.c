/* The workloads of bench/dispatch as a Linux program: its arguments are the number of a workload and a repeat count. */
#include "../dispatch/workloads.c"

static u32 number(const char *s) {
  u32 n = 0;
  while (*s) n = n * 10 + (u32)(*s++ - '0');
  return n;
}
static void quit(u32 status) {
  register u32 r0 __asm__("r0") = status;
  register u32 r7 __asm__("r7") = 1;
  __asm__ volatile("svc #0" : : "r"(r0), "r"(r7));
  __builtin_unreachable();
}
__attribute__((used)) static void start(u32 *sp) {
  char **argv = (char **)(sp + 1);
  u32 n = number(argv[2]);
  u32 result = 0;
  switch (number(argv[1])) {
    case 0: result = bytes(n); break;
    case 1: result = crc32(n); break;
    case 2: result = fib(n); break;
    case 3: result = matmul(n); break;
    case 4: result = sieve(n); break;
  }
  quit(result & 127);
}
__attribute__((naked)) void _start(void) { __asm__("mov r0, sp\n bl start"); }
