/** A small assembler for tests: words from rows of the decode tables, by name. */
import { a32, thumb16, thumb32 } from "../../src/cpu/decode/mod.ts";
import type { A32, Fields, Thumb16, Thumb32 } from "../../src/cpu/decode/mod.ts";

/** An instruction by the bit pattern of its row; fields that are not given are 0. */
export function word(pattern: string, fields: Readonly<Record<string, number>>): number {
  const left: Record<string, number> = {};
  for (const letter of pattern) if (letter > "1") left[letter] = (left[letter] ?? 0) + 1;
  let bits = 0;
  for (const letter of pattern) {
    const bit = letter > "1" ? (fields[letter] >>> --left[letter]) & 1 : Number(letter);
    bits = (bits << 1) | bit;
  }
  return bits >>> 0;
}

/** Halfwords of a 16-bit Thumb instruction. */
export function t16<K extends keyof Thumb16>(name: K, fields: Fields<Thumb16[K][1]>): number[] {
  return [word(thumb16()[name][1], fields)];
}
/** Halfwords of a 32-bit Thumb instruction, first halfword first. */
export function t32<K extends keyof Thumb32>(name: K, fields: Fields<Thumb32[K][1]>): number[] {
  const w = word(thumb32()[name][1], fields);
  return [w >>> 16, w & 0xffff];
}
/** Halfwords of an A32 instruction; the condition is "always" unless given. */
export function arm<K extends keyof A32>(
  name: K,
  fields: Omit<Fields<A32[K][1]>, "c"> & { c?: number },
): number[] {
  const w = word(a32()[name][1], { c: 14, ...fields });
  return [w & 0xffff, w >>> 16];
}
