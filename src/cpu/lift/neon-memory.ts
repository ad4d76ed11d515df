import type { Builder } from "../ir/builder.ts";
import { Op } from "../ir/ops.ts";
import { Kind, pack, sizeOf, type Structures } from "../simd/mod.ts";

// Element and structure load and store (ARM ARM A7.7, A8.8.320 and following). r: 15 without write-back, 13 by the size, else by register.

interface Address {
  readonly d: number;
  readonly n: number;
  readonly r: number;
}

/** By the field type: structures, registers for each element, distance; the greatest field align. */
const MULTIPLE: Readonly<
  Record<number, readonly [count: number, registers: number, step: number, align: number]>
> = {
  0b0111: [1, 1, 1, 1],
  0b1010: [1, 2, 1, 2],
  0b0110: [1, 3, 1, 1],
  0b0010: [1, 4, 1, 3],
  0b1000: [2, 1, 1, 2],
  0b1001: [2, 1, 2, 2],
  0b0011: [2, 2, 2, 3],
  0b0100: [3, 1, 1, 1],
  0b0101: [3, 1, 2, 1],
  0b0000: [4, 1, 1, 3],
  0b0001: [4, 1, 2, 3],
};

function multiple(t: number, e: number, a: number): Structures | undefined {
  const row = MULTIPLE[t];
  if (!row || a > row[3] || (row[0] > 1 && e === 3)) return undefined;
  const [count, registers, step] = row;
  return { count, registers, step, z: e, kind: Kind.Multiple, lane: 0, align: a ? a + 2 : 0 };
}

/** i is index_align. */
function lane(count: number, z: number, i: number): Structures | undefined {
  const step = z === 1 ? ((i >> 1) & 1) + 1 : z === 2 ? ((i >> 2) & 1) + 1 : 1;
  // What is left of index_align: the alignment.
  const rest = z === 2 ? i & 3 : i & 1;
  let align = 0;
  switch (count) {
    case 1:
      if (step === 2 || (z === 0 && rest) || (z === 2 && rest !== 0 && rest !== 3))
        return undefined;
      align = rest ? z : 0;
      break;
    case 2:
      if (rest > 1) return undefined;
      align = rest ? z + 1 : 0;
      break;
    case 3:
      if (rest) return undefined;
      break;
    default:
      if (rest === 3) return undefined;
      align = rest ? (z === 2 ? rest + 2 : z + 2) : 0;
  }
  return { count, step, registers: 1, z, kind: Kind.Lane, lane: i >> (z + 1), align };
}

function all(count: number, e: number, s: number, a: number): Structures | undefined {
  const z = e === 3 ? 2 : e;
  if (e === 3 && (count !== 4 || !a)) return undefined;
  if ((count === 3 && a) || (count === 1 && e === 0 && a)) return undefined;
  const bytes = count === 4 ? (e === 3 ? 4 : e === 2 ? 3 : z + 2) : z + count - 1;
  return {
    count,
    step: count > 1 && s ? 2 : 1,
    registers: count === 1 && s ? 2 : 1,
    z,
    kind: Kind.All,
    lane: 0,
    align: a ? bytes : 0,
  };
}

function access(ir: Builder, op: number, { d, n, r }: Address, s: Structures | undefined): void {
  const last = s && d + (s.count - 1) * s.step + s.registers - 1;
  if (!s || last! > 31 || n === 15) return ir.undefined();
  const x = ir.push(op);
  x.vd = d;
  x.a = n;
  x.i = pack(s);
  if (r === 13) ir.add(n, n, ir.imm(sizeOf(s)));
  else if (r !== 15) ir.add(n, n, r);
}

type Multiple = Address & { readonly t: number; readonly e: number; readonly a: number };
type Lane = Address & { readonly t: number; readonly e: number; readonly i: number };

export const neonMemory = {
  vst_multiple: (ir: Builder, f: Multiple) => access(ir, Op.vstn, f, multiple(f.t, f.e, f.a)),
  vld_multiple: (ir: Builder, f: Multiple) => access(ir, Op.vldn, f, multiple(f.t, f.e, f.a)),
  vst_lane: (ir: Builder, f: Lane) => access(ir, Op.vstn, f, lane(f.t + 1, f.e, f.i)),
  vld_lane: (ir: Builder, f: Lane) => access(ir, Op.vldn, f, lane(f.t + 1, f.e, f.i)),
  vld_all: (ir: Builder, f: Multiple & { readonly s: number }) =>
    access(ir, Op.vldn, f, all(f.t + 1, f.e, f.s, f.a)),
};
