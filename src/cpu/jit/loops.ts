import { Op } from "../ir/ops.ts";
import { BlockEmitter } from "./block.ts";
import type { BoundedLoop } from "./bounded.ts";
import { checkPlace, emitBounds, TIMES } from "./bounded-entry.ts";
import type { CountedLoop } from "./counted.ts";
import { emitEntry, emitGoesOn, emitGoesOnForRow } from "./counted-entry.ts";
import type { FixedLoop } from "./fixed.ts";
import { IN_FILE, type State } from "./flags-state.ts";
import { AGAIN, BEHIND, DONE, FAST, MANY, REST } from "./frame.ts";
import type { Node } from "./graph.ts";
import type { Nest } from "./nests.ts";
import * as layout from "./layout.ts";
import { Local, local } from "./layout.ts";
import { readBeforeWritten } from "./liveness.ts";
import type { FloatRow } from "./float-rows.ts";
import { beginRelay } from "./relays.ts";
import { RowAddresses } from "./rows.ts";
import { emitSkip } from "./streams-skip.ts";
import { guarded } from "./wants.ts";
import { W } from "./wasm.ts";

/** Writes loops of one block that are there twice: without the checks of their accesses, and as they are. */
export abstract class LoopEmitter extends BlockEmitter {
  /** A counted loop: the version without checks as long as it may be entered, and the loop as it is. */
  protected twice(n: Node, loop: CountedLoop): void {
    const { w, flags } = this;
    const { branch, quiet, free } = loop;
    const x = n.ir.insts[branch];
    const begin = flags.state;
    this.open(W.block, BEHIND);
    this.open(W.block, undefined);
    this.open(W.loop, AGAIN);
    emitEntry(w, loop, this.readable, n.key);
    const together = loop.calculates
      ? this.plan?.row(n, { branch, times: loop.row, all: false })
      : undefined;
    const inRows = loop.row > 1 && (quiet || this.plan !== undefined);
    this.relay = loop.chain?.relay;
    if (this.relay) beginRelay(w, this.relay);
    if (inRows) this.open(W.block, DONE);
    const atEnd = inRows ? this.rows(n, loop, together) : undefined;
    this.open(W.loop, FAST);
    // Nobody looks at flags before they are written.
    if (quiet) flags.state = IN_FILE;
    this.begin();
    this.free = free;
    this.ops(n, 0, branch);
    this.free = undefined;
    this.relay = undefined;
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
    this.asItIs(n, branch, begin, state);
  }

  /** A counted loop that goes round a known number of times: the version without checks, at once or in rows, and the loop as it is. */
  protected fixed(n: Node, loop: CountedLoop, { times, row, asked }: FixedLoop): void {
    const { w, flags } = this;
    const { branch } = loop;
    const x = n.ir.insts[branch];
    const begin = flags.state;
    const together = loop.calculates
      ? this.plan?.row(n, { branch, times: row, all: true })
      : undefined;
    this.open(W.block, BEHIND);
    this.open(W.block, REST);
    w.get(Local.Work);
    w.const64(times * 2 ** layout.WORK_SHIFT);
    w.op(W.ltS64);
    w.brIf(0);
    this.open(W.block, undefined);
    for (const place of asked) checkPlace(w, place, times, this.readable);
    this.close();
    const inRows = row < times;
    if (inRows) this.open(W.loop, FAST);
    const atEnd = together ? this.rowTogether(n, loop, together) : this.writeRow(n, loop, row);
    if (inRows) {
      emitGoesOn(w, loop, true);
      this.brIf(FAST);
      this.close();
    }
    // The last iteration does not branch.
    this.count(2 ** layout.WORK_SHIFT - (x.at + 1));
    this.br(BEHIND);
    this.asItIs(n, branch, begin, atEnd);
  }

  /** A counted loop of several blocks: iterations of a version without checks, before the loop as it is. */
  protected nest(nest: Nest, key: number): void {
    const { w, flags } = this;
    const begin = flags.state;
    const { loop, units, instructions } = nest;
    this.open(W.block, undefined);
    this.open(W.block, undefined);
    emitEntry(w, loop, this.readable, key, units);
    this.open(W.loop, FAST);
    this.nestParts(nest);
    this.count(instructions - units * 2 ** layout.WORK_SHIFT);
    emitGoesOn(w, loop);
    this.brIf(FAST);
    this.close();
    this.close();
    flags.convert(begin);
    this.close();
    flags.state = begin;
  }
  /** An iteration of it. */
  protected nestParts({ parts, addresses }: Nest): void {
    this.flags.state = IN_FILE;
    /** Number of the op in the iteration that the first op of a block would have. */
    let first = 0;
    for (const { n, from, to, isInner } of parts) {
      first -= from;
      this.row = { addresses: { of: (k, first) => addresses.get(first + k) }, iteration: first };
      first += to;
      if (isInner) this.flags.state = IN_FILE;
      this.begin();
      this.free = new Set(n.ir.insts.keys());
      this.ops(n, from, to);
    }
    this.free = undefined;
    this.row = undefined;
    this.counted = 0;
  }

  /** Iterations in a row of a version without checks; returns the state of the flags behind the last. */
  private writeRow(n: Node, { branch, free, quiet }: CountedLoop, row: number): State {
    const { flags } = this;
    const { insts } = n.ir;
    const round = insts[branch].at + 1 - 2 ** layout.WORK_SHIFT;
    const addresses = new RowAddresses(insts, branch, guarded(insts), row, this.readable);
    addresses.begin(this.w);
    for (let k = 0; k < row; k++) {
      this.row = { addresses, iteration: k };
      // Nobody looks at flags before they are written.
      if (quiet) flags.state = IN_FILE;
      this.begin();
      // A result that is refused leaves with what the iterations before it have used.
      if (!quiet) this.counted = -k * round;
      this.inRow = !quiet;
      this.free = free;
      this.ops(n, 0, branch);
      this.free = undefined;
      this.at(n, branch);
    }
    this.inRow = false;
    this.row = undefined;
    this.counted = 0;
    this.count(row * round);
    return flags.state;
  }

  /**
   * The version without checks for rows of iterations. Goes to DONE when the last iteration was the last of all, and on when fewer than a
   * row are left. Returns the state of the flags behind an iteration.
   */
  private rows(n: Node, loop: CountedLoop, together: FloatRow | undefined): State {
    const { w, flags } = this;
    const begin = flags.state;
    this.open(W.block, REST);
    emitGoesOnForRow(w, loop);
    w.op(W.eqz);
    this.brIf(REST);
    this.open(W.loop, MANY);
    const state = together ? this.rowTogether(n, loop, together) : this.writeRow(n, loop, loop.row);
    emitGoesOnForRow(w, loop);
    if (!loop.quiet) {
      this.open(W.if, undefined);
      flags.convert(begin);
      this.br(MANY);
      this.close();
      flags.state = state;
    } else this.brIf(MANY);
    this.close();
    emitGoesOn(w, loop);
    w.op(W.eqz);
    this.brIf(DONE);
    if (!loop.quiet) flags.convert(begin);
    this.close();
    return state;
  }

  /**
   * Iterations in a row of a version without checks, which stores nothing, with one test for all results. When it fails, goes to REST with
   * everything as it was at the beginning. Returns the state of the flags behind the last.
   */
  private rowTogether(
    n: Node,
    { branch, free }: CountedLoop,
    { steps, ends, kept }: FloatRow,
  ): State {
    const { w, flags, float, groups } = this;
    const { insts } = n.ir;
    const round = insts[branch].at + 1 - 2 ** layout.WORK_SHIFT;
    const begin = flags.state;
    const read = readBeforeWritten(insts.slice(0, branch));
    groups.begin(read | begin.registers | begin.sourceRegisters, kept);
    const addresses = new RowAddresses(insts, branch, guarded(insts), steps.length, this.readable);
    addresses.begin(w);
    this.free = free;
    float.group = groups;
    steps.forEach((list, iteration) => {
      this.row = { addresses, iteration };
      // Nobody looks at flags before they are written.
      flags.state = IN_FILE;
      this.begin();
      this.steps = list;
      this.ops(n, 0, branch);
    });
    this.row = undefined;
    this.steps = undefined;
    this.free = undefined;
    this.at(n, branch);
    for (const { size, v } of ends) float.collect(size, v);
    float.group = undefined;
    if (groups.push()) {
      w.openUnlikely();
      this.labels.push(undefined);
      groups.restore();
      this.br(REST);
      this.close();
    }
    this.counted = 0;
    this.count(steps.length * round);
    return flags.state;
  }

  /** A loop that ends on data: the version without checks for so many iterations as are allowed, and the loop as it is. */
  protected bounded(n: Node, loop: BoundedLoop): void {
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
    this.asItIs(n, branch, begin, state);
  }

  /**
   * Closes the way to the loop as it is, writes that, and what is behind both versions: `begin` is the state of the flags where the loop
   * begins, `end` the one in which the other version goes to BEHIND.
   */
  private asItIs(n: Node, branch: number, begin: State, end: State): void {
    const { flags } = this;
    this.close();
    flags.state = begin;
    this.open(W.loop, n.key);
    this.begin();
    this.ops(n, 0, branch + 1);
    // A comparison that depends on another one is part of the branch here.
    flags.convert(end);
    this.close();
    this.close();
    this.float.forget();
    this.ops(n, branch + 1, n.ir.insts.length);
    this.finish(n);
  }
}
