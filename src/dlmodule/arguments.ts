import type { GuestMemory } from "../memory/mod.ts";

/** Most arguments a module gets; the last one takes the rest of the line. */
const ARGC_MAX = 8;

const NUL = 0;
const TAB = 9;
const BLANK = 32;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * _rt_module_split_arg of RT-Thread 4.0.4: splits the line at `line` in place (separators and closing quotes become NUL)
 * and returns the addresses of the arguments.
 *
 * A double quote opens a quoted word only where a word begins; a backslash in it hides the next character from the search for
 * its end but stays in the text. What follows a closing quote directly is a new argument.
 */
export function splitArguments(memory: GuestMemory, line: number): number[] {
  const args: number[] = [];
  let at = line;
  while (args.length < ARGC_MAX) {
    while (isBlank(memory.ld8(at))) memory.st8(at++, NUL);
    if (memory.ld8(at) === NUL) break;
    if (memory.ld8(at) === QUOTE) {
      args.push(++at);
      while (memory.ld8(at) !== QUOTE && memory.ld8(at) !== NUL) {
        if (memory.ld8(at) === BACKSLASH && memory.ld8(at + 1) !== NUL) at++;
        at++;
      }
      if (memory.ld8(at) === NUL) break;
      memory.st8(at++, NUL);
    } else {
      args.push(at);
      if (args.length === ARGC_MAX) break;
      while (memory.ld8(at) !== NUL && !isBlank(memory.ld8(at))) at++;
    }
  }
  return args;
}

function isBlank(byte: number): boolean {
  return byte === BLANK || byte === TAB;
}
