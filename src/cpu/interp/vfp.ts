import { arithmetic, convert, type FloatUnit, type Sizes } from "../float/mod.ts";
import { Op } from "../ir/ops.ts";
import { execute, sizeOf, transfer, unpack, vectorsOf } from "../simd/mod.ts";
import type { Core } from "./core.ts";
import type { Rare } from "./rare-op.ts";
import { packCpsr, Slot, unpackFlags } from "./state.ts";

// Floating-point ops. Operands in the arena: code d vd a b vb i va.

const D = 1;
const VD = 2;
const A = 3;
const B = 4;
const VB = 5;
const I = 6;
const VA = 7;

type Float = (unit: FloatUnit, m: Int32Array, ip: number) => void;

const binary =
  ([single, double]: Sizes<arithmetic.Binary>): Float =>
  (unit, m, ip) =>
    (m[ip + I] ? double : single)(unit, m[ip + VD], m[ip + VA], m[ip + VB]);
const unary =
  ([single, double]: Sizes<arithmetic.Unary>): Float =>
  (unit, m, ip) =>
    (m[ip + I] ? double : single)(unit, m[ip + VD], m[ip + VA]);

const { fusedMultiplyAdd, multiplyAccumulate } = arithmetic;

const functions: Partial<Record<keyof typeof Op, Float>> = {
  vadd: binary(arithmetic.add),
  vsub: binary(arithmetic.sub),
  vmul: binary(arithmetic.mul),
  vnmul: binary(arithmetic.negatedMul),
  vdiv: binary(arithmetic.div),
  vmla: binary(multiplyAccumulate(false, false)),
  vmls: binary(multiplyAccumulate(true, false)),
  vnmla: binary(multiplyAccumulate(true, true)),
  vnmls: binary(multiplyAccumulate(false, true)),
  vfma: binary(fusedMultiplyAdd(false, false)),
  vfms: binary(fusedMultiplyAdd(true, false)),
  vfnma: binary(fusedMultiplyAdd(true, true)),
  vfnms: binary(fusedMultiplyAdd(false, true)),
  vmaxnm: (unit, m, ip) =>
    convert.extreme(unit, m[ip + I], m[ip + VD], m[ip + VA], m[ip + VB], true),
  vminnm: (unit, m, ip) =>
    convert.extreme(unit, m[ip + I], m[ip + VD], m[ip + VA], m[ip + VB], false),
  vabs: unary(arithmetic.abs),
  vneg: unary(arithmetic.neg),
  vmov: unary(arithmetic.mov),
  vsqrt: unary(arithmetic.sqrt),
  vrint: (unit, m, ip) => {
    const i = m[ip + I];
    convert.toIntegral(unit, i & 1, m[ip + VD], m[ip + VA], (i >> 1) & 7, i >> 4 !== 0);
  },
  vcmp: (unit, m, ip) => {
    const i = m[ip + I];
    arithmetic.compare(unit, i & 1, m[ip + VA], m[ip + VB], (i & 2) === 0);
  },
  vcvtf: (unit, m, ip) => {
    const i = m[ip + I];
    convert.fromInteger(unit, i & 1, m[ip + VD], m[ip + VA], (i & 2) !== 0);
  },
  vcvti: (unit, m, ip) => {
    const i = m[ip + I];
    convert.toInteger(unit, i & 1, m[ip + VD], m[ip + VA], (i & 2) !== 0, i >> 2);
  },
  vfixf: (unit, m, ip) => {
    const i = m[ip + I];
    convert.fromFixed(unit, i & 1, m[ip + VD], i & 4 ? 32 : 16, (i & 2) !== 0, i >> 3);
  },
  vfixi: (unit, m, ip) => {
    const i = m[ip + I];
    convert.toFixed(unit, i & 1, m[ip + VD], i & 4 ? 32 : 16, (i & 2) !== 0, i >> 3);
  },
  vcvt: (unit, m, ip) => (m[ip + I] ? convert.widen : convert.narrow)(unit, m[ip + VD], m[ip + VA]),
  vhalff: (unit, m, ip) => {
    const i = m[ip + I];
    convert.fromHalf(unit, i & 1, m[ip + VD], m[ip + VA], i >> 1);
  },
  vhalfi: (unit, m, ip) => {
    const i = m[ip + I];
    convert.toHalf(unit, i & 1, m[ip + VD], m[ip + VA], i >> 1);
  },
  vimm: (unit, m, ip) => {
    unit.words[m[ip + VD]] = m[ip + I];
  },
};

/** Ops that also concern the core's registers or memory. */
const mixed: Partial<Record<keyof typeof Op, Rare>> = {
  vsel: ({ float }, R, m, ip) => {
    const i = m[ip + I];
    const from = holds(i >> 1, packCpsr(R)) ? m[ip + VA] : m[ip + VB];
    arithmetic.mov[(i & 1) as 0 | 1](float, m[ip + VD], from);
  },
  vget: ({ float }, R, m, ip) => {
    R[m[ip + D]] = float.words[m[ip + VA]];
  },
  vput: ({ float }, R, m, ip) => {
    float.words[m[ip + VD]] = R[m[ip + A]];
  },
  vldm: (core, R, m, ip) => {
    const address = (R[m[ip + A]] + m[ip + B]) | 0;
    const count = m[ip + I];
    if (!core.reaches(ip, address, count, false)) return;
    const from = address >>> 2;
    core.float.words.set(core.memory.i32.subarray(from, from + count), m[ip + VD]);
  },
  vstm: (core, R, m, ip) => {
    const address = (R[m[ip + A]] + m[ip + B]) | 0;
    const count = m[ip + I];
    if (!core.reaches(ip, address, count, true)) return;
    const first = m[ip + VD];
    core.memory.i32.set(core.float.words.subarray(first, first + count), address >>> 2);
  },
  simd: ({ float }, _, m, ip) => execute(float, m[ip + I], m[ip + VD], m[ip + VA], m[ip + VB]),
  vldn: (core, R, m, ip) => structures(core, ip, R[m[ip + A]], false),
  vstn: (core, R, m, ip) => structures(core, ip, R[m[ip + A]], true),
  vgetl: ({ float }, R, m, ip) => {
    const i = m[ip + I];
    const z = i & 3;
    const from = vectorsOf(float).file.narrow(z, (i >> 2) & 1);
    R[m[ip + D]] = from[m[ip + VA] * (8 >> z) + (i >> 3)];
  },
  vputl: ({ float }, R, m, ip) => {
    const i = m[ip + I];
    const z = i & 3;
    vectorsOf(float).file.narrow(z, 0)[m[ip + VD] * (8 >> z) + (i >> 3)] = R[m[ip + A]];
  },
  vdupr: ({ float }, R, m, ip) => {
    const i = m[ip + I];
    const per = 8 >> (i & 3);
    const first = m[ip + VD] * per;
    vectorsOf(float)
      .file.narrow(i & 3, 0)
      .fill(R[m[ip + A]], first, first + (per << (i >> 2)));
  },
  vmrs: ({ float }, R, m, ip) => {
    if (m[ip + D] >= 0) R[m[ip + D]] = float.fpscr;
    else unpackFlags(R, (float.fpscr & 0xf0000000) | (R[Slot.Q] << 27));
  },
  vmsr: ({ float }, R, m, ip) => float.writeStatus(R[m[ip + A]]),
};

function structures(core: Core, ip: number, address: number, store: boolean): void {
  const { words } = core.arena;
  const s = unpack(words[ip + I]);
  if (!core.reachesBytes(ip, address, sizeOf(s), 1 << s.align, store)) return;
  const { u8 } = core.memory;
  transfer(vectorsOf(core.float), u8, s, words[ip + VD], address >>> 0, store);
}

/** EQ, VS, GE, GT: the conditions of VSEL. */
function holds(cond: number, cpsr: number): boolean {
  const sameSigns = ((cpsr >>> 31) & 1) === ((cpsr >>> 28) & 1);
  if (cond === 0) return (cpsr & (1 << 30)) !== 0;
  if (cond === 6) return (cpsr & (1 << 28)) !== 0;
  return sameSigns && (cond === 10 || (cpsr & (1 << 30)) === 0);
}

/** By op number. */
export const floatOps: (Rare | undefined)[] = [];
for (const name in functions) {
  const f = functions[name as keyof typeof Op]!;
  floatOps[Op[name as keyof typeof Op]] = ({ float }, _, m, ip) => {
    float.touch();
    f(float, m, ip);
  };
}
for (const name in mixed) {
  const f = mixed[name as keyof typeof Op]!;
  floatOps[Op[name as keyof typeof Op]] = (core, R, m, ip) => {
    core.float.touch();
    f(core, R, m, ip);
  };
}
