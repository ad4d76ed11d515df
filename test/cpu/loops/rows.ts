/** Instructions by the names of their rows in the decode tables, and what several instruction sets put together alike. */
import { thumb16, thumb32 } from "../../../src/cpu/decode/mod.ts";
import type { Rows } from "../../../src/cpu/decode/table.ts";
import { word } from "../assemble.ts";

/** The instruction set has no such instruction. */
export class NotEncodable extends Error {}
export function no(why: string): never {
  throw new NotEncodable(why);
}

export type Fields = Record<string, number>;

export const rowOf = (rows: Rows, name: string): string => (rows[name] ?? no(name))[1];

export const half = (name: string, fields: Fields): number[] => [
  word(rowOf(thumb16(), name), fields),
];
export function wide(name: string, fields: Fields): number[] {
  const w = word(rowOf(thumb32(), name), fields);
  return [w >>> 16, w & 0xffff];
}

/** In Thumb: MOV d, pc, which is 4 bytes on, and what is left with bit 0. */
export function addressInThumb(d: number, way: number): number[] {
  const by = way - 4 + 1;
  if (d > 7 || Math.abs(by) > 255) no("too far");
  const step = { d, i: Math.abs(by) };
  return [...half("mov_reg", { d, m: 15 }), ...half(by < 0 ? "sub_imm8" : "add_imm8", step)];
}

/** BL to `way` bytes from its own beginning, in Thumb. */
export const call = (way: number): number[] =>
  wide("bl", { S: way < 4 ? 1 : 0, j: 1, k: 1, i: (way - 4) >> 1 });

/** The suffix of a load or store. */
export function suffix(size: number, signed = false): string {
  const letter = { 1: "b", 2: "h", 4: "", 8: "d" }[size]!;
  return (signed && size < 4 ? "s" : "") + letter;
}
