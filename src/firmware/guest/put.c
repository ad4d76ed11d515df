/*
 * putchar() and its relatives, for the stream that was written to last, while the kernel does not want to be told (rtt.h). They are
 * written by hand, since a program that prints by them does nothing else.
 *
 * What they cannot do is the common way's, which lies behind them: a branch forwards spends no unit, so that nobody can tell which way it was.
 */
#include "rtt.h"
#include <stddef.h>

#define STRING(text) #text
#define OFFSET(offset) STRING(offset)
#define STDOUT 8
#define STREAM 8

_Static_assert(offsetof(struct _reent, _stdout) == STDOUT, "");
_Static_assert(offsetof(struct rtt_gathered, limit) == 0 && offsetof(struct rtt_gathered, at) == 4, "");
_Static_assert(offsetof(struct rtt_gathered, stream) == STREAM, "");

/* r0 is the character, r1 the stream. */
#define PUT                                                                                                                         \
  "movw r3, #:lower16:_rtt_gathered\n\tmovt r3, #:upper16:_rtt_gathered\n\tldr r2, [r3, #" OFFSET(STREAM) "]\n\tcmp r1, r2\n\tbne 1f\n\t" \
  "ldrd r2, ip, [r3]\n\tcmp ip, r2\n\tbhs 1f\n\t"                                                                                   \
  "strb r0, [ip], #1\n\tstr ip, [r3, #4]\n\tuxtb r0, r0\n\tbx lr\n1:\tb rtt_put"

__attribute__((naked)) int __wrap_putchar(int) {
  __asm__("movw r1, #:lower16:_impure_ptr\n\tmovt r1, #:upper16:_impure_ptr\n\tldr r1, [r1]\n\tldr r1, [r1, #" OFFSET(STDOUT) "]\n\t" PUT);
}

__attribute__((naked)) int __wrap_putc(int, FILE *) {
  __asm__(PUT);
}

__attribute__((naked)) int __wrap_fputc(int, FILE *) {
  __asm__(PUT);
}
