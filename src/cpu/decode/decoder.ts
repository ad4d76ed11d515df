import type { Row, Rows } from "./table.ts";

type FieldValues = Record<string, number>;
type Term = (fields: FieldValues) => boolean;

const ZERO = 48;
const ONE = 49;

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
      if (c === ZERO) mask |= 1;
      else if (c === ONE) {
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
      let n = 0;
      while (n < places.length && places[n].letter !== letter) n++;
      (places[n] ??= { letter, runs: [] }).runs.push(pattern.length - k, k - start);
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
 * Finds the row of an instruction word. Words are put into buckets by the 8 bits from `shift` on, which tell the rows of the
 * table apart best; a bucket lists the rows that can match, in the order of the table. Everything is made at its first use: a
 * system without A32 code never pays for the A32 table, and one that ends soon only for the rows that it has met.
 */
export class Decoder {
  private readonly buckets: (readonly Encoding[] | undefined)[] = [];
  private readonly encodings: Encoding[] = [];
  private names: string[] | undefined;
  /** The bits of the buckets, of each row: what is fixed, and which are. */
  private readonly values: number[] = [];
  private readonly masks: number[] = [];

  constructor(
    private readonly rows: () => Rows,
    private readonly shift: number,
    /** Knows what this one does not. */
    private readonly more?: Decoder,
  ) {}

  /** The matching row, or undefined when the word is not an instruction we know. */
  decode(word: number): Decoded | undefined {
    const index = (word >>> this.shift) & 0xff;
    const bucket = this.buckets[index] ?? this.fill(index);
    for (let k = 0; k < bucket.length; k++) {
      const encoding = bucket[k];
      if ((word & encoding.mask) !== encoding.value) continue;
      const fields = encoding.match(word);
      if (fields) return { encoding, fields };
    }
    return this.more?.decode(word);
  }

  private fill(index: number): readonly Encoding[] {
    const names = (this.names ??= this.sort());
    const { encodings, values, masks } = this;
    const bucket: Encoding[] = [];
    for (let n = 0; n < names.length; n++)
      if ((index & masks[n]) === values[n])
        bucket.push((encodings[n] ??= new Encoding(names[n], this.rows()[names[n]])));
    return (this.buckets[index] = bucket);
  }

  /** Notes what tells the rows apart; gives their names. */
  private sort(): string[] {
    const { shift, values, masks } = this;
    const rows = this.rows();
    const names = Object.keys(rows);
    for (let n = 0; n < names.length; n++) {
      const pattern = rows[names[n]][1];
      const first = pattern.length - shift - 8;
      let value = 0;
      let mask = 0;
      for (let k = first; k < first + 8; k++) {
        const c = pattern.charCodeAt(k);
        value = (value << 1) | (c === ONE ? 1 : 0);
        mask = (mask << 1) | (c === ONE || c === ZERO ? 1 : 0);
      }
      values.push(value);
      masks.push(mask);
    }
    return names;
  }
}
