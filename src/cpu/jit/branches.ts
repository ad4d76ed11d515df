import { type Inst, Op } from "../ir/ops.ts";
import { bulkLoop, emitBulk, followsRegisters } from "./bulk.ts";
import { Calls } from "./calls.ts";
import { decisionOf } from "./decisions.ts";
import { isBackward } from "./facts.ts";
import { comparisons } from "./flags.ts";
import { keyAt, type Node } from "./graph.ts";
import type { JumpTable } from "./jump-table.ts";
import { local } from "./layout.ts";
import { pushA, pushB } from "./operands.ts";
import type { Readable } from "./readable.ts";
import { W } from "./wasm.ts";

/** Branches that are no calls. */
export abstract class Branches extends Calls {
  protected abstract readonly readable: Readable;

  /** Pushes whether the branch of op k is taken when a comparison long before it decides that. */
  protected decided({ ir: { insts } }: Node, k: number): boolean {
    const decision = this.counters ? undefined : decisionOf(insts, k);
    if (!decision) return false;
    const { w } = this;
    pushA(decision.compare, w);
    pushB(decision.compare, w);
    w.op(comparisons[decision.cond]);
    return true;
  }
  protected takenIf(n: Node, x: Inst): void {
    const { flags } = this;
    const { state } = flags;
    this.open(W.if, undefined);
    this.taken(n, x);
    this.close();
    flags.state = state;
  }
  protected taken(n: Node, { at, to }: { at: number; to: number }): void {
    const { counted, dirty } = this;
    if (isBackward(to, n.ir.pcs[at])) {
      this.spend(at + 1 - counted, () => this.exitAt(to));
      if (keyAt(n, to) === n.key) this.bulk(n, at);
    } else this.count(at + 1 - counted);
    // The tree of another block may be written here.
    this.goTo(keyAt(n, to), n);
    this.counted = counted;
    this.dirty = dirty;
  }
  /** Iterations of a loop of one block that can be done at once. */
  private bulk(n: Node, at: number): void {
    if (!followsRegisters(this.flags.state)) return;
    const branch = n.ir.insts.findIndex((x) => x.at === at && x.op === Op.brc);
    const loop = branch < 0 ? undefined : bulkLoop(n, branch);
    if (loop) emitBulk(this.w, loop, this.readable, (count) => this.counters?.times(n, count));
  }
  /** A branch for each place the table leads to. An index beyond the table is the interpreter's business. */
  protected jumpThrough(n: Node, { last, index, targets }: JumpTable): void {
    const { w, flags } = this;
    const { state } = flags;
    const x = n.ir.insts[last];
    const places = [...new Set(targets)];
    this.open(W.block, undefined);
    for (const _ of places) this.open(W.block, undefined);
    w.get(local(index));
    w.op(W.brTable);
    w.unsigned(targets.length);
    for (const target of targets) w.unsigned(places.indexOf(target));
    w.unsigned(places.length);
    for (const to of places) {
      this.close();
      flags.state = state;
      this.taken(n, { at: x.at, to });
    }
    this.close();
    flags.state = state;
    const { counted } = this;
    this.interpretAt(n, x);
    this.counted = counted;
  }
}
