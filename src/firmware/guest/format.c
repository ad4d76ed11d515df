/*
 * The formats that programs print most lines with, by a way that is a third of newlib's: text and %d %i %u %x %X %o %p %c %s %% with
 * flags, width, precision and h, hh, l, z, t. What it makes of them is what newlib's formatter makes; of all else it makes nothing, and
 * newlib begins from the start.
 */
#include "rtt.h"
#include <stdint.h>
#include <string.h>

typedef unsigned __attribute__((may_alias)) word;
typedef unsigned short __attribute__((may_alias)) half;
typedef unsigned __attribute__((may_alias, aligned(1))) anywhere;

#define EACH(byte) ((byte) * 0x01010101u)
/* Not 0 when a byte of the word is 0, and then its lowest bit is in the first such byte; which is looked for from the other end. */
#define ZERO(word) (((word) - EACH(1u)) & ~(word) & EACH(0x80u))
#define FIRST(zero) (__builtin_clz(__builtin_bswap32(zero)) >> 3)

#define DIGITS 12 /* of a number in octal, and a 0 before them */

/* A precision that no line has. */
#define MUCH 0xffff

enum { LEFT = 1, ZEROS = 2, ALTERNATE = 4, SHORT = 8, CHAR = 16, LONG = 32 };

/*
 * Only aligned words are read, which reach into nothing that the text is not in. As long as no byte of a pair of words is 0 or above 0x80,
 * nothing more is asked about it.
 */
char *rtt_copy(char *to, const char *end, const char *from) {
  unsigned skip = (uintptr_t)from & 3;
  const word *at = (const word *)(from - skip);
  unsigned first, second, some;
  if (skip > 0) {
    first = *at++ | ~0u >> (32 - 8 * skip);
    *(anywhere *)to = first >> 8 * skip;
    to -= skip;
    if (ZERO(first))
      return to + FIRST(ZERO(first));
    to += 4;
  }
  if ((uintptr_t)at & 4) {
    first = *at++;
    *(anywhere *)to = first;
    if (ZERO(first))
      return to + FIRST(ZERO(first));
    to += 4;
  }
#define STEP "ldrd %[first], %[second], [%[at]], #8\n\tsub %[some], %[first], #0x01010101\n\tsub ip, %[second], #0x01010101\n\t" \
             "orr %[some], %[some], ip\n\ttst %[some], #0x80808080\n\tbne 2f\n\tstr %[first], [%[to]], #4\n\tstr %[second], [%[to]], #4\n\t"
  while (to <= end) {
    __asm__ volatile("1:\t" STEP STEP "cmp %[to], %[end]\n\tbls 1b\n2:"
                     : [to] "+r"(to), [at] "+r"(at), [first] "=&r"(first), [second] "=&r"(second), [some] "=&r"(some)
                     : [end] "r"(end)
                     : "ip", "cc", "memory");
    if (!(some & EACH(0x80u)))
      break;
    ((anywhere *)to)[0] = first;
    ((anywhere *)to)[1] = second;
    if (ZERO(first))
      return to + FIRST(ZERO(first));
    to += 4;
    if (ZERO(second))
      return to + FIRST(ZERO(second));
    to += 4;
  }
  return NULL;
}

/* In words: up to three more than there are to be. */
static inline char *fill(char *to, int count, unsigned each) {
  char *end = to + count;
  for (; to < end; to += 4)
    *(anywhere *)to = each;
  return end;
}

static inline char *copy_number(char *to, const char *first, int size) {
  for (int at = 0; at < DIGITS; at += 4)
    *(anywhere *)(to + at) = *(const anywhere *)(first + at);
  return to + size;
}

#define PAIR(n) (half)('0' + (n) / 10 + ('0' + (n) % 10) * 256)
#define TEN(n) PAIR(n), PAIR(n + 1), PAIR(n + 2), PAIR(n + 3), PAIR(n + 4), PAIR(n + 5), PAIR(n + 6), PAIR(n + 7), PAIR(n + 8), PAIR(n + 9)
static const half pairs[100] = {TEN(0), TEN(10), TEN(20), TEN(30), TEN(40), TEN(50), TEN(60), TEN(70), TEN(80), TEN(90)};

/* The digits in front of `last`, which is aligned to 2; the first of them. */
static inline char *digits(char *last, unsigned value, unsigned conversion, unsigned flags) {
  if (conversion == 'o') {
    do
      *--last = '0' + (value & 7);
    while (value >>= 3);
    if (flags & ALTERNATE && *last != '0')
      *--last = '0';
  } else if (conversion == 'd' || conversion == 'u') {
    while (value >= 100) {
      unsigned hundredth = value / 100;
      last -= 2;
      *(half *)last = pairs[value - 100 * hundredth];
      value = hundredth;
    }
    if (value >= 10) {
      last -= 2;
      *(half *)last = pairs[value];
    } else {
      *--last = '0' + value;
    }
  } else {
    unsigned letters = (conversion == 'X' ? 'A' : 'a') - '0' - 10;
    do {
      unsigned digit = value & 15;
      *--last = '0' + digit + (digit > 9 ? letters : 0);
    } while (value >>= 4);
  }
  return last;
}

char *rtt_format(char *to, char *end, const char *text, va_list arguments) {
  end -= RTT_BEHIND;
  for (;;) {
    unsigned c = (unsigned char)*text++;
    if (to >= end)
      return NULL;
    if (c != '%') {
      if (c == 0)
        return to;
      *to++ = c;
      continue;
    }
    unsigned flags = 0, sign = 0, prefix = 0, value;
    int width = 0, precision = -1, size;
    const char *string;
    char letter, *first;
    /* Twice as long, since it is copied in words. */
    __attribute__((aligned(4))) char number[2 * DIGITS];
  next:
    c = (unsigned char)*text++;
  again:
    switch (c) {
    case '-':
      flags |= LEFT;
      goto next;
    case '0':
      flags |= ZEROS;
      goto next;
    case '#':
      flags |= ALTERNATE;
      goto next;
    case '+':
      sign = '+';
      goto next;
    case ' ':
      if (!sign)
        sign = ' ';
      goto next;
    case '1' ... '9':
      width = 0;
      do {
        width = 10 * width + c - '0';
        if (width > end - to)
          return NULL;
        c = (unsigned char)*text++;
      } while (c - '0' < 10);
      goto again;
    case '*':
      width = va_arg(arguments, int);
      if (width < 0) {
        flags |= LEFT;
        width = -(unsigned)width;
      }
      if ((unsigned)width > (unsigned)(end - to))
        return NULL;
      goto next;
    case '.':
      c = (unsigned char)*text++;
      if (c == '*') {
        precision = va_arg(arguments, int);
        if (precision < 0)
          precision = -1;
        goto next;
      }
      for (precision = 0; c - '0' < 10; c = (unsigned char)*text++) {
        precision = 10 * precision + c - '0';
        if (precision > MUCH)
          return NULL;
      }
      goto again;
    case 'h':
      if (*text == 'h') {
        text++;
        flags |= CHAR;
      } else {
        flags |= SHORT;
      }
      goto next;
    case 'l':
      if (*text == 'l')
        return NULL;
      flags |= LONG;
      goto next;
    case 'z':
    case 't':
      goto next;

    case 's':
      string = va_arg(arguments, const char *);
      if (!string || flags & LONG)
        return NULL;
      if (precision < 0 && (width == 0 || flags & LEFT)) {
        first = to;
        to = rtt_copy(to, end, string);
        if (!to)
          return NULL;
        if (width > to - first)
          to = fill(to, width - (to - first), EACH(' '));
        continue;
      }
      if (precision < 0) {
        size = strlen(string);
      } else {
        const char *last = memchr(string, 0, precision);
        size = last ? last - string : precision;
      }
      if (size > end - to)
        return NULL;
      goto bytes;
    case 'c':
      if (flags & LONG)
        return NULL;
      c = va_arg(arguments, int);
      __attribute__((fallthrough));
    case '%':
      letter = c;
      string = &letter;
      size = 1;
    bytes:
      width -= size;
      if (width > 0 && !(flags & LEFT))
        to = fill(to, width, flags & ZEROS ? EACH('0') : EACH(' '));
      memcpy(to, string, size);
      to += size;
      if (width > 0 && flags & LEFT)
        to = fill(to, width, EACH(' '));
      continue;

    case 'i':
      c = 'd';
      __attribute__((fallthrough));
    case 'd':
      value = va_arg(arguments, int);
      if (flags >= SHORT && !(flags & LONG))
        value = flags & SHORT ? (short)value : (signed char)value;
      if ((int)value < 0) {
        value = -value;
        sign = '-';
      }
      break;
    case 'u':
    case 'x':
    case 'X':
    case 'o':
      value = va_arg(arguments, unsigned);
      if (flags >= SHORT && !(flags & LONG))
        value = flags & SHORT ? (unsigned short)value : (unsigned char)value;
      sign = 0;
      if (flags & ALTERNATE && value != 0 && (c | 0x20) == 'x')
        prefix = c;
      break;
    case 'p':
      value = va_arg(arguments, unsigned);
      sign = 0;
      prefix = 'x';
      break;
    default:
      return NULL;
    }

    first = number + DIGITS;
    if (value != 0 || precision != 0)
      first = digits(first, value, c, flags);
    else if (c == 'o' && flags & ALTERNATE)
      *--first = '0';
    size = number + DIGITS - first;
    width -= size;
    if ((flags | sign | prefix | (precision + 1)) == 0) {
      if (width > 0)
        to = fill(to, width, EACH(' '));
      to = copy_number(to, first, size);
      continue;
    }
    if (precision >= 0) {
      flags &= ~ZEROS;
      precision -= size;
      if (precision > end - to)
        return NULL;
      if (precision > 0)
        width -= precision;
    }
    if (sign)
      width--;
    if (prefix)
      width -= 2;
    if (width > 0 && !(flags & (LEFT | ZEROS)))
      to = fill(to, width, EACH(' '));
    if (sign)
      *to++ = sign;
    if (prefix) {
      *to++ = '0';
      *to++ = prefix;
    }
    if (width > 0 && (flags & (LEFT | ZEROS)) == ZEROS)
      to = fill(to, width, EACH('0'));
    if (precision > 0)
      to = fill(to, precision, EACH('0'));
    to = copy_number(to, first, size);
    if (width > 0 && flags & LEFT)
      to = fill(to, width, EACH(' '));
  }
}
