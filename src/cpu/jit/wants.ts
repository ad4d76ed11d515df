import { type Inst, NONE, Op } from "../ir/ops.ts";
import { writtenBy } from "./facts.ts";
import { type Graph, isCall, keyAt, keyBehind, type Node } from "./graph.ts";
import { pairOf } from "./known.ts";
import { accessOf, groupEnd, needsInterpreter, singleOf } from "./shapes.ts";

// What will be accessed behind a place, so that one test can be made for all of it. Nothing depends on its being true: a test that
// asks for too much is refused, and the interpreter does what the program does. So loads are wanted when some way leads to them, stores
// when each way does, for memory that can be read ends at few places and memory that can be stored to at many. The stack is wanted
// as loads are.

/** What a test may ask for besides the bytes of its own access: an object at the end of memory should not pay for it. */
export const MAX_READ = 512;
/** The most that two looks at rights can answer for is more (access.ts). */
const MAX_STORE = 64;
export const MAX_FRAME = 448;
const SP = 13;

/** Bytes [low, high), relative to a register. */
export interface Span {
  readonly low: number;
  readonly high: number;
}
export interface Want {
  readonly read: Span | undefined;
  readonly store: Span | undefined;
}

type Wants = Map<number, Want>;

/** Before each access with a constant offset what is wanted of its base, itself included; before each other what is stored to there. */
export class WantedAccesses {
  private readonly bases = new Map<Inst, Want>();
  private readonly stored = new Set<Inst>();
  private readonly entries = new Map<number, Wants>();

  constructor(private readonly graph: Graph) {
    // The second time knows where loops begin.
    for (let pass = 0; pass < 2; pass++)
      for (let k = graph.nodes.length - 1; k >= 0; k--) this.block(graph.nodes[k]);
  }

  of(x: Inst): Want | undefined {
    return this.bases.get(x);
  }
  /** Whether the address of a load with an index will be stored to. */
  isStored(x: Inst): boolean {
    return this.stored.has(x);
  }

  private block(n: Node): void {
    const { ir, callee, back } = n;
    const { insts } = ir;
    const behind = keyBehind(n);
    const wants: Wants = new Map(behind === undefined ? [] : this.entries.get(behind));
    const conditional = guarded(insts);
    const pairs = new Set<number>();
    for (let k = insts.length - 1; k >= 0; k--) {
      const x = insts[k];
      if (endsKnowledge(insts, k) || x.op === Op.bx || (x.op === Op.br && isCall(ir, k))) {
        pairs.clear();
        if (endsKnowledge(insts, k) || isCall(ir, k) || !conditional[k]) wants.clear();
        // Who does not return here goes on.
        else
          for (const [r, { read }] of wants) if (r !== SP) wants.set(r, { read, store: undefined });
        if (endsKnowledge(insts, k) || conditional[k]) continue;
        const to = !isCall(ir, k) ? back : k === insts.length - 1 ? callee : undefined;
        if (to !== undefined)
          for (const [r, want] of this.entries.get(to) ?? []) wants.set(r, want);
      } else if (x.op === Op.br) {
        wants.clear();
        pairs.clear();
        for (const [r, want] of this.entries.get(keyAt(n, x.to)) ?? []) wants.set(r, want);
      } else if (x.op === Op.brc || x.op === Op.brz || x.op === Op.brnz) this.branch(n, x, wants);
      else if (x.d !== NONE && x.kb && !x.ka && (x.op === Op.add || x.op === Op.sub))
        moved(wants, pairs, x.d, x.a, x.op === Op.add ? x.b : -x.b);
      else if (x.op === Op.mov && !x.kb && x.d !== NONE) moved(wants, pairs, x.d, x.b, 0);
      else {
        const written = writtenBy(insts, k, k + 1);
        for (const r of [...wants.keys()]) if (written & (1 << r)) wants.delete(r);
        for (const key of pairs)
          if (written & ((1 << (key & 31)) | (1 << ((key >> 5) & 31)))) pairs.delete(key);
        this.access(x, wants, pairs, conditional[k]);
      }
    }
    this.entries.set(n.key, wants);
  }

  private access(x: Inst, wants: Wants, pairs: Set<number>, conditional: boolean): void {
    const shape = accessOf(x);
    if (!shape || x.ka) return;
    const { store, size, offset } = shape;
    if (offset === undefined) {
      const key = pairOf(x.a, x.b, singleOf(x.op) ? x.i : 0);
      if (store && !conditional) pairs.add(key);
      else if (pairs.has(key)) this.stored.add(x);
      return;
    }
    const before = wants.get(x.a);
    const own = { low: offset, high: offset + size };
    const isWanted = !store || !conditional || x.a === SP;
    const want: Want = {
      read: store ? before?.read : hull(own, before?.read, MAX_READ),
      store: store && isWanted ? hull(own, before?.store, mostStored(x.a)) : before?.store,
    };
    wants.set(x.a, want);
    this.bases.set(x, want);
  }

  /** What is wanted before a conditional branch. */
  private branch(n: Node, x: Inst, wants: Wants): void {
    const to = this.graph.byKey.get(keyAt(n, x.to));
    // Where the region is left nobody comes.
    if (!to) return;
    if (to.order <= n.order) {
      // What comes behind a loop is not what comes in its next iteration.
      const written = writtenBy(n.ir.insts, 0, n.ir.insts.length);
      for (const r of [...wants.keys()]) if (written & (1 << r)) wants.delete(r);
      return;
    }
    const there = this.entries.get(to.key);
    if (!there) return;
    for (const r of new Set([...wants.keys(), ...there.keys()])) {
      const [a, b] = [wants.get(r), there.get(r)];
      const read = a?.read ? hull(a.read, b?.read, MAX_READ) : b?.read;
      const either = a?.store ? hull(a.store, b?.store, MAX_FRAME) : b?.store;
      wants.set(r, { read, store: r === SP ? either : common(a?.store, b?.store) });
    }
  }
}

export const mostStored = (r: number): number => (r === SP ? MAX_FRAME : MAX_STORE);

/** True when nothing is known behind op k: the host has run. */
export function endsKnowledge(insts: readonly Inst[], k: number): boolean {
  if (insts[k].op === Op.svc) return true;
  if (k > 0 && insts[k - 1].at === insts[k].at && insts[k - 1].op !== Op.skip) return false;
  return needsInterpreter(insts, k, groupEnd(insts, k));
}

/** Whether each op may be skipped. */
export function guarded(insts: readonly Inst[]): boolean[] {
  let until = 0;
  return insts.map((x, k) => {
    const inside = k < until;
    if (x.op === Op.skip) until = Math.max(until, x.label);
    return inside;
  });
}

/** What is wanted before d = a + by. */
function moved(wants: Wants, pairs: Set<number>, d: number, a: number, by: number): void {
  const want = wants.get(d);
  wants.delete(d);
  for (const key of pairs) if ((key & 31) === d || ((key >> 5) & 31) === d) pairs.delete(key);
  if (!want) return;
  const at = (span: Span | undefined): Span | undefined =>
    span && { low: span.low + by, high: span.high + by };
  const [read, store] = [at(want.read), at(want.store)];
  const other = d === a ? undefined : wants.get(a);
  wants.set(a, {
    read: read ? hull(read, other?.read, MAX_READ) : other?.read,
    store: store ? hull(store, other?.store, mostStored(a)) : other?.store,
  });
}

/** Both, or only the first when that is too much. */
function hull(a: Span, b: Span | undefined, most: number): Span {
  if (!b) return a;
  const low = Math.min(a.low, b.low);
  const high = Math.max(a.high, b.high);
  return high - low > most ? a : { low, high };
}

function common(a: Span | undefined, b: Span | undefined): Span | undefined {
  if (!a || !b) return undefined;
  const low = Math.max(a.low, b.low);
  const high = Math.min(a.high, b.high);
  return low < high ? { low, high } : undefined;
}
