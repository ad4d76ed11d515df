import { type Inst, NONE, NZ, Op } from "../ir/ops.ts";
import { laneRow } from "../ir/parallel.ts";
import { amount, type Motion } from "./motions.ts";
import { singleOf } from "./shapes.ts";
import {
  added,
  BEFORE,
  type Element,
  isElement,
  isZero,
  type Loaded,
  loadedOf,
  type Operand,
  operandOf,
  sameElement,
  sameSum,
  type Sum,
  sumOf,
  UNKNOWN,
  type Value,
  ZERO,
} from "./streams-values.ts";

// An iteration of a loop is followed from its beginning to its branch back. Where it might end, that it does not is assumed, if it can be said of
// bytes that it loads, of a register that stays, or of what counts.

/** That no element of a kind is equal to an operand. */
export interface Unlike {
  readonly of: Loaded;
  readonly from: Operand;
  /** Bytes that are compared with one another: all of them, or one. */
  readonly lane: number;
}

/** It goes on while the condition holds of what `value` and `end` are when an iteration begins; `value` goes on. */
export interface Counter {
  readonly value: Sum;
  readonly end: Sum;
  readonly cond: number;
}

const BORROWS = 0x01010101;
const TOPS = 0x80808080 | 0;
const EQ = 0;
const NE = 1;
/** Conditions by what they say when the operands of the comparison change places. */
const turned: Readonly<Record<number, number>> = {
  1: 1,
  2: 9,
  9: 2,
  3: 8,
  8: 3,
  10: 13,
  13: 10,
  11: 12,
  12: 11,
};

/** What these loops consist of besides branches: ops that read nothing but a and b and what they store. */
const understood = new Set<number>([
  ...[Op.nop, Op.mov, Op.mvn, Op.add, Op.sub, Op.rsb, Op.and, Op.orr, Op.eor, Op.bic],
  ...[Op.lsl, Op.lsr, Op.asr, Op.parallel, Op.sel],
  ...[Op.ldr, Op.ldrb, Op.ldrh, Op.ldrd, Op.str, Op.strb, Op.strh, Op.strd],
]);
const shifts = new Set<number>([Op.lsl, Op.lsr, Op.asr]);
const stores = new Set<number>([Op.str, Op.strb, Op.strh, Op.strd]);

/** Follows an iteration. With `carried` undefined nothing is asked, to learn what registers have in the end. */
export class Walk {
  readonly registers = new Map<number, Value>();
  readonly loads = new Map<number, { low: number; high: number }>();
  readonly stored: { readonly to: number; readonly at: number; readonly value: Loaded }[] = [];
  readonly unlike: Unlike[] = [];
  readonly pairs: { readonly a: Loaded; readonly b: Loaded }[] = [];
  readonly fixed = new Map<number, number>();
  readonly used = new Map<number, Loaded>();
  readonly usedSums = new Map<number, Sum>();
  counter: Counter | undefined;
  private flags: Value = BEFORE;
  /** What the bits GE are: that no byte of this is 0. */
  private greater: Element | "unknown" | "before" = "before";

  constructor(
    private readonly motions: ReadonlyMap<number, Motion>,
    private readonly carried: ReadonlyMap<number, Loaded | Sum> | undefined,
  ) {}

  /** What an iteration adds to a sum. */
  stepOf({ terms }: Sum): number {
    return terms.reduce((all, [r, sign]) => all + sign * (this.motions.get(r)?.step ?? 0), 0);
  }

  /** False when it cannot be known to go round. */
  run(insts: readonly Inst[], branch: number): boolean {
    for (let k = 0; k < branch; k++) {
      const x = insts[k];
      let known: boolean;
      // What is skipped when something is not zero is executed.
      if (x.op === Op.skip) known = x.cond === NE && this.assume(this.flags, true);
      else if (x.op === Op.brc || x.op === Op.brz || x.op === Op.brnz) known = this.goes(x, false);
      else known = understood.has(x.op) && this.step(x);
      if (!known && this.carried) return false;
    }
    return insts[branch].op === Op.br || this.goes(insts[branch], true) || !this.carried;
  }

  /** Assumes that a branch is taken, or not. */
  private goes(x: Inst, taken: boolean): boolean {
    if (x.op === Op.brc) {
      if ((x.cond | 1) === NE) return this.assume(this.flags, (x.cond === EQ) === taken);
      const { flags } = this;
      return flags.k === "against" && this.count(flags.a, flags.b, taken ? x.cond : x.cond ^ 1);
    }
    return this.assume(this.of(x.a), (x.op === Op.brz) === taken);
  }
  /** Assumes that a value is zero, or not; false when it cannot be said of memory or of the counter. */
  private assume(v: Value, zero: boolean): boolean {
    if (v.k === "against") {
      const { a, b } = v;
      if (zero) return a.k === "data" && b.k === "data" && this.pair(a, b);
      const [x, y] = a.k === "data" ? [a, b] : [b, a];
      const end = operandOf(y);
      if (x.k !== "data") return this.count(a, b, NE);
      return end !== undefined && this.differ(x, end, x.size);
    }
    if (!zero) {
      if (sumOf(v)) return this.count(v, { k: "const", c: 0 }, NE);
      if (v.k === "data") return this.differ(v, ZERO, v.size);
      return v.k === "differs" && this.differ(v.of, v.from, v.of.size);
    }
    switch (v.k) {
      case "const":
        return v.c === 0;
      case "same":
        return this.fix(v.r, 0);
      case "distance":
        return this.pair(v.a, v.b);
      case "zeros":
        return v.cut && v.of.every((x) => this.noByte(x));
      case "all":
        return v.of.every((one) => this.assume(one, true));
    }
    return false;
  }
  private pair(a: Loaded, b: Loaded): boolean {
    if (a.size !== b.size) return false;
    this.pairs.push({ a, b });
    return true;
  }
  private differ(of: Loaded, from: Operand, lane: number): boolean {
    this.unlike.push({ of, from, lane });
    return true;
  }
  /** No byte of it is 0. */
  private noByte(x: Element): boolean {
    return this.differ(loadedOf(x), x.k === "data" ? ZERO : x.from, 1);
  }
  private fix(r: number, value: number): boolean {
    if ((this.fixed.get(r) ?? value) !== value) return false;
    this.fixed.set(r, value);
    return true;
  }
  /** That a condition holds of a comparison, one side of which goes on. */
  private count(a: Value, b: Value, cond: number): boolean {
    let [value, end] = [sumOf(a), sumOf(b)];
    if (!value || !end || turned[cond] === undefined) return false;
    if (this.stepOf(value) === 0) {
      [value, end] = [end, value];
      cond = turned[cond];
    }
    if (this.stepOf(end) !== 0 || this.stepOf(value) === 0) return false;
    const { counter: other } = this;
    this.counter = { value, end, cond };
    if (!other) return true;
    // The same once more.
    const way = (c: Counter): Sum => ({ ...c.value, c: (c.value.c - c.end.c) | 0 });
    const plain = [cond, other.cond].every((c) => c === NE) && end.terms.length === 0;
    return plain && other.end.terms.length === 0 && sameSum(way(this.counter), way(other));
  }

  private of(r: number): Value {
    const found = this.registers.get(r);
    if (found) return found;
    if (!this.motions.has(r)) return { k: "same", r };
    if (this.motions.get(r)) return { k: "moved", r, add: 0 };
    const from = this.carried?.get(r);
    if (!from) return BEFORE;
    if ("terms" in from) {
      this.usedSums.set(r, from);
      return { k: "sum", ...from };
    }
    this.used.set(r, from);
    return { k: "data", ...from };
  }

  private step(x: Inst): boolean {
    if (x.op === Op.nop) return true;
    const operand = (constant: boolean, n: number): Value =>
      constant ? { k: "const", c: n | 0 } : n === NONE ? UNKNOWN : this.of(n);
    const a = operand(x.ka, x.a);
    const b = operand(x.kb, x.b);
    if (a.k === "before" || b.k === "before") {
      if (x.d !== NONE) this.registers.set(x.d, UNKNOWN);
      return false;
    }
    if (shifts.has(x.op) && !x.kb) return false;
    if (singleOf(x.op) || x.op === Op.ldrd || x.op === Op.strd) return this.access(x, a);
    let value: Value;
    if (x.d !== NONE && this.motions.get(x.d)) {
      if (a.k !== "moved" || a.r !== x.d) return false;
      value = { ...a, add: a.add + amount(x) };
    } else value = this.value(x, a, b);
    if (x.d !== NONE) this.registers.set(x.d, value);
    if (x.set & NZ) {
      const compares = x.op === Op.sub && (x.d === NONE || sumOf(value) !== undefined);
      if (x.d === NONE && compares && isZero(b) && a.k !== "moved") this.flags = a;
      else this.flags = compares ? { k: "against", a, b } : value;
    }
    return true;
  }

  private access(x: Inst, a: Value): boolean {
    if (a.k !== "moved" || !x.kb || x.ka) {
      for (const r of stores.has(x.op) ? [] : [x.d, x.e])
        if (r !== NONE) this.registers.set(r, UNKNOWN);
      return false;
    }
    const size = singleOf(x.op)?.size ?? 4;
    const at = a.add + x.b;
    if (stores.has(x.op))
      return (x.op === Op.strd ? [x.s, x.t] : [x.s]).every((r, k) => {
        const value = this.of(r);
        if (value.k !== "data" || value.size !== size) return false;
        this.stored.push({ to: a.r, at: at + 4 * k, value });
        return true;
      });
    (x.op === Op.ldrd ? [x.d, x.e] : [x.d]).forEach((r, k) => {
      const from = { base: a.r, at: at + 4 * k, size };
      this.registers.set(r, { k: "data", ...from });
      widen(this.loads, from);
    });
    return true;
  }

  private value(x: Inst, a: Value, b: Value): Value {
    switch (x.op) {
      case Op.mov:
        return b;
      case Op.eor: {
        if (a.k === "data" && b.k === "data")
          return a.size === b.size ? { k: "distance", a, b } : UNKNOWN;
        const [of, other] = a.k === "data" ? [a, b] : [b, a];
        const from = operandOf(other);
        return of.k === "data" && from ? { k: "differs", of, from } : UNKNOWN;
      }
      case Op.add:
        return added(a, b, 1);
      case Op.rsb:
        return added(b, a, -1);
      case Op.sub:
        return isElement(a) && loadedOf(a).size === 4 && b.k === "const" && b.c === BORROWS
          ? { k: "borrows", of: a }
          : added(a, b, -1);
      case Op.bic:
        return a.k === "borrows" && sameElement(a.of, b)
          ? { k: "zeros", of: [a.of], cut: false }
          : UNKNOWN;
      case Op.and:
        return a.k === "zeros" && b.k === "const" && (b.c & ~TOPS) === 0
          ? { ...a, cut: true }
          : UNKNOWN;
      case Op.orr:
        if (a.k === "zeros" && b.k === "zeros" && a.cut === b.cut)
          return { ...a, of: [...a.of, ...b.of] };
        return { k: "all", of: [a, b] };
      case Op.parallel:
        this.greater = "unknown";
        // The addition of 255 carries out of all bytes but 0.
        if (laneRow(x.i).name !== "uadd8" || !isElement(a) || loadedOf(a).size !== 4)
          return UNKNOWN;
        if (b.k === "const" ? b.c === -1 : b.k === "same" && this.fix(b.r, -1)) this.greater = a;
        return UNKNOWN;
      case Op.sel:
        if (this.greater === "before") return BEFORE;
        return this.greater !== "unknown" && this.noByte(this.greater) ? a : UNKNOWN;
    }
    return UNKNOWN;
  }
}

export function widen(extents: Map<number, { low: number; high: number }>, of: Loaded): void {
  const { base, at, size } = of;
  const known = extents.get(base);
  const low = Math.min(known?.low ?? at, at);
  const high = Math.max(known?.high ?? at + size, at + size);
  extents.set(base, { low, high });
}
