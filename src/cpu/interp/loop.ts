import type { GuestMemory } from "../../memory/mod.ts";

/**
 * The interpreter's own instruction set: the IR of a block is encoded into the arena as these codes. The first word of an
 * op is code | d << 8 | a << 16 | b << 24, indices into the register file unless said otherwise; k is the second word.
 *
 * Members of a `const enum` are inlined only where the enum is declared, so it stands beside the loop. What compiled code seldom
 * does is in rare.ts, so that the loop stays small enough to be optimised soon and well.
 *
 * The function is what the build compiles to WebAssembly too (loop-compiler), and is written in what that knows. The function itself
 * executes the first instructions of a process, and tests compare the two.
 *
 * The file is long because it is one function: a case in another function would be a call, and a single call in the loop makes the
 * host keep all its variables on the stack (docs/cpu.md, Speed). It is not generated: cases that look alike differ in which
 * operand is a constant and what refuses the fast path, and a template with those as holes is no shorter than the cases.
 */
export const enum Code {
  /** Never dispatched: a word that nobody wrote. */
  Halt,
  /**
   * Ways out. A branch target is an arena index behind a word with the guest address (bit 0: Thumb). Branches have the target in
   * k, or in the third word when k is a constant, and b = instructions so far << 1 | whether it costs a unit.
   */
  Exit, // k = the word that should hold the target, which is at the address before this op
  Leave, // go on at the guest address of this place; at the end of a block, where b is not 0, as Pause has it
  PrefetchAbort,
  Pause, // leave the loop: k = guest address, third word: ITSTATE; b = instructions so far
  Slide, // the same, behind an idle instruction of d bytes, at most up to the border of its page
  Handover, // leave the loop at the beginning of a block
  Go, // Bx, or with d Blx, of a single instruction: leave the loop at the target
  B,
  BL, // third word: lr
  Bx, // to a; b = instructions so far, k = own address
  Blx, // the same; third word: lr
  Bz, // when a is zero
  Bnz,
  Beq, // the conditions in their order
  Bne,
  Bcs,
  Bcc,
  Bmi,
  Bpl,
  Bvs,
  Bvc,
  Bhi,
  Bls,
  Bge,
  Blt,
  Bgt,
  Ble,
  CmpBeqR, // compares d and a
  CmpBneR,
  CmpBcsR,
  CmpBccR,
  CmpBhiR,
  CmpBlsR,
  CmpBgeR,
  CmpBltR,
  CmpBgtR,
  CmpBleR,
  CmpBeqI, // compares d and k
  CmpBneI,
  CmpBcsI,
  CmpBccI,
  CmpBhiI,
  CmpBlsI,
  CmpBgeI,
  CmpBltI,
  CmpBgtI,
  CmpBleI,
  TstBeqR,
  TstBneR,
  TstBeqI,
  TstBneI,
  SubsBne, // d = a - k
  Svc, // k = immediate, b = instructions so far; then the address behind, ITSTATE there
  Udf,
  Bkpt, // k = immediate

  /** Data processing: R takes b, I takes k. */
  MovR, // d = a
  MovI, // d = k
  MovsR,
  MovsI,
  MvnR,
  MvnsR,
  AddR,
  AddI,
  SubR,
  RsbI,
  AdcR,
  AdcI,
  SbcR,
  SbcI,
  AndR,
  AndI,
  OrrR,
  OrrI,
  EorR,
  EorI,
  BicR,
  OrnR,
  AddsR,
  AddsI,
  SubsR,
  SubsI,
  RsbsI,
  AdcsR,
  AdcsI,
  SbcsR,
  SbcsI,
  AndsR,
  AndsI,
  BicsR,
  OrrsR,
  OrrsI,
  EorsR,
  EorsI,
  CmpR, // d and a
  CmpI, // d and k
  CmnR,
  CmnI,
  TstR,
  TstI,
  TeqR,
  TeqI,
  LslI, // by b, 1-31
  LsrI,
  AsrI,
  RorI,
  LslR,
  LsrR,
  AsrR,
  RorR,
  LslsI,
  LsrsI,
  AsrsI,
  LslsR, // by the low byte of b; by 0 leaves C alone
  LsrsR,
  AsrsR,
  LslcI, // C alone: the operand of a logical operation with flags
  LsrcI,
  AsrcI,
  Rrx,
  AddLsl, // d = a + (b << k)
  AddLsr,
  AddAsr,
  SubLsl,
  OrrLsl,
  OrrLsr,
  EorLsl,
  EorLsr,
  Mul,
  Muls,
  Mla, // d = register k + a * b
  Mls,
  Long, // register k & 255 : d = a * b, with the bits of Long in k
  Sdiv,
  Udiv,
  Sxtb,
  Sxth,
  Clz,
  Rev,
  Rbit,
  Ubfx, // d = a << b >>> k
  Sbfx,
  Bfi, // b = lsb, k = mask
  Cross, // execution goes on at border k of two pages, or behind it (SLIDE_UNITS)
  Uadd8, // with GE, as newlib's strlen and strcmp look for a zero byte
  Sel,

  /** Memory: I is [a + k], X is [a + (b << k)], data in d. Words that are not aligned are done where compiled copies have them. */
  LdrI,
  LdrbI,
  LdrhI,
  LdrsbI,
  LdrshI,
  LdrX,
  LdrbX,
  LdrhX,
  LdrsbX,
  LdrshX,
  LdrAbs, // [k]
  StrI,
  StrbI,
  StrhI,
  StrX,
  StrbX,
  StrhX,
  LdrPost, // [a], then a += k
  LdrbPost,
  StrPost,
  StrbPost,
  LdrPre, // [a + k], then a += k
  LdrbPre,
  StrPre,
  StrbPre,
  LdrdI, // d and b
  StrdI,
  Ldm, // b registers from a + k; then what a is moved by, and the registers
  Stm,

  Count, // word k + Counters of the wasm memory is counted up

  Rare, // d = number of the IR op; operands as in rare.ts
}

/** Forms of the code Long. */
export const enum Long {
  Signed = 0x100,
  Accumulate = 0x200,
}

/** The register file, see state.ts. */
const enum F {
  PC = 15,
  N = 26,
  Z = 27,
  C = 28,
  V = 29,
  GE = 31,
  T = 32,
  IT = 33,
  Counters = 34,
  Border = 35,
  Crossed = 36,
  Reserve = 37,
}

/** SLIDE_PAGE: what is imported is no constant for the host's compiler (types.ts). */
const PAGE = 4096;

const enum Right {
  Read = 1,
  Write = 2,
}

/** Entries of the cache of indirect branch targets: two words each, guest address and arena index. */
export const CACHE_MASK = 0x3fff;

/** What a core with two engines returns besides an Exit: go on at the pc, with the other one if it likes. */
export const HANDOVER = 3;

/** What the loop sees of a core. */
export interface LoopState {
  readonly file: Int32Array;
  readonly arena: { readonly words: Int32Array; readonly cache: Int32Array };
  readonly memory: Pick<GuestMemory, "rights" | "i32" | "u16" | "i16" | "u8" | "i8">;
  readonly stats: { instructions: number };
  units: number;
  /** Arena index of the op that needs help. */
  at: number;
  /** The address of a memory op or the target of an indirect branch that needs help. */
  operand: number;
}

/**
 * Runs from arena index `ip`. Returns false when the units are used up, at the pc; true when the op at `at` needs help: it is
 * none of the loop's, or its fast path refused. Calls nothing: a call would keep the loop's variables out of the machine's
 * registers, which costs a third of the speed.
 */
export function loop(core: LoopState, ip: number): boolean {
  const R = core.file;
  const m = core.arena.words;
  const { cache } = core.arena;
  const { rights, i32, u16, i16, u8, i8 } = core.memory;
  let units = core.units;
  let count = 0;
  // Shared by the cases.
  let x = 0;
  let y = 0;
  let r = 0;
  let high = 0;
  let k = 0;
  loop: for (;;) {
    const w = m[ip];
    const d = (w >>> 8) & 255;
    const a = (w >>> 16) & 255;
    const b = w >>> 24;
    help: {
      switch (w & 255) {
        case Code.B:
          k = m[ip + 1];
          break;
        case Code.BL:
          R[14] = m[ip + 2];
          k = m[ip + 1];
          break;
        case Code.Blx:
          x = R[a];
          R[14] = m[ip + 2];
          count += b;
          if ((x & -2) >>> 0 <= m[ip + 1] >>> 0 && --units <= 0) break loop;
          y = ((x >>> 1) & CACHE_MASK) << 1;
          if (cache[y] !== x) break help;
          ip = cache[y + 1];
          continue;
        case Code.Bx:
          x = R[a];
          count += b;
          if ((x & -2) >>> 0 <= m[ip + 1] >>> 0 && --units <= 0) break loop;
          y = ((x >>> 1) & CACHE_MASK) << 1;
          if (cache[y] !== x) break help;
          ip = cache[y + 1];
          continue;
        case Code.Bz:
          if (R[a] !== 0) {
            ip += 2;
            continue;
          }
          k = m[ip + 1];
          break;
        case Code.Bnz:
          if (R[a] === 0) {
            ip += 2;
            continue;
          }
          k = m[ip + 1];
          break;
        case Code.Beq:
          if (R[F.Z] !== 0) {
            ip += 2;
            continue;
          }
          k = m[ip + 1];
          break;
        case Code.Bne:
          if (R[F.Z] === 0) {
            ip += 2;
            continue;
          }
          k = m[ip + 1];
          break;
        case Code.Bcs:
          if (R[F.C] === 0) {
            ip += 2;
            continue;
          }
          k = m[ip + 1];
          break;
        case Code.Bcc:
          if (R[F.C] !== 0) {
            ip += 2;
            continue;
          }
          k = m[ip + 1];
          break;
        case Code.Bmi:
          if (R[F.N] >= 0) {
            ip += 2;
            continue;
          }
          k = m[ip + 1];
          break;
        case Code.Bpl:
          if (R[F.N] < 0) {
            ip += 2;
            continue;
          }
          k = m[ip + 1];
          break;
        case Code.Bvs:
          if (R[F.V] >= 0) {
            ip += 2;
            continue;
          }
          k = m[ip + 1];
          break;
        case Code.Bvc:
          if (R[F.V] < 0) {
            ip += 2;
            continue;
          }
          k = m[ip + 1];
          break;
        case Code.Bhi:
          if (R[F.C] === 0 || R[F.Z] === 0) {
            ip += 2;
            continue;
          }
          k = m[ip + 1];
          break;
        case Code.Bls:
          if (R[F.C] !== 0 && R[F.Z] !== 0) {
            ip += 2;
            continue;
          }
          k = m[ip + 1];
          break;
        case Code.Bge:
          if ((R[F.N] ^ R[F.V]) < 0) {
            ip += 2;
            continue;
          }
          k = m[ip + 1];
          break;
        case Code.Blt:
          if ((R[F.N] ^ R[F.V]) >= 0) {
            ip += 2;
            continue;
          }
          k = m[ip + 1];
          break;
        case Code.Bgt:
          if (R[F.Z] === 0 || (R[F.N] ^ R[F.V]) < 0) {
            ip += 2;
            continue;
          }
          k = m[ip + 1];
          break;
        case Code.Ble:
          if (R[F.Z] !== 0 && (R[F.N] ^ R[F.V]) >= 0) {
            ip += 2;
            continue;
          }
          k = m[ip + 1];
          break;
        case Code.CmpBeqR:
          x = R[d];
          y = R[a];
          r = (x - y) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & ~y) | ((x | ~y) & ~r)) >>> 31;
          R[F.V] = (x ^ y) & (x ^ r);
          if (x !== y) {
            ip += 2;
            continue;
          }
          k = m[ip + 1];
          break;
        case Code.CmpBneR:
          x = R[d];
          y = R[a];
          r = (x - y) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & ~y) | ((x | ~y) & ~r)) >>> 31;
          R[F.V] = (x ^ y) & (x ^ r);
          if (x === y) {
            ip += 2;
            continue;
          }
          k = m[ip + 1];
          break;
        case Code.CmpBcsR:
          x = R[d];
          y = R[a];
          r = (x - y) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & ~y) | ((x | ~y) & ~r)) >>> 31;
          R[F.V] = (x ^ y) & (x ^ r);
          if (x >>> 0 < y >>> 0) {
            ip += 2;
            continue;
          }
          k = m[ip + 1];
          break;
        case Code.CmpBccR:
          x = R[d];
          y = R[a];
          r = (x - y) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & ~y) | ((x | ~y) & ~r)) >>> 31;
          R[F.V] = (x ^ y) & (x ^ r);
          if (x >>> 0 >= y >>> 0) {
            ip += 2;
            continue;
          }
          k = m[ip + 1];
          break;
        case Code.CmpBhiR:
          x = R[d];
          y = R[a];
          r = (x - y) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & ~y) | ((x | ~y) & ~r)) >>> 31;
          R[F.V] = (x ^ y) & (x ^ r);
          if (x >>> 0 <= y >>> 0) {
            ip += 2;
            continue;
          }
          k = m[ip + 1];
          break;
        case Code.CmpBlsR:
          x = R[d];
          y = R[a];
          r = (x - y) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & ~y) | ((x | ~y) & ~r)) >>> 31;
          R[F.V] = (x ^ y) & (x ^ r);
          if (x >>> 0 > y >>> 0) {
            ip += 2;
            continue;
          }
          k = m[ip + 1];
          break;
        case Code.CmpBgeR:
          x = R[d];
          y = R[a];
          r = (x - y) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & ~y) | ((x | ~y) & ~r)) >>> 31;
          R[F.V] = (x ^ y) & (x ^ r);
          if (x < y) {
            ip += 2;
            continue;
          }
          k = m[ip + 1];
          break;
        case Code.CmpBltR:
          x = R[d];
          y = R[a];
          r = (x - y) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & ~y) | ((x | ~y) & ~r)) >>> 31;
          R[F.V] = (x ^ y) & (x ^ r);
          if (x >= y) {
            ip += 2;
            continue;
          }
          k = m[ip + 1];
          break;
        case Code.CmpBgtR:
          x = R[d];
          y = R[a];
          r = (x - y) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & ~y) | ((x | ~y) & ~r)) >>> 31;
          R[F.V] = (x ^ y) & (x ^ r);
          if (x <= y) {
            ip += 2;
            continue;
          }
          k = m[ip + 1];
          break;
        case Code.CmpBleR:
          x = R[d];
          y = R[a];
          r = (x - y) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & ~y) | ((x | ~y) & ~r)) >>> 31;
          R[F.V] = (x ^ y) & (x ^ r);
          if (x > y) {
            ip += 2;
            continue;
          }
          k = m[ip + 1];
          break;
        case Code.CmpBeqI:
          x = R[d];
          y = m[ip + 1];
          r = (x - y) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & ~y) | ((x | ~y) & ~r)) >>> 31;
          R[F.V] = (x ^ y) & (x ^ r);
          if (x !== y) {
            ip += 3;
            continue;
          }
          k = m[ip + 2];
          break;
        case Code.CmpBneI:
          x = R[d];
          y = m[ip + 1];
          r = (x - y) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & ~y) | ((x | ~y) & ~r)) >>> 31;
          R[F.V] = (x ^ y) & (x ^ r);
          if (x === y) {
            ip += 3;
            continue;
          }
          k = m[ip + 2];
          break;
        case Code.CmpBcsI:
          x = R[d];
          y = m[ip + 1];
          r = (x - y) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & ~y) | ((x | ~y) & ~r)) >>> 31;
          R[F.V] = (x ^ y) & (x ^ r);
          if (x >>> 0 < y >>> 0) {
            ip += 3;
            continue;
          }
          k = m[ip + 2];
          break;
        case Code.CmpBccI:
          x = R[d];
          y = m[ip + 1];
          r = (x - y) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & ~y) | ((x | ~y) & ~r)) >>> 31;
          R[F.V] = (x ^ y) & (x ^ r);
          if (x >>> 0 >= y >>> 0) {
            ip += 3;
            continue;
          }
          k = m[ip + 2];
          break;
        case Code.CmpBhiI:
          x = R[d];
          y = m[ip + 1];
          r = (x - y) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & ~y) | ((x | ~y) & ~r)) >>> 31;
          R[F.V] = (x ^ y) & (x ^ r);
          if (x >>> 0 <= y >>> 0) {
            ip += 3;
            continue;
          }
          k = m[ip + 2];
          break;
        case Code.CmpBlsI:
          x = R[d];
          y = m[ip + 1];
          r = (x - y) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & ~y) | ((x | ~y) & ~r)) >>> 31;
          R[F.V] = (x ^ y) & (x ^ r);
          if (x >>> 0 > y >>> 0) {
            ip += 3;
            continue;
          }
          k = m[ip + 2];
          break;
        case Code.CmpBgeI:
          x = R[d];
          y = m[ip + 1];
          r = (x - y) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & ~y) | ((x | ~y) & ~r)) >>> 31;
          R[F.V] = (x ^ y) & (x ^ r);
          if (x < y) {
            ip += 3;
            continue;
          }
          k = m[ip + 2];
          break;
        case Code.CmpBltI:
          x = R[d];
          y = m[ip + 1];
          r = (x - y) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & ~y) | ((x | ~y) & ~r)) >>> 31;
          R[F.V] = (x ^ y) & (x ^ r);
          if (x >= y) {
            ip += 3;
            continue;
          }
          k = m[ip + 2];
          break;
        case Code.CmpBgtI:
          x = R[d];
          y = m[ip + 1];
          r = (x - y) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & ~y) | ((x | ~y) & ~r)) >>> 31;
          R[F.V] = (x ^ y) & (x ^ r);
          if (x <= y) {
            ip += 3;
            continue;
          }
          k = m[ip + 2];
          break;
        case Code.CmpBleI:
          x = R[d];
          y = m[ip + 1];
          r = (x - y) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & ~y) | ((x | ~y) & ~r)) >>> 31;
          R[F.V] = (x ^ y) & (x ^ r);
          if (x > y) {
            ip += 3;
            continue;
          }
          k = m[ip + 2];
          break;
        case Code.TstBeqR:
          r = R[d] & R[a];
          R[F.N] = R[F.Z] = r;
          if (r !== 0) {
            ip += 2;
            continue;
          }
          k = m[ip + 1];
          break;
        case Code.TstBneR:
          r = R[d] & R[a];
          R[F.N] = R[F.Z] = r;
          if (r === 0) {
            ip += 2;
            continue;
          }
          k = m[ip + 1];
          break;
        case Code.TstBeqI:
          r = R[d] & m[ip + 1];
          R[F.N] = R[F.Z] = r;
          if (r !== 0) {
            ip += 3;
            continue;
          }
          k = m[ip + 2];
          break;
        case Code.TstBneI:
          r = R[d] & m[ip + 1];
          R[F.N] = R[F.Z] = r;
          if (r === 0) {
            ip += 3;
            continue;
          }
          k = m[ip + 2];
          break;
        case Code.SubsBne:
          x = R[a];
          y = m[ip + 1];
          r = (x - y) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & ~y) | ((x | ~y) & ~r)) >>> 31;
          R[F.V] = (x ^ y) & (x ^ r);
          R[d] = r;
          if (r === 0) {
            ip += 3;
            continue;
          }
          k = m[ip + 2];
          break;
        case Code.MovR:
          R[d] = R[a];
          ip += 1;
          continue;
        case Code.MovI:
          R[d] = m[ip + 1];
          ip += 2;
          continue;
        case Code.MovsR:
          r = R[a];
          R[F.N] = R[F.Z] = r;
          R[d] = r;
          ip += 1;
          continue;
        case Code.MovsI:
          r = m[ip + 1];
          R[F.N] = R[F.Z] = r;
          R[d] = r;
          ip += 2;
          continue;
        case Code.MvnR:
          R[d] = ~R[a];
          ip += 1;
          continue;
        case Code.MvnsR:
          r = ~R[a];
          R[F.N] = R[F.Z] = r;
          R[d] = r;
          ip += 1;
          continue;
        case Code.AddR:
          R[d] = (R[a] + R[b]) | 0;
          ip += 1;
          continue;
        case Code.AddI:
          R[d] = (R[a] + m[ip + 1]) | 0;
          ip += 2;
          continue;
        case Code.SubR:
          R[d] = (R[a] - R[b]) | 0;
          ip += 1;
          continue;
        case Code.RsbI:
          R[d] = (m[ip + 1] - R[a]) | 0;
          ip += 2;
          continue;
        case Code.AdcR:
          R[d] = (R[a] + R[b] + R[F.C]) | 0;
          ip += 1;
          continue;
        case Code.AdcI:
          R[d] = (R[a] + m[ip + 1] + R[F.C]) | 0;
          ip += 2;
          continue;
        case Code.SbcR:
          R[d] = (R[a] - R[b] - 1 + R[F.C]) | 0;
          ip += 1;
          continue;
        case Code.SbcI:
          R[d] = (R[a] - m[ip + 1] - 1 + R[F.C]) | 0;
          ip += 2;
          continue;
        case Code.AndR:
          R[d] = R[a] & R[b];
          ip += 1;
          continue;
        case Code.AndI:
          R[d] = R[a] & m[ip + 1];
          ip += 2;
          continue;
        case Code.OrrR:
          R[d] = R[a] | R[b];
          ip += 1;
          continue;
        case Code.OrrI:
          R[d] = R[a] | m[ip + 1];
          ip += 2;
          continue;
        case Code.EorR:
          R[d] = R[a] ^ R[b];
          ip += 1;
          continue;
        case Code.EorI:
          R[d] = R[a] ^ m[ip + 1];
          ip += 2;
          continue;
        case Code.BicR:
          R[d] = R[a] & ~R[b];
          ip += 1;
          continue;
        case Code.OrnR:
          R[d] = R[a] | ~R[b];
          ip += 1;
          continue;
        case Code.AddsR:
          x = R[a];
          y = R[b];
          r = (x + y) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & y) | ((x | y) & ~r)) >>> 31;
          R[F.V] = (x ^ r) & (y ^ r);
          R[d] = r;
          ip += 1;
          continue;
        case Code.AddsI:
          x = R[a];
          y = m[ip + 1];
          r = (x + y) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & y) | ((x | y) & ~r)) >>> 31;
          R[F.V] = (x ^ r) & (y ^ r);
          R[d] = r;
          ip += 2;
          continue;
        case Code.SubsR:
          x = R[a];
          y = R[b];
          r = (x - y) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & ~y) | ((x | ~y) & ~r)) >>> 31;
          R[F.V] = (x ^ y) & (x ^ r);
          R[d] = r;
          ip += 1;
          continue;
        case Code.SubsI:
          x = R[a];
          y = m[ip + 1];
          r = (x - y) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & ~y) | ((x | ~y) & ~r)) >>> 31;
          R[F.V] = (x ^ y) & (x ^ r);
          R[d] = r;
          ip += 2;
          continue;
        case Code.RsbsI:
          x = m[ip + 1];
          y = R[a];
          r = (x - y) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & ~y) | ((x | ~y) & ~r)) >>> 31;
          R[F.V] = (x ^ y) & (x ^ r);
          R[d] = r;
          ip += 2;
          continue;
        case Code.AdcsR:
          x = R[a];
          y = R[b];
          r = (x + y + R[F.C]) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & y) | ((x | y) & ~r)) >>> 31;
          R[F.V] = (x ^ r) & (y ^ r);
          R[d] = r;
          ip += 1;
          continue;
        case Code.AdcsI:
          x = R[a];
          y = m[ip + 1];
          r = (x + y + R[F.C]) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & y) | ((x | y) & ~r)) >>> 31;
          R[F.V] = (x ^ r) & (y ^ r);
          R[d] = r;
          ip += 2;
          continue;
        case Code.SbcsR:
          x = R[a];
          y = ~R[b];
          r = (x + y + R[F.C]) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & y) | ((x | y) & ~r)) >>> 31;
          R[F.V] = (x ^ r) & (y ^ r);
          R[d] = r;
          ip += 1;
          continue;
        case Code.SbcsI:
          x = R[a];
          y = ~m[ip + 1];
          r = (x + y + R[F.C]) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & y) | ((x | y) & ~r)) >>> 31;
          R[F.V] = (x ^ r) & (y ^ r);
          R[d] = r;
          ip += 2;
          continue;
        case Code.BicsR:
          r = R[a] & ~R[b];
          R[F.N] = R[F.Z] = r;
          R[d] = r;
          ip += 1;
          continue;
        case Code.AndsR:
          r = R[a] & R[b];
          R[F.N] = R[F.Z] = r;
          R[d] = r;
          ip += 1;
          continue;
        case Code.AndsI:
          r = R[a] & m[ip + 1];
          R[F.N] = R[F.Z] = r;
          R[d] = r;
          ip += 2;
          continue;
        case Code.OrrsR:
          r = R[a] | R[b];
          R[F.N] = R[F.Z] = r;
          R[d] = r;
          ip += 1;
          continue;
        case Code.OrrsI:
          r = R[a] | m[ip + 1];
          R[F.N] = R[F.Z] = r;
          R[d] = r;
          ip += 2;
          continue;
        case Code.EorsR:
          r = R[a] ^ R[b];
          R[F.N] = R[F.Z] = r;
          R[d] = r;
          ip += 1;
          continue;
        case Code.EorsI:
          r = R[a] ^ m[ip + 1];
          R[F.N] = R[F.Z] = r;
          R[d] = r;
          ip += 2;
          continue;
        case Code.CmpR:
          x = R[d];
          y = R[a];
          r = (x - y) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & ~y) | ((x | ~y) & ~r)) >>> 31;
          R[F.V] = (x ^ y) & (x ^ r);
          ip += 1;
          continue;
        case Code.CmpI:
          x = R[d];
          y = m[ip + 1];
          r = (x - y) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & ~y) | ((x | ~y) & ~r)) >>> 31;
          R[F.V] = (x ^ y) & (x ^ r);
          ip += 2;
          continue;
        case Code.CmnR:
          x = R[d];
          y = R[a];
          r = (x + y) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & y) | ((x | y) & ~r)) >>> 31;
          R[F.V] = (x ^ r) & (y ^ r);
          ip += 1;
          continue;
        case Code.CmnI:
          x = R[d];
          y = m[ip + 1];
          r = (x + y) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = ((x & y) | ((x | y) & ~r)) >>> 31;
          R[F.V] = (x ^ r) & (y ^ r);
          ip += 2;
          continue;
        case Code.TstR:
          r = R[d] & R[a];
          R[F.N] = R[F.Z] = r;
          ip += 1;
          continue;
        case Code.TstI:
          r = R[d] & m[ip + 1];
          R[F.N] = R[F.Z] = r;
          ip += 2;
          continue;
        case Code.TeqR:
          r = R[d] ^ R[a];
          R[F.N] = R[F.Z] = r;
          ip += 1;
          continue;
        case Code.TeqI:
          r = R[d] ^ m[ip + 1];
          R[F.N] = R[F.Z] = r;
          ip += 2;
          continue;
        case Code.LslI:
          R[d] = R[a] << b;
          ip += 1;
          continue;
        case Code.LsrI:
          R[d] = R[a] >>> b;
          ip += 1;
          continue;
        case Code.AsrI:
          R[d] = R[a] >> b;
          ip += 1;
          continue;
        case Code.RorI:
          x = R[a];
          R[d] = (x >>> b) | (x << (32 - b));
          ip += 1;
          continue;
        case Code.LslR:
          k = R[b] & 255;
          R[d] = k < 32 ? R[a] << k : 0;
          ip += 1;
          continue;
        case Code.LsrR:
          k = R[b] & 255;
          R[d] = k < 32 ? R[a] >>> k : 0;
          ip += 1;
          continue;
        case Code.AsrR:
          k = R[b] & 255;
          R[d] = R[a] >> (k < 32 ? k : 31);
          ip += 1;
          continue;
        case Code.RorR:
          x = R[a];
          k = R[b] & 31;
          R[d] = (x >>> k) | (x << (32 - k));
          ip += 1;
          continue;
        case Code.LslsI:
          x = R[a];
          r = x << b;
          R[F.N] = R[F.Z] = r;
          R[F.C] = (x >>> (32 - b)) & 1;
          R[d] = r;
          ip += 1;
          continue;
        case Code.LsrsI:
          x = R[a];
          r = (x >>> b) | 0;
          R[F.N] = R[F.Z] = r;
          R[F.C] = (x >>> (b - 1)) & 1;
          R[d] = r;
          ip += 1;
          continue;
        case Code.AsrsI:
          x = R[a];
          r = x >> b;
          R[F.N] = R[F.Z] = r;
          R[F.C] = (x >> (b - 1)) & 1;
          R[d] = r;
          ip += 1;
          continue;
        case Code.LslsR:
          x = R[a];
          r = x;
          k = R[b] & 255;
          if (k > 31) {
            r = 0;
            R[F.C] = k === 32 ? x & 1 : 0;
          } else if (k !== 0) {
            r = x << k;
            R[F.C] = (x >>> (32 - k)) & 1;
          }
          R[F.N] = R[F.Z] = r;
          R[d] = r;
          ip += 1;
          continue;
        case Code.LsrsR:
          x = R[a];
          r = x;
          k = R[b] & 255;
          if (k > 31) {
            r = 0;
            R[F.C] = k === 32 ? x >>> 31 : 0;
          } else if (k !== 0) {
            r = (x >>> k) | 0;
            R[F.C] = (x >>> (k - 1)) & 1;
          }
          R[F.N] = R[F.Z] = r;
          R[d] = r;
          ip += 1;
          continue;
        case Code.AsrsR:
          x = R[a];
          r = x;
          k = R[b] & 255;
          if (k > 31) {
            r = x >> 31;
            R[F.C] = x >>> 31;
          } else if (k !== 0) {
            r = x >> k;
            R[F.C] = (x >>> (k - 1)) & 1;
          }
          R[F.N] = R[F.Z] = r;
          R[d] = r;
          ip += 1;
          continue;
        case Code.LslcI:
          x = R[a];
          R[F.C] = (x >>> (32 - b)) & 1;
          R[d] = x << b;
          ip += 1;
          continue;
        case Code.LsrcI:
          x = R[a];
          R[F.C] = (x >>> (b - 1)) & 1;
          R[d] = x >>> b;
          ip += 1;
          continue;
        case Code.AsrcI:
          x = R[a];
          R[F.C] = (x >> (b - 1)) & 1;
          R[d] = x >> b;
          ip += 1;
          continue;
        case Code.Rrx:
          R[d] = (R[F.C] << 31) | (R[a] >>> 1);
          ip += 1;
          continue;
        case Code.AddLsl:
          R[d] = (R[a] + (R[b] << m[ip + 1])) | 0;
          ip += 2;
          continue;
        case Code.AddLsr:
          R[d] = (R[a] + (R[b] >>> m[ip + 1])) | 0;
          ip += 2;
          continue;
        case Code.AddAsr:
          R[d] = (R[a] + (R[b] >> m[ip + 1])) | 0;
          ip += 2;
          continue;
        case Code.SubLsl:
          R[d] = (R[a] - (R[b] << m[ip + 1])) | 0;
          ip += 2;
          continue;
        case Code.OrrLsl:
          R[d] = R[a] | (R[b] << m[ip + 1]);
          ip += 2;
          continue;
        case Code.OrrLsr:
          R[d] = R[a] | (R[b] >>> m[ip + 1]);
          ip += 2;
          continue;
        case Code.EorLsl:
          R[d] = R[a] ^ (R[b] << m[ip + 1]);
          ip += 2;
          continue;
        case Code.EorLsr:
          R[d] = R[a] ^ (R[b] >>> m[ip + 1]);
          ip += 2;
          continue;
        case Code.Mul:
          R[d] = Math.imul(R[a], R[b]);
          ip += 1;
          continue;
        case Code.Muls:
          r = Math.imul(R[a], R[b]);
          R[F.N] = R[F.Z] = r;
          R[d] = r;
          ip += 1;
          continue;
        case Code.Mla:
          R[d] = (R[m[ip + 1]] + Math.imul(R[a], R[b])) | 0;
          ip += 2;
          continue;
        case Code.Mls:
          R[d] = (R[m[ip + 1]] - Math.imul(R[a], R[b])) | 0;
          ip += 2;
          continue;
        case Code.Long:
          // The high word of the unsigned product, from halfwords.
          x = R[a];
          y = R[b];
          r = (Math.imul(x >>> 16, y & 0xffff) + (Math.imul(x & 0xffff, y & 0xffff) >>> 16)) | 0;
          high = (Math.imul(x & 0xffff, y >>> 16) + (r & 0xffff)) | 0;
          high = (Math.imul(x >>> 16, y >>> 16) + (r >>> 16) + (high >>> 16)) | 0;
          r = Math.imul(x, y);
          if ((m[ip + 1] & Long.Signed) !== 0)
            high = (high - ((x >> 31) & y) - ((y >> 31) & x)) | 0;
          if ((m[ip + 1] & Long.Accumulate) !== 0) {
            x = r;
            y = R[d];
            r = (x + y) | 0;
            high = (high + R[m[ip + 1] & 255] + (((x & y) | ((x | y) & ~r)) >>> 31)) | 0;
          }
          R[d] = r;
          R[m[ip + 1] & 255] = high;
          ip += 2;
          continue;
        case Code.Sdiv:
          y = R[b];
          R[d] = y === 0 ? 0 : (R[a] / y) | 0;
          ip += 1;
          continue;
        case Code.Udiv:
          y = R[b];
          R[d] = y === 0 ? 0 : ((R[a] >>> 0) / (y >>> 0)) | 0;
          ip += 1;
          continue;
        case Code.Sxtb:
          R[d] = (R[a] << 24) >> 24;
          ip += 1;
          continue;
        case Code.Sxth:
          R[d] = (R[a] << 16) >> 16;
          ip += 1;
          continue;
        case Code.Clz:
          R[d] = Math.clz32(R[a]);
          ip += 1;
          continue;
        case Code.Rev:
          x = R[a];
          R[d] = (x << 24) | ((x & 0xff00) << 8) | ((x >>> 8) & 0xff00) | (x >>> 24);
          ip += 1;
          continue;
        case Code.Rbit:
          x = R[a];
          x = ((x >>> 1) & 0x55555555) | ((x & 0x55555555) << 1);
          x = ((x >>> 2) & 0x33333333) | ((x & 0x33333333) << 2);
          x = ((x >>> 4) & 0x0f0f0f0f) | ((x & 0x0f0f0f0f) << 4);
          R[d] = (x << 24) | ((x & 0xff00) << 8) | ((x >>> 8) & 0xff00) | (x >>> 24);
          ip += 1;
          continue;
        case Code.Ubfx:
          R[d] = (R[a] << b) >>> m[ip + 1];
          ip += 2;
          continue;
        case Code.Sbfx:
          R[d] = (R[a] << b) >> m[ip + 1];
          ip += 2;
          continue;
        case Code.Bfi:
          R[d] = (R[d] & ~m[ip + 1]) | ((R[a] << b) & m[ip + 1]);
          ip += 2;
          continue;
        case Code.Cross:
          x = (units + R[F.Reserve]) | 0;
          if (R[F.Crossed] === x && R[F.Border] === ((m[ip + 1] - PAGE) | 0)) break help;
          R[F.Border] = m[ip + 1];
          R[F.Crossed] = x;
          ip += 2;
          continue;
        case Code.Uadd8:
          x = R[a];
          y = R[b];
          r = ((x & 0x7f7f7f7f) + (y & 0x7f7f7f7f)) ^ ((x ^ y) & 0x80808080);
          R[d] = r;
          // Carries out of the lanes meet in bits 27:24.
          x = (((x & y) | ((x | y) & ~r)) >>> 7) & 0x01010101;
          R[F.GE] = Math.imul(x, 0x01020408) >>> 24;
          ip += 1;
          continue;
        case Code.Sel:
          // Bit k of GE goes to bit 8 k, and from there to the whole byte.
          x = Math.imul(Math.imul(R[F.GE], 0x00204081) & 0x01010101, 255);
          R[d] = (R[a] & x) | (R[b] & ~x);
          ip += 1;
          continue;
        case Code.LdrI:
          x = (R[a] + m[ip + 1]) | 0;
          if ((rights[x >>> 6] & Right.Read) !== 0 && (x & 3) === 0) {
            R[d] = i32[x >>> 2];
            ip += 2;
            continue;
          }
          if ((rights[x >>> 6] & rights[(x + 3) >>> 6] & Right.Read) !== 0) {
            R[d] = u8[x] | (u8[x + 1] << 8) | (u8[x + 2] << 16) | (u8[x + 3] << 24);
            ip += 2;
            continue;
          }
          break help;
        case Code.LdrbI:
          x = (R[a] + m[ip + 1]) | 0;
          if ((rights[x >>> 6] & Right.Read) !== 0) {
            R[d] = u8[x];
            ip += 2;
            continue;
          }
          break help;
        case Code.LdrhI:
          x = (R[a] + m[ip + 1]) | 0;
          if ((rights[x >>> 6] & Right.Read) !== 0 && (x & 1) === 0) {
            R[d] = u16[x >>> 1];
            ip += 2;
            continue;
          }
          break help;
        case Code.LdrsbI:
          x = (R[a] + m[ip + 1]) | 0;
          if ((rights[x >>> 6] & Right.Read) !== 0) {
            R[d] = i8[x];
            ip += 2;
            continue;
          }
          break help;
        case Code.LdrshI:
          x = (R[a] + m[ip + 1]) | 0;
          if ((rights[x >>> 6] & Right.Read) !== 0 && (x & 1) === 0) {
            R[d] = i16[x >>> 1];
            ip += 2;
            continue;
          }
          break help;
        case Code.LdrX:
          x = (R[a] + (R[b] << m[ip + 1])) | 0;
          if ((rights[x >>> 6] & Right.Read) !== 0 && (x & 3) === 0) {
            R[d] = i32[x >>> 2];
            ip += 2;
            continue;
          }
          break help;
        case Code.LdrbX:
          x = (R[a] + (R[b] << m[ip + 1])) | 0;
          if ((rights[x >>> 6] & Right.Read) !== 0) {
            R[d] = u8[x];
            ip += 2;
            continue;
          }
          break help;
        case Code.LdrhX:
          x = (R[a] + (R[b] << m[ip + 1])) | 0;
          if ((rights[x >>> 6] & Right.Read) !== 0 && (x & 1) === 0) {
            R[d] = u16[x >>> 1];
            ip += 2;
            continue;
          }
          break help;
        case Code.LdrsbX:
          x = (R[a] + (R[b] << m[ip + 1])) | 0;
          if ((rights[x >>> 6] & Right.Read) !== 0) {
            R[d] = i8[x];
            ip += 2;
            continue;
          }
          break help;
        case Code.LdrshX:
          x = (R[a] + (R[b] << m[ip + 1])) | 0;
          if ((rights[x >>> 6] & Right.Read) !== 0 && (x & 1) === 0) {
            R[d] = i16[x >>> 1];
            ip += 2;
            continue;
          }
          break help;
        case Code.LdrAbs:
          x = m[ip + 1];
          if ((rights[x >>> 6] & Right.Read) !== 0 && (x & 3) === 0) {
            R[d] = i32[x >>> 2];
            ip += 2;
            continue;
          }
          break help;
        case Code.StrI:
          x = (R[a] + m[ip + 1]) | 0;
          if ((rights[x >>> 6] & Right.Write) !== 0 && (x & 3) === 0) {
            i32[x >>> 2] = R[d];
            ip += 2;
            continue;
          }
          if ((rights[x >>> 6] & rights[(x + 3) >>> 6] & Right.Write) !== 0) {
            r = R[d];
            u8[x] = r;
            u8[x + 1] = r >>> 8;
            u8[x + 2] = r >>> 16;
            u8[x + 3] = r >>> 24;
            ip += 2;
            continue;
          }
          break help;
        case Code.StrbI:
          x = (R[a] + m[ip + 1]) | 0;
          if ((rights[x >>> 6] & Right.Write) !== 0) {
            u8[x] = R[d];
            ip += 2;
            continue;
          }
          break help;
        case Code.StrhI:
          x = (R[a] + m[ip + 1]) | 0;
          if ((rights[x >>> 6] & Right.Write) !== 0 && (x & 1) === 0) {
            u16[x >>> 1] = R[d];
            ip += 2;
            continue;
          }
          break help;
        case Code.StrX:
          x = (R[a] + (R[b] << m[ip + 1])) | 0;
          if ((rights[x >>> 6] & Right.Write) !== 0 && (x & 3) === 0) {
            i32[x >>> 2] = R[d];
            ip += 2;
            continue;
          }
          break help;
        case Code.StrbX:
          x = (R[a] + (R[b] << m[ip + 1])) | 0;
          if ((rights[x >>> 6] & Right.Write) !== 0) {
            u8[x] = R[d];
            ip += 2;
            continue;
          }
          break help;
        case Code.StrhX:
          x = (R[a] + (R[b] << m[ip + 1])) | 0;
          if ((rights[x >>> 6] & Right.Write) !== 0 && (x & 1) === 0) {
            u16[x >>> 1] = R[d];
            ip += 2;
            continue;
          }
          break help;
        case Code.LdrPost:
          x = R[a];
          if ((rights[x >>> 6] & Right.Read) !== 0 && (x & 3) === 0) {
            R[d] = i32[x >>> 2];
            R[a] = (x + m[ip + 1]) | 0;
            ip += 2;
            continue;
          }
          if ((rights[x >>> 6] & rights[(x + 3) >>> 6] & Right.Read) !== 0) {
            R[d] = u8[x] | (u8[x + 1] << 8) | (u8[x + 2] << 16) | (u8[x + 3] << 24);
            R[a] = (x + m[ip + 1]) | 0;
            ip += 2;
            continue;
          }
          break help;
        case Code.LdrbPost:
          x = R[a];
          if ((rights[x >>> 6] & Right.Read) !== 0) {
            R[d] = u8[x];
            R[a] = (x + m[ip + 1]) | 0;
            ip += 2;
            continue;
          }
          break help;
        case Code.StrPost:
          x = R[a];
          if ((rights[x >>> 6] & Right.Write) !== 0 && (x & 3) === 0) {
            i32[x >>> 2] = R[d];
            R[a] = (x + m[ip + 1]) | 0;
            ip += 2;
            continue;
          }
          if ((rights[x >>> 6] & rights[(x + 3) >>> 6] & Right.Write) !== 0) {
            r = R[d];
            u8[x] = r;
            u8[x + 1] = r >>> 8;
            u8[x + 2] = r >>> 16;
            u8[x + 3] = r >>> 24;
            R[a] = (x + m[ip + 1]) | 0;
            ip += 2;
            continue;
          }
          break help;
        case Code.StrbPost:
          x = R[a];
          if ((rights[x >>> 6] & Right.Write) !== 0) {
            u8[x] = R[d];
            R[a] = (x + m[ip + 1]) | 0;
            ip += 2;
            continue;
          }
          break help;
        case Code.LdrPre:
          x = (R[a] + m[ip + 1]) | 0;
          if ((rights[x >>> 6] & Right.Read) !== 0 && (x & 3) === 0) {
            R[d] = i32[x >>> 2];
            R[a] = x;
            ip += 2;
            continue;
          }
          break help;
        case Code.LdrbPre:
          x = (R[a] + m[ip + 1]) | 0;
          if ((rights[x >>> 6] & Right.Read) !== 0) {
            R[d] = u8[x];
            R[a] = x;
            ip += 2;
            continue;
          }
          break help;
        case Code.StrPre:
          x = (R[a] + m[ip + 1]) | 0;
          if ((rights[x >>> 6] & Right.Write) !== 0 && (x & 3) === 0) {
            i32[x >>> 2] = R[d];
            R[a] = x;
            ip += 2;
            continue;
          }
          break help;
        case Code.StrbPre:
          x = (R[a] + m[ip + 1]) | 0;
          if ((rights[x >>> 6] & Right.Write) !== 0) {
            u8[x] = R[d];
            R[a] = x;
            ip += 2;
            continue;
          }
          break help;
        case Code.Ldm:
          r = (R[a] + m[ip + 1]) | 0;
          if ((rights[r >>> 6] & rights[(r + b * 4 - 4) >>> 6] & Right.Read) === 0 || (r & 3) !== 0)
            break help;
          r >>>= 2;
          // A base in the list is loaded last.
          R[a] = (R[a] + m[ip + 2]) | 0;
          ip += 3;
          for (y = b; y > 0; y--) {
            R[m[ip]] = i32[r++];
            ip += 1;
          }
          continue;
        case Code.Stm:
          r = (R[a] + m[ip + 1]) | 0;
          if (
            (rights[r >>> 6] & rights[(r + b * 4 - 4) >>> 6] & Right.Write) === 0 ||
            (r & 3) !== 0
          )
            break help;
          r >>>= 2;
          x = (R[a] + m[ip + 2]) | 0;
          ip += 3;
          for (y = b; y > 0; y--) {
            i32[r++] = R[m[ip]];
            ip += 1;
          }
          R[a] = x;
          continue;
        case Code.LdrdI:
          x = (R[a] + m[ip + 1]) | 0;
          if ((rights[x >>> 6] & rights[(x + 4) >>> 6] & Right.Read) === 0 || (x & 3) !== 0)
            break help;
          x >>>= 2;
          R[d] = i32[x];
          R[b] = i32[x + 1];
          ip += 2;
          continue;
        case Code.StrdI:
          x = (R[a] + m[ip + 1]) | 0;
          if ((rights[x >>> 6] & rights[(x + 4) >>> 6] & Right.Write) === 0 || (x & 3) !== 0)
            break help;
          x >>>= 2;
          i32[x] = R[d];
          i32[x + 1] = R[b];
          ip += 2;
          continue;
        case Code.Count:
          i32[m[ip + 1] + R[F.Counters]]++;
          ip += 2;
          continue;
        default:
          break help;
      }
      // A branch is taken: k is the arena index of its target, b the instructions so far and whether it costs a unit.
      units -= b & 1;
      count += b >>> 1;
      ip = k;
      if (units > 0) continue;
      x = m[ip - 1];
      break loop;
    }
    core.at = ip;
    core.operand = x;
    core.units = units;
    core.stats.instructions += count;
    return true;
  }
  // One end of a slice for all branches.
  core.units = units;
  core.stats.instructions += count;
  R[F.PC] = x & -2;
  R[F.T] = x & 1;
  return false;
}
