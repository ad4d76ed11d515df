import type { Kind, Prototype } from "./prototypes.ts";

/**
 * Entries of library functions for modules that pass floating-point values in VFP registers (AAPCS 6.1): `__hard_NAME` moves its
 * arguments to where the library, which is compiled for core registers (AAPCS 5.5), looks for them, calls NAME and moves the
 * result back. Only in the symbol table of the ELF file, where the loader finds them when a module wants them.
 */
export const PREFIX = "__hard_";

/** Numbers of a value in order; none for a word. */
const PARTS: Readonly<Record<Kind, readonly ("s" | "d")[]>> = {
  void: [],
  word: [],
  float: ["s"],
  double: ["d"],
  "complex float": ["s", "s"],
  "complex double": ["d", "d"],
};

/** One register or pair of registers: where the caller has it, and the word of the library's arguments, r0-r3 and then the stack. */
interface Move {
  readonly from: string;
  readonly to: number;
}

interface Entry {
  readonly frame: number;
  /** Ends with a branch to the function instead of a call. */
  readonly tail: boolean;
  readonly lines: readonly string[];
}

/** The entries as assembly, for a section that the linker keeps. Those with the same frame share their unwind information. */
export function hardFloatEntries(prototypes: readonly Prototype[]): string {
  const known = new Map(prototypes.map((prototype) => [prototype.name, shape(prototype)]));
  const groups = new Map<string, string[]>();
  const aliases: string[] = [];
  for (const prototype of prototypes) {
    const { name } = prototype;
    // A long double is a double: sinl is sin.
    if (name.endsWith("l") && known.get(name.slice(0, -1)) === shape(prototype)) {
      const base = name.slice(0, -1);
      aliases.push(
        `.global ${PREFIX}${name}`,
        `.thumb_set ${PREFIX}${name}, ${PREFIX}${base}`,
        `.type ${PREFIX}${name},%function`,
      );
      continue;
    }
    const { frame, tail, lines } = entry(prototype);
    const symbol = `${PREFIX}${name}`;
    const unwind = tail ? "" : `.save {r4, lr}\n${frame ? `.pad #${frame}\n` : ""}`;
    const group = groups.get(unwind) ?? [];
    groups.set(unwind, group);
    group.push(
      ...[`.global ${symbol}`, `.type ${symbol},%function`, ".thumb_func", `${symbol}:`],
      ...lines,
      `.size ${symbol}, . - ${symbol}`,
    );
  }
  const out = ['.section .text.hard,"ax",%progbits', ".fpu vfpv3-d16"];
  for (const [unwind, lines] of groups) out.push(".fnstart", ...lines, `${unwind}.fnend`);
  return `${[...out, ...aliases].join("\n")}\n`;
}

function shape({ result, parameters }: Prototype): string {
  return [result, ...parameters].join(" ");
}

function entry({ name, result, parameters }: Prototype): Entry {
  const inMemory = result.startsWith("complex");
  const { moves, words } = placed(parameters, inMemory ? 1 : 0);
  const numbers = PARTS[result];
  const stack = 4 * Math.max(words - 4, 0);
  const space = inMemory ? (numbers[0] === "d" ? 16 : 8) : 0;
  const resultAt = (stack + 7) & ~7;
  const frame = (resultAt + space + 7) & ~7;
  const tail = frame === 0 && numbers.length === 0;
  const passed = [
    // To the stack first, then registers upwards from the last: nothing is overwritten that is still needed.
    ...moves.filter(({ to }) => to > 3),
    ...moves.filter(({ to }) => to <= 3).sort((a, b) => order(a) - order(b)),
  ].map(instruction);
  if (tail) return { frame, tail, lines: [...passed, `b.w ${name}`] };
  const lines = ["push {r4, lr}", ...(frame ? [`sub sp, #${frame}`] : []), ...passed];
  if (inMemory) lines.push(`add r0, sp, #${resultAt}`);
  lines.push(`bl ${name}`);
  if (inMemory)
    numbers.forEach((size, i) =>
      lines.push(`vldr ${size}${i}, [sp, #${resultAt + i * (size === "d" ? 8 : 4)}]`),
    );
  else if (numbers.length > 0) lines.push(numbers[0] === "d" ? "vmov d0, r0, r1" : "vmov s0, r0");
  if (frame) lines.push(`add sp, #${frame}`);
  return { frame, tail, lines: [...lines, "pop {r4, pc}"] };
}

/** Core registers move before VFP registers overwrite them, the highest first. */
function order({ from, to }: Move): number {
  return from.startsWith("r") ? -to : 1;
}

function instruction({ from, to }: Move): string {
  if (to > 3) {
    const at = `[sp, #${4 * (to - 4)}]`;
    return from.startsWith("r") ? `str ${from}, ${at}` : `vstr ${from}, ${at}`;
  }
  if (from.startsWith("d")) return `vmov r${to}, r${to + 1}, ${from}`;
  return from.startsWith("s") ? `vmov r${to}, ${from}` : `mov r${to}, ${from}`;
}

/** Where arguments are for the caller and for the library, whose first `words` words are taken. Those that stay are left out. */
function placed(
  parameters: readonly Kind[],
  words: number,
): { moves: readonly Move[]; words: number } {
  const moves: Move[] = [];
  const free = new Set(Array.from({ length: 16 }, (_, s) => s));
  let core = 0;
  for (const kind of parameters) {
    const numbers = PARTS[kind];
    if (kind === "word") {
      if (core !== words) moves.push({ from: `r${core}`, to: words });
      core++;
      words++;
    }
    if (numbers.length === 0) continue;
    const width = numbers[0] === "d" ? 2 : 1;
    if (width === 2) words = (words + 1) & ~1;
    // The first registers that are free, also between others (AAPCS 6.1.2.2, C.1.vfp).
    const count = width * numbers.length;
    let first = 0;
    while (!Array.from({ length: count }, (_, k) => free.has(first + k)).every(Boolean))
      first += width;
    numbers.forEach((size, i) => {
      const s = first + i * width;
      for (let k = 0; k < width; k++) free.delete(s + k);
      moves.push({ from: `${size}${size === "d" ? s / 2 : s}`, to: words });
      words += width;
    });
  }
  if (core > 4) throw new Error("hard-float entries: arguments on the caller's stack");
  return { moves, words };
}
