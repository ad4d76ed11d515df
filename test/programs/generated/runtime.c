/* Runs the programs that programs.inc lists; the status is 1 when a check failed. */
#include "checks.h"

int _write(int fd, const void *data, unsigned length);

static char text[4096];
static unsigned used;
static int failures;

static void flush(void) {
  _write(1, text, used);
  used = 0;
}
static void put(const char *s) {
  while (*s) text[used++] = *s++;
}
static void put_hex(u64 value) {
  text[used++] = ' ';
  for (int shift = 60; shift >= 0; shift -= 4) text[used++] = "0123456789abcdef"[(value >> shift) & 15];
}

void show(const char *tag, u64 value) {
  if (used > sizeof text - 200) flush();
  put(tag), put_hex(value), put("\n");
}
void check(const char *tag, u64 expected, u64 value) {
  show(tag, value);
  if (expected == value) return;
  failures++;
  put("  FAILED, the compiler has"), put_hex(expected), put("\n");
}

#define PROGRAM(name) void name(void);
#include "programs.inc"
#undef PROGRAM

int main(void) {
#define PROGRAM(name) put("== " #name "\n"), name(), flush();
#include "programs.inc"
  return failures != 0;
}
