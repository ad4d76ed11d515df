/*
 * PROGRAM KERNEL N SAMPLES: runs a kernel SAMPLES times with n = N and writes a line "CHECKSUM NANOSECONDS" for each; the time is that
 * of the processor, or 0 where the program does not know it and whoever reads the line looks at the clock.
 */
#include "kernels.h"

void put(const char *text, unsigned length);
u64 cpu_time(void);

static u32 number(const char *s) {
  u32 n = 0;
  while (*s >= '0' && *s <= '9') n = n * 10 + (u32)(*s++ - '0');
  return n;
}
static int same(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return *a == *b;
}

static const struct { const char *name; u32 (*run)(u32); } kernels[] = {
#define KERNEL(name) {#name, name},
#include KERNEL_LIST
#undef KERNEL
};

int run_kernel(int argc, char **argv) {
  if (argc < 4) return 2;
  for (u32 k = 0; k < sizeof kernels / sizeof *kernels; k++) {
    if (!same(argv[1], kernels[k].name)) continue;
    u32 n = number(argv[2]);
    for (u32 samples = number(argv[3]); samples > 0; samples--) {
      u64 start = cpu_time();
      u32 sum = kernels[k].run(n);
      u64 time = cpu_time() - start;
      char line[32];
      u32 at = sizeof line;
      line[--at] = '\n';
      do line[--at] = (char)('0' + time % 10);
      while (time /= 10);
      line[--at] = ' ';
      do line[--at] = "0123456789abcdef"[sum & 15];
      while (sum >>= 4);
      put(line + at, (unsigned)(sizeof line - at));
    }
    return 0;
  }
  return 2;
}
