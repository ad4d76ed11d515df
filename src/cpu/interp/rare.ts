import { C, N, Op, opNames } from "../ir/ops.ts";
import type { Core } from "./core.ts";
import { parallel } from "./parallel.ts";
import type { Rare } from "./rare-op.ts";
import { floatOps } from "./vfp.ts";
import { packCpsr, Slot, unpackFlags } from "./state.ts";

// Ops that compiled code seldom uses, as functions. Operands in the arena: code d e a b c i set, where stores have their
// registers s, t in e, c.

const D = 1;
const E = 2;
const A = 3;
const B = 4;
const CC = 5;
const I = 6;
const SET = 7;

function setNZ(R: Int32Array, r: number): void {
  R[Slot.N] = r;
  R[Slot.Z] = r;
}

/** d = f(a). */
const unary =
  (f: (a: number) => number): Rare =>
  (_, R, m, ip) => {
    R[m[ip + D]] = f(R[m[ip + A]]);
  };
/** d = f(a, b), N and Z when asked for. */
const logic =
  (f: (a: number, b: number) => number): Rare =>
  (_, R, m, ip) => {
    const r = f(R[m[ip + A]], R[m[ip + B]]) | 0;
    if (m[ip + SET]) setNZ(R, r);
    R[m[ip + D]] = r;
  };

/** Shift with carry out (A2.2.1): the amount is i, or the low byte of register b when i is negative. */
const shift =
  (f: (x: number, k: number) => { r: number; carry: number }): Rare =>
  (_, R, m, ip) => {
    const x = R[m[ip + A]];
    const k = m[ip + I] >= 0 ? m[ip + I] : R[m[ip + B]] & 255;
    const set = m[ip + SET];
    const { r, carry } = k === 0 ? { r: x, carry: R[Slot.C] } : f(x, k);
    if (set & N) setNZ(R, r);
    if (set & C) R[Slot.C] = carry & 1;
    R[m[ip + D]] = r;
  };

/** Saturates to a signed number of `bits` bits, sets Q when that changes it. */
function saturate(R: Int32Array, x: number, bits: number): number {
  const most = 2 ** (bits - 1) - 1;
  if (x > most) return (R[Slot.Q] = 1) && most;
  if (x < -most - 1) return (R[Slot.Q] = 1) && -most - 1;
  return x;
}
function saturateUnsigned(R: Int32Array, x: number, bits: number): number {
  const most = 2 ** bits - 1;
  if (x > most) return (R[Slot.Q] = 1) && most;
  if (x < 0) R[Slot.Q] = 1;
  return Math.max(x, 0);
}
const saturating =
  (f: (R: Int32Array, a: number, b: number) => number): Rare =>
  (_, R, m, ip) => {
    R[m[ip + D]] = f(R, R[m[ip + A]], R[m[ip + B]]);
  };
/** SSAT16, USAT16: each halfword by itself. */
const halves =
  (f: (R: Int32Array, x: number, bits: number) => number): Rare =>
  (_, R, m, ip) => {
    const x = R[m[ip + A]];
    const low = f(R, (x << 16) >> 16, m[ip + I]);
    const high = f(R, x >> 16, m[ip + I]);
    R[m[ip + D]] = (high << 16) | (low & 0xffff);
  };

const lo = (x: number): number => (x << 16) >> 16;
const hi = (x: number): number => x >> 16;
/** a.lo * b.lo +- a.hi * b.hi + c, exact, then wrapped; Q on signed overflow. */
const dual =
  (sign: 1 | -1): Rare =>
  (_, R, m, ip) => {
    const a = R[m[ip + A]];
    const b = R[m[ip + B]];
    const sum = lo(a) * lo(b) + sign * hi(a) * hi(b) + R[m[ip + CC]];
    if (sum !== (sum | 0)) R[Slot.Q] = 1;
    R[m[ip + D]] = sum | 0;
  };
const dualLong =
  (sign: 1 | -1): Rare =>
  (_, R, m, ip) => {
    const a = R[m[ip + A]];
    const b = R[m[ip + B]];
    const sum =
      BigInt(lo(a) * lo(b) + sign * hi(a) * hi(b)) +
      ((BigInt(R[m[ip + E]]) << 32n) | BigInt(R[m[ip + D]] >>> 0));
    R[m[ip + D]] = Number(BigInt.asIntN(32, sum));
    R[m[ip + E]] = Number(BigInt.asIntN(32, sum >> 32n));
  };
/** SMMLA, SMMLS: the most significant word of c:0 +- a * b, rounded when i. */
const mostSignificant =
  (sign: 1n | -1n): Rare =>
  (_, R, m, ip) => {
    const product = BigInt(R[m[ip + A]]) * BigInt(R[m[ip + B]]);
    const sum = (BigInt(R[m[ip + CC]]) << 32n) + sign * product + (m[ip + I] ? 0x80000000n : 0n);
    R[m[ip + D]] = Number(BigInt.asIntN(32, sum >> 32n));
  };

/** Flags of a long multiplication; the product is the loop's. */
const longFlags: Rare = (_, R, m, ip) => {
  R[Slot.N] = R[m[ip + E]];
  R[Slot.Z] = R[m[ip + E]] | R[m[ip + D]];
};

const parallelSum: Rare = (_, R, m, ip) => {
  const { r, ge } = parallel(m[ip + I], R[m[ip + A]], R[m[ip + B]]);
  if (ge !== undefined) R[Slot.GE] = ge;
  R[m[ip + D]] = r;
};

const usada8: Rare = (_, R, m, ip) => {
  const a = R[m[ip + A]];
  const b = R[m[ip + B]];
  let sum = R[m[ip + CC]];
  for (let k = 0; k < 32; k += 8) sum += Math.abs(((a >>> k) & 255) - ((b >>> k) & 255));
  R[m[ip + D]] = sum;
};

const ldrex: Rare = (core, R, m, ip) => {
  core.loadExclusive(ip, m[ip + D], m[ip + E], (R[m[ip + A]] + m[ip + B]) | 0, m[ip + I]);
};
const strex: Rare = (core, R, m, ip) => {
  const done = core.storeExclusive(
    ip,
    m[ip + E],
    m[ip + CC],
    (R[m[ip + A]] + m[ip + B]) | 0,
    m[ip + I],
  );
  if (core.fault === undefined) R[m[ip + D]] = done ? 0 : 1;
};
const swap =
  (size: number): Rare =>
  (core, R, m, ip) => {
    const address = R[m[ip + A]];
    if (address & (size - 1)) return core.dataAbort(address, size, "read", "alignment");
    const old = core.load(address, size);
    if (core.fault !== undefined) return;
    core.store(ip, address, size, R[m[ip + E]]);
    if (core.fault === undefined) R[m[ip + D]] = old;
  };
/** First looked at: a, and every so many bytes from r13 down to it: mostly there is a red zone of that size (kernel/thread.ts). */
const REACH_STEP = 2048;

function readable(core: Core, address: number): boolean {
  core.load(address, 1);
  const found = core.fault === undefined;
  core.fault = undefined;
  return found;
}

const reach: Rare = (core, R, m, ip) => {
  const to = R[m[ip + A]] >>> 0;
  // A stack pointer that points to nothing says nothing about a stack.
  if (!readable(core, R[13]) && !readable(core, R[13] - 1)) return;
  for (let at = R[13] >>> 0; at > to;) {
    const above = at;
    at = Math.max(at - REACH_STEP, to);
    if (core.memory.guardAt(at) !== undefined) return core.dataAbort(at, 1, "write", "guard");
    // The guard below the stack of a thread of the system is one header of the heap.
    const small = core.memory.guardedIn(at, above);
    if (small !== undefined) return core.dataAbort(small, 1, "write", "guard");
    // No guard so far: this is no stack with one. Whoever uses such a pointer faults, ADD itself does not.
    if (!readable(core, at)) return;
  }
};
/** LDRD, STRD with a register offset. */
const dualRegister =
  (store: boolean): Rare =>
  (core, R, m, ip) => {
    const registers = store ? [m[ip + E], m[ip + CC]] : [m[ip + D], m[ip + E]];
    core.transfer(ip, (R[m[ip + A]] + R[m[ip + B]]) | 0, registers, store);
  };

const functions: Partial<Record<keyof typeof Op, Rare>> = {
  mvn: logic((_, b) => ~b),
  bic: logic((a, b) => a & ~b),
  orn: logic((a, b) => a | ~b),
  lsl: shift((x, k) => ({
    r: k < 32 ? x << k : 0,
    carry: k <= 32 ? x >>> (32 - k) : 0,
  })),
  lsr: shift((x, k) => ({
    r: k < 32 ? (x >>> k) | 0 : 0,
    carry: k <= 32 ? x >>> (k - 1) : 0,
  })),
  asr: shift((x, k) => ({ r: x >> Math.min(k, 31), carry: x >> Math.min(k - 1, 31) })),
  ror: shift((x, k) => {
    const r = (x >>> (k & 31)) | (x << (32 - (k & 31)));
    return { r, carry: r >>> 31 };
  }),
  rrx: (_, R, m, ip) => {
    const x = R[m[ip + A]];
    const r = (R[Slot.C] << 31) | (x >>> 1);
    if (m[ip + SET] & N) setNZ(R, r);
    if (m[ip + SET] & C) R[Slot.C] = x & 1;
    R[m[ip + D]] = r;
  },
  umull: longFlags,
  smull: longFlags,
  umlal: longFlags,
  smlal: longFlags,
  umaal: (_, R, m, ip) => {
    const r =
      BigInt(R[m[ip + A]] >>> 0) * BigInt(R[m[ip + B]] >>> 0) +
      BigInt(R[m[ip + D]] >>> 0) +
      BigInt(R[m[ip + E]] >>> 0);
    R[m[ip + D]] = Number(BigInt.asIntN(32, r));
    R[m[ip + E]] = Number(BigInt.asIntN(32, r >> 32n));
  },
  sxtb16: unary((x) => ((lo(x << 8) >> 8) & 0xffff) | (((x << 8) >> 24) << 16)),
  uxtb16: unary((x) => x & 0x00ff00ff),
  add16: logic((a, b) => ((a & 0xffff0000) + (b & 0xffff0000)) | ((a + b) & 0xffff)),
  rev16: unary((x) => ((x & 0x00ff00ff) << 8) | ((x >>> 8) & 0x00ff00ff)),
  revsh: unary((x) => ((x << 24) >> 16) | ((x >>> 8) & 0xff)),
  pkh: logic((a, b) => (a & 0xffff) | (b & 0xffff0000)),
  qadd: saturating((R, a, b) => saturate(R, a + b, 32)),
  qsub: saturating((R, a, b) => saturate(R, a - b, 32)),
  qdadd: saturating((R, a, b) => saturate(R, a + saturate(R, b * 2, 32), 32)),
  qdsub: saturating((R, a, b) => saturate(R, a - saturate(R, b * 2, 32), 32)),
  addq: saturating((R, a, b) => {
    const r = (a + b) | 0;
    if (r !== a + b) R[Slot.Q] = 1;
    return r;
  }),
  ssat: (_, R, m, ip) => {
    R[m[ip + D]] = saturate(R, R[m[ip + A]], m[ip + I]);
  },
  usat: (_, R, m, ip) => {
    R[m[ip + D]] = saturateUnsigned(R, R[m[ip + A]], m[ip + I]);
  },
  ssat16: halves(saturate),
  usat16: halves(saturateUnsigned),
  parallel: parallelSum,
  usada8,
  smulw: logic((a, b) => Number(BigInt.asIntN(32, (BigInt(a) * BigInt(b)) >> 16n))),
  smlad: dual(1),
  smlsd: dual(-1),
  smlald: dualLong(1),
  smlsld: dualLong(-1),
  smmla: mostSignificant(1n),
  smmls: mostSignificant(-1n),
  ldrd: dualRegister(false),
  strd: dualRegister(true),
  ldrex,
  strex,
  clrex: (core) => core.clearExclusive(),
  swp: swap(4),
  swpb: swap(1),
  reach,
  mrs: (_, R, m, ip) => {
    // The T and IT bits read as zero (B9.3.8).
    R[m[ip + D]] = packCpsr(R) & ~0x0600fc20;
  },
  msr: (_, R, m, ip) => {
    const value = R[m[ip + A]];
    if (m[ip + I] & 8) unpackFlags(R, value);
    if (m[ip + I] & 4) R[Slot.GE] = (value >>> 16) & 15;
  },
  tpget: (_, R, m, ip) => {
    R[m[ip + D]] = R[Slot.ThreadId];
  },
  tpput: (_, R, m, ip) => {
    R[Slot.ThreadId] = R[m[ip + A]];
  },
};

const byOp: (Rare | undefined)[] = [...floatOps];
for (const name in functions)
  byOp[Op[name as keyof typeof Op]] = functions[name as keyof typeof Op];

/** Executes rare op number `op` at arena index `ip`; false when it faults. */
export function rare(core: Core, ip: number, op: number): boolean {
  const f = byOp[op];
  if (!f) throw new Error(`interpreter: no op ${opNames[op]}`);
  f(core, core.file, core.arena.words, ip);
  return core.fault === undefined;
}
