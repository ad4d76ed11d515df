/** The rows of the decode tables as things that can be generated: fields, registers, and the way back to an opcode. */
import {
  type Decoder,
  type Row,
  type Rows,
  a32,
  a32Decoder,
  neon,
  neonDecoder,
  thumb16,
  thumb16Decoder,
  thumb32,
  thumb32Decoder,
} from "../../../src/cpu/decode/mod.ts";

export type FieldValues = Record<string, number>;
/** neon: in the form of A32, for both instruction sets. */
export type TableName = "thumb16" | "thumb32" | "a32" | "neon";

export interface Encoding {
  /** Table and row, for instance `thumb16.lsl_imm`. */
  readonly id: string;
  readonly table: TableName;
  readonly name: string;
  readonly syntax: string;
  /** Upper-case letters and digits at the start of the syntax. */
  readonly mnemonic: string;
  /** Width of each field in bits. */
  readonly fields: ReadonlyMap<string, number>;
  /** The letters of the registers the syntax names. */
  readonly registers: readonly string[];
  readonly bits: 16 | 32;
  readonly pattern: string;
}

const LETTERS: Record<string, string> = { Rt2: "u", RdLo: "l", RdHi: "h" };

function encodings(table: TableName, rows: Rows): Encoding[] {
  return Object.entries(rows).map(([name, [syntax, pattern]]: [string, Row]) => {
    const fields = new Map<string, number>();
    for (const letter of pattern.replace(/[01]/g, ""))
      fields.set(letter, (fields.get(letter) ?? 0) + 1);
    const registers = [...syntax.matchAll(/<(R\w+)>/g)].map(([, r]) => LETTERS[r] ?? r[1]);
    return {
      id: `${table}.${name}`,
      table,
      name,
      syntax,
      mnemonic: syntax.match(/^[A-Z0-9]+/)![0],
      fields,
      registers: [...new Set(registers)],
      bits: pattern.length as 16 | 32,
      pattern,
    };
  });
}

export const tables: Readonly<Record<TableName, readonly Encoding[]>> = {
  thumb16: encodings("thumb16", thumb16()),
  thumb32: encodings("thumb32", thumb32()),
  a32: encodings("a32", a32()),
  neon: encodings("neon", neon()),
};

const decoders: Record<TableName, Decoder> = {
  thumb16: thumb16Decoder,
  thumb32: thumb32Decoder,
  a32: a32Decoder,
  neon: neonDecoder,
};

const byId = new Map(
  Object.values(tables).flatMap((rows) => rows.map((row) => [row.id, row] as const)),
);

/** The row `id` (table.name); a test that names a row that is gone must notice. */
export function row(id: string): Encoding {
  const found = byId.get(id);
  if (!found) throw new Error(`the decode tables have no row ${id}`);
  return found;
}

/** The opcode of a row with these fields; missing fields are zero. */
export function encode(e: Encoding, fields: FieldValues): number {
  const left = new Map(e.fields);
  let opcode = 0;
  for (const letter of e.pattern) {
    const rest = left.get(letter);
    if (rest === undefined) opcode = (opcode << 1) | Number(letter);
    else {
      left.set(letter, rest - 1);
      opcode = (opcode << 1) | ((fields[letter] >>> (rest - 1)) & 1);
    }
  }
  return opcode >>> 0;
}

/** True when the decoder takes an opcode for this row, and not for a special case or for nothing it knows. */
export function decodesAs(e: Encoding, opcode: number): boolean {
  return decoders[e.table].decode(opcode)?.encoding.name === e.name;
}
