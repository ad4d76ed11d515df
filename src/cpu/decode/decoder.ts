import type { Fields, Handlers, Row, Rows } from "./table.ts";

/** A row of a table made ready for matching. */
export interface Encoding {
  readonly name: string;
  readonly row: Row;
  readonly mask: number;
  readonly value: number;
  readonly fields: readonly FieldPlace[];
  /** The terms of the row's condition. */
  readonly where: readonly Term[];
}

/** The bits of one letter: runs of neighbouring bits, most significant run first. */
interface FieldPlace {
  readonly letter: string;
  readonly runs: readonly { readonly shift: number; readonly width: number }[];
}

type FieldValues = Record<string, number>;
type Term = (fields: FieldValues) => boolean;

/** Parses one row: fixed bits, fields and condition. */
export function encoding(name: string, row: Row): Encoding {
  const [, pattern, where] = row;
  let mask = 0;
  let value = 0;
  const runs = new Map<string, { shift: number; width: number }[]>();
  for (let k = 0; k < pattern.length; k++) {
    const bit = pattern.length - 1 - k;
    const letter = pattern[k];
    if (letter === "0" || letter === "1") {
      mask |= 1 << bit;
      if (letter === "1") value |= 1 << bit;
      continue;
    }
    let list = runs.get(letter);
    if (!list) runs.set(letter, (list = []));
    const last = list[list.length - 1];
    if (last && last.shift === bit + 1) {
      last.shift = bit;
      last.width++;
    } else list.push({ shift: bit, width: 1 });
  }
  const fields = [...runs].map(([letter, list]) => ({ letter, runs: list }));
  const terms = where ? where.split(" ").map(parseTerm) : [];
  // Condition 15 is the unconditional space of A32 (A5.7).
  if (pattern.length === 32 && pattern.startsWith("cccc")) terms.unshift((f) => f.c !== 15);
  return { name, row, mask, value, fields, where: terms };
}

/** The fields of an instruction word. */
export function fieldsOf(e: Encoding, word: number): FieldValues {
  const out: FieldValues = {};
  for (const { letter, runs } of e.fields) {
    let v = 0;
    for (const { shift, width } of runs) v = (v << width) | ((word >>> shift) & ((1 << width) - 1));
    out[letter] = v;
  }
  return out;
}

/** `n!=15`, `c!=14,15`, `n=m`, `n!=t`, `n!=t+1`. */
function parseTerm(term: string): Term {
  const equal = /^(\w)=(\w)$/.exec(term);
  if (equal) return (f) => f[equal[1]] === f[equal[2]];
  const numbers = /^(\w)!=([\d,]+)$/.exec(term);
  if (numbers) {
    const refused = numbers[2].split(",").map(Number);
    return (f) => !refused.includes(f[numbers[1]]);
  }
  const letters = /^(\w)!=([a-zA-Z])(\+1)?$/.exec(term);
  if (!letters) throw new Error(`decode table: cannot read the condition "${term}"`);
  const offset = letters[3] ? 1 : 0;
  return (f) => f[letters[1]] !== f[letters[2]] + offset;
}

/** A decoded instruction: the row and its fields. */
export interface Decoded {
  readonly encoding: Encoding;
  readonly fields: FieldValues;
}

/**
 * Finds the row of an instruction word. Words are put into buckets by 8 bits that tell the rows of the table apart best; a
 * bucket lists the rows that can match, in the order of the table. Built at the first use: a system without A32 code never
 * pays for the A32 table.
 */
export class Decoder {
  private buckets: (readonly Encoding[])[] | undefined;

  constructor(
    private readonly rows: Rows,
    private readonly bucketOf: (word: number) => number,
    private readonly bucketMask: number,
  ) {}

  /** The matching row, or undefined when the word is not an instruction we know. */
  decode(word: number): Decoded | undefined {
    this.buckets ??= this.build();
    for (const e of this.buckets[this.bucketOf(word)]) {
      if ((word & e.mask) !== e.value) continue;
      const fields = fieldsOf(e, word);
      if (e.where.every((term) => term(fields))) return { encoding: e, fields };
    }
    return undefined;
  }

  private build(): Encoding[][] {
    const buckets: Encoding[][] = Array.from({ length: 256 }, () => []);
    const { bucketMask, bucketOf } = this;
    const all = bucketOf(-1);
    for (const name in this.rows) {
      const e = encoding(name, this.rows[name]);
      const fixed = bucketOf(e.mask & bucketMask);
      const value = bucketOf(e.value & bucketMask);
      // Every combination of the bucket bits which the row leaves open.
      const open = all & ~fixed;
      let free = open;
      for (;;) {
        buckets[value | free].push(e);
        if (free === 0) break;
        free = (free - 1) & open;
      }
    }
    return buckets;
  }
}

/** Calls the handler of a decoded instruction. */
export function apply<T extends Rows, C>(
  handlers: Handlers<T, C>,
  decoded: Decoded,
  context: C,
): void {
  const handler = handlers[decoded.encoding.name as keyof T] as (c: C, f: Fields<string>) => void;
  handler(context, decoded.fields as Fields<string>);
}
