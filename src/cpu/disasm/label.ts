import type { Context, Fields } from "./context.ts";

/** The address a `<label>` stands for: relative to pc, which reads as 4 (Thumb) or 8 (A32) ahead. */
export function labelOf(name: string, f: Fields, { table, address }: Context): number {
  const aligned = (address + 4) & ~3;
  if (table === "a32") {
    const offset = ((f.i << 8) >> 6) + 2 * (f.H ?? 0);
    return (address + 8 + offset) >>> 0;
  }
  if (table === "thumb16") {
    switch (name) {
      case "b":
        return (address + 4 + ((f.i << 21) >> 20)) >>> 0;
      case "b_cond":
        return (address + 4 + ((f.i << 24) >> 23)) >>> 0;
      case "cbz":
      case "cbnz":
        return (address + 4 + 2 * f.i) >>> 0;
      default: // LDR (literal), ADR
        return (aligned + 4 * f.i) >>> 0;
    }
  }
  const I1 = f.j ^ f.S ^ 1;
  const I2 = f.k ^ f.S ^ 1;
  switch (name) {
    case "b_cond":
      return (address + 4 + (((f.S << 31) | (f.k << 30) | (f.j << 29) | (f.i << 12)) >> 11)) >>> 0;
    case "b":
    case "bl":
      return (address + 4 + (((f.S << 31) | (I1 << 30) | (I2 << 29) | (f.i << 8)) >> 7)) >>> 0;
    case "blx_imm":
      return (aligned + (((f.S << 31) | (I1 << 30) | (I2 << 29) | (f.i << 9)) >> 7)) >>> 0;
    case "adr_sub":
      return (aligned - f.i) >>> 0;
    default: {
      const offset = f.i * (name === "ldrd_lit" ? 4 : 1);
      return (f.U === 0 ? aligned - offset : aligned + offset) >>> 0;
    }
  }
}
