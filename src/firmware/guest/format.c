/*
 * What most programs print: literal text, %d %i %u %x %X %c %s, with a width. newlib takes 800 instructions and more for a line of that;
 * whatever else a format has is newlib's, from the start.
 */
#include "rtt.h"
#include <stdint.h>
#include <string.h>

#define EACH(byte) ((byte) * 0x01010101u)

struct field {
  int width;
  int left;
  char pad;
};

/* `size` bytes with what fills the field on one side, and a sign before zeros; NULL when there is no room. */
static inline char *put(char *to, const char *end, struct field field, char sign, const char *text, size_t size) {
  size_t length = size + (sign != 0);
  size_t fill = (size_t)field.width > length ? field.width - length : 0;
  if (size > (size_t)(end - to) || length + fill > (size_t)(end - to))
    return NULL;
  if (sign && field.pad == '0')
    *to++ = sign;
  if (!field.left)
    for (; fill > 0; fill--)
      *to++ = field.pad;
  if (sign && field.pad != '0')
    *to++ = sign;
  if (size > 16) {
    memcpy(to, text, size);
    to += size;
  } else
    while (size-- > 0)
      *to++ = *text++;
  for (; fill > 0; fill--)
    *to++ = ' ';
  return to;
}

/* The last digit is before `end`; gives the first. */
static inline char *digits(char *end, uint32_t value, char kind) {
  if ((kind | 0x20) == 'x')
    do
      *--end = (value & 15) < 10 ? '0' + (value & 15) : kind - 'x' + 'a' - 10 + (value & 15);
    while (value >>= 4);
  else
    do
      *--end = '0' + value % 10;
    while (value /= 10);
  return end;
}

char *rtt_plain_format(char *to, const char *end, const char *text, va_list arguments) {
  while (to) {
    /* Four at a time where none of them is 0 or '%'; an aligned word reaches into nothing that its first byte is not in. */
    if (((uintptr_t)text & 3) == 0)
      for (; end - to >= 4; to += 4, text += 4) {
        uint32_t word = *(const uint32_t *)text;
        if (((word - EACH(1)) | ((word ^ EACH('%')) - EACH(1))) & EACH(0x80))
          break;
        __builtin_memcpy(to, &word, 4);
      }
    char c = *text;
    if (c == 0)
      return to;
    if (to == end)
      return NULL;
    text++;
    if (c != '%') {
      *to++ = c;
      continue;
    }
    c = *text++;
    if (c == '%') {
      *to++ = c;
      continue;
    }
    struct field field = {0, 0, ' '};
    for (; c == '0' || c == '-'; c = *text++)
      if (c == '-')
        field.left = 1;
      else
        field.pad = '0';
    for (; c >= '0' && c <= '9' && field.width <= end - to; c = *text++)
      field.width = 10 * field.width + c - '0';
    if (c == 'c' || c == 's') {
      if (field.pad == '0')
        return NULL;
      if (c == 'c') {
        char character = va_arg(arguments, int);
        to = put(to, end, field, 0, &character, 1);
      } else {
        const char *string = va_arg(arguments, const char *);
        to = string ? put(to, end, field, 0, string, strlen(string)) : NULL;
      }
      continue;
    }
    if (c == 'l' || c == 'z')
      c = *text++;
    if (c != 'd' && c != 'i' && c != 'u' && c != 'x' && c != 'X')
      return NULL;
    char number[10], *last = number + sizeof number, sign = 0;
    uint32_t value = va_arg(arguments, uint32_t);
    if ((c == 'd' || c == 'i') && (int32_t)value < 0) {
      sign = '-';
      value = -value;
    }
    if (field.left)
      field.pad = ' ';
    char *first = digits(last, value, c);
    to = put(to, end, field, sign, first, last - first);
  }
  return NULL;
}
