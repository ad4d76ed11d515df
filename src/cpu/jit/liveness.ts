import { type Inst, NONE, Op } from "../ir/ops.ts";
import { writtenBy } from "./facts.ts";
import { type Graph, isCall, keyAt, keyBehind, type Node } from "./graph.ts";
import { groupEnd, needsInterpreter, registersOf } from "./shapes.ts";

// Which guest registers the register file lacks, and which are wanted in locals, before each op of a region. A way out stores the former; a
// call stores them, and loads the latter when it comes back. All of it as masks of r0-r14.

const CORE = 0x7fff;
/** What a stub writes whose result is known: r0 and ip. */
const ANSWERED = 0x1001;
const readsDestination = new Set([Op.bfi, Op.umlal, Op.smlal, Op.umaal, Op.smlald, Op.smlsld]);

function readBy(x: Inst): number {
  let mask = 0;
  const read = (r: number): void => {
    if (r !== NONE) mask |= 1 << r;
  };
  if (x.op === Op.stm) for (const r of registersOf(x.i)) read(r);
  if (!x.ka) read(x.a);
  if (!x.kb) read(x.b);
  for (const r of [x.c, x.s, x.t]) read(r);
  if (readsDestination.has(x.op)) for (const r of [x.d, x.e]) read(r);
  return mask & CORE;
}

/** Registers that ops may read before they certainly have written them; branches are not among the ops. */
export function readBeforeWritten(insts: readonly Inst[]): number {
  let [found, done, guarded] = [0, 0, 0];
  insts.forEach((x, k) => {
    if (x.op === Op.skip) guarded = Math.max(guarded, x.label);
    found |= readBy(x) & ~done;
    const written = writtenBy(insts, k, k + 1);
    if (k >= guarded) done |= written;
    else found |= written & ~done;
  });
  return found & CORE;
}

/** What an op does to registers. */
interface Effect {
  readonly reads: number;
  readonly writes: number;
  /** Other code runs, after which the file has all: nothing needs to be kept in locals across it. */
  readonly leaves: boolean;
  /** It may do without that: registers are kept, but for what it writes. */
  readonly keeps: boolean;
  /** It may not be executed. */
  readonly conditional: boolean;
  /** Index of the op that is executed when this skip does not go into what it guards. */
  readonly skip: number | undefined;
  /** Keys of blocks of the region that it branches to. */
  readonly to: readonly number[];
  /** The op behind may come next. */
  readonly goesOn: boolean;
}

function effects(n: Node): Effect[] {
  const { ir, table, callee, back, sites, answer } = n;
  /** It calls as others do when it is not what was expected. */
  const through = n.target !== undefined;
  const tableKeys = table?.targets.map((to) => keyAt(n, to)) ?? [];
  const { insts } = ir;
  const list: Effect[] = [];
  let guarded = 0;
  for (let k = 0; k < insts.length; k++) {
    const x = insts[k];
    const skip = x.op === Op.skip ? x.label : undefined;
    if (skip !== undefined) guarded = Math.max(guarded, skip);
    const ways = { leaves: false, keeps: false, to: [], goesOn: true };
    const base = { reads: readBy(x), writes: 0, skip, ...ways };
    const conditional = k < guarded;
    if (skip !== undefined) {
      list.push({ ...base, conditional });
      continue;
    }
    if (k === 0 || insts[k - 1].at !== x.at || insts[k - 1].op === Op.skip) {
      const end = groupEnd(insts, k);
      if (needsInterpreter(insts, k, end)) {
        list.push({ ...base, reads: 0, leaves: true, conditional });
        const rest = { ...base, reads: 0, conditional };
        while (++k < end) list.push(rest);
        k--;
        continue;
      }
    }
    const isBranch = x.op === Op.br || x.op === Op.brc || x.op === Op.brz || x.op === Op.brnz;
    const call = (x.op === Op.br || x.op === Op.bx) && isCall(ir, k);
    if (call && callee !== undefined && k === insts.length - 1)
      list.push({ ...base, to: [callee], leaves: through, goesOn: through, conditional });
    else if (call && answer !== undefined && k === insts.length - 1)
      list.push({ ...base, writes: ANSWERED, leaves: true, keeps: true, conditional });
    else if (call || x.op === Op.svc) list.push({ ...base, leaves: true, conditional });
    else if (isBranch)
      list.push({ ...base, to: [keyAt(n, x.to)], goesOn: x.op !== Op.br, conditional });
    else if (x.op === Op.bx)
      list.push({
        ...base,
        to: table?.last === k ? tableKeys : back === undefined ? (sites ?? []) : [back],
        goesOn: false,
        conditional,
      });
    else list.push({ ...base, writes: writtenBy(insts, k, k + 1) & CORE, conditional });
  }
  return list;
}

/** For each block a mask before each op, and one behind the last. */
type Masks = ReadonlyMap<Node, Uint16Array>;

export class Liveness {
  /** Registers whose local may be newer than the file. */
  readonly dirty: Masks;
  /** Registers whose local may be wanted: it is read, or the file lacks it on some way there. */
  readonly live: Masks;

  constructor(graph: Graph) {
    const of = new Map(graph.nodes.map((n) => [n, effects(n)] as const));
    const masks = (): Map<Node, Uint16Array> =>
      new Map(graph.nodes.map((n) => [n, new Uint16Array(n.ir.insts.length + 1)]));
    const dirty = masks();
    const live = masks();
    const behind = (n: Node): Node | undefined => {
      const key = keyBehind(n);
      return key === undefined ? undefined : graph.byKey.get(key);
    };
    for (let changed = true; changed;) {
      changed = false;
      const reach = (to: Node | undefined, mask: number): void => {
        if (!to) return;
        const d = dirty.get(to)!;
        if ((mask & ~d[0]) === 0) return;
        d[0] |= mask;
        changed = true;
      };
      for (const n of graph.nodes) {
        const d = dirty.get(n)!;
        of.get(n)!.forEach((e, k) => {
          for (const key of e.to) reach(graph.byKey.get(key), d[k]);
          d[k + 1] = e.leaves && !e.conditional ? 0 : d[k] | e.writes;
        });
        reach(behind(n), d[d.length - 1]);
      }
    }
    for (let changed = true; changed;) {
      changed = false;
      for (let j = graph.nodes.length - 1; j >= 0; j--) {
        const n = graph.nodes[j];
        const list = of.get(n)!;
        const d = dirty.get(n)!;
        const l = live.get(n)!;
        const liveAt = (to: Node | undefined): number => (to ? live.get(to)![0] : 0);
        const before = l[0];
        l[list.length] = d[list.length] | liveAt(behind(n));
        for (let k = list.length - 1; k >= 0; k--) {
          const e = list[k];
          let mask = e.goesOn && (!e.leaves || e.keeps) ? l[k + 1] & ~e.writes : 0;
          if (e.skip !== undefined) mask |= l[e.skip];
          for (const key of e.to) mask |= liveAt(graph.byKey.get(key));
          l[k] = mask | e.reads | d[k];
        }
        if (l[0] !== before) changed = true;
      }
    }
    this.dirty = dirty;
    this.live = live;
  }
}
