import type { Fields, Handlers, Row, Rows } from "./table.ts";

type FieldValues = Record<string, number>;
type Term = (fields: FieldValues) => boolean;

/** The bits of one letter: shift and width of each run of neighbouring bits, most significant run first. */
interface FieldPlace {
  readonly letter: string;
  readonly runs: number[];
}

/** A row of a table made ready for matching. Fields and condition are parsed when a word first matches the fixed bits. */
export class Encoding {
  readonly mask: number;
  readonly value: number;
  private fields: readonly FieldPlace[] | undefined;
  private terms: readonly Term[] = [];

  constructor(
    readonly name: string,
    readonly row: Row,
  ) {
    const pattern = row[1];
    let mask = 0;
    let value = 0;
    for (let k = 0; k < pattern.length; k++) {
      const c = pattern.charCodeAt(k);
      mask <<= 1;
      value <<= 1;
      // "0" and "1"
      if (c === 48) mask |= 1;
      else if (c === 49) {
        mask |= 1;
        value |= 1;
      }
    }
    this.mask = mask;
    this.value = value;
  }

  /** The fields of a word that has the fixed bits, or undefined when the condition refuses it. */
  match(word: number): FieldValues | undefined {
    const places = this.fields ?? this.parse();
    const out: FieldValues = {};
    for (let k = 0; k < places.length; k++) {
      const { letter, runs } = places[k];
      let v = 0;
      for (let i = 0; i < runs.length; i += 2) {
        const width = runs[i + 1];
        v = (v << width) | ((word >>> runs[i]) & ((1 << width) - 1));
      }
      out[letter] = v;
    }
    const { terms } = this;
    for (let k = 0; k < terms.length; k++) if (!terms[k](out)) return undefined;
    return out;
  }

  private parse(): readonly FieldPlace[] {
    const [, pattern, where] = this.row;
    const places: FieldPlace[] = [];
    for (let k = 0; k < pattern.length;) {
      const letter = pattern[k];
      const start = k;
      while (pattern[k] === letter) k++;
      if (letter === "0" || letter === "1") continue;
      let place = places.find((p) => p.letter === letter);
      if (!place) places.push((place = { letter, runs: [] }));
      place.runs.push(pattern.length - k, k - start);
    }
    const terms = where ? where.split(" ").map(parseTerm) : [];
    // Condition 15 is the unconditional space of A32 (A5.7).
    if (pattern.length === 32 && pattern.startsWith("cccc")) terms.unshift((f) => f.c !== 15);
    this.terms = terms;
    return (this.fields = places);
  }
}

/** `n!=15`, `c!=14,15`, `n=m`, `n!=t`, `n!=t+1`. */
function parseTerm(term: string): Term {
  const letter = term[0];
  if (term[1] === "=") {
    const other = term[2];
    return (f) => f[letter] === f[other];
  }
  if (term.slice(1, 3) !== "!=")
    throw new Error(`decode table: cannot read the condition "${term}"`);
  const refused = term.slice(3);
  if (refused < "A") {
    const numbers = refused.split(",").map(Number);
    return (f) => !numbers.includes(f[letter]);
  }
  const other = refused[0];
  const offset = refused.endsWith("+1") ? 1 : 0;
  return (f) => f[letter] !== f[other] + offset;
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
  ) {}

  /** The matching row, or undefined when the word is not an instruction we know. */
  decode(word: number): Decoded | undefined {
    const bucket = (this.buckets ??= this.build())[this.bucketOf(word)];
    for (let k = 0; k < bucket.length; k++) {
      const encoding = bucket[k];
      if ((word & encoding.mask) !== encoding.value) continue;
      const fields = encoding.match(word);
      if (fields) return { encoding, fields };
    }
    return undefined;
  }

  private build(): (readonly Encoding[])[] {
    const { bucketOf, rows } = this;
    const buckets: Encoding[][] = Array.from({ length: 256 }, () => []);
    for (const name in rows) {
      const encoding = new Encoding(name, rows[name]);
      const value = bucketOf(encoding.value);
      const open = ~bucketOf(encoding.mask) & 0xff;
      // Every combination of the bucket bits which the row leaves open.
      for (let free = open; ; free = (free - 1) & open) {
        buckets[value | free].push(encoding);
        if (free === 0) break;
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
