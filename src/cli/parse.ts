import { ExitCode, UserError } from "./exit-codes.ts";
import { type Command, COMMANDS, OPTIONS, type OptionName, type OptionRow } from "./options.ts";

export interface Parsed {
  readonly command: Command;
  readonly operands: readonly string[];
  flag(name: OptionName): boolean;
  /** The last value given. */
  value(name: OptionName): string | undefined;
  values(name: OptionName): readonly string[];
}

const NAMES = new Set<string>(COMMANDS.map((row) => row.name).filter((name) => name !== "boot"));

/** Parses argv (without the program name). Wrong use throws UserError(2) with a suggestion. */
export function parseCommandLine(argv: readonly string[]): Parsed {
  let command: Command = "boot";
  let rest = argv;
  if (argv.length > 0 && NAMES.has(argv[0])) {
    command = argv[0] as Command;
    rest = argv.slice(1);
  }
  // `disk` has commands and options of its own.
  if (command === "disk") return parsedOf(command, rest, new Map());
  const rows: readonly OptionRow[] = OPTIONS.filter((row) =>
    (row.commands as readonly string[]).includes(command),
  );
  const { operands, given } = parseWords(
    rest,
    (word) => findOption(word, rows, command),
    command === "run",
  );
  return parsedOf(command, operands, given);
}

function parsedOf(
  command: Command,
  operands: readonly string[],
  given: ReadonlyMap<string, readonly string[]>,
): Parsed {
  return {
    command,
    operands,
    flag: (name) => given.has(name),
    value: (name) => given.get(name)?.at(-1),
    values: (name) => given.get(name) ?? [],
  };
}

/** What a row says about parsing. */
type Syntax = Pick<OptionRow, "name" | "short" | "value" | "multiple">;

/**
 * Splits the words of a command into operands and options with their values.
 *
 * @param find gives the row of a word that begins with `-`, and the value it carries itself
 * @param stop everything from the first operand on is an operand
 */
export function parseWords(
  rest: readonly string[],
  find: (word: string) => { row: Syntax; inline: string | undefined },
  stop: boolean,
): { operands: string[]; given: Map<string, string[]> } {
  const given = new Map<string, string[]>();
  const operands: string[] = [];
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i];
    if (word === "--") {
      operands.push(...rest.slice(i + 1));
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      operands.push(word);
      // What follows the module belongs to the module.
      if (stop) {
        operands.push(...rest.slice(i + 1));
        break;
      }
      continue;
    }
    const { row, inline } = find(word);
    let value = inline;
    if (row.value === undefined) {
      if (inline !== undefined) throw usage(`option --${row.name} takes no value`);
      value = "";
    } else if (value === undefined) {
      value = rest[++i];
      if (value === undefined) throw usage(`option ${word} needs a value: ${row.value}`);
    }
    const list = given.get(row.name);
    if (list && row.multiple) list.push(value as string);
    else given.set(row.name, [value as string]);
  }
  return { operands, given };
}

function findOption(word: string, rows: readonly OptionRow[], command: Command) {
  if (!word.startsWith("--")) {
    const row = rows.find((candidate) => candidate.short === word[1]);
    if (!row) throw usage(`unknown option ${word.slice(0, 2)}`, suggestion(word, rows));
    return { row, inline: word.length > 2 ? word.slice(2) : undefined };
  }
  const equals = word.indexOf("=");
  const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
  const row = rows.find((candidate) => candidate.name === name);
  if (!row) {
    const elsewhere = OPTIONS.find((candidate) => candidate.name === name);
    if (elsewhere) {
      const where = elsewhere.commands.map((c) => (c === "boot" ? "rtt-sim DISK" : `rtt-sim ${c}`));
      throw usage(
        `option --${name} does not apply to ${command === "boot" ? "the shell" : `'${command}'`}`,
        `it belongs to: ${where.join(", ")}`,
      );
    }
    throw usage(`unknown option --${name}`, suggestion(name, rows));
  }
  return { row, inline: equals < 0 ? undefined : word.slice(equals + 1) };
}

/** Wrong use of the command line. */
export function usage(message: string, hint?: string): UserError {
  return new UserError(ExitCode.Usage, message, hint ?? "try 'rtt-sim --help'");
}

/** The option that was perhaps meant. */
export function suggestion(word: string, rows: readonly Pick<OptionRow, "name">[]): string {
  const nearest = rows
    .map((row) => ({ name: row.name, distance: editDistance(word.replace(/^-+/, ""), row.name) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return nearest && nearest.distance <= 3
    ? `did you mean --${nearest.name}?`
    : "try 'rtt-sim --help'";
}

/** Levenshtein distance. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}

/** `500ms`, `60s`, `2m`, or plain seconds; the result is in milliseconds. */
export function parseTime(option: OptionName, text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text);
  if (!match) {
    throw new UserError(
      ExitCode.Usage,
      `--${option}: '${text}' is not a time`,
      "write for instance 500ms, 60s or 2m",
    );
  }
  return Number(match[1]) * { ms: 1, s: 1000, m: 60000 }[(match[2] ?? "s") as "ms" | "s" | "m"];
}

/** `4096`, `64K`, `8M`; the result is in bytes and within [min, max]. */
export function parseSize(option: OptionName, text: string, min: number, max: number): number {
  const match = /^(\d+)([kKmM])?i?[bB]?$/.exec(text);
  const bytes = match
    ? Number(match[1]) * (match[2] ? (/[kK]/.test(match[2]) ? 1024 : 1048576) : 1)
    : NaN;
  if (!(bytes >= min && bytes <= max)) {
    const range = `${min >= 1048576 ? `${min / 1048576}M` : min} to ${max / 1048576}M`;
    throw new UserError(
      ExitCode.Usage,
      `--${option}: '${text}' is not a size from ${range}`,
      "write for instance 64K or 8M",
    );
  }
  return bytes;
}

/** One of the words. */
export function parseChoice<T extends string>(
  option: OptionName,
  text: string,
  words: readonly T[],
): T {
  const found = words.find((word) => word === text);
  if (!found) {
    throw new UserError(
      ExitCode.Usage,
      `--${option}: '${text}' is not known`,
      `choose one of: ${words.join(", ")}`,
    );
  }
  return found;
}
