import type { Inst } from "../ir/ops.ts";
import { type Knowledge, pairOf, within } from "./known.ts";
import { accessOf, type Shape, singleOf } from "./shapes.ts";
import { isAssumed, type Surroundings } from "./surroundings.ts";
import { MAX_READ, mostStored, type WantedAccesses } from "./wants.ts";

/**
 * What a load or store has to test. Accesses share tests along all ways through a region: the first of them looks at the bytes of those
 * to come, too, and these look at nothing. When that is refused, the interpreter executes the first and goes on, so that a test may be
 * too wide but a fault is exact.
 */
export interface Check {
  /** Bytes from base + low up to base + high; nothing is to be checked when they are equal. */
  readonly low: number;
  readonly high: number;
  /** The address must be a multiple of 4. */
  readonly aligned: boolean;
  /** They must be fit for stores, also when the access is a load: there is a store to come. */
  readonly store: boolean;
}

export const NOTHING: Check = { low: 0, high: 0, aligned: false, store: false };

/** The check of an access that shares it with no other; undefined for one without a constant offset. */
export function ownCheck(x: Inst): Check | undefined {
  const shape = accessOf(x);
  if (!shape || x.ka || shape.offset === undefined) return undefined;
  const { store, size, words: aligned, offset: low } = shape;
  return { low, high: low + size, aligned, store };
}

/** What each access of a region has to test, where so much is known of registers. */
export class AccessPlan {
  private readonly plan = new Map<Inst, Check>();
  /** Ranges of stores that need no test as long as they can be made. */
  private readonly assumed = new Map<Inst, readonly [start: number, end: number]>();
  /**
   * Bases of loads that iterations wait for, where they are constants to which the index can be added without going over the end of all
   * addresses.
   */
  private readonly tables = new Map<Inst, number>();

  constructor(
    private readonly surroundings: Surroundings,
    private readonly wanted: WantedAccesses,
    /** Whether iterations of a loop wait for a load. */
    private readonly isAwaited: (x: Inst) => boolean,
  ) {}

  clear(): void {
    for (const map of [this.plan, this.assumed, this.tables]) map.clear();
  }
  of(x: Inst): Check | undefined {
    return this.plan.get(x);
  }
  tableOf(x: Inst): number | undefined {
    return this.tables.get(x);
  }
  /** How many stores with an index need no test, and how many loads have a constant table. */
  get worth(): number {
    return this.tables.size + [...this.assumed.keys()].filter((x) => !x.kb).length;
  }
  /** Ranges that the code relies on being able to store to: start, end, ... */
  get stores(): number[] {
    return [...this.assumed.values()].flat();
  }

  /** Decides about an access with a base register, and learns what its test says. */
  add(x: Inst, { store, size, words, offset }: Shape, known: Knowledge): void {
    const { plan, wanted } = this;
    this.assumed.delete(x);
    const { readable } = this.surroundings;
    if (offset === undefined) return this.indexed(x, store, size, words, known);
    const of = known.of(x.a);
    const own = { low: offset, high: offset + size };
    if (of.allows(own.low, own.high, store, words, readable)) return void plan.set(x, NOTHING);
    if (this.assumes(x, store && !words, of.least + own.low, of.most + own.high))
      return void plan.set(x, NOTHING);
    const want = wanted.of(x);
    const asStore = store || (!!want?.store && contains(want.store, own));
    let { low, high } = (asStore ? want?.store : want?.read) ?? own;
    if (!contains({ low, high }, own)) ({ low, high } = own);
    // A look at alignment is about the low end.
    if (words) low = offset - ((offset - low + 3) & ~3);
    if (high - low > (asStore ? mostStored(x.a) : MAX_READ)) ({ low, high } = own);
    plan.set(x, { low, high, aligned: words, store: asStore });
    known.learn(x.a, of.tested(low, high, asStore, words));
  }

  /** Whether the code relies on being able to store to [low, high), which is where the access goes. */
  private assumes(x: Inst, store: boolean, low: number, high: number): boolean {
    if (!store || !isAssumed(this.surroundings, low, high)) return false;
    this.assumed.set(x, [low, high]);
    return true;
  }
  /** An access of which the address is a sum of registers. */
  private indexed(x: Inst, store: boolean, size: number, words: boolean, known: Knowledge): void {
    const { plan } = this;
    const { readable } = this.surroundings;
    if (words) return void plan.delete(x);
    const shift = singleOf(x.op) ? x.i : 0;
    const [base, index] = [known.of(x.a), known.of(x.b)];
    const low = base.least + index.least * 2 ** shift;
    const high = base.most + index.most * 2 ** shift + size;
    this.tables.delete(x);
    if (this.isAwaited(x) && base.least === base.most && high <= 2 ** 32)
      this.tables.set(x, base.least);
    const key = pairOf(x.a, x.b, shift);
    const { read = 0, store: stored = 0 } = known.pair(key) ?? {};
    if (size <= stored || (!store && size <= read)) return void plan.set(x, NOTHING);
    if (!store && within(low, high, readable)) return void plan.set(x, NOTHING);
    if (this.assumes(x, store, low, high)) return void plan.set(x, NOTHING);
    const asStore = store || this.wanted.isStored(x);
    plan.set(x, { low: 0, high: size, aligned: false, store: asStore });
    known.learnPair(key, size, asStore);
  }
}

const contains = (a: { low: number; high: number }, b: { low: number; high: number }): boolean =>
  b.low >= a.low && b.high <= a.high;
