/* As a Linux program, native or under qemu-arm. */
#include "kernels.h"
#include <time.h>
#include <unistd.h>

int run_kernel(int argc, char **argv);
#ifdef __arm__
enum { SYS_getppid = 64, SYS_clock_gettime = 263 };
static long call(long number, long a, long b, long c) {
  register long r0 __asm__("r0") = a;
  register long r1 __asm__("r1") = b;
  register long r2 __asm__("r2") = c;
  register long r7 __asm__("r7") = number;
  __asm__ volatile("svc #0" : "+r"(r0) : "r"(r1), "r"(r2), "r"(r7) : "memory");
  return r0;
}
u64 cpu_time(void) {
  i32 now[2];
  call(SYS_clock_gettime, 2, (long)now, 0); /* CLOCK_PROCESS_CPUTIME_ID */
  return (u64)now[0] * 1000000000u + (u32)now[1];
}
u32 host_call(u32 x) { return x + ((u32)call(SYS_getppid, 0, 0, 0) & 0); }
#else
#include <sys/syscall.h>
u64 cpu_time(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (u64)now.tv_sec * 1000000000u + (u64)now.tv_nsec;
}
u32 host_call(u32 x) { return x + ((u32)syscall(SYS_getppid) & 0); }
#endif
void put(const char *text, unsigned length) { (void)!write(1, text, length); }
int main(int argc, char **argv) { return run_kernel(argc, argv); }
