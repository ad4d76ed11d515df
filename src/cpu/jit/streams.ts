import { type Inst, NONE, Op } from "../ir/ops.ts";
import { motionsOf } from "./motions.ts";
import { type Loaded, sameLoaded, sameOperand, sameSum, type Sum, ZERO } from "./streams-values.ts";
import { type Counter, type Unlike, Walk, widen } from "./streams-walk.ts";

// Loops of one block that go through memory until they meet something: functions on strings, searches, copies. One iteration is
// followed with hypotheses about the bytes that it loads, "none is 0", "these are equal to those", under which it certainly goes
// round again. As long as memory is so, iterations can be left out, but for the last of them: registers that go on by constants are
// moved, and whatever else an iteration leaves behind, the last one computes.

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

const NE = 1;
/** The largest step. */
const MAX_STRIDE = 64;
/** Bytes from the first to the last that an iteration loads from a register: these and what is looked at at once are in memory. */
const MAX_EXTENT = 4096;

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
