import { Slot } from "../interp/state.ts";
import { boundedLoop } from "./bounded.ts";
import { flagReaders, flagSpillers } from "./facts.ts";
import { IN_FILE, meet, same, type State } from "./flags-state.ts";
import { EXIT, STORED, UNWIND } from "./frame.ts";
import { dominates, type Node } from "./graph.ts";
import * as layout from "./layout.ts";
import { Local, local } from "./layout.ts";
import { LoopEmitter } from "./loops.ts";
import { declareVectors, isVectorOp, vectorBytes } from "./vectors.ts";
import { F32, F64, I32, I64, W } from "./wasm.ts";

/** Bytes of memory within which all questions about loops that end on data make sense. */
const LEAST_READABLE = 1 << 16;

/** After so many looks at all blocks what is not stable yet is in the file. Random code of 200 blocks needs seven. */
const PATIENCE = 12;

/** Writes the function of a region. */
export class RegionEmitter extends LoopEmitter {
  /** State of the flags where a block begins. */
  private readonly entryState = new Map<number, State>();
  /** Blocks at whose beginning some flag is read before it is written. */
  private readonly readsFlags: ReadonlySet<number>;
  /** Blocks in which the file has to have the flags soon. */
  private readonly spillsFlags: ReadonlySet<number>;
  private readonly usesVectors: boolean;
  private changed = false;
  private rounds = 0;

  constructor(...parameters: ConstructorParameters<typeof LoopEmitter>) {
    super(...parameters);
    const { graph } = this;
    this.usesVectors = graph.nodes.some(({ ir }) =>
      ir.insts.some((x) => isVectorOp(x) || vectorBytes(x) !== undefined),
    );
    this.readsFlags = flagReaders(graph);
    this.spillsFlags = flagSpillers(graph);
  }

  /** Local declarations and code. */
  write(): void {
    const { w, graph, flags } = this;
    this.findEntryStates();
    w.unsigned(7 + (this.plan ? 4 : 0) + (this.usesVectors ? 1 : 0));
    w.unsigned(layout.WORD_LOCALS);
    w.byte(I32);
    w.unsigned(layout.LONG_LOCALS);
    w.byte(I64);
    w.unsigned(layout.DOUBLE_LOCALS);
    w.byte(F64);
    w.unsigned(layout.SINGLE_LOCALS);
    w.byte(F32);
    this.floats.declare();
    const words = flags.saved.size + (this.counters?.size ?? 0);
    w.unsigned(words);
    w.byte(I32);
    let next = Local.Saved + this.floats.size + words;
    if (this.plan) next += this.groups.declare(next);
    this.vectors.first = next;
    if (this.usesVectors) declareVectors(w);
    this.counters?.enter(Local.Saved + this.floats.size + flags.saved.size);
    this.live = this.liveness.live.get(graph.entry)![0];
    this.reload();
    if (this.plan) this.open(W.block, STORED);
    this.open(W.block, EXIT);
    const exits = [...this.exits];
    for (const [label] of exits) this.open(W.block, label);
    this.open(W.block, UNWIND);
    flags.state = IN_FILE;
    // The file has all registers.
    this.dirty = 0;
    this.guard();
    this.guardFloats();
    flags.convert(this.entryState.get(graph.entry.key)!);
    this.tree(graph.entry);
    this.close();
    this.counters?.leave();
    w.get(Local.Key);
    w.get(Local.Work);
    w.op(W.return);
    for (const [, exit] of exits.reverse()) {
      this.close();
      this.leaveBy(exit);
    }
    this.close();
    this.floats.store();
    if (this.plan) this.close();
    this.float.storeComparison();
    this.counters?.leave();
    this.storeLeft();
    this.storeFile(Slot.PC * 4, () => {
      w.get(Local.Key);
      w.const(-2);
      w.op(W.and);
    });
    this.storeFile(Slot.T * 4, () => {
      w.get(Local.Key);
      w.const(1);
      w.op(W.and);
    });
    w.const(0);
    w.get(Local.Work);
    w.end();
  }

  /**
   * Leaves when registers are not what the code was made for. They stay registers behind that: for each access at a constant address the
   * host would put that into a register.
   */
  private guard(): void {
    const { w } = this;
    const { key } = this.graph.entry;
    for (const [r, value] of this.checks.guards) {
      w.get(local(r));
      w.const(value);
      w.op(W.ne);
      w.openUnlikely();
      this.labels.push(undefined);
      this.storeFile(layout.MISSED, () => w.const(key));
      this.exitAt(key);
      this.close();
    }
  }

  /** Leaves when floating-point numbers, or how one calculates with them, are not what the code was made for. */
  private guardFloats(): void {
    const { w, plan } = this;
    if (!plan) return;
    const { key } = this.graph.entry;
    const leave = (ifs: number): void => {
      for (let k = 0; k < ifs; k++) this.labels.push(undefined);
      this.exitAt(key);
      this.labels.length -= ifs;
    };
    w.get(Local.Unready);
    w.openUnlikely();
    this.float.stray();
    leave(1);
    w.end();
    for (const { size, v, value } of plan.constants)
      this.float.checkConstant(size, v, value, leave);
    for (const { size, v } of plan.atEntry) this.float.checkRegister(size, v, leave);
  }

  /** Runs over the blocks until the states of the flags at their beginnings are stable. What is written is thrown away. */
  private findEntryStates(): void {
    const { w, graph } = this;
    const at = w.at;
    this.dry = true;
    this.entryState.set(graph.entry.key, IN_FILE);
    const done = new Map<Node, State>();
    do {
      this.rounds++;
      this.changed = false;
      for (const n of graph.nodes) {
        const state = this.entryState.get(n.key) ?? IN_FILE;
        const before = done.get(n);
        if (before && same(before, state)) continue;
        done.set(n, state);
        this.flags.state = state;
        this.body(n);
        w.at = at;
      }
    } while (this.changed);
    // Registers that are saved for flags there, too.
    for (const n of graph.nodes) {
      const nest = this.checks.nestAt(n);
      if (nest) this.nestParts(nest);
      w.at = at;
    }
    w.forget();
    this.dry = false;
  }

  // Structure: "Beyond Relooper" (Ramsey 2022).

  /** The code of a block and all it dominates. */
  private tree(n: Node): void {
    const readsFlags = this.readsFlags.has(n.key);
    const may = !this.counters && this.readable.size >= LEAST_READABLE;
    const bounded = may ? boundedLoop(this.graph, n, readsFlags) : undefined;
    const counted = bounded?.stream ? undefined : this.checks.countedAt(n);
    const twice = counted ?? bounded;
    const nest = may ? this.checks.nestAt(n) : undefined;
    this.flags.state = this.entryState.get(n.key)!;
    if (nest) this.nest(nest, n.key);
    if (n.isLoop && !twice) this.open(W.loop, n.key);
    // A loop that is written twice leaves to the same places.
    const merges = n.children
      .filter((c) => c.forward > 1 || (twice !== undefined && twice === bounded))
      .sort((a, b) => b.order - a.order);
    for (const c of merges) this.open(W.block, c.key);
    this.flags.state = this.entryState.get(n.key)!;
    const known = this.checks.fixedAt(n);
    const fixed = counted?.quiet || this.plan ? known : undefined;
    if (counted && fixed) this.fixed(n, counted, fixed);
    else if (counted) this.twice(n, counted);
    else if (bounded) this.bounded(n, bounded);
    else this.body(n);
    for (const c of merges.reverse()) {
      this.close();
      this.tree(c);
    }
    if (n.isLoop && !twice) this.close();
  }

  /** Goes to a block or out of the region. */
  protected goTo(key: number, from: Node): void {
    const to = this.graph.byKey.get(key);
    if (!to || (to.order <= from.order && !dominates(to, from))) {
      if (from.sites) return this.goOnOutside(key, from, from.sites);
      return key > 0xffffffff ? this.goOnElsewhere(key, from) : this.leaveTo(key);
    }
    const known = this.entryState.get(key);
    if (this.dry) {
      const state = this.flags.state;
      const next = known === undefined ? state : this.meeting(key, known, state);
      if (!known || !same(next, known)) {
        this.entryState.set(key, next);
        this.changed = true;
      }
      return;
    }
    this.flags.convert(known!);
    if (to.order <= from.order || this.labels.includes(key)) this.br(key);
    else this.tree(to);
  }

  /** The state at the beginning of a block that is reached in two. */
  private meeting(key: number, a: State, b: State): State {
    if (same(a, b)) return a;
    // States with too many sources begin again with the file, so that they might go round for ever.
    if (this.rounds > PATIENCE) return IN_FILE;
    const read = this.readsFlags.has(key);
    return !read && this.spillsFlags.has(key) ? IN_FILE : meet(a, b, read);
  }

  /** Straight code of a block, with its branches. */
  private body(n: Node): void {
    this.begin();
    this.ops(n, 0, n.ir.insts.length);
    this.finish(n);
  }
}
