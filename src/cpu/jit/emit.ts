import { Slot } from "../interp/state.ts";
import { Op } from "../ir/ops.ts";
import { BlockEmitter } from "./block.ts";
import { type BoundedLoop, boundedLoop } from "./bounded.ts";
import { checkPlace, emitBounds, TIMES } from "./bounded-entry.ts";
import type { CountedLoop } from "./counted.ts";
import { emitEntry, emitGoesOn, emitGoesOnForRow } from "./counted-entry.ts";
import { flagReaders, flagSpillers } from "./facts.ts";
import type { FixedLoop } from "./fixed.ts";
import { IN_FILE, meet, same, type State } from "./flags-state.ts";
import { AGAIN, BEHIND, DONE, EXIT, FAST, MANY, REST, UNWIND } from "./frame.ts";
import { dominates, type Node } from "./graph.ts";
import * as layout from "./layout.ts";
import { Local, local } from "./layout.ts";
import { emitSkip } from "./streams-skip.ts";
import { declareVectors, isVectorOp, vectorBytes } from "./vectors.ts";
import { F32, F64, I32, I64, W } from "./wasm.ts";

/** Bytes of memory within which all questions about loops that end on data make sense. */
const LEAST_READABLE = 1 << 16;

/** After so many looks at all blocks what is not stable yet is in the file. Random code of 200 blocks needs seven. */
const PATIENCE = 12;

/** Writes the function of a region. */
export class RegionEmitter extends BlockEmitter {
  /** State of the flags where a block begins. */
  private readonly entryState = new Map<number, State>();
  /** Blocks at whose beginning some flag is read before it is written. */
  private readonly readsFlags: ReadonlySet<number>;
  /** Blocks in which the file has to have the flags soon. */
  private readonly spillsFlags: ReadonlySet<number>;
  private readonly usesVectors: boolean;
  private changed = false;
  private rounds = 0;

  constructor(...parameters: ConstructorParameters<typeof BlockEmitter>) {
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
    w.unsigned(this.usesVectors ? 8 : 7);
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
    this.vectors.first = Local.Saved + this.floats.size + words;
    if (this.usesVectors) declareVectors(w);
    this.counters?.enter(Local.Saved + this.floats.size + flags.saved.size);
    this.live = this.liveness.live.get(graph.entry)![0];
    this.reload();
    this.open(W.block, EXIT);
    const exits = [...this.exits];
    for (const [label] of exits) this.open(W.block, label);
    this.open(W.block, UNWIND);
    flags.state = IN_FILE;
    // The file has all registers.
    this.dirty = 0;
    this.guard();
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

  /** Leaves when registers are not what the code was made for. */
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
      w.const(value);
      w.set(local(r));
    }
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
    if (n.isLoop && !twice) this.open(W.loop, n.key);
    // A loop that is written twice leaves to the same places.
    const merges = n.children
      .filter((c) => c.forward > 1 || (twice !== undefined && twice === bounded))
      .sort((a, b) => b.order - a.order);
    for (const c of merges) this.open(W.block, c.key);
    this.flags.state = this.entryState.get(n.key)!;
    const fixed = this.checks.fixedAt(n);
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

  /** A counted loop: the version without checks as long as it may be entered, and the loop as it is. */
  private twice(n: Node, loop: CountedLoop): void {
    const { w, flags } = this;
    const { branch, quiet, free } = loop;
    const x = n.ir.insts[branch];
    const begin = flags.state;
    this.open(W.block, BEHIND);
    this.open(W.block, undefined);
    this.open(W.loop, AGAIN);
    emitEntry(w, loop, this.readable, n.key);
    const inRows = loop.row > 1;
    if (inRows) this.open(W.block, DONE);
    const atEnd = inRows ? this.rows(n, loop) : undefined;
    this.open(W.loop, FAST);
    // Nobody looks at flags before they are written.
    if (quiet) flags.state = IN_FILE;
    this.begin();
    this.free = free;
    this.ops(n, 0, branch);
    this.free = undefined;
    this.at(n, branch);
    if (atEnd) flags.convert(atEnd);
    const { state } = flags;
    const round = x.at + 1 - this.counted - 2 ** layout.WORK_SHIFT;
    if (!quiet) flags.convert(begin);
    this.count(round);
    emitGoesOn(w, loop);
    this.brIf(FAST);
    this.close();
    if (inRows) this.close();
    this.count(-round);
    flags.state = state;
    if (x.op === Op.brc) flags.condition(x.cond);
    else w.get(local(x.a));
    w.op(W.eqz);
    this.brIf(BEHIND);
    this.spend(x.at + 1 - this.counted, () => this.exitAt(x.to));
    flags.convert(begin);
    this.br(AGAIN);
    this.close();
    this.close();
    flags.state = begin;
    this.open(W.loop, n.key);
    this.begin();
    this.ops(n, 0, branch + 1);
    this.close();
    this.close();
    this.float.forget();
    this.ops(n, branch + 1, n.ir.insts.length);
    this.finish(n);
  }

  /** A counted loop that goes round a known number of times: the version without checks, at once or in rows, and the loop as it is. */
  private fixed(n: Node, loop: CountedLoop, { times, row, asked }: FixedLoop): void {
    const { w, flags } = this;
    const { branch } = loop;
    const x = n.ir.insts[branch];
    const begin = flags.state;
    this.open(W.block, BEHIND);
    this.open(W.block, undefined);
    w.get(Local.Work);
    w.const64(times * 2 ** layout.WORK_SHIFT);
    w.op(W.ltS64);
    w.brIf(0);
    this.open(W.block, undefined);
    for (const place of asked) checkPlace(w, place, times, this.readable);
    this.close();
    const inRows = row < times;
    if (inRows) this.open(W.loop, FAST);
    const atEnd = this.row(n, loop, row);
    if (inRows) {
      emitGoesOn(w, loop, true);
      this.brIf(FAST);
      this.close();
    }
    // The last iteration does not branch.
    this.count(2 ** layout.WORK_SHIFT - (x.at + 1));
    this.br(BEHIND);
    this.close();
    flags.state = begin;
    this.open(W.loop, n.key);
    this.begin();
    this.ops(n, 0, branch + 1);
    flags.convert(atEnd);
    this.close();
    this.close();
    this.float.forget();
    this.ops(n, branch + 1, n.ir.insts.length);
    this.finish(n);
  }

  /** Iterations in a row of a version without checks; returns the state of the flags behind the last. */
  private row(n: Node, { branch, free }: CountedLoop, row: number): State {
    const { flags } = this;
    for (let k = 0; k < row; k++) {
      flags.state = IN_FILE;
      this.begin();
      this.free = free;
      this.ops(n, 0, branch);
      this.free = undefined;
      this.at(n, branch);
    }
    this.count(row * (n.ir.insts[branch].at + 1 - 2 ** layout.WORK_SHIFT));
    return flags.state;
  }

  /**
   * The version without checks for rows of iterations. Goes to DONE when the last iteration was the last of all, and on when fewer than a
   * row are left. Returns the state of the flags behind an iteration.
   */
  private rows(n: Node, loop: CountedLoop): State {
    const { w } = this;
    this.open(W.block, REST);
    emitGoesOnForRow(w, loop);
    w.op(W.eqz);
    this.brIf(REST);
    this.open(W.loop, MANY);
    const state = this.row(n, loop, loop.row);
    emitGoesOnForRow(w, loop);
    this.brIf(MANY);
    this.close();
    emitGoesOn(w, loop);
    w.op(W.eqz);
    this.brIf(DONE);
    this.close();
    return state;
  }

  /** A loop that ends on data: the version without checks for so many iterations as are allowed, and the loop as it is. */
  private bounded(n: Node, loop: BoundedLoop): void {
    const { w, flags } = this;
    const { branch, quiet, free, stream } = loop;
    const x = n.ir.insts[branch];
    const begin = flags.state;
    this.open(W.block, BEHIND);
    this.open(W.block, undefined);
    this.open(W.loop, AGAIN);
    emitBounds(w, loop, this.readable);
    this.open(W.loop, FAST);
    // Nobody looks at flags before they are written.
    if (quiet) flags.state = IN_FILE;
    this.begin();
    this.free = free;
    this.ops(n, 0, branch);
    this.free = undefined;
    this.at(n, branch);
    if (x.op === Op.brc) flags.condition(x.cond);
    else if (x.op !== Op.br) w.get(local(x.a));
    const { state } = flags;
    if (x.op !== Op.br) {
      if (x.op !== Op.brz) w.op(W.eqz);
      this.brIf(BEHIND);
    }
    this.count(x.at + 1 - this.counted - 2 ** layout.WORK_SHIFT);
    if (!quiet) flags.convert(begin);
    w.get(TIMES);
    w.const(1);
    w.op(W.sub);
    w.tee(TIMES);
    this.brIf(FAST);
    this.close();
    flags.convert(begin);
    if (stream) emitSkip(w, stream, this.readable);
    this.br(AGAIN);
    this.close();
    this.close();
    flags.state = begin;
    this.open(W.loop, n.key);
    this.begin();
    this.ops(n, 0, branch + 1);
    this.close();
    this.close();
    flags.state = state;
    this.float.forget();
    this.ops(n, branch + 1, n.ir.insts.length);
    this.finish(n);
  }

  /** Goes to a block or out of the region. */
  protected goTo(key: number, from: Node): void {
    const to = this.graph.byKey.get(key);
    if (!to || (to.order <= from.order && !dominates(to, from)))
      return key > 0xffffffff ? this.goOnElsewhere(key, from) : this.leaveTo(key);
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
