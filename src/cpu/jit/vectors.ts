import { FPSCR, REGISTERS, STATUS } from "../float/mod.ts";
import { type Inst, Op } from "../ir/ops.ts";
import { Kind, nameOf, type OperationName, places, sizeOf, unpack } from "../simd/mod.ts";
import { FILE, local } from "./layout.ts";
import { SIZED, V, V128 } from "./vector-opcodes.ts";
import { W, type Writer } from "./wasm.ts";

// Advanced SIMD with the host's vectors. Registers stay in the file: a region with such instructions keeps none of the floating-point
// registers in locals (float-registers.ts). What saturates, rounds or estimates is left to the interpreter, and so is arithmetic in single
// precision unless it is known that the host's result is the guest's.

/** (module (func v128.const 0 drop)) */
const PROBE = [
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 23, 1, 21, 0],
  ...[0xfd, 12, ...Array<number>(16).fill(0), 0x1a, 0x0b],
];
let host: boolean | undefined;
/** The host can. */
function hasVectors(): boolean {
  return (host ??= WebAssembly.validate(new Uint8Array(PROBE)));
}

/** Operands of an operation, and how they are pushed. */
interface Operands {
  readonly w: Writer;
  readonly z: number;
  readonly u: number;
  readonly q: number;
  readonly i: number;
  n(): void;
  m(): void;
  d(): void;
}
/** Pushes the result. */
type Result = (o: Operands) => void;

const vector = (w: Writer, op: number): void => {
  w.byte(0xfd);
  w.unsigned(op);
};
const zero = (w: Writer): void => splat(w, 2, 0);
function splat(w: Writer, z: number, value: number): void {
  w.const(value);
  vector(w, V.splat[z]);
}
/** Bytes of two vectors. */
function shuffle(w: Writer, from: readonly number[]): void {
  vector(w, V.shuffle);
  for (let k = 0; k < 16; k++) w.byte(from[k] ?? 0);
}
/** Bytes of so many elements; element k is `place(k)` of those of two operands, of which each has `count`. */
function elements(z: number, count: number, place: (k: number) => number): number[] {
  const list: number[] = [];
  for (let k = 0; k < count; k++) {
    const at = place(k);
    const first = at < count ? at << z : 16 + ((at - count) << z);
    for (let b = 0; b < 1 << z; b++) list.push(first + b);
  }
  return list;
}

const bits =
  (op: number): Result =>
  ({ w, n, m }) => {
    n();
    m();
    vector(w, op);
  };
/** By the size of the elements; where the host has none, the interpreter. */
const each =
  (signed: readonly number[], unsigned = signed): Result =>
  ({ w, n, m, z, u }) => {
    n();
    m();
    vector(w, (u ? unsigned : signed)[z]);
  };
const unary =
  (ops: readonly number[]): Result =>
  ({ w, m, z }) => {
    m();
    vector(w, ops[z]);
  };
const withZero =
  (ops: readonly number[]): Result =>
  ({ w, m, z }) => {
    m();
    zero(w);
    vector(w, ops[z]);
  };
const select =
  (a: "n" | "m" | "d", b: "n" | "m" | "d", by: "m" | "d"): Result =>
  (o) => {
    o[a]();
    o[b]();
    o[by]();
    vector(o.w, V.bitselect);
  };
/** d + or - what another pushes, in elements of a size more when `wider`. */
const onto =
  (ops: readonly number[], result: Result, wider = 0): Result =>
  (o) => {
    o.d();
    result(o);
    vector(o.w, ops[o.z + wider]);
  };
const difference: Result = (o) => {
  each(SIZED.maxS, SIZED.maxU)(o);
  each(SIZED.minS, SIZED.minU)(o);
  vector(o.w, SIZED.sub[o.z]);
};
const shiftRight: Result = ({ w, m, z, u, i }) => {
  const all = 8 << z;
  if (u && i === all) return zero(w);
  m();
  w.const(Math.min(i, all - 1));
  vector(w, (u ? SIZED.shrU : SIZED.shrS)[z]);
};
const extend = (w: Writer, z: number, u: number): void =>
  vector(w, (u ? SIZED.extendU : SIZED.extendS)[z]);
const long =
  (ops: readonly number[], wideN: boolean): Result =>
  ({ w, n, m, z, u }) => {
    n();
    if (!wideN) extend(w, z, u);
    m();
    extend(w, z, u);
    vector(w, ops[z + 1]);
  };
const product = each(SIZED.extmulS, SIZED.extmulU);
/** The lower halves of elements of the larger size. */
const narrow = (w: Writer, z: number): void => {
  zero(w);
  const count = 16 >> z;
  shuffle(
    w,
    elements(z, count, (k) => (2 * k) % count),
  );
};
const pairs =
  (signed: readonly number[], unsigned = signed): Result =>
  ({ w, n, m, z, u }) => {
    const per = 8 >> z;
    for (const odd of [0, 1]) {
      n();
      m();
      shuffle(
        w,
        elements(z, per, (k) => 2 * k + odd),
      );
    }
    vector(w, (u ? unsigned : signed)[z]);
  };
const neighbours: Result = ({ w, m, z, u }) => {
  m();
  vector(w, (u ? SIZED.pairsU : SIZED.pairsS)[z]);
};
const reverse =
  (group: number): Result =>
  ({ w, m, z }) => {
    m();
    zero(w);
    const flip = (1 << (group - z)) - 1;
    shuffle(
      w,
      elements(z, 16 >> z, (k) => k ^ flip),
    );
  };

/** A result for these sizes of elements (a bit each). */
type Row = readonly [sizes: number, result: Result];
const ALL = 15;
const NARROW = 7;

/** Made when the first region with such instructions is. */
const makeRows = (): Partial<Record<OperationName, Row>> => ({
  vand: [ALL, bits(V.and)],
  vorr: [ALL, bits(V.or)],
  veor: [ALL, bits(V.xor)],
  vbic: [ALL, bits(V.andnot)],
  vorn: [
    ALL,
    ({ w, n, m }) => {
      n();
      m();
      vector(w, V.not);
      vector(w, V.or);
    },
  ],
  vmvn: [
    ALL,
    ({ w, m }) => {
      m();
      vector(w, V.not);
    },
  ],
  vbsl: [ALL, select("n", "m", "d")],
  vbit: [ALL, select("n", "d", "m")],
  vbif: [ALL, select("d", "n", "m")],
  vadd: [ALL, each(SIZED.add)],
  vsub: [ALL, each(SIZED.sub)],
  vmul: [6, each(SIZED.mul)],
  vmla: [6, onto(SIZED.add, each(SIZED.mul))],
  vmls: [6, onto(SIZED.sub, each(SIZED.mul))],
  vmax: [NARROW, each(SIZED.maxS, SIZED.maxU)],
  vmin: [NARROW, each(SIZED.minS, SIZED.minU)],
  vabd: [NARROW, difference],
  vaba: [NARROW, onto(SIZED.add, difference)],
  vcgt: [NARROW, each(SIZED.gtS, SIZED.gtU)],
  vcge: [NARROW, each(SIZED.geS, SIZED.geU)],
  vceq: [NARROW, each(SIZED.eq)],
  vtst: [
    NARROW,
    (o) => {
      bits(V.and)(o);
      zero(o.w);
      vector(o.w, SIZED.ne[o.z]);
    },
  ],
  vcgtZero: [NARROW, withZero(SIZED.gtS)],
  vcgeZero: [NARROW, withZero(SIZED.geS)],
  vceqZero: [NARROW, withZero(SIZED.eq)],
  vcleZero: [NARROW, withZero(SIZED.leS)],
  vcltZero: [NARROW, withZero(SIZED.ltS)],
  vabs: [NARROW, unary(SIZED.abs)],
  vneg: [NARROW, unary(SIZED.neg)],
  vcnt: [1, unary([V.popcnt])],
  vshr: [ALL, shiftRight],
  vsra: [ALL, onto(SIZED.add, shiftRight)],
  vshl: [
    ALL,
    ({ w, m, z, i }) => {
      m();
      w.const(i);
      vector(w, SIZED.shl[z]);
    },
  ],
  vaddl: [NARROW, long(SIZED.add, false)],
  vsubl: [NARROW, long(SIZED.sub, false)],
  vaddw: [NARROW, long(SIZED.add, true)],
  vsubw: [NARROW, long(SIZED.sub, true)],
  vmull: [NARROW, product],
  vmlal: [NARROW, onto(SIZED.add, product, 1)],
  vmlsl: [NARROW, onto(SIZED.sub, product, 1)],
  vshll: [
    NARROW,
    ({ w, m, z, u, i }) => {
      m();
      extend(w, z, u);
      w.const(i);
      vector(w, SIZED.shl[z + 1]);
    },
  ],
  vmovn: [
    NARROW,
    ({ w, m, z }) => {
      m();
      narrow(w, z);
    },
  ],
  vshrn: [
    NARROW,
    ({ w, m, z, i }) => {
      m();
      w.const(i);
      vector(w, SIZED.shrU[z + 1]);
      narrow(w, z);
    },
  ],
  vpadd: [NARROW, pairs(SIZED.add)],
  vpmax: [NARROW, pairs(SIZED.maxS, SIZED.maxU)],
  vpmin: [NARROW, pairs(SIZED.minS, SIZED.minU)],
  vpaddl: [3, neighbours],
  vpadal: [3, onto(SIZED.add, neighbours, 1)],
  vrev64: [NARROW, reverse(3)],
  vrev32: [NARROW, reverse(2)],
  vrev16: [NARROW, reverse(1)],
  vext: [
    ALL,
    ({ w, n, m, q, i }) => {
      n();
      m();
      shuffle(
        w,
        elements(0, 8 << q, (k) => k + i),
      );
    },
  ],
});

/** What has a q register as its result, whatever its field says. */
const TO_Q = new Set<OperationName>([
  "vaddl",
  "vsubl",
  "vaddw",
  "vsubw",
  "vmull",
  "vmlal",
  "vmlsl",
  "vshll",
]);
/** What has one as its operand, though the result is half of it. */
const FROM_Q = new Set<OperationName>(["vmovn", "vshrn"]);

/** Single precision: the host's op, and that which adds the result to d. */
const FLOATS: Partial<Record<OperationName, { readonly op: number; readonly add?: number }>> = {
  vaddF: { op: V.addF },
  vsubF: { op: V.subF },
  vmulF: { op: V.mulF },
  vmlaF: { op: V.mulF, add: V.addF },
  vmlsF: { op: V.mulF, add: V.subF },
};

let rows: ReturnType<typeof makeRows> | undefined;

/** Structures of one element, all of them: what VLD1 and VST1 of whole registers move. */
export function vectorBytes(x: Inst): number | undefined {
  if ((x.op !== Op.vldn && x.op !== Op.vstn) || !hasVectors()) return undefined;
  const s = unpack(x.i);
  return s.count === 1 && s.kind === Kind.Multiple ? sizeOf(s) : undefined;
}

/** True for what translated code does itself of Advanced SIMD, loads and stores apart. */
export function isVectorOp(x: Inst): boolean {
  if (x.op === Op.vdupr || x.op === Op.vputl || x.op === Op.vgetl) return hasVectors();
  if (x.op !== Op.simd || !hasVectors()) return false;
  const name = nameOf(x.i);
  if (name in places || name === "vdup" || name in FLOATS) return true;
  const row = (rows ??= makeRows())[name];
  return row !== undefined && (row[0] & (1 << ((x.i >> 9) & 3))) !== 0;
}

/** Writes them. Locals for vectors are taken from `first` on. */
export class VectorEmitter {
  /** Where the locals for vectors begin: R and A, B, C. */
  first = 0;

  constructor(private readonly w: Writer) {}

  emit(x: Inst, refused: () => void): void {
    const { w } = this;
    const z = x.i & 3;
    const index = (x.i >> 3) << z;
    switch (x.op) {
      case Op.vdupr:
        return this.put(x.vd, (x.i >> 2) & 1, () => {
          w.get(local(x.a));
          vector(w, V.splat[z]);
        });
      case Op.vputl:
        w.const(FILE);
        w.get(local(x.a));
        return w.memory([W.store8, W.store16, W.store][z], byte(x.vd) + index);
      case Op.vgetl: {
        const loads = x.i & 4 ? [W.load8u, W.load16u, W.load] : [W.load8s, W.load16s, W.load];
        w.const(FILE);
        w.memory(loads[z], byte(x.va) + index);
        return w.set(local(x.d));
      }
    }
    this.operation(x, refused);
  }

  private operation(x: Inst, refused: () => void): void {
    const { w } = this;
    const name = nameOf(x.i);
    const z = (x.i >> 9) & 3;
    const u = (x.i >> 11) & 1;
    const i = (x.i >> 12) & 255;
    const scalar = (x.i >> 20) & 0x3f;
    const field = (x.i >> 8) & 1;
    const q = TO_Q.has(name) ? 1 : field;
    const place = places[name as keyof typeof places];
    if (place) return this.exchange(x, z, q, place);
    const wide = FROM_Q.has(name) ? 1 : q;
    const n = (): void => this.get(x.va, wide);
    const d = (): void => this.get(x.vd, q);
    const m = (): void => {
      if (!scalar) return this.get(x.vb, wide);
      w.const(FILE);
      this.memory(V.loadSplat[z], byte(x.vb) + ((scalar & 0x1f) << z));
    };
    if (name === "vdup")
      return this.put(x.vd, q, () => {
        w.const(FILE);
        this.memory(V.loadSplat[z], byte(x.vb) + (i << z));
      });
    const float = FLOATS[name];
    if (float) return this.float(x, q, { n, m, d }, float, refused);
    this.put(x.vd, q, () => rows![name]![1]({ w, z, u, q, i, n, m, d }));
  }

  /** Both registers are written. */
  private exchange(
    x: Inst,
    z: number,
    q: number,
    place: (k: number, count: number) => number,
  ): void {
    const { w } = this;
    const count = (8 << q) >> z;
    // The result of d is on top: it is stored first, as the interpreter does.
    for (const from of [count, 0]) {
      w.const(FILE);
      this.get(x.vd, q);
      this.get(x.vb, q);
      shuffle(
        w,
        elements(z, count, (k) => place(k + from, count)),
      );
    }
    this.store(x.vd, q);
    this.store(x.vb, q);
  }

  /**
   * The host's result is the guest's, whatever its modes, when operands are no denormals and the result is a normal number or an exact
   * zero; and when the flag for inexact is set already, none has to be found.
   */
  private float(
    x: Inst,
    q: number,
    { n, m, d }: Pick<Operands, "n" | "m" | "d">,
    { op, add }: { readonly op: number; readonly add?: number },
    refused: () => void,
  ): void {
    const { w, first } = this;
    const [R, A, B, BAD] = [first, first + 1, first + 2, first + 3];
    n();
    w.set(A);
    m();
    w.set(B);
    w.get(A);
    w.get(B);
    vector(w, op);
    w.set(R);
    this.badOperand(A);
    this.badOperand(B);
    vector(w, V.or);
    this.badResult(R);
    if (op === V.mulF) {
      // A zero is exact when one of the factors is.
      this.isZero(A);
      this.isZero(B);
      vector(w, V.or);
      this.isZero(R);
      vector(w, V.and);
      vector(w, V.andnot);
    } else {
      this.isZero(R);
      vector(w, V.andnot);
    }
    vector(w, V.or);
    w.set(BAD);
    if (add !== undefined) {
      d();
      w.tee(A);
      w.get(R);
      vector(w, add);
      w.set(R);
      w.get(BAD);
      this.badOperand(A);
      vector(w, V.or);
      this.badResult(R);
      this.isZero(R);
      vector(w, V.andnot);
      vector(w, V.or);
      w.set(BAD);
    }
    w.get(BAD);
    vector(w, V.anyTrue);
    w.const(FILE);
    w.memory(W.load, STATUS * 4);
    w.const(FPSCR.IXC);
    w.op(W.and, W.eqz, W.or);
    w.openUnlikely();
    refused();
    w.end();
    this.put(x.vd, q, () => w.get(R));
  }
  /** Pushes a mask: elements that are denormals. */
  private badOperand(at: number): void {
    this.within(at, 1, 0x7fffff);
  }
  /** Elements that are neither normal numbers above the least one nor zeros; zeros are in it too. */
  private badResult(at: number): void {
    this.within(at, 0x800001, 0x7f800000 - 0x800001);
    vector(this.w, V.not);
  }
  /** The magnitude as a word less `from` is below `count`. */
  private within(at: number, from: number, count: number): void {
    const { w } = this;
    w.get(at);
    splat(w, 2, 0x7fffffff);
    vector(w, V.and);
    splat(w, 2, from);
    vector(w, SIZED.sub[2]);
    splat(w, 2, count);
    vector(w, V.ltU32);
  }
  private isZero(at: number): void {
    const { w } = this;
    w.get(at);
    zero(w);
    vector(w, V.eqF);
  }

  /** Whole registers from or to guest memory at the address in `base`. */
  transfer(x: Inst, base: number, offset: number): void {
    const { w } = this;
    const bytes = vectorBytes(x)!;
    const store = x.op === Op.vstn;
    for (let k = 0; k < bytes;) {
      const two = bytes - k >= 16;
      const file = byte(x.vd) + k;
      if (store) w.get(base);
      else w.const(FILE);
      if (store) w.const(FILE);
      else w.get(base);
      const [from, to] = store ? [file, offset + k] : [offset + k, file];
      if (two) {
        this.memory(V.load, from);
        this.memory(V.store, to);
      } else {
        w.memory(W.load64, from);
        w.memory(W.store64, to);
      }
      k += two ? 16 : 8;
    }
  }

  private get(v: number, q: number): void {
    this.w.const(FILE);
    this.memory(q ? V.load : V.load64, byte(v));
  }
  private put(v: number, q: number, push: () => void): void {
    this.w.const(FILE);
    push();
    this.store(v, q);
  }
  private store(v: number, q: number): void {
    this.memory(q ? V.store : V.store64, byte(v));
    if (!q) this.w.byte(0);
  }
  private memory(op: number, offset: number): void {
    vector(this.w, op);
    this.w.byte(0);
    this.w.unsigned(offset);
  }
}

/** Byte offset of a d register. */
function byte(v: number): number {
  return (REGISTERS + 2 * v) * 4;
}

/** Declares them. */
export function declareVectors(w: Writer): void {
  w.unsigned(4);
  w.byte(V128);
}
