import { Slot } from "../interp/state.ts";
import { type Inst, Op } from "../ir/ops.ts";
import type { RegionCounters } from "./counters.ts";
import { Flags } from "./flags.ts";
import type { Kept } from "./flags-stores.ts";
import { FloatEmitter, isFloatOp, touchesFloat } from "./float.ts";
import { FloatRegisters } from "./float-registers.ts";
import { type Graph, loopBodies, type Node } from "./graph.ts";
import { Liveness } from "./liveness.ts";
import * as layout from "./layout.ts";
import { FILE, Local, local } from "./layout.ts";
import { W, type Writer } from "./wasm.ts";

/** Labels of the ways out, which enclose the code of a region. */
export const UNWIND = "unwind";
export const EXIT = "exit";
/** Like EXIT, behind the floating-point registers being stored. */
export const STORED = "stored";
/**
 * Labels of a loop that is written twice: its beginning, the version without checks, the code behind; in between the version that does
 * several iterations in a row, what does the rest of them, and what comes when none is left.
 */
export const AGAIN = "again";
export const FAST = "fast";
export const MANY = "many";
export const REST = "rest";
export const DONE = "done";
export const BEHIND = "behind";
type Label =
  | number
  | typeof UNWIND
  | typeof EXIT
  | typeof STORED
  | ExitLabel
  | typeof AGAIN
  | typeof FAST
  | typeof MANY
  | typeof REST
  | typeof DONE
  | typeof BEHIND
  | undefined;
/** A way to EXIT that others take too: one for each place would be most of a region's code. */
type ExitLabel = `exit ${string}`;

/** Blocks of a loop that is small. */
const SMALL_LOOP = 4;

/** What exits have in common that share their code: registers that the file lacks, and what the host needs besides. */
interface ExitClass {
  readonly dirty: number;
  readonly kept: Kept;
}

/**
 * What the code of a region is made within. Guest registers and flags are locals; the register file has them whenever other code
 * runs. Three ways out, innermost first: UNWIND returns Key, everything being stored; EXIT stores
 * the pc from Key and returns 0, so that all callers return too.
 */
export class Frame {
  protected readonly flags: Flags;
  protected readonly labels: Label[] = [];
  protected readonly floats: FloatRegisters;
  protected readonly float: FloatEmitter;
  protected readonly usesFloat: boolean;
  protected readonly liveness: Liveness;
  /** Registers that the file lacks at this point. */
  protected dirty = 0;
  /** Registers that are wanted in locals behind the current op. */
  protected live = 0;
  protected dry = false;
  /**
   * The block is one of a small loop: exits are not shared. Where they meet, what differs has to be in the same places, for which the
   * host moves registers within the loop (matrix product and FFT: 1.1 to 1.3 times as long).
   */
  protected inSmallLoop = false;
  protected readonly smallLoops: ReadonlySet<Node>;
  /**
   * Iterations with floating point are written in a row: exits store the registers themselves. Where they meet, numbers would have to be in
   * the same places, for which the host puts each of them onto the stack as soon as it is computed (n-body: 1.2 times as long).
   */
  protected inRow = false;
  /** Exits that the code is known to have. */
  protected readonly exits = new Map<ExitLabel, ExitClass>();
  /** Instructions of the current block that local Work includes. */
  protected counted = 0;
  constructor(
    protected readonly w: Writer,
    protected readonly graph: Graph,
    protected readonly counters?: RegionCounters,
  ) {
    this.floats = new FloatRegisters(w, graph, Local.Saved, isFloatOp);
    this.flags = new Flags(w, Local.Saved + this.floats.size);
    const compares = new Set<number>();
    for (const { ir } of graph.nodes)
      for (const x of ir.insts) if (x.op === Op.vcmp) compares.add(x.i & 1);
    this.float = new FloatEmitter(w, this.floats, this.flags, [...compares]);
    this.float.key = graph.entry.key;
    this.usesFloat = graph.nodes.some(({ ir }) => ir.insts.some((x) => touchesFloat(x.op)));
    this.liveness = new Liveness(graph);
    const small = loopBodies(graph).filter((body) => body.size <= SMALL_LOOP);
    this.smallLoops = new Set(small.flatMap((body) => [...body]));
  }
  /** Counts n instructions and uses up a unit; `out` when it was the last. */
  protected spend(n: number, out: () => void): void {
    const { w } = this;
    w.get(Local.Work);
    w.const64(n - 2 ** layout.WORK_SHIFT);
    w.op(W.add64);
    w.tee(Local.Work);
    w.const64(0);
    w.op(W.ltS64);
    w.openUnlikely();
    this.labels.push(undefined);
    out();
    this.close();
  }
  /** Spends a unit when Key is an address not above `own`. */
  protected spendIfBackward(own: number): void {
    const { w } = this;
    w.get(Local.Key);
    w.const(own | 1);
    w.op(W.leU);
    this.open(W.if, undefined);
    this.spend(0, () => this.exit());
    this.close();
  }

  protected count(n: number): void {
    if (n === 0) return;
    const { w } = this;
    w.get(Local.Work);
    w.const64(n);
    w.op(W.add64);
    w.set(Local.Work);
  }

  // Ways out.

  protected exitAt(key: number): void {
    this.w.const(key);
    this.w.set(Local.Key);
    this.exit();
  }
  protected exit(): void {
    const { dirty } = this;
    const kept = this.flags.leave();
    const { locals, source, temporaries, saved } = kept;
    const label = `exit ${dirty} ${locals} ${source} ${temporaries} ${saved}` as const;
    if (this.dry && !this.inSmallLoop) this.exits.set(label, { dirty, kept });
    if (this.labels.includes(label) && !this.inSmallLoop) return this.br(label);
    // In the second version of a loop, too.
    this.leaveBy({ dirty, kept });
  }
  /** The interpreter is to execute the instruction of x, of which nothing has been done, and to go on. */
  protected interpretAt(n: Node, x: Inst): void {
    const { ir } = n;
    this.count(x.at - this.counted);
    this.counters?.undo(n, x, x.at, ir.pcs.length - 1);
    const it = ir.its[x.at];
    if (it) this.storeFile(Slot.IT * 4, () => this.w.const(it));
    this.exitAt(ir.pcs[x.at] | (ir.thumb ? 1 : 0));
  }
  /** Brings the file up to date: everything may run behind it. */
  protected storeRegisters(): void {
    this.storeCore(this.dirty);
    this.float.store();
    this.dirty = 0;
  }
  /** Brings the file up to date at an exit. */
  protected leaveBy({ dirty, kept }: ExitClass): void {
    this.flags.clearBut(kept);
    this.storeCore(dirty);
    if (this.inRow) this.floats.store();
    this.br(this.inRow ? STORED : EXIT);
  }
  /** Stores the registers of a mask. */
  private storeCore(mask: number): void {
    for (let r = 0; r < 15; r++)
      if (mask & (1 << r)) this.storeFile(r * 4, () => this.w.get(local(r)));
  }
  /** What states of the flags name, and which state it is. */
  protected storeLeft(): void {
    const { left, saved } = this.flags;
    const store = (offset: number, local: number): void =>
      this.storeFile(offset, () => this.w.get(local));
    for (let r = 0; r <= layout.JUNK; r++) if (left.temporaries & (1 << r)) store(r * 4, local(r));
    for (const [r, at] of saved) store(layout.LEFT_SAVED + r * 4, at);
    if (left.locals) {
      store(layout.LEFT_N, Local.N);
      store(layout.LEFT_Z, Local.Z);
      store(layout.LEFT_C, Local.C);
      store(layout.LEFT_V, Local.V);
    }
    if (left.source) store(layout.LEFT_SOURCE, Local.Source);
    store(layout.LEFT_STATE, Local.Left);
  }
  protected reload(): void {
    this.reloadCore();
    this.reloadFloats();
  }
  protected reloadFloats(): void {
    if (this.usesFloat) this.float.reload();
    this.float.forget();
  }
  protected reloadCore(): void {
    const { w } = this;
    for (let r = 0; r < 15; r++) {
      if (!(this.live & (1 << r))) continue;
      w.const(FILE);
      w.memory(W.load, r * 4);
      w.set(local(r));
    }
  }
  protected storeFile(offset: number, push: () => void): void {
    this.w.const(FILE);
    push();
    this.w.memory(W.store, offset);
  }

  protected open(op: number, label: Label): void {
    this.w.open(op);
    this.labels.push(label);
  }
  protected close(): void {
    this.w.end();
    this.labels.pop();
  }
  protected depthOf(label: Label): number {
    if (this.dry) return 0;
    return this.labels.length - 1 - this.labels.lastIndexOf(label);
  }
  protected br(label: Label): void {
    this.w.br(this.depthOf(label));
  }
  protected brIf(label: Label): void {
    this.w.brIf(this.depthOf(label));
  }
}
