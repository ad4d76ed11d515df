/** Random floating-point cases, each reproducible from its seed. */
import { Op } from "../../../src/cpu/ir/mod.ts";
import { liftBlock } from "../../../src/cpu/lift/mod.ts";
import { unpack } from "../../../src/cpu/simd/mod.ts";
import { type Encoding, type FieldValues, decodesAs, encode, tables } from "./encodings.ts";
import { FLOAT_WINDOW, type FloatCase } from "./float-image.ts";
import type { State } from "./generate.ts";
import { Random } from "./random.ts";

export interface GeneratedFloatCase extends FloatCase {
  readonly seed: number;
  readonly ids: readonly string[];
}

const rows = {
  thumb: [...tables.thumb32.filter((e) => e.mnemonic.startsWith("V")), ...tables.neon],
  a32: [...tables.a32.filter((e) => e.mnemonic.startsWith("V")), ...tables.neon],
};

/** Base registers of memory operands: r8 stays, r9 moves. */
interface Moving {
  left: number;
  /** r9 points anywhere. */
  lost: boolean;
}

/** FPSCR bits that every ARMv7 has: no vectors, traps, or half-precision flushing. */
const STATUS = 0xf7c0009f;

/** The fields of the exponent where something happens: denormals, the ends, integers, and what is near one. */
function exponent(random: Random, bits: number): number {
  const most = 2 ** bits - 1;
  const bias = most >> 1;
  switch (random.below(10)) {
    case 0:
      return 0;
    case 1:
      return most;
    case 2:
      return random.pick([1, 2, most - 1, most - 2]);
    case 3:
      return bias + random.between(-25, 60);
    case 4:
      return random.below(most);
    case 5:
      // Near the square root of the smallest and largest numbers.
      return (random.once(2) ? bias >> 1 : bias + (bias >> 1)) + random.between(-12, 12);
    default:
      return bias + random.between(-4, 34);
  }
}
/** 32 bits of a fraction: often few ones, or many. */
function fraction(random: Random): number {
  switch (random.below(7)) {
    case 0:
      return 0;
    case 1:
      return 0xffffffff;
    case 2:
      return (1 << random.below(32)) >>> 0;
    case 3:
      return (-1 << random.below(32)) >>> 0;
    case 4:
      return (random.u32() << random.below(32)) >>> 0;
    default:
      return random.u32();
  }
}
const sign = (random: Random) => (random.once(2) ? 0x80000000 : 0);

function singleBits(random: Random): number {
  return (sign(random) | (exponent(random, 8) << 23) | (fraction(random) >>> 9)) >>> 0;
}
function doubleBits(random: Random): readonly [low: number, high: number] {
  const high = sign(random) | (exponent(random, 11) << 20) | (fraction(random) >>> 12);
  return [random.once(2) ? 0 : fraction(random), high >>> 0];
}
/** Two words: numbers of single or double precision, halves, or anything. */
export function pair(random: Random): readonly [number, number] {
  switch (random.below(6)) {
    case 0:
      return [random.word(), random.word()];
    case 1: // halves
      return [
        ((random.u32() & 0x83ff03ff) | (random.below(32) << 26) | (random.below(32) << 10)) >>> 0,
        random.u32(),
      ];
    case 2:
    case 3:
      return [singleBits(random), singleBits(random)];
    default:
      return doubleBits(random);
  }
}

/** An FPSCR. */
export function status(random: Random): number {
  let value = random.u32() & 0xf800009f;
  if (random.once(2)) value |= 16;
  if (random.once(3)) value |= random.below(4) << 22;
  if (random.once(6)) value |= 1 << 24;
  if (random.once(6)) value |= 1 << 25;
  if (random.once(8)) value |= 1 << 26;
  return (value & STATUS) >>> 0;
}

/** Fields for which the architecture says what happens, with addresses in the window. */
function fieldsOf(random: Random, e: Encoding, moving: Moving): FieldValues | undefined {
  if (e.table === "neon") return neonFields(random, e, moving);
  const f: FieldValues = {};
  for (const [letter, width] of e.fields) f[letter] = random.below(2 ** width);
  if ("c" in f) f.c = random.once(4) ? random.below(15) : 14;
  // Few registers, so that results are used again.
  for (const letter of ["d", "n", "m"])
    if (letter in f && random.once(2)) f[letter] = random.below(4) | (random.below(2) << 4);
  if ("t" in f) f.t = e.name.startsWith("vmsr") ? 7 : random.below(7);
  if ("u" in f && e.registers.includes("u")) {
    f.u = random.below(7);
    if (f.t === f.u && e.name.includes("_from_")) return undefined;
    if (e.name.endsWith("_singles") && f.m === 31) return undefined;
  }
  if (/^vcvt_(from|to)_fixed/.test(e.name) && !f.x && (((f.i & 15) << 1) | (f.i >> 4)) > 16)
    return undefined;
  if (/^v(ldr|str)$/.test(e.name)) {
    f.n = moving.lost ? 8 : random.pick([8, 9]);
    f.i &= 63;
  } else if (e.registers.includes("n") || /^v(push|pop)$/.test(e.name)) {
    if (e.registers.includes("n")) f.n = moving.lost ? 8 : random.pick([8, 9]);
    const writes = f.W === 1 || !("W" in f);
    if (writes && (moving.lost || moving.left-- <= 0)) return undefined;
    if (writes && "n" in f) f.n = 9;
    const first = f.z ? f.d : ((f.d & 15) << 1) | (f.d >> 4);
    f.i = random.between(1, f.z ? 16 : 31);
    if (first + f.i > 32) return undefined;
    if (f.z) f.i *= 2;
  }
  return decodesAs(e, encode(e, f)) ? f : undefined;
}

/** The same for Advanced SIMD. */
function neonFields(random: Random, e: Encoding, moving: Moving): FieldValues | undefined {
  const f: FieldValues = {};
  for (const [letter, width] of e.fields) f[letter] = random.below(2 ** width);
  if ("c" in f) f.c = 14;
  if ("t" in f && e.pattern.startsWith("cccc")) f.t = random.below(7);
  const access = /^v(ld|st)_/.test(e.name);
  if (!access && !e.pattern.startsWith("cccc") && random.once(2))
    // The registers of a q register, and few of them.
    for (const letter of ["d", "n", "m"])
      if (letter in f) f[letter] = letter === "n" ? random.below(4) << 2 : 2 * random.below(6);
  if (access) {
    f.n = moving.lost ? 8 : random.pick([8, 9]);
    f.r = 15;
    if (!moving.lost && random.once(3) && moving.left-- > 0) {
      f.n = 9;
      f.r = random.once(3) ? random.below(7) : 13;
      moving.lost = f.r !== 13 || !e.name.endsWith("_multiple");
    }
  }
  // Of a register with itself the result is UNKNOWN.
  if (/^v(trn|uzp|zip)$/.test(e.name) && f.d === f.m) return undefined;
  const opcode = encode(e, f);
  return decodesAs(e, opcode) && isDefined(opcode) ? f : undefined;
}

/** The encoding is not UNDEFINED, and its address may be any multiple of 4. */
export function isDefined(word: number): boolean {
  const block = liftBlock((at) => (at & 2 ? word >>> 16 : word & 0xffff), 0, false, 0, 1);
  if (!("insts" in block)) return false;
  return block.insts.every(
    (x) => x.op !== Op.udf && ((x.op !== Op.vldn && x.op !== Op.vstn) || unpack(x.i).align <= 2),
  );
}

/** A word of the form of A32 as Thumb has it. */
function inThumb(word: number): number {
  if (word >>> 25 === 0x79)
    return (0xef000000 | ((word & 0x01000000) << 4) | (word & 0xffffff)) >>> 0;
  return word >>> 24 === 0xf4 ? (0xf9000000 | (word & 0xffffff)) >>> 0 : word;
}

export function generateFloatCase(seed: number, state: State): GeneratedFloatCase {
  const random = new Random(seed);
  const thumb = state === "thumb";
  const bytes: number[] = [];
  const ids: string[] = [];
  const moving: Moving = { left: 2, lost: false };
  const half = (v: number) => bytes.push(v & 255, (v >>> 8) & 255);
  for (let n = random.between(1, 8); n > 0; n--) {
    const e = random.pick(rows[state]);
    const f = fieldsOf(random, e, moving);
    if (!f) continue;
    const word = encode(e, f);
    const opcode = thumb && e.table === "neon" ? inThumb(word) : word;
    // IT with one instruction.
    if (thumb && e.syntax.includes("<c>") && random.once(6)) half(0xbf08 | (random.below(14) << 4));
    half(thumb ? opcode >>> 16 : opcode);
    half(thumb ? opcode : opcode >>> 16);
    ids.push(e.id);
  }
  return {
    seed,
    ids,
    thumb,
    code: Uint8Array.from(bytes),
    words: Uint32Array.from(Array.from({ length: 32 }, () => pair(random)).flat()),
    fpscr: status(random),
    flags: (random.u32() & 0xf0000000) >>> 0,
    core: Uint32Array.from({ length: 8 }, (_, r) => (r === 7 ? status(random) : random.word())),
    window: new Uint8Array(
      Uint32Array.from(Array.from({ length: FLOAT_WINDOW / 8 }, () => pair(random)).flat()).buffer,
    ),
  };
}
