import { type Inst, NONE, NZ, Op } from "../ir/ops.ts";
import { laneRow } from "../ir/parallel.ts";
import { amount, type Motion, motionsOf } from "./motions.ts";
import { singleOf } from "./shapes.ts";

// Loops of one block that go through memory until they meet something: functions on strings, searches, copies. One iteration is
// followed with hypotheses about the bytes that it loads, "none is 0", "these are equal to those", under which it certainly goes
// round again. As long as memory is so, iterations can be left out, but for the last of them: registers that go on by constants are
// moved, and whatever else an iteration leaves behind, the last one computes.

/** An element in memory: so many bytes from the value that register `base` has when the iteration begins. */
export interface Loaded {
  readonly base: number;
  readonly at: number;
  readonly size: number;
}
/** A register, or a constant when `r` is NONE. */
export interface Operand {
  readonly r: number;
  readonly k: number;
}
/** A sum of registers, each once or taken away, and a constant. */
export interface Sum {
  readonly terms: readonly (readonly [r: number, sign: 1 | -1])[];
  readonly c: number;
}
/** That no element of a kind is equal to an operand. */
export interface Unlike {
  readonly of: Loaded;
  readonly from: Operand;
  /** Bytes that are compared with one another: all of them, or one. */
  readonly lane: number;
}

export interface Stream {
  /** Bytes of an iteration, a power of 2. */
  readonly step: number;
  /** Bytes from `base` + low up to `base` + high are looked at for the first iteration; undefined: none. */
  readonly scan:
    | {
        readonly base: number;
        readonly low: number;
        readonly high: number;
        readonly unlike: readonly Unlike[];
        /** They are equal to those from this register + low + delta on. */
        readonly other: { readonly base: number; readonly delta: number } | undefined;
      }
    | undefined;
  /** What the first iteration loads, by the register. */
  readonly loads: ReadonlyMap<number, { readonly low: number; readonly high: number }>;
  /** It stores at [to + at, to + at + step) what is at `from` + at + delta. */
  readonly copy:
    | { readonly to: number; readonly at: number; readonly from: number; readonly delta: number }
    | undefined;
  /** Registers that have to have these values. */
  readonly fixed: ReadonlyMap<number, number>;
  /** Registers that have to have what is in memory there, and will have it again. */
  readonly carried: ReadonlyMap<number, Loaded>;
  /** Registers that have to be equal to these sums, and will be again. */
  readonly sums: ReadonlyMap<number, Sum>;
  readonly counter: (Counter & { readonly step: number }) | undefined;
  /** What is added to registers. */
  readonly steps: ReadonlyMap<number, number>;
  /** Guest instructions. */
  readonly instructions: number;
}
/** It goes on while the condition holds of what `value` and `end` are when an iteration begins; `value` goes on. */
interface Counter {
  readonly value: Sum;
  readonly end: Sum;
  readonly cond: number;
}

type Value =
  | { readonly k: "const"; readonly c: number }
  /** A register that the loop leaves alone; one that goes on, plus a constant. */
  | { readonly k: "same"; readonly r: number }
  | { readonly k: "moved"; readonly r: number; readonly add: number }
  | ({ readonly k: "sum" } & Sum)
  | ({ readonly k: "data" } & Loaded)
  | { readonly k: "differs"; readonly of: Loaded; readonly from: Operand }
  /** Zero when both are equal. */
  | { readonly k: "distance"; readonly a: Loaded; readonly b: Loaded }
  /** x - 0x01010101; that without the bits of x; of which bits 7 are what says that a byte is 0. */
  | { readonly k: "borrows"; readonly of: Element }
  | { readonly k: "zeros"; readonly of: readonly Element[]; readonly cut: boolean }
  /** Zero when all of these are. */
  | { readonly k: "all"; readonly of: readonly Value[] }
  /** Flags: what is compared. */
  | { readonly k: "against"; readonly a: Value; readonly b: Value }
  | { readonly k: "unknown" }
  /** What was there before the iteration. */
  | { readonly k: "before" };
type Element = Extract<Value, { k: "data" | "differs" }>;

const UNKNOWN: Value = { k: "unknown" };
const BEFORE: Value = { k: "before" };
const BORROWS = 0x01010101;
const TOPS = 0x80808080 | 0;
const EQ = 0;
const NE = 1;
const ZERO: Operand = { r: NONE, k: 0 };
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
const MAX_TERMS = 4;
/** The largest step. */
const MAX_STRIDE = 64;
/** Bytes from the first to the last that an iteration loads from a register: these and what is looked at at once are in memory. */
const MAX_EXTENT = 4096;

const isElement = (v: Value): v is Element => v.k === "data" || v.k === "differs";
const loadedOf = (v: Element): Loaded => (v.k === "data" ? v : v.of);
const sameLoaded = (a: Loaded, b: Loaded): boolean =>
  a.base === b.base && a.at === b.at && a.size === b.size;
const sameOperand = (a: Operand, b: Operand): boolean => a.r === b.r && a.k === b.k;
function sameElement(a: Value, b: Value): boolean {
  if (!isElement(a) || !isElement(b) || !sameLoaded(loadedOf(a), loadedOf(b))) return false;
  return sameOperand(a.k === "data" ? ZERO : a.from, b.k === "data" ? ZERO : b.from);
}
function operandOf(v: Value): Operand | undefined {
  if (v.k === "const") return { r: NONE, k: v.c };
  return v.k === "same" ? { r: v.r, k: 0 } : undefined;
}

const isZero = (v: Value): boolean => v.k === "const" && v.c === 0;
function sumOf(v: Value): Sum | undefined {
  if (v.k === "const") return { terms: [], c: v.c };
  if (v.k === "same") return { terms: [[v.r, 1]], c: 0 };
  if (v.k === "moved") return { terms: [[v.r, 1]], c: v.add };
  return v.k === "sum" ? v : undefined;
}
/** a + b, or a - b. */
function added(a: Value, b: Value, sign: 1 | -1): Value {
  const [x, y] = [sumOf(a), sumOf(b)];
  if (!x || !y || x.terms.length + y.terms.length > MAX_TERMS) return UNKNOWN;
  const terms = [...x.terms];
  for (const [r, s] of y.terms) {
    const other = terms.findIndex(([q, t]) => q === r && t === -s * sign);
    if (other >= 0) terms.splice(other, 1);
    else terms.push([r, s * sign === 1 ? 1 : -1]);
  }
  return { k: "sum", terms, c: (x.c + sign * y.c) | 0 };
}
const sameSum = (a: Sum, b: Sum): boolean =>
  a.c === b.c && String(a.terms.toSorted()) === String(b.terms.toSorted());

/** What these loops consist of besides branches: ops that read nothing but a and b and what they store. */
const understood = new Set<number>([
  ...[Op.nop, Op.mov, Op.mvn, Op.add, Op.sub, Op.rsb, Op.and, Op.orr, Op.eor, Op.bic],
  ...[Op.lsl, Op.lsr, Op.asr, Op.parallel, Op.sel],
  ...[Op.ldr, Op.ldrb, Op.ldrh, Op.ldrd, Op.str, Op.strb, Op.strh, Op.strd],
]);
const shifts = new Set<number>([Op.lsl, Op.lsr, Op.asr]);
const stores = new Set<number>([Op.str, Op.strb, Op.strh, Op.strd]);

/** Follows an iteration. With `carried` undefined nothing is asked, to learn what registers have in the end. */
class Walk {
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

function widen(extents: Map<number, { low: number; high: number }>, of: Loaded): void {
  const { base, at, size } = of;
  const known = extents.get(base);
  const low = Math.min(known?.low ?? at, at);
  const high = Math.max(known?.high ?? at + size, at + size);
  extents.set(base, { low, high });
}

/** The loop that op `branch` closes, the first of its block; undefined when nothing of it can be left out. */
export function streamOf(insts: readonly Inst[], branch: number): Stream | undefined {
  const motions = motionsOf(insts, branch, Array<boolean>(branch).fill(false));
  for (const [r, motion] of motions)
    if (motion && (motion.by !== NONE || motion.step === 0)) motions.set(r, undefined);
  const stepOf = (r: number): number => motions.get(r)?.step ?? 0;
  const learning = new Walk(motions, undefined);
  learning.run(insts, branch);
  const carried = new Map<number, Loaded | Sum>();
  for (const [r, v] of learning.registers) {
    if (v.k === "data") carried.set(r, { base: v.base, at: v.at - stepOf(v.base), size: v.size });
    if (v.k === "sum") carried.set(r, { terms: v.terms, c: (v.c - learning.stepOf(v)) | 0 });
  }
  const walk = new Walk(motions, carried);
  if (!walk.run(insts, branch)) return undefined;
  for (const [r, from] of walk.used) {
    const last = walk.registers.get(r);
    if (last?.k !== "data" || !sameLoaded(last, { ...from, at: from.at + stepOf(from.base) }))
      return undefined;
    widen(walk.loads, from);
  }
  for (const [r, sum] of walk.usedSums) {
    const last = walk.registers.get(r);
    if (last?.k !== "sum" || !sameSum(last, { ...sum, c: (sum.c + walk.stepOf(sum)) | 0 }))
      return undefined;
    // It is set when the others are as they will be.
    if (sum.terms.some(([q]) => walk.used.has(q) || walk.usedSums.has(q))) return undefined;
  }
  const { loads, stored, fixed, used, usedSums } = walk;
  const counter = walk.counter && { ...walk.counter, step: walk.stepOf(walk.counter.value) };
  const step = stepOf([...loads.keys()][0] ?? NONE);
  if (step <= 0 || step > MAX_STRIDE || step & (step - 1)) return undefined;
  if ([...loads.keys(), ...stored.map((s) => s.to)].some((r) => stepOf(r) !== step))
    return undefined;
  if ([...loads.values()].some(({ low, high }) => high - low > MAX_EXTENT)) return undefined;
  // Pairs of words stay aligned.
  if (step & 3 && insts.some((x) => x.op === Op.ldrd || x.op === Op.strd)) return undefined;
  if (counter && !countsTo(counter)) return undefined;
  const scan = scanOf(walk, step);
  const copy = copyOf(walk, step);
  if (!scan || !copy) return undefined;
  const found = { scan: scan.of, copy: copy.of };
  // Without a store the counter alone moves nothing.
  if (!found.scan && (!found.copy || !counter)) return undefined;
  const steps = new Map([...motions.keys()].filter((r) => stepOf(r)).map((r) => [r, stepOf(r)]));
  const instructions = insts[branch].at + 1;
  const known = { loads, fixed, carried: used, sums: usedSums };
  return { step, ...found, ...known, counter, steps, instructions };
}

/** Whether it goes towards where the condition ends, in steps of a power of 2. */
function countsTo({ cond, step }: NonNullable<Stream["counter"]>): boolean {
  const size = Math.abs(step);
  if (size & (size - 1)) return false;
  return cond === NE || isUp(cond) === step > 0;
}
/** LO, LS, LT, LE. */
const isUp = (cond: number): boolean => [3, 9, 11, 13].includes(cond);

/** What is looked at; undefined when that is too much. */
function scanOf({ unlike, pairs }: Walk, step: number): { of: Stream["scan"] } | undefined {
  const base = (pairs[0]?.a ?? unlike[0]?.of)?.base;
  if (base === undefined) return { of: undefined };
  let other: { base: number; delta: number } | undefined;
  const extents = new Map<number, { low: number; high: number }>();
  for (const { a, b } of pairs) {
    const [x, y] = a.base === base ? [a, b] : [b, a];
    const delta = y.at - x.at;
    other ??= { base: y.base, delta };
    if (x.base !== base || y.base === base || y.base !== other.base || delta !== other.delta)
      return undefined;
    widen(extents, x);
  }
  const lane = unlike[0]?.lane ?? 1;
  const found: Unlike[] = [];
  for (const u of unlike) {
    const there = other !== undefined && u.of.base === other.base;
    const of = there ? { ...u.of, base, at: u.of.at - other!.delta } : u.of;
    if (of.base !== base || u.lane !== lane) return undefined;
    widen(extents, of);
    found.push({ ...u, of });
  }
  const { low, high } = extents.get(base)!;
  // Vectors are compared as elements side by side: only bytes that are compared with 0 are the same wherever elements begin.
  for (const { of, from } of found) {
    const unit = lane === 1 && sameOperand(from, ZERO) ? 1 : of.size;
    if ((of.at - low) % unit !== 0 || step % unit !== 0) return undefined;
  }
  const all = found.filter(
    (u, k) => found.findIndex((v) => sameOperand(v.from, u.from) && v.of.size === u.of.size) === k,
  );
  return { of: { base, low, high, unlike: all, other } };
}

/** What is copied; undefined when what is stored is something else. */
function copyOf({ stored, loads }: Walk, step: number): { of: Stream["copy"] } | undefined {
  if (stored.length === 0) return { of: undefined };
  const list = stored.toSorted((a, b) => a.at - b.at);
  const { to, at, value } = list[0];
  const delta = value.at - at;
  let end = at;
  for (const one of list) {
    if (one.to !== to || one.at !== end || one.value.base !== value.base) return undefined;
    if (one.value.at - one.at !== delta) return undefined;
    end += one.value.size;
  }
  if (end - at !== step || loads.size !== 1 || loads.has(to)) return undefined;
  return { of: { to, at, from: value.base, delta } };
}
