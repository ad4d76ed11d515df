import { type Exit, SVC_UNITS } from "../types.ts";
import type { Core } from "./core.ts";
import { rare } from "./rare.ts";

/**
 * The interpreter's own instruction set: the IR of a block is encoded into the arena as these codes, each followed by its
 * operands (one word each; d, a, b are indices into the register file, k a constant).
 *
 * JavaScriptCore makes a jump table only from integer literals and inlines members of a `const enum` only where the enum
 * is declared, so it stands beside the loop. The loop's bytecode must stay below the limit of the top tier (20,000); ops that are
 * rare in compiled code are functions in rare.ts, reached by codes from `Rare` upwards.
 */
export const enum Code {
  Halt, // never dispatched
  // Leaving a block. A branch target is an arena index whose preceding word is the guest address (bit 0: Thumb).
  Exit, // patch: find the target of the preceding word and write it to `patch`
  Leave, // go on at the guest address of this place
  PrefetchAbort,
  B, // to cost count
  BL, // to cost count lr
  Bx, // a pc count
  Bz, // a to cost count
  Bnz, // a to cost count
  Beq, // to cost count; in the order of the conditions
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
  CmpBeqR, // a b to cost count; compare and branch
  CmpBneR,
  CmpBcsR,
  CmpBccR,
  CmpBhiR,
  CmpBlsR,
  CmpBgeR,
  CmpBltR,
  CmpBgtR,
  CmpBleR,
  CmpBeqI, // a k to cost count
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
  SubsBne, // d a k to cost count
  Svc, // imm next it count
  Udf,
  Bkpt, // imm

  // Data processing: d a b, or d a k.
  MovR,
  MovI,
  MovsR,
  MovsI,
  MvnR,
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
  OrrsR,
  OrrsI,
  EorsR,
  EorsI,
  CmpR, // a b
  CmpI, // a k
  CmnR,
  CmnI,
  TstR,
  TstI,
  TeqR,
  TeqI,
  LslI,
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
  AddLsl, // d a b k: d = a + (b << k)
  AddLsr,
  AddAsr,
  SubLsl,
  OrrLsl,
  OrrLsr,
  EorLsl,
  EorLsr,
  Mul, // d a b
  Muls,
  Mla, // d a b c
  Mls,
  Umull, // d e a b
  Smull,
  Umlal,
  Smlal,
  Sdiv,
  Udiv,
  Sxtb, // d a
  Sxth,
  Clz,
  Rev,
  Ubfx, // d a left right: shifts that cut the field out
  Sbfx,
  Bfi, // d a lsb mask

  // Memory: d a k, d a b shift, d address.
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
  LdrAbs,
  StrI,
  StrbI,
  StrhI,
  StrX,
  StrbX,
  StrhX,
  LdrPost, // d a k: d = [a], a += k
  LdrbPost,
  StrPost,
  StrbPost,
  LdrdI, // d e a k
  StrdI,
  Ldm, // a offset writeback n r...
  Stm,

  Rare = 256,
}

/** The register file, see state.ts. */
const enum F {
  PC = 15,
  Junk = 24,
  N = 26,
  Z = 27,
  C = 28,
  V = 29,
  T = 32,
  IT = 33,
}

const enum Right {
  Read = 1,
  Write = 2,
}

/** Size in words of every op of rare.ts, its code included. */
export const RARE_WORDS = 8;

/** Entries of the cache of indirect branch targets: two words each, guest address and arena index. */
export const CACHE_MASK = 0x3fff;

const SLICE: Exit = 0;
const STOP: Exit = 1;

/** Runs from arena index `ip` until an exit. */
export type Loop = (ip: number) => Exit;

export function createLoop(core: Core): Loop {
  const R = core.file;
  const m = core.arena.words;
  const cache = core.arena.cache;
  const { rights, i32, u16, i16, u8, i8 } = core.memory;

  return function loop(ip: number): Exit {
    let units = core.units;
    let count = 0;
    for (;;) {
      switch (m[ip]) {
        case Code.Exit:
          ip = core.link(m[ip - 1], m[ip + 1], ip);
          continue;
        case Code.Leave:
          core.units = units;
          core.stats.instructions += count;
          count = 0;
          ip = core.leave(ip);
          continue;
        case Code.PrefetchAbort:
          core.units = units;
          core.stats.instructions += count;
          return core.prefetchAbort();

        case Code.B:
          units -= m[ip + 2];
          count += m[ip + 3];
          ip = m[ip + 1];
          if (units > 0) continue;
          break;
        case Code.BL:
          R[14] = m[ip + 4];
          units -= m[ip + 2];
          count += m[ip + 3];
          ip = m[ip + 1];
          if (units > 0) continue;
          break;
        case Code.Bx: {
          const key = R[m[ip + 1]];
          count += m[ip + 3];
          if ((key & -2) >>> 0 <= m[ip + 2] >>> 0 && --units <= 0) {
            core.units = units;
            core.stats.instructions += count;
            R[F.PC] = key & -2;
            R[F.T] = key & 1;
            return SLICE;
          }
          const h = ((key >>> 1) & CACHE_MASK) << 1;
          ip = cache[h] === key ? cache[h + 1] : core.find(key);
          continue;
        }
        case Code.Bz:
          if (R[m[ip + 1]] !== 0) {
            ip += 5;
            continue;
          }
          units -= m[ip + 3];
          count += m[ip + 4];
          ip = m[ip + 2];
          if (units > 0) continue;
          break;
        case Code.Bnz:
          if (R[m[ip + 1]] === 0) {
            ip += 5;
            continue;
          }
          units -= m[ip + 3];
          count += m[ip + 4];
          ip = m[ip + 2];
          if (units > 0) continue;
          break;
        case Code.Beq:
          if (R[F.Z] !== 0) {
            ip += 4;
            continue;
          }
          units -= m[ip + 2];
          count += m[ip + 3];
          ip = m[ip + 1];
          if (units > 0) continue;
          break;
        case Code.Bne:
          if (R[F.Z] === 0) {
            ip += 4;
            continue;
          }
          units -= m[ip + 2];
          count += m[ip + 3];
          ip = m[ip + 1];
          if (units > 0) continue;
          break;
        case Code.Bcs:
          if (R[F.C] === 0) {
            ip += 4;
            continue;
          }
          units -= m[ip + 2];
          count += m[ip + 3];
          ip = m[ip + 1];
          if (units > 0) continue;
          break;
        case Code.Bcc:
          if (R[F.C] !== 0) {
            ip += 4;
            continue;
          }
          units -= m[ip + 2];
          count += m[ip + 3];
          ip = m[ip + 1];
          if (units > 0) continue;
          break;
        case Code.Bmi:
          if (R[F.N] >= 0) {
            ip += 4;
            continue;
          }
          units -= m[ip + 2];
          count += m[ip + 3];
          ip = m[ip + 1];
          if (units > 0) continue;
          break;
        case Code.Bpl:
          if (R[F.N] < 0) {
            ip += 4;
            continue;
          }
          units -= m[ip + 2];
          count += m[ip + 3];
          ip = m[ip + 1];
          if (units > 0) continue;
          break;
        case Code.Bvs:
          if (R[F.V] >= 0) {
            ip += 4;
            continue;
          }
          units -= m[ip + 2];
          count += m[ip + 3];
          ip = m[ip + 1];
          if (units > 0) continue;
          break;
        case Code.Bvc:
          if (R[F.V] < 0) {
            ip += 4;
            continue;
          }
          units -= m[ip + 2];
          count += m[ip + 3];
          ip = m[ip + 1];
          if (units > 0) continue;
          break;
        case Code.Bhi:
          if (R[F.C] === 0 || R[F.Z] === 0) {
            ip += 4;
            continue;
          }
          units -= m[ip + 2];
          count += m[ip + 3];
          ip = m[ip + 1];
          if (units > 0) continue;
          break;
        case Code.Bls:
          if (R[F.C] !== 0 && R[F.Z] !== 0) {
            ip += 4;
            continue;
          }
          units -= m[ip + 2];
          count += m[ip + 3];
          ip = m[ip + 1];
          if (units > 0) continue;
          break;
        case Code.Bge:
          if ((R[F.N] ^ R[F.V]) < 0) {
            ip += 4;
            continue;
          }
          units -= m[ip + 2];
          count += m[ip + 3];
          ip = m[ip + 1];
          if (units > 0) continue;
          break;
        case Code.Blt:
          if ((R[F.N] ^ R[F.V]) >= 0) {
            ip += 4;
            continue;
          }
          units -= m[ip + 2];
          count += m[ip + 3];
          ip = m[ip + 1];
          if (units > 0) continue;
          break;
        case Code.Bgt:
          if (R[F.Z] === 0 || (R[F.N] ^ R[F.V]) < 0) {
            ip += 4;
            continue;
          }
          units -= m[ip + 2];
          count += m[ip + 3];
          ip = m[ip + 1];
          if (units > 0) continue;
          break;
        case Code.Ble:
          if (R[F.Z] !== 0 && (R[F.N] ^ R[F.V]) >= 0) {
            ip += 4;
            continue;
          }
          units -= m[ip + 2];
          count += m[ip + 3];
          ip = m[ip + 1];
          if (units > 0) continue;
          break;
        case Code.CmpBeqR: {
          const a = R[m[ip + 1]];
          const b = R[m[ip + 2]];
          const r = (a - b) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = a >>> 0 >= b >>> 0 ? 1 : 0;
          R[F.V] = (a ^ b) & (a ^ r);
          if (a !== b) {
            ip += 6;
            continue;
          }
          units -= m[ip + 4];
          count += m[ip + 5];
          ip = m[ip + 3];
          if (units > 0) continue;
          break;
        }
        case Code.CmpBneR: {
          const a = R[m[ip + 1]];
          const b = R[m[ip + 2]];
          const r = (a - b) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = a >>> 0 >= b >>> 0 ? 1 : 0;
          R[F.V] = (a ^ b) & (a ^ r);
          if (a === b) {
            ip += 6;
            continue;
          }
          units -= m[ip + 4];
          count += m[ip + 5];
          ip = m[ip + 3];
          if (units > 0) continue;
          break;
        }
        case Code.CmpBcsR: {
          const a = R[m[ip + 1]];
          const b = R[m[ip + 2]];
          const r = (a - b) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = a >>> 0 >= b >>> 0 ? 1 : 0;
          R[F.V] = (a ^ b) & (a ^ r);
          if (a >>> 0 < b >>> 0) {
            ip += 6;
            continue;
          }
          units -= m[ip + 4];
          count += m[ip + 5];
          ip = m[ip + 3];
          if (units > 0) continue;
          break;
        }
        case Code.CmpBccR: {
          const a = R[m[ip + 1]];
          const b = R[m[ip + 2]];
          const r = (a - b) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = a >>> 0 >= b >>> 0 ? 1 : 0;
          R[F.V] = (a ^ b) & (a ^ r);
          if (a >>> 0 >= b >>> 0) {
            ip += 6;
            continue;
          }
          units -= m[ip + 4];
          count += m[ip + 5];
          ip = m[ip + 3];
          if (units > 0) continue;
          break;
        }
        case Code.CmpBhiR: {
          const a = R[m[ip + 1]];
          const b = R[m[ip + 2]];
          const r = (a - b) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = a >>> 0 >= b >>> 0 ? 1 : 0;
          R[F.V] = (a ^ b) & (a ^ r);
          if (a >>> 0 <= b >>> 0) {
            ip += 6;
            continue;
          }
          units -= m[ip + 4];
          count += m[ip + 5];
          ip = m[ip + 3];
          if (units > 0) continue;
          break;
        }
        case Code.CmpBlsR: {
          const a = R[m[ip + 1]];
          const b = R[m[ip + 2]];
          const r = (a - b) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = a >>> 0 >= b >>> 0 ? 1 : 0;
          R[F.V] = (a ^ b) & (a ^ r);
          if (a >>> 0 > b >>> 0) {
            ip += 6;
            continue;
          }
          units -= m[ip + 4];
          count += m[ip + 5];
          ip = m[ip + 3];
          if (units > 0) continue;
          break;
        }
        case Code.CmpBgeR: {
          const a = R[m[ip + 1]];
          const b = R[m[ip + 2]];
          const r = (a - b) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = a >>> 0 >= b >>> 0 ? 1 : 0;
          R[F.V] = (a ^ b) & (a ^ r);
          if (a < b) {
            ip += 6;
            continue;
          }
          units -= m[ip + 4];
          count += m[ip + 5];
          ip = m[ip + 3];
          if (units > 0) continue;
          break;
        }
        case Code.CmpBltR: {
          const a = R[m[ip + 1]];
          const b = R[m[ip + 2]];
          const r = (a - b) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = a >>> 0 >= b >>> 0 ? 1 : 0;
          R[F.V] = (a ^ b) & (a ^ r);
          if (a >= b) {
            ip += 6;
            continue;
          }
          units -= m[ip + 4];
          count += m[ip + 5];
          ip = m[ip + 3];
          if (units > 0) continue;
          break;
        }
        case Code.CmpBgtR: {
          const a = R[m[ip + 1]];
          const b = R[m[ip + 2]];
          const r = (a - b) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = a >>> 0 >= b >>> 0 ? 1 : 0;
          R[F.V] = (a ^ b) & (a ^ r);
          if (a <= b) {
            ip += 6;
            continue;
          }
          units -= m[ip + 4];
          count += m[ip + 5];
          ip = m[ip + 3];
          if (units > 0) continue;
          break;
        }
        case Code.CmpBleR: {
          const a = R[m[ip + 1]];
          const b = R[m[ip + 2]];
          const r = (a - b) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = a >>> 0 >= b >>> 0 ? 1 : 0;
          R[F.V] = (a ^ b) & (a ^ r);
          if (a > b) {
            ip += 6;
            continue;
          }
          units -= m[ip + 4];
          count += m[ip + 5];
          ip = m[ip + 3];
          if (units > 0) continue;
          break;
        }
        case Code.CmpBeqI: {
          const a = R[m[ip + 1]];
          const b = m[ip + 2];
          const r = (a - b) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = a >>> 0 >= b >>> 0 ? 1 : 0;
          R[F.V] = (a ^ b) & (a ^ r);
          if (a !== b) {
            ip += 6;
            continue;
          }
          units -= m[ip + 4];
          count += m[ip + 5];
          ip = m[ip + 3];
          if (units > 0) continue;
          break;
        }
        case Code.CmpBneI: {
          const a = R[m[ip + 1]];
          const b = m[ip + 2];
          const r = (a - b) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = a >>> 0 >= b >>> 0 ? 1 : 0;
          R[F.V] = (a ^ b) & (a ^ r);
          if (a === b) {
            ip += 6;
            continue;
          }
          units -= m[ip + 4];
          count += m[ip + 5];
          ip = m[ip + 3];
          if (units > 0) continue;
          break;
        }
        case Code.CmpBcsI: {
          const a = R[m[ip + 1]];
          const b = m[ip + 2];
          const r = (a - b) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = a >>> 0 >= b >>> 0 ? 1 : 0;
          R[F.V] = (a ^ b) & (a ^ r);
          if (a >>> 0 < b >>> 0) {
            ip += 6;
            continue;
          }
          units -= m[ip + 4];
          count += m[ip + 5];
          ip = m[ip + 3];
          if (units > 0) continue;
          break;
        }
        case Code.CmpBccI: {
          const a = R[m[ip + 1]];
          const b = m[ip + 2];
          const r = (a - b) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = a >>> 0 >= b >>> 0 ? 1 : 0;
          R[F.V] = (a ^ b) & (a ^ r);
          if (a >>> 0 >= b >>> 0) {
            ip += 6;
            continue;
          }
          units -= m[ip + 4];
          count += m[ip + 5];
          ip = m[ip + 3];
          if (units > 0) continue;
          break;
        }
        case Code.CmpBhiI: {
          const a = R[m[ip + 1]];
          const b = m[ip + 2];
          const r = (a - b) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = a >>> 0 >= b >>> 0 ? 1 : 0;
          R[F.V] = (a ^ b) & (a ^ r);
          if (a >>> 0 <= b >>> 0) {
            ip += 6;
            continue;
          }
          units -= m[ip + 4];
          count += m[ip + 5];
          ip = m[ip + 3];
          if (units > 0) continue;
          break;
        }
        case Code.CmpBlsI: {
          const a = R[m[ip + 1]];
          const b = m[ip + 2];
          const r = (a - b) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = a >>> 0 >= b >>> 0 ? 1 : 0;
          R[F.V] = (a ^ b) & (a ^ r);
          if (a >>> 0 > b >>> 0) {
            ip += 6;
            continue;
          }
          units -= m[ip + 4];
          count += m[ip + 5];
          ip = m[ip + 3];
          if (units > 0) continue;
          break;
        }
        case Code.CmpBgeI: {
          const a = R[m[ip + 1]];
          const b = m[ip + 2];
          const r = (a - b) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = a >>> 0 >= b >>> 0 ? 1 : 0;
          R[F.V] = (a ^ b) & (a ^ r);
          if (a < b) {
            ip += 6;
            continue;
          }
          units -= m[ip + 4];
          count += m[ip + 5];
          ip = m[ip + 3];
          if (units > 0) continue;
          break;
        }
        case Code.CmpBltI: {
          const a = R[m[ip + 1]];
          const b = m[ip + 2];
          const r = (a - b) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = a >>> 0 >= b >>> 0 ? 1 : 0;
          R[F.V] = (a ^ b) & (a ^ r);
          if (a >= b) {
            ip += 6;
            continue;
          }
          units -= m[ip + 4];
          count += m[ip + 5];
          ip = m[ip + 3];
          if (units > 0) continue;
          break;
        }
        case Code.CmpBgtI: {
          const a = R[m[ip + 1]];
          const b = m[ip + 2];
          const r = (a - b) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = a >>> 0 >= b >>> 0 ? 1 : 0;
          R[F.V] = (a ^ b) & (a ^ r);
          if (a <= b) {
            ip += 6;
            continue;
          }
          units -= m[ip + 4];
          count += m[ip + 5];
          ip = m[ip + 3];
          if (units > 0) continue;
          break;
        }
        case Code.CmpBleI: {
          const a = R[m[ip + 1]];
          const b = m[ip + 2];
          const r = (a - b) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = a >>> 0 >= b >>> 0 ? 1 : 0;
          R[F.V] = (a ^ b) & (a ^ r);
          if (a > b) {
            ip += 6;
            continue;
          }
          units -= m[ip + 4];
          count += m[ip + 5];
          ip = m[ip + 3];
          if (units > 0) continue;
          break;
        }
        case Code.TstBeqR: {
          const r = R[m[ip + 1]] & R[m[ip + 2]];
          R[F.N] = r;
          R[F.Z] = r;
          if (r !== 0) {
            ip += 6;
            continue;
          }
          units -= m[ip + 4];
          count += m[ip + 5];
          ip = m[ip + 3];
          if (units > 0) continue;
          break;
        }
        case Code.TstBneR: {
          const r = R[m[ip + 1]] & R[m[ip + 2]];
          R[F.N] = r;
          R[F.Z] = r;
          if (r === 0) {
            ip += 6;
            continue;
          }
          units -= m[ip + 4];
          count += m[ip + 5];
          ip = m[ip + 3];
          if (units > 0) continue;
          break;
        }
        case Code.TstBeqI: {
          const r = R[m[ip + 1]] & m[ip + 2];
          R[F.N] = r;
          R[F.Z] = r;
          if (r !== 0) {
            ip += 6;
            continue;
          }
          units -= m[ip + 4];
          count += m[ip + 5];
          ip = m[ip + 3];
          if (units > 0) continue;
          break;
        }
        case Code.TstBneI: {
          const r = R[m[ip + 1]] & m[ip + 2];
          R[F.N] = r;
          R[F.Z] = r;
          if (r === 0) {
            ip += 6;
            continue;
          }
          units -= m[ip + 4];
          count += m[ip + 5];
          ip = m[ip + 3];
          if (units > 0) continue;
          break;
        }
        case Code.SubsBne: {
          const a = R[m[ip + 2]];
          const b = m[ip + 3];
          const r = (a - b) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = a >>> 0 >= b >>> 0 ? 1 : 0;
          R[F.V] = (a ^ b) & (a ^ r);
          R[m[ip + 1]] = r;
          if (r === 0) {
            ip += 7;
            continue;
          }
          units -= m[ip + 5];
          count += m[ip + 6];
          ip = m[ip + 4];
          if (units > 0) continue;
          break;
        }
        case Code.Svc: {
          const next = m[ip + 2];
          const it = m[ip + 3];
          const version = core.arena.version;
          R[F.PC] = next & -2;
          R[F.T] = next & 1;
          R[F.IT] = it;
          core.units = units - SVC_UNITS;
          core.stats.instructions += count + m[ip + 4];
          core.stats.svcs++;
          const go = core.onSvc(m[ip + 1]);
          if (!go) return STOP;
          units = core.units;
          if (units <= 0) return SLICE;
          if (
            R[F.PC] === (next & -2) &&
            R[F.T] === (next & 1) &&
            R[F.IT] === it &&
            core.arena.version === version
          ) {
            count = -m[ip + 4];
            R[F.IT] = 0;
            ip += 5;
            continue;
          }
          count = 0;
          ip = core.enter();
          continue;
        }
        case Code.Udf:
        case Code.Bkpt:
          core.units = units;
          core.stats.instructions += count;
          return core.trap(ip);
        case Code.MovR:
          R[m[ip + 1]] = R[m[ip + 2]];
          ip += 3;
          continue;
        case Code.MovI:
          R[m[ip + 1]] = m[ip + 2];
          ip += 3;
          continue;
        case Code.MovsR: {
          const r = R[m[ip + 2]];
          R[F.N] = r;
          R[F.Z] = r;
          R[m[ip + 1]] = r;
          ip += 3;
          continue;
        }
        case Code.MovsI: {
          const r = m[ip + 2];
          R[F.N] = r;
          R[F.Z] = r;
          R[m[ip + 1]] = r;
          ip += 3;
          continue;
        }
        case Code.MvnR:
          R[m[ip + 1]] = ~R[m[ip + 2]];
          ip += 3;
          continue;
        case Code.AddR:
          R[m[ip + 1]] = (R[m[ip + 2]] + R[m[ip + 3]]) | 0;
          ip += 4;
          continue;
        case Code.AddI:
          R[m[ip + 1]] = (R[m[ip + 2]] + m[ip + 3]) | 0;
          ip += 4;
          continue;
        case Code.SubR:
          R[m[ip + 1]] = (R[m[ip + 2]] - R[m[ip + 3]]) | 0;
          ip += 4;
          continue;
        case Code.RsbI:
          R[m[ip + 1]] = (m[ip + 3] - R[m[ip + 2]]) | 0;
          ip += 4;
          continue;
        case Code.AdcR:
          R[m[ip + 1]] = (R[m[ip + 2]] + R[m[ip + 3]] + R[F.C]) | 0;
          ip += 4;
          continue;
        case Code.AdcI:
          R[m[ip + 1]] = (R[m[ip + 2]] + m[ip + 3] + R[F.C]) | 0;
          ip += 4;
          continue;
        case Code.SbcR:
          R[m[ip + 1]] = (R[m[ip + 2]] - R[m[ip + 3]] - 1 + R[F.C]) | 0;
          ip += 4;
          continue;
        case Code.SbcI:
          R[m[ip + 1]] = (R[m[ip + 2]] - m[ip + 3] - 1 + R[F.C]) | 0;
          ip += 4;
          continue;
        case Code.AndR:
          R[m[ip + 1]] = R[m[ip + 2]] & R[m[ip + 3]];
          ip += 4;
          continue;
        case Code.AndI:
          R[m[ip + 1]] = R[m[ip + 2]] & m[ip + 3];
          ip += 4;
          continue;
        case Code.OrrR:
          R[m[ip + 1]] = R[m[ip + 2]] | R[m[ip + 3]];
          ip += 4;
          continue;
        case Code.OrrI:
          R[m[ip + 1]] = R[m[ip + 2]] | m[ip + 3];
          ip += 4;
          continue;
        case Code.EorR:
          R[m[ip + 1]] = R[m[ip + 2]] ^ R[m[ip + 3]];
          ip += 4;
          continue;
        case Code.EorI:
          R[m[ip + 1]] = R[m[ip + 2]] ^ m[ip + 3];
          ip += 4;
          continue;
        case Code.BicR:
          R[m[ip + 1]] = R[m[ip + 2]] & ~R[m[ip + 3]];
          ip += 4;
          continue;
        case Code.AddsR: {
          const a = R[m[ip + 2]];
          const b = R[m[ip + 3]];
          const r = (a + b) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = r >>> 0 < a >>> 0 ? 1 : 0;
          R[F.V] = (a ^ r) & (b ^ r);
          R[m[ip + 1]] = r;
          ip += 4;
          continue;
        }
        case Code.AddsI: {
          const a = R[m[ip + 2]];
          const b = m[ip + 3];
          const r = (a + b) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = r >>> 0 < a >>> 0 ? 1 : 0;
          R[F.V] = (a ^ r) & (b ^ r);
          R[m[ip + 1]] = r;
          ip += 4;
          continue;
        }
        case Code.SubsR: {
          const a = R[m[ip + 2]];
          const b = R[m[ip + 3]];
          const r = (a - b) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = a >>> 0 >= b >>> 0 ? 1 : 0;
          R[F.V] = (a ^ b) & (a ^ r);
          R[m[ip + 1]] = r;
          ip += 4;
          continue;
        }
        case Code.SubsI: {
          const a = R[m[ip + 2]];
          const b = m[ip + 3];
          const r = (a - b) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = a >>> 0 >= b >>> 0 ? 1 : 0;
          R[F.V] = (a ^ b) & (a ^ r);
          R[m[ip + 1]] = r;
          ip += 4;
          continue;
        }
        case Code.RsbsI: {
          const b = R[m[ip + 2]];
          const a = m[ip + 3];
          const r = (a - b) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = a >>> 0 >= b >>> 0 ? 1 : 0;
          R[F.V] = (a ^ b) & (a ^ r);
          R[m[ip + 1]] = r;
          ip += 4;
          continue;
        }
        case Code.AdcsR: {
          const a = R[m[ip + 2]];
          const b = R[m[ip + 3]];
          const r = (a + b + R[F.C]) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = ((a & b) | ((a | b) & ~r)) >>> 31;
          R[F.V] = (a ^ r) & (b ^ r);
          R[m[ip + 1]] = r;
          ip += 4;
          continue;
        }
        case Code.AdcsI: {
          const a = R[m[ip + 2]];
          const b = m[ip + 3];
          const r = (a + b + R[F.C]) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = ((a & b) | ((a | b) & ~r)) >>> 31;
          R[F.V] = (a ^ r) & (b ^ r);
          R[m[ip + 1]] = r;
          ip += 4;
          continue;
        }
        case Code.SbcsR: {
          const a = R[m[ip + 2]];
          const b = ~R[m[ip + 3]];
          const r = (a + b + R[F.C]) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = ((a & b) | ((a | b) & ~r)) >>> 31;
          R[F.V] = (a ^ r) & (b ^ r);
          R[m[ip + 1]] = r;
          ip += 4;
          continue;
        }
        case Code.SbcsI: {
          const a = R[m[ip + 2]];
          const b = ~m[ip + 3];
          const r = (a + b + R[F.C]) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = ((a & b) | ((a | b) & ~r)) >>> 31;
          R[F.V] = (a ^ r) & (b ^ r);
          R[m[ip + 1]] = r;
          ip += 4;
          continue;
        }
        case Code.AndsR: {
          const r = R[m[ip + 2]] & R[m[ip + 3]];
          R[F.N] = r;
          R[F.Z] = r;
          R[m[ip + 1]] = r;
          ip += 4;
          continue;
        }
        case Code.AndsI: {
          const r = R[m[ip + 2]] & m[ip + 3];
          R[F.N] = r;
          R[F.Z] = r;
          R[m[ip + 1]] = r;
          ip += 4;
          continue;
        }
        case Code.OrrsR: {
          const r = R[m[ip + 2]] | R[m[ip + 3]];
          R[F.N] = r;
          R[F.Z] = r;
          R[m[ip + 1]] = r;
          ip += 4;
          continue;
        }
        case Code.OrrsI: {
          const r = R[m[ip + 2]] | m[ip + 3];
          R[F.N] = r;
          R[F.Z] = r;
          R[m[ip + 1]] = r;
          ip += 4;
          continue;
        }
        case Code.EorsR: {
          const r = R[m[ip + 2]] ^ R[m[ip + 3]];
          R[F.N] = r;
          R[F.Z] = r;
          R[m[ip + 1]] = r;
          ip += 4;
          continue;
        }
        case Code.EorsI: {
          const r = R[m[ip + 2]] ^ m[ip + 3];
          R[F.N] = r;
          R[F.Z] = r;
          R[m[ip + 1]] = r;
          ip += 4;
          continue;
        }
        case Code.CmpR: {
          const a = R[m[ip + 1]];
          const b = R[m[ip + 2]];
          const r = (a - b) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = a >>> 0 >= b >>> 0 ? 1 : 0;
          R[F.V] = (a ^ b) & (a ^ r);
          ip += 3;
          continue;
        }
        case Code.CmpI: {
          const a = R[m[ip + 1]];
          const b = m[ip + 2];
          const r = (a - b) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = a >>> 0 >= b >>> 0 ? 1 : 0;
          R[F.V] = (a ^ b) & (a ^ r);
          ip += 3;
          continue;
        }
        case Code.CmnR: {
          const a = R[m[ip + 1]];
          const b = R[m[ip + 2]];
          const r = (a + b) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = r >>> 0 < a >>> 0 ? 1 : 0;
          R[F.V] = (a ^ r) & (b ^ r);
          ip += 3;
          continue;
        }
        case Code.CmnI: {
          const a = R[m[ip + 1]];
          const b = m[ip + 2];
          const r = (a + b) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = r >>> 0 < a >>> 0 ? 1 : 0;
          R[F.V] = (a ^ r) & (b ^ r);
          ip += 3;
          continue;
        }
        case Code.TstR: {
          const r = R[m[ip + 1]] & R[m[ip + 2]];
          R[F.N] = r;
          R[F.Z] = r;
          ip += 3;
          continue;
        }
        case Code.TstI: {
          const r = R[m[ip + 1]] & m[ip + 2];
          R[F.N] = r;
          R[F.Z] = r;
          ip += 3;
          continue;
        }
        case Code.TeqR: {
          const r = R[m[ip + 1]] ^ R[m[ip + 2]];
          R[F.N] = r;
          R[F.Z] = r;
          ip += 3;
          continue;
        }
        case Code.TeqI: {
          const r = R[m[ip + 1]] ^ m[ip + 2];
          R[F.N] = r;
          R[F.Z] = r;
          ip += 3;
          continue;
        }
        case Code.LslI:
          R[m[ip + 1]] = R[m[ip + 2]] << m[ip + 3];
          ip += 4;
          continue;
        case Code.LsrI:
          R[m[ip + 1]] = R[m[ip + 2]] >>> m[ip + 3];
          ip += 4;
          continue;
        case Code.AsrI:
          R[m[ip + 1]] = R[m[ip + 2]] >> m[ip + 3];
          ip += 4;
          continue;
        case Code.RorI: {
          const x = R[m[ip + 2]];
          const k = m[ip + 3];
          R[m[ip + 1]] = (x >>> k) | (x << (32 - k));
          ip += 4;
          continue;
        }
        case Code.LslR: {
          const k = R[m[ip + 3]] & 255;
          R[m[ip + 1]] = k < 32 ? R[m[ip + 2]] << k : 0;
          ip += 4;
          continue;
        }
        case Code.LsrR: {
          const k = R[m[ip + 3]] & 255;
          R[m[ip + 1]] = k < 32 ? R[m[ip + 2]] >>> k : 0;
          ip += 4;
          continue;
        }
        case Code.AsrR: {
          const k = R[m[ip + 3]] & 255;
          R[m[ip + 1]] = R[m[ip + 2]] >> (k < 32 ? k : 31);
          ip += 4;
          continue;
        }
        case Code.RorR: {
          const x = R[m[ip + 2]];
          const k = R[m[ip + 3]] & 31;
          R[m[ip + 1]] = (x >>> k) | (x << (32 - k));
          ip += 4;
          continue;
        }
        case Code.LslsI: {
          const x = R[m[ip + 2]];
          const k = m[ip + 3];
          const r = x << k;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = (x >>> (32 - k)) & 1;
          R[m[ip + 1]] = r;
          ip += 4;
          continue;
        }
        case Code.LsrsI: {
          const x = R[m[ip + 2]];
          const k = m[ip + 3];
          const r = (x >>> k) | 0;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = (x >>> (k - 1)) & 1;
          R[m[ip + 1]] = r;
          ip += 4;
          continue;
        }
        case Code.AsrsI: {
          const x = R[m[ip + 2]];
          const k = m[ip + 3];
          const r = x >> k;
          R[F.N] = r;
          R[F.Z] = r;
          R[F.C] = (x >> (k - 1)) & 1;
          R[m[ip + 1]] = r;
          ip += 4;
          continue;
        }
        case Code.AddLsl:
          R[m[ip + 1]] = (R[m[ip + 2]] + (R[m[ip + 3]] << m[ip + 4])) | 0;
          ip += 5;
          continue;
        case Code.AddLsr:
          R[m[ip + 1]] = (R[m[ip + 2]] + (R[m[ip + 3]] >>> m[ip + 4])) | 0;
          ip += 5;
          continue;
        case Code.AddAsr:
          R[m[ip + 1]] = (R[m[ip + 2]] + (R[m[ip + 3]] >> m[ip + 4])) | 0;
          ip += 5;
          continue;
        case Code.SubLsl:
          R[m[ip + 1]] = (R[m[ip + 2]] - (R[m[ip + 3]] << m[ip + 4])) | 0;
          ip += 5;
          continue;
        case Code.OrrLsl:
          R[m[ip + 1]] = R[m[ip + 2]] | (R[m[ip + 3]] << m[ip + 4]);
          ip += 5;
          continue;
        case Code.OrrLsr:
          R[m[ip + 1]] = R[m[ip + 2]] | (R[m[ip + 3]] >>> m[ip + 4]);
          ip += 5;
          continue;
        case Code.EorLsl:
          R[m[ip + 1]] = R[m[ip + 2]] ^ (R[m[ip + 3]] << m[ip + 4]);
          ip += 5;
          continue;
        case Code.EorLsr:
          R[m[ip + 1]] = R[m[ip + 2]] ^ (R[m[ip + 3]] >>> m[ip + 4]);
          ip += 5;
          continue;
        case Code.Mul:
          R[m[ip + 1]] = Math.imul(R[m[ip + 2]], R[m[ip + 3]]);
          ip += 4;
          continue;
        case Code.Muls: {
          const r = Math.imul(R[m[ip + 2]], R[m[ip + 3]]);
          R[F.N] = r;
          R[F.Z] = r;
          R[m[ip + 1]] = r;
          ip += 4;
          continue;
        }
        case Code.Mla:
          R[m[ip + 1]] = (R[m[ip + 4]] + Math.imul(R[m[ip + 2]], R[m[ip + 3]])) | 0;
          ip += 5;
          continue;
        case Code.Mls:
          R[m[ip + 1]] = (R[m[ip + 4]] - Math.imul(R[m[ip + 2]], R[m[ip + 3]])) | 0;
          ip += 5;
          continue;
        case Code.Umull:
          core.long(m[ip], m[ip + 1], m[ip + 2], R[m[ip + 3]], R[m[ip + 4]]);
          ip += 5;
          continue;
        case Code.Smull:
          core.long(m[ip], m[ip + 1], m[ip + 2], R[m[ip + 3]], R[m[ip + 4]]);
          ip += 5;
          continue;
        case Code.Umlal:
          core.long(m[ip], m[ip + 1], m[ip + 2], R[m[ip + 3]], R[m[ip + 4]]);
          ip += 5;
          continue;
        case Code.Smlal:
          core.long(m[ip], m[ip + 1], m[ip + 2], R[m[ip + 3]], R[m[ip + 4]]);
          ip += 5;
          continue;
        case Code.Sdiv: {
          const b = R[m[ip + 3]];
          R[m[ip + 1]] = b === 0 ? 0 : (R[m[ip + 2]] / b) | 0;
          ip += 4;
          continue;
        }
        case Code.Udiv: {
          const b = R[m[ip + 3]];
          R[m[ip + 1]] = b === 0 ? 0 : ((R[m[ip + 2]] >>> 0) / (b >>> 0)) >>> 0;
          ip += 4;
          continue;
        }
        case Code.Sxtb:
          R[m[ip + 1]] = (R[m[ip + 2]] << 24) >> 24;
          ip += 3;
          continue;
        case Code.Sxth:
          R[m[ip + 1]] = (R[m[ip + 2]] << 16) >> 16;
          ip += 3;
          continue;
        case Code.Clz:
          R[m[ip + 1]] = Math.clz32(R[m[ip + 2]]);
          ip += 3;
          continue;
        case Code.Rev: {
          const x = R[m[ip + 2]];
          R[m[ip + 1]] = (x << 24) | ((x & 0xff00) << 8) | ((x >>> 8) & 0xff00) | (x >>> 24);
          ip += 3;
          continue;
        }
        case Code.Ubfx:
          R[m[ip + 1]] = (R[m[ip + 2]] << m[ip + 3]) >>> m[ip + 4];
          ip += 5;
          continue;
        case Code.Sbfx:
          R[m[ip + 1]] = (R[m[ip + 2]] << m[ip + 3]) >> m[ip + 4];
          ip += 5;
          continue;
        case Code.Bfi: {
          const mask = m[ip + 4];
          R[m[ip + 1]] = (R[m[ip + 1]] & ~mask) | ((R[m[ip + 2]] << m[ip + 3]) & mask);
          ip += 5;
          continue;
        }
        case Code.LdrI: {
          const address = (R[m[ip + 2]] + m[ip + 3]) | 0;
          if ((rights[address >>> 6] & Right.Read) !== 0 && (address & 3) === 0) {
            R[m[ip + 1]] = i32[address >>> 2];
          } else {
            const value = core.load(address, 4);
            if (core.fault !== undefined) break;
            R[m[ip + 1]] = value;
          }
          ip += 4;
          continue;
        }
        case Code.LdrbI: {
          const address = (R[m[ip + 2]] + m[ip + 3]) | 0;
          if ((rights[address >>> 6] & Right.Read) !== 0) {
            R[m[ip + 1]] = u8[address];
          } else {
            const value = core.load(address, 1);
            if (core.fault !== undefined) break;
            R[m[ip + 1]] = value;
          }
          ip += 4;
          continue;
        }
        case Code.LdrhI: {
          const address = (R[m[ip + 2]] + m[ip + 3]) | 0;
          if ((rights[address >>> 6] & Right.Read) !== 0 && (address & 1) === 0) {
            R[m[ip + 1]] = u16[address >>> 1];
          } else {
            const value = core.load(address, 2);
            if (core.fault !== undefined) break;
            R[m[ip + 1]] = value;
          }
          ip += 4;
          continue;
        }
        case Code.LdrsbI: {
          const address = (R[m[ip + 2]] + m[ip + 3]) | 0;
          if ((rights[address >>> 6] & Right.Read) !== 0) {
            R[m[ip + 1]] = i8[address];
          } else {
            const value = core.load(address, 1);
            if (core.fault !== undefined) break;
            R[m[ip + 1]] = (value << 24) >> 24;
          }
          ip += 4;
          continue;
        }
        case Code.LdrshI: {
          const address = (R[m[ip + 2]] + m[ip + 3]) | 0;
          if ((rights[address >>> 6] & Right.Read) !== 0 && (address & 1) === 0) {
            R[m[ip + 1]] = i16[address >>> 1];
          } else {
            const value = core.load(address, 2);
            if (core.fault !== undefined) break;
            R[m[ip + 1]] = (value << 16) >> 16;
          }
          ip += 4;
          continue;
        }
        case Code.LdrX: {
          const address = (R[m[ip + 2]] + (R[m[ip + 3]] << m[ip + 4])) | 0;
          if ((rights[address >>> 6] & Right.Read) !== 0 && (address & 3) === 0) {
            R[m[ip + 1]] = i32[address >>> 2];
          } else {
            const value = core.load(address, 4);
            if (core.fault !== undefined) break;
            R[m[ip + 1]] = value;
          }
          ip += 5;
          continue;
        }
        case Code.LdrbX: {
          const address = (R[m[ip + 2]] + (R[m[ip + 3]] << m[ip + 4])) | 0;
          if ((rights[address >>> 6] & Right.Read) !== 0) {
            R[m[ip + 1]] = u8[address];
          } else {
            const value = core.load(address, 1);
            if (core.fault !== undefined) break;
            R[m[ip + 1]] = value;
          }
          ip += 5;
          continue;
        }
        case Code.LdrhX: {
          const address = (R[m[ip + 2]] + (R[m[ip + 3]] << m[ip + 4])) | 0;
          if ((rights[address >>> 6] & Right.Read) !== 0 && (address & 1) === 0) {
            R[m[ip + 1]] = u16[address >>> 1];
          } else {
            const value = core.load(address, 2);
            if (core.fault !== undefined) break;
            R[m[ip + 1]] = value;
          }
          ip += 5;
          continue;
        }
        case Code.LdrsbX: {
          const address = (R[m[ip + 2]] + (R[m[ip + 3]] << m[ip + 4])) | 0;
          if ((rights[address >>> 6] & Right.Read) !== 0) {
            R[m[ip + 1]] = i8[address];
          } else {
            const value = core.load(address, 1);
            if (core.fault !== undefined) break;
            R[m[ip + 1]] = (value << 24) >> 24;
          }
          ip += 5;
          continue;
        }
        case Code.LdrshX: {
          const address = (R[m[ip + 2]] + (R[m[ip + 3]] << m[ip + 4])) | 0;
          if ((rights[address >>> 6] & Right.Read) !== 0 && (address & 1) === 0) {
            R[m[ip + 1]] = i16[address >>> 1];
          } else {
            const value = core.load(address, 2);
            if (core.fault !== undefined) break;
            R[m[ip + 1]] = (value << 16) >> 16;
          }
          ip += 5;
          continue;
        }
        case Code.LdrAbs: {
          const address = m[ip + 2];
          if ((rights[address >>> 6] & Right.Read) !== 0 && (address & 3) === 0) {
            R[m[ip + 1]] = i32[address >>> 2];
          } else {
            const value = core.load(address, 4);
            if (core.fault !== undefined) break;
            R[m[ip + 1]] = value;
          }
          ip += 3;
          continue;
        }
        case Code.StrI: {
          const address = (R[m[ip + 2]] + m[ip + 3]) | 0;
          if ((rights[address >>> 6] & Right.Write) !== 0 && (address & 3) === 0) {
            i32[address >>> 2] = R[m[ip + 1]];
          } else {
            core.store(ip, address, 4, R[m[ip + 1]]);
            if (core.fault !== undefined) break;
          }
          ip += 4;
          continue;
        }
        case Code.StrbI: {
          const address = (R[m[ip + 2]] + m[ip + 3]) | 0;
          if ((rights[address >>> 6] & Right.Write) !== 0) {
            u8[address] = R[m[ip + 1]];
          } else {
            core.store(ip, address, 1, R[m[ip + 1]]);
            if (core.fault !== undefined) break;
          }
          ip += 4;
          continue;
        }
        case Code.StrhI: {
          const address = (R[m[ip + 2]] + m[ip + 3]) | 0;
          if ((rights[address >>> 6] & Right.Write) !== 0 && (address & 1) === 0) {
            u16[address >>> 1] = R[m[ip + 1]];
          } else {
            core.store(ip, address, 2, R[m[ip + 1]]);
            if (core.fault !== undefined) break;
          }
          ip += 4;
          continue;
        }
        case Code.StrX: {
          const address = (R[m[ip + 2]] + (R[m[ip + 3]] << m[ip + 4])) | 0;
          if ((rights[address >>> 6] & Right.Write) !== 0 && (address & 3) === 0) {
            i32[address >>> 2] = R[m[ip + 1]];
          } else {
            core.store(ip, address, 4, R[m[ip + 1]]);
            if (core.fault !== undefined) break;
          }
          ip += 5;
          continue;
        }
        case Code.StrbX: {
          const address = (R[m[ip + 2]] + (R[m[ip + 3]] << m[ip + 4])) | 0;
          if ((rights[address >>> 6] & Right.Write) !== 0) {
            u8[address] = R[m[ip + 1]];
          } else {
            core.store(ip, address, 1, R[m[ip + 1]]);
            if (core.fault !== undefined) break;
          }
          ip += 5;
          continue;
        }
        case Code.StrhX: {
          const address = (R[m[ip + 2]] + (R[m[ip + 3]] << m[ip + 4])) | 0;
          if ((rights[address >>> 6] & Right.Write) !== 0 && (address & 1) === 0) {
            u16[address >>> 1] = R[m[ip + 1]];
          } else {
            core.store(ip, address, 2, R[m[ip + 1]]);
            if (core.fault !== undefined) break;
          }
          ip += 5;
          continue;
        }
        case Code.LdrPost: {
          const address = R[m[ip + 2]];
          if ((rights[address >>> 6] & Right.Read) !== 0 && (address & 3) === 0) {
            R[m[ip + 1]] = i32[address >>> 2];
          } else {
            const value = core.load(address, 4);
            if (core.fault !== undefined) break;
            R[m[ip + 1]] = value;
          }
          R[m[ip + 2]] = (R[m[ip + 2]] + m[ip + 3]) | 0;
          ip += 4;
          continue;
        }
        case Code.LdrbPost: {
          const address = R[m[ip + 2]];
          if ((rights[address >>> 6] & Right.Read) !== 0) {
            R[m[ip + 1]] = u8[address];
          } else {
            const value = core.load(address, 1);
            if (core.fault !== undefined) break;
            R[m[ip + 1]] = value;
          }
          R[m[ip + 2]] = (R[m[ip + 2]] + m[ip + 3]) | 0;
          ip += 4;
          continue;
        }
        case Code.StrPost: {
          const address = R[m[ip + 2]];
          if ((rights[address >>> 6] & Right.Write) !== 0 && (address & 3) === 0) {
            i32[address >>> 2] = R[m[ip + 1]];
          } else {
            core.store(ip, address, 4, R[m[ip + 1]]);
            if (core.fault !== undefined) break;
          }
          R[m[ip + 2]] = (R[m[ip + 2]] + m[ip + 3]) | 0;
          ip += 4;
          continue;
        }
        case Code.StrbPost: {
          const address = R[m[ip + 2]];
          if ((rights[address >>> 6] & Right.Write) !== 0) {
            u8[address] = R[m[ip + 1]];
          } else {
            core.store(ip, address, 1, R[m[ip + 1]]);
            if (core.fault !== undefined) break;
          }
          R[m[ip + 2]] = (R[m[ip + 2]] + m[ip + 3]) | 0;
          ip += 4;
          continue;
        }
        case Code.LdrdI: {
          const address = (R[m[ip + 3]] + m[ip + 4]) | 0;
          if (!core.multiple(ip, address, 2, false)) break;
          const w = address >>> 2;
          R[m[ip + 1]] = i32[w];
          R[m[ip + 2]] = i32[w + 1];
          ip += 5;
          continue;
        }
        case Code.StrdI: {
          const address = (R[m[ip + 3]] + m[ip + 4]) | 0;
          if (!core.multiple(ip, address, 2, true)) break;
          const w = address >>> 2;
          i32[w] = R[m[ip + 1]];
          i32[w + 1] = R[m[ip + 2]];
          ip += 5;
          continue;
        }
        case Code.Ldm: {
          const base = R[m[ip + 1]];
          const n = m[ip + 4];
          const address = (base + m[ip + 2]) | 0;
          if (
            (rights[address >>> 6] & rights[(address + n * 4 - 4) >>> 6] & Right.Read) === 0 ||
            (address & 3) !== 0
          ) {
            if (!core.multiple(ip, address, n, false)) break;
          }
          const written = (base + m[ip + 3]) | 0;
          let w = address >>> 2;
          const end = ip + 5 + n;
          R[m[ip + 1]] = written;
          for (let k = ip + 5; k < end; k++) R[m[k]] = i32[w++];
          ip = end;
          continue;
        }
        case Code.Stm: {
          const base = R[m[ip + 1]];
          const n = m[ip + 4];
          const address = (base + m[ip + 2]) | 0;
          if (
            (rights[address >>> 6] & rights[(address + n * 4 - 4) >>> 6] & Right.Write) === 0 ||
            (address & 3) !== 0
          ) {
            if (!core.multiple(ip, address, n, true)) break;
          }
          const written = (base + m[ip + 3]) | 0;
          let w = address >>> 2;
          const end = ip + 5 + n;
          for (let k = ip + 5; k < end; k++) i32[w++] = R[m[k]];
          R[m[ip + 1]] = written;
          ip = end;
          continue;
        }
        default:
          rare(core, ip);
          if (core.fault === undefined) {
            ip += RARE_WORDS;
            continue;
          }
          break;
      }
      core.units = units;
      core.stats.instructions += count;
      if (core.fault !== undefined) return core.faultAt(ip);
      // The units are used up at a taken branch; ip is its target.
      const key = m[ip - 1];
      R[F.PC] = key & -2;
      R[F.T] = key & 1;
      return SLICE;
    }
  };
}
