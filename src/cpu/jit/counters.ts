import type { BlockCounts, CountingPlan } from "../counting.ts";
import { Slot } from "../interp/state.ts";
import type { Inst } from "../ir/ops.ts";
import { type Graph, loopBodies, type Node } from "./graph.ts";
import { FILE } from "./layout.ts";
import { W, type Writer } from "./wasm.ts";

/** Counters of a region that are locals while its code runs. */
const LOCALS_MAX = 32;

/**
 * Counts what a region executes. A counter is a word of memory; those of blocks in loops are locals, which are added to their words when
 * the region is left.
 */
export class RegionCounters {
  /** The local with the address of the counters; those that count come behind it. */
  private base = 0;
  private readonly blocks = new Map<Node, BlockCounts | undefined>();
  private readonly inLoops: ReadonlySet<Node>;
  /** Which of the locals counts for a word. */
  private readonly locals = new Map<number, number>();

  constructor(
    private readonly w: Writer,
    graph: Graph,
    private readonly plan: CountingPlan,
  ) {
    this.inLoops = new Set(loopBodies(graph).flatMap((body) => [...body]));
  }

  /** How many locals there are, all of them words. To be asked when all blocks have been written once. */
  get size(): number {
    return 1 + this.locals.size;
  }
  /** The region begins; its locals for counters begin at `first`. */
  enter(first: number): void {
    const { w } = this;
    this.base = first;
    w.const(FILE);
    w.memory(W.load, Slot.Counters * 4);
    w.const(2);
    w.op(W.shl);
    w.set(first);
  }
  /** Op k of the block is reached. */
  at(n: Node, k: number): void {
    const word = this.of(n)?.words[k] ?? 0;
    if (word === 0) return;
    if (!this.locals.has(word) && this.locals.size < LOCALS_MAX && this.inLoops.has(n))
      this.locals.set(word, this.locals.size);
    const local = this.locals.get(word);
    const { w } = this;
    if (local === undefined) return this.add(word, () => w.const(1));
    const at = this.base + 1 + local;
    w.get(at);
    w.const(1);
    w.op(W.add);
    w.set(at);
  }
  /** The straight code at the beginning of the block was executed as often as the local says. */
  times(n: Node, count: number): void {
    const word = this.of(n)?.words[0] ?? 0;
    if (word === 0) return;
    const { w } = this;
    const local = this.locals.get(word);
    if (local === undefined) return this.add(word, () => w.get(count));
    const at = this.base + 1 + local;
    w.get(at);
    w.get(count);
    w.op(W.add);
    w.set(at);
  }
  /** Instructions [from, to) have been counted, and are not executed here: the block is left at the op x. */
  undo(n: Node, x: Inst, from: number, to: number): void {
    const word = this.of(n)?.undo(n.ir.insts.indexOf(x), from, to) ?? 0;
    if (word !== 0) this.add(word, () => this.w.const(1));
  }
  /** The region is left. */
  leave(): void {
    for (const [word, local] of this.locals)
      this.add(word, () => this.w.get(this.base + 1 + local));
  }

  private of(n: Node): BlockCounts | undefined {
    if (!this.blocks.has(n)) this.blocks.set(n, this.plan(n.ir));
    return this.blocks.get(n);
  }
  private add(word: number, push: () => void): void {
    const { w, base } = this;
    w.get(base);
    w.get(base);
    w.memory(W.load, word * 4);
    push();
    w.op(W.add);
    w.memory(W.store, word * 4);
  }
}
