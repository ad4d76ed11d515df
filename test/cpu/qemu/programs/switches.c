/* Jump tables (TBB, TBH, ldr pc), sparse cases, a byte-code machine, a state machine. */
#include <stdio.h>

#include "programs.h"

__attribute__((noinline)) static int dense(int n) {
  switch (n) {
    case 0: return 11; case 1: return 7; case 2: return -3; case 3: return n * 9; case 4: return 100; case 5: return n - 70;
    case 6: return 5; case 7: return 55; case 8: return 555; case 9: return n << 4; case 10: return ~n; case 12: return 1;
    default: return -1;
  }
}
__attribute__((noinline)) static const char *sparse(unsigned n) {
  switch (n) {
    case 1: return "one"; case 10: return "ten"; case 100: return "hundred"; case 1000: return "thousand";
    case 0x80000000u: return "top"; case 0xffffffffu: return "last"; default: return "none";
  }
}
enum { PUSH, ADD, SUB, MUL, DUP, SWAP, JNZ, PRINT, HALT, DEC, OVER, DROP };
__attribute__((noinline)) static void interpret(const signed char *code) {
  long stack[16], *top = stack, x;
  for (const signed char *pc = code;;) {
    switch (*pc++) {
      case PUSH: *++top = *pc++; break;
      case ADD: x = *top--; *top += x; break;
      case SUB: x = *top--; *top -= x; break;
      case MUL: x = *top--; *top *= x; break;
      case DUP: top++; *top = top[-1]; break;
      case OVER: top++; *top = top[-2]; break;
      case SWAP: x = *top; *top = top[-1]; top[-1] = x; break;
      case DROP: top--; break;
      case DEC: --*top; break;
      case JNZ: x = *pc++; if (*top) pc += x; break;
      case PRINT: printf("%ld ", *top); break;
      case HALT: printf("\n"); return;
    }
  }
}
__attribute__((noinline)) static int tokens(const char *text) {
  enum { BLANK, WORD, NUMBER, QUOTE } state = BLANK;
  int counts[4] = {0};
  for (; *text; text++) {
    switch (state) {
      case BLANK:
        if (*text == '"') state = QUOTE;
        else if (*text >= '0' && *text <= '9') state = NUMBER;
        else if (*text != ' ') state = WORD;
        break;
      case QUOTE: if (*text == '"') counts[QUOTE]++, state = BLANK; break;
      case WORD: case NUMBER: if (*text == ' ') counts[state]++, state = BLANK; break;
    }
  }
  counts[state]++;
  return counts[BLANK] + 10 * counts[WORD] + 100 * counts[NUMBER] + 1000 * counts[QUOTE];
}

void switches(void) {
  for (int i = -2; i < 15; i++) printf("%d ", dense(i));
  printf("\n");
  static const unsigned keys[] = {0, 1, 2, 10, 99, 100, 1000, 0x80000000u, 0x7fffffff, 0xffffffffu};
  for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++) printf("%s ", sparse(keys[i]));
  printf("\n");
  static const signed char factorial[] = {PUSH, 1, PUSH, 10, SWAP, OVER, MUL, PRINT, SWAP, DEC, JNZ, -8, HALT};
  interpret(factorial);
  printf("%d\n", tokens("add 12 to \"the list\" and 7 42 then stop"));
}
