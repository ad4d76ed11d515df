/** FINSH_ARG_MAX of the reference configuration: the command's name and nine arguments. */
export const MAX_ARGS = 10;

export interface SplitLine {
  readonly argv: readonly string[];
  /** There were more words than MAX_ARGS, or a blank after the last allowed one. */
  readonly tooMany: boolean;
}

const isBlank = (char: string | undefined): boolean => char === " " || char === "\t";

/** Characters before the first blank or tab, at most `length`. */
export function firstWord(line: string, length = line.length): string {
  let end = 0;
  while (end < length && !isBlank(line[end])) end++;
  return line.slice(0, end);
}

/** How many blanks and tabs the first `length` characters begin with. */
export function leadingBlanks(line: string, length = line.length): number {
  let n = 0;
  while (n < length && isBlank(line[n])) n++;
  return n;
}

/**
 * Cuts a command line into arguments for a built-in command as msh of RT-Thread 4.0.4 does: blanks and tabs separate; a word
 * that begins with `"` goes to the next `"`, `\"` inside does not end it and keeps its backslash; `"` elsewhere is ordinary.
 *
 * @param line The line buffer; only its first `length` characters are looked at, but an argument that nothing ends goes on
 *   to the end of the buffer.
 */
export function splitArguments(line: string, length = line.length): SplitLine {
  const argv: string[] = [];
  let at = 0;
  while (at < length) {
    at += leadingBlanks(line.slice(at, length));
    if (argv.length >= MAX_ARGS) return { argv, tooMany: true };
    if (at >= length) break;
    const quoted = line[at] === '"';
    if (quoted) at++;
    const start = at;
    while (at < length && !(quoted ? line[at] === '"' : isBlank(line[at]))) {
      if (quoted && line[at] === "\\" && line[at + 1] === '"') at++;
      at++;
    }
    argv.push(at >= length ? line.slice(start) : line.slice(start, at));
    if (quoted) at++;
  }
  return { argv, tooMany: false };
}
