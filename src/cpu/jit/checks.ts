import { type Inst, NONE, Op } from "../ir/ops.ts";
import { accessOf, groupEnd, needsInterpreter, registersOf } from "./shapes.ts";

/**
 * What a load or store has to check. Accesses of a block that share a base register share a check: the first of them looks at the
 * bytes of all, relative to its own base. When that refuses, the interpreter executes the first and goes on, so that a check may
 * be too wide but a fault is exact.
 */
export interface Check {
  /** Bytes from base + low up to base + high; nothing is to be checked when they are equal. */
  low: number;
  high: number;
  /** The address must be a multiple of 4. */
  aligned: boolean;
  readonly store: boolean;
}

/** What one access may look at besides its own bytes: an object at the end of memory should not pay for it. */
const MAX_READ = 512;
/** Two granules can be tested at once. */
const MAX_STORE = 64;

interface Group {
  readonly check: Check;
  /** What has been added to the base since the check. */
  moved: number;
}

export const NOTHING: Check = { low: 0, high: 0, aligned: false, store: false };

/** The check of an access that shares it with no other; undefined for one without a constant offset. */
export function ownCheck(x: Inst): Check | undefined {
  const shape = accessOf(x);
  if (!shape || x.ka || shape.offset === undefined) return undefined;
  const { store, size, words: aligned, offset: low } = shape;
  return { low, high: low + size, aligned, store };
}

/** The checks of the accesses of a block by the index of their ops. An access without a constant offset has none. */
export function planChecks(insts: readonly Inst[]): Map<number, Check> {
  const plan = new Map<number, Check>();
  const reads = new Map<number, Group>();
  const stores = new Map<number, Group>();
  const write = (r: number): void => {
    reads.delete(r);
    stores.delete(r);
  };
  /** Until here ops may be skipped: nothing that is said there holds behind. */
  let maybe = 0;
  const forget = (): void => {
    reads.clear();
    stores.clear();
  };
  for (let k = 0; k < insts.length; k++) {
    const x = insts[k];
    if (k === 0 || insts[k - 1].at !== x.at || insts[k - 1].op === Op.skip) {
      const end = groupEnd(insts, k);
      if (needsInterpreter(insts, k, end)) {
        forget();
        k = end - 1;
        continue;
      }
    }
    if (x.op === Op.skip) maybe = Math.max(maybe, x.label);
    const conditional = k < maybe;
    const shape = accessOf(x);
    if (shape && !x.ka && shape.offset !== undefined) {
      const { store, size, words, offset } = shape;
      const groups = store ? stores : reads;
      const inStore = stores.get(x.a);
      const group = groups.get(x.a);
      if (!store && inStore && covers(inStore, offset, size, words)) plan.set(k, NOTHING);
      else if (group && join(group, offset, size, words)) plan.set(k, NOTHING);
      else {
        const check = ownCheck(x)!;
        plan.set(k, check);
        // Stores of bytes and halfwords have no alignment in common.
        if (!conditional && (!store || words || size === 4)) groups.set(x.a, { check, moved: 0 });
        else groups.delete(x.a);
      }
    }
    if (x.op === Op.svc || x.op === Op.br || x.op === Op.bx) forget();
    if (!conditional && (x.op === Op.add || x.op === Op.sub) && x.d === x.a && x.kb && !x.ka) {
      const by = x.op === Op.add ? x.b : -x.b;
      for (const groups of [reads, stores]) {
        const group = groups.get(x.d);
        if (group) group.moved += by;
      }
      continue;
    }
    if (x.d !== NONE) write(x.d);
    if (x.e !== NONE) write(x.e);
    if (x.op === Op.ldm) for (const r of registersOf(x.i)) write(r);
  }
  return plan;
}

function covers({ check, moved }: Group, offset: number, size: number, words: boolean): boolean {
  const low = offset + moved;
  if (low < check.low || low + size > check.high) return false;
  return !words || (low & 3) === (check.low & 3);
}

/** Widens the check of the group by an access. */
function join(group: Group, offset: number, size: number, words: boolean): boolean {
  const { check, moved } = group;
  const low = Math.min(check.low, offset + moved);
  const high = Math.max(check.high, offset + moved + size);
  if (high - low > (check.store ? MAX_STORE : MAX_READ)) return false;
  const inStep = ((offset + moved - check.low) & 3) === 0;
  if (check.store) {
    // Words of which the first is aligned, or one word: vectors have no such promise.
    if (size < 4 || (size > 4 && !words) || !inStep) return false;
    if (low !== check.low || high !== check.high) check.aligned = true;
  } else if (words) {
    if (!inStep) return false;
    check.aligned = true;
  }
  // A check of the alignment is about its low end.
  if (check.aligned && ((low - check.low) & 3) !== 0) return false;
  check.low = low;
  check.high = high;
  return true;
}
