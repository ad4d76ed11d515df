import { CONDITIONS, type Fields } from "./context.ts";

// Advanced SIMD in objdump's manner; the placeholders are those of neon.table.ts.

const REGISTERS = "r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 sl fp ip sp lr pc".split(" ");

const fieldN = (n: number): number => ((n & 1) << 4) | (n >> 1);
const numberOf = (letter: string, f: Fields): number => (letter === "n" ? fieldN(f.n) : f[letter]);
const vector = (register: number, q: number): string => (q ? `q${register >> 1}` : `d${register}`);

/** Of i = imm6:L, or of imm6 where the row has no L: log2 of the bytes of an element, and what is left. */
function shiftOf(syntax: string, { i }: Fields): { z: number; left: number; right: number } {
  const imm6 = /<(2|Qd)/.test(syntax) ? i : i >> 1;
  if (imm6 !== i && i & 1) return { z: 3, left: imm6, right: 64 - imm6 };
  const z = imm6 >= 32 ? 2 : imm6 >= 16 ? 1 : 0;
  return { z, left: imm6 - (8 << z), right: (16 << z) - imm6 };
}

/** Types: T by u, I, S, or z alone; a leading 2 doubles the size, a trailing s takes it from the shift. */
function typeText(all: string, syntax: string, f: Fields): string {
  const [, twice, letter, byShift] = /^<(2?)([TISz])(s?)>$/.exec(all)!;
  const z = byShift ? shiftOf(syntax, f).z : f.z;
  const kind = letter === "T" ? (f.u ? "u" : "s") : letter === "z" ? "" : letter.toLowerCase();
  return `${kind}${(8 << z) << (twice ? 1 : 0)}`;
}

function scalar({ m }: Fields, z: number): string {
  return z === 1 ? `d${m & 7}[${((m >> 4) << 1) | ((m >> 3) & 1)}]` : `d${m & 15}[${m >> 4}]`;
}

function duplicated({ m, i }: Fields): string {
  const z = i & 1 ? 0 : i & 2 ? 1 : 2;
  return `d${m}[${i >> (z + 1)}]`;
}

/** VMOV, VMVN, VORR, VBIC with a constant (A7.4.6). */
function modified({ k, p, i, q, d }: Fields): string {
  const combine = k < 12 && k & 1;
  const name = combine ? (p ? "bic" : "orr") : p && k < 14 ? "mvn" : "mov";
  const text = (type: string, constant: string): string =>
    `v${name}.${type} ${vector(d, q)}, #${constant}`;
  const mode = k >> 1;
  const number = (x: number): string => String(x | 0);
  if (mode < 4) return text("i32", number(i << (8 * mode)));
  if (mode < 6) return text("i16", number(i << (8 * (mode - 4))));
  if (mode === 6) return text("i32", number(k & 1 ? (i << 16) | 0xffff : (i << 8) | 0xff));
  if (k === 15) {
    const sign = i & 0x80 ? -1 : 1;
    const exponent = ((i >> 4) & 7) ^ 4;
    const value = sign * (16 + (i & 15)) * 2 ** (exponent - 7);
    return text("f32", String(value));
  }
  if (!p) return text("i8", number(i));
  let bytes = "";
  for (let bit = 7; bit >= 0; bit--) bytes += (i >> bit) & 1 ? "ff" : "00";
  return text("i64", `0x${bytes}`);
}

/** The registers of VLD and VST, and the address. */
function structures(name: string, f: Fields): { count: number; z: string; text: string } {
  const multiple = name.endsWith("multiple");
  const rows: Readonly<Record<number, readonly [number, number, number]>> = {
    7: [1, 1, 1],
    10: [1, 2, 1],
    6: [1, 3, 1],
    2: [1, 4, 1],
    8: [2, 2, 1],
    9: [2, 2, 2],
    3: [2, 4, 1],
    4: [3, 3, 1],
    5: [3, 3, 2],
    0: [4, 4, 1],
    1: [4, 4, 2],
  };
  const { d, e, i = 0 } = f;
  const all = name.endsWith("all");
  let count = f.t + 1;
  let registers = count;
  let step = 1;
  let suffix = "";
  let align = 0;
  const size = all && e === 3 ? 2 : e;
  if (multiple) {
    [count, registers, step] = rows[f.t] ?? [1, 1, 1];
    align = f.a ? 32 << f.a : 0;
  } else if (all) {
    suffix = "[]";
    if (count === 1) registers = f.s ? 2 : 1;
    else step = f.s ? 2 : 1;
    if (f.a) align = count === 4 ? (e === 3 ? 128 : e === 2 ? 64 : 32 << e) : (8 << size) * count;
  } else {
    suffix = `[${i >> (e + 1)}]`;
    step = e === 1 ? ((i >> 1) & 1) + 1 : e === 2 ? ((i >> 2) & 1) + 1 : 1;
    const rest = e === 2 ? i & 3 : i & 1;
    if (rest && count === 4) align = e === 2 ? 32 << rest : 32 << e;
    else if (rest && count !== 3) align = (8 << e) * count;
  }
  const names = Array.from({ length: registers }, (_, r) => `d${(d + r * step) & 31}${suffix}`);
  const list =
    step === 1 && registers > 1 && !/\d/.test(suffix)
      ? `${names[0]}-${names.at(-1)}`
      : names.join(",");
  const base = `[${REGISTERS[f.n]}${align ? ` :${align}` : ""}]`;
  const after = f.r === 15 ? "" : f.r === 13 ? "!" : `, ${REGISTERS[f.r]}`;
  return { count, z: String(8 << size), text: `{${list}}, ${base}${after}` };
}

/** The text of an instruction of the table `neon`. */
export function neonText(name: string, syntax: string, f: Fields): string {
  if (name === "vmov_constant") return modified(f);
  if (/^v(ld|st)_/.test(name)) {
    const { count, z, text } = structures(name, f);
    return `v${name.slice(1, 3)}${count}.${z} ${text}`;
  }
  let text = syntax;
  if (name === "vshl_imm") text = syntax.replace("<Is>", "<Ss>");
  const { left, right } = shiftOf(syntax, f);
  if (name === "vshll" && left === 0) text = "VMOVL.<Ts> <Qd>, <Dm>";
  const core = syntax.includes("<Rt>");
  return text
    .replace("<c>", f.c === undefined ? "" : CONDITIONS[f.c])
    .replace(/<2?[TISz]s?>/g, (all) => typeText(all, syntax, f))
    .replace("<lane>", () => scalar(f, f.z ?? 2))
    .replace("<Dm[x]>", () => duplicated(f))
    .replace("<laneSize>", () => String(f.i & 1 ? 8 : f.i & 2 ? 16 : 32))
    .replace("<right>", String(right))
    .replace("<left>", String(left))
    .replace("<fbits>", String(32 - f.i))
    .replace("<convert>", () => conversion(f))
    .replace("<fixed2>", () => conversion(f))
    .replace("<u32f>", f.f ? "f32" : "u32")
    .replace("<us>", f.u ? "u" : "s")
    .replace("<be>", () => String(f.b ? 8 : f.e ? 16 : 32))
    .replace("<table>", () => {
      const first = fieldN(f.n);
      return f.l ? `{d${first}-d${(first + f.l) & 31}}` : `{d${first}}`;
    })
    .replace(/<([VQD])([dnm])>/g, (_, kind: string, letter: string) => {
      const q = kind === "V" ? (core ? f.q : (f.q ?? 0)) : kind === "Q" ? 1 : 0;
      return vector(numberOf(letter, f), q);
    })
    .replace("<Rt>", () => REGISTERS[f.t])
    .replace("<x>", String(f.x))
    .replace("<i>", String(f.i))
    .replace(/^\S+/, (mnemonic) => mnemonic.toLowerCase());
}

function conversion({ p, u }: Fields): string {
  const integer = u ? "u32" : "s32";
  return p ? `${integer}.f32` : `f32.${integer}`;
}
