/*
 * newlib's formatter once more, for the formats that programs print most lines with: without floating-point numbers and without
 * integers of 64 bits, and straight into the buffer of the stream, not by way of a list of pieces. What it makes of such a
 * format is what newlib's makes of it, for the source is the same.
 */
#include <newlib.h>

#include "rtt.h"
#include <stdio.h>
#include <string.h>

#define FEW 6 /* bytes that are copied without memcpy() */

/*
 * What follows a `%`. A character that newlib does not know is a conversion of its own. Those for which the formatter below is not
 * made are numbers in floating point (aAeEfFgG), what is long for them (L) or has 64 bits (jq), and a second l.
 */
enum part { CONVERSION, MODIFIER, LONG, BEYOND };
static const unsigned char parts[256] = {
    ['-'] = MODIFIER, ['+'] = MODIFIER, [' '] = MODIFIER, ['#'] = MODIFIER, ['.'] = MODIFIER, ['*'] = MODIFIER,
    ['0'] = MODIFIER, ['1'] = MODIFIER, ['2'] = MODIFIER, ['3'] = MODIFIER, ['4'] = MODIFIER, ['5'] = MODIFIER,
    ['6'] = MODIFIER, ['7'] = MODIFIER, ['8'] = MODIFIER, ['9'] = MODIFIER, ['h'] = MODIFIER, ['z'] = MODIFIER,
    ['t'] = MODIFIER, ['\''] = MODIFIER, ['l'] = LONG,    ['j'] = BEYOND,   ['q'] = BEYOND,   ['L'] = BEYOND,
    ['a'] = BEYOND,   ['A'] = BEYOND,   ['e'] = BEYOND,   ['E'] = BEYOND,   ['f'] = BEYOND,   ['F'] = BEYOND,
    ['g'] = BEYOND,   ['G'] = BEYOND,
};

static int is_plain(const char *format) {
  const unsigned char *at = (const unsigned char *)format;
  for (;;) {
    unsigned c;
    do
      c = *at++;
    while (c > '%');
    if (c == 0)
      return 1;
    if (c != '%')
      continue;
    unsigned part;
    do {
      c = *at++;
      part = parts[c];
      if (part == LONG && *at != 'l')
        part = MODIFIER;
    } while (part == MODIFIER);
    if (part != CONVERSION)
      return 0;
    if (c == 0)
      return 1;
  }
}

static int formatter(struct _reent *, FILE *, const char *, va_list);

/* Where the formatter's pieces go; EOF when there is no room, else anything. */
static __attribute__((noinline)) int put(struct _reent *r, FILE *fp, const char *text, size_t size) {
  (void)r;
  int left = fp->_w - (int)size;
  if (left < 0) {
    fp->_flags |= __SERR;
    return EOF;
  }
  unsigned char *to = fp->_p;
  fp->_w = left;
  fp->_p = to + size;
  if (size > FEW)
    return (int)memcpy(to, text, size);
  while (size-- > 0)
    to[size] = text[size];
  return 0;
}

char *rtt_format(FILE *front, char *to, char *end, const char *format, va_list arguments) {
  if (!is_plain(format))
    return NULL;
  front->_flags = __SWR | __SORD;
  front->_p = (unsigned char *)to;
  front->_w = end - to;
  return formatter(_REENT, front, format, arguments) < 0 ? NULL : (char *)front->_p;
}

#undef _WANT_IO_LONG_LONG
#undef _FVWRITE_IN_STREAMIO
#define NO_FLOATING_POINT
#define STRING_ONLY
#define __ssputs_r put
#define __ssprint_r unused
#define _svfprintf_r static formatter
#include "vfprintf.c"
