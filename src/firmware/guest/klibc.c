/* Names of RT-Thread 5.x for functions of the C library. */
#include <stdarg.h>
#include <stdio.h>

int rt_sscanf(const char *text, const char *format, ...);

int rt_sscanf(const char *text, const char *format, ...) {
  va_list args;
  va_start(args, format);
  int count = vsscanf(text, format, args);
  va_end(args);
  return count;
}
