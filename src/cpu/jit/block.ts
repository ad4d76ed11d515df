import { Slot } from "../interp/state.ts";
import { type Inst, NZCV, Op, TEMP } from "../ir/ops.ts";
import { AccessEmitter } from "./access.ts";
import { bulkLoop, emitBulk, followsRegisters } from "./bulk.ts";
import { Calls } from "./calls.ts";
import { Checks, NOTHING, ownCheck } from "./checks.ts";
import { ConditionalCompares } from "./conditional-compare.ts";
import { isChosen, onlyResult } from "./choices.ts";
import type { RegionCounters } from "./counters.ts";
import { dataEmitter } from "./data.ts";
import { decisionOf } from "./decisions.ts";
import { isBackward, writesAllFlags, writtenBy } from "./facts.ts";
import { comparisons } from "./flags.ts";
import { IN_LOCALS, type State } from "./flags-state.ts";
import { isFloatOp, touchesFloat } from "./float.ts";
import type { Step } from "./float-facts.ts";
import { FloatGroups } from "./float-groups.ts";
import { FloatPlan } from "./float-plan.ts";
import type { IterationRow } from "./float-rows.ts";
import { type Graph, isCall, keyAt, keyBehind, type Node } from "./graph.ts";
import type { JumpTable } from "./jump-table.ts";
import { Local, local } from "./layout.ts";
import { pushA, pushB } from "./operands.ts";
import type { Readable } from "./readable.ts";
import { emitRelay, type Relay } from "./relays.ts";
import type { Address, RowAddresses } from "./rows.ts";
import { groupEnd, isAccess, isTranslated, needsInterpreter } from "./shapes.ts";
import type { Surroundings } from "./surroundings.ts";
import { isVectorOp, vectorBytes, VectorEmitter } from "./vectors.ts";
import { W, type Writer } from "./wasm.ts";

/** Writes the straight code of blocks, with their branches. */
export abstract class BlockEmitter extends Calls {
  protected readonly vectors: VectorEmitter;
  /** Accesses that need no check, while the second version of a counted loop is written. */
  protected free: ReadonlySet<number> | undefined;
  /** The iteration of it that is written, of a row. */
  protected row: { readonly addresses: Pick<RowAddresses, "of">; iteration: number } | undefined;
  /** Which sums of it are added in another order. */
  protected relay: Relay | undefined;
  /** Which results of floating point need a test; undefined: all, and nothing is known of the modes. */
  protected readonly plan: FloatPlan | undefined;
  /** The same, while iterations are written whose results are tested together. */
  protected steps: readonly Step[] | undefined;
  protected readonly groups: FloatGroups;
  private readonly access: AccessEmitter;
  protected readonly checks: Checks;
  protected readonly readable: Readable;
  /** None where instructions are counted: both comparisons are made. */
  private readonly compares: ConditionalCompares | undefined;

  constructor(
    w: Writer,
    graph: Graph,
    private readonly surroundings: Surroundings,
    counters?: RegionCounters,
  ) {
    super(w, graph, counters);
    const { readable } = surroundings;
    this.readable = readable;
    this.vectors = new VectorEmitter(w);
    this.access = new AccessEmitter(w, readable, this.floats, this.vectors);
    this.checks = new Checks(
      graph,
      surroundings,
      this.liveness.live.get(graph.entry)![0],
      !counters,
    );
    if (surroundings.ordinaryNumbers && this.usesFloat && !counters)
      this.plan = FloatPlan.make(graph, this.floats, surroundings, this.fixedRows());
    this.groups = new FloatGroups(w, this.floats, () => [...this.flags.saved.values()]);
    this.float.lazy = this.plan !== undefined;
    this.compares = counters ? undefined : new ConditionalCompares(w, this.flags, graph);
  }

  /** Loops with floating point that go round a known number of times. */
  private fixedRows(): Map<Node, IterationRow> {
    const rows = new Map<Node, IterationRow>();
    for (const n of this.graph.nodes) {
      const counted = this.checks.countedAt(n);
      const fixed = this.checks.fixedAt(n);
      if (counted?.calculates && fixed)
        rows.set(n, { branch: counted.branch, times: fixed.row, all: true });
    }
    return rows;
  }
  /** Ranges that the code relies on being able to store to: start, end, ... */
  get stores(): number[] {
    return this.checks.stores;
  }

  protected begin(): void {
    this.counted = 0;
    this.float.forget();
  }
  /** Op k is reached, or the end. */
  protected at(n: Node, k: number): void {
    this.counters?.at(n, k);
    this.inSmallLoop = this.smallLoops.has(n);
    this.dirty = this.liveness.dirty.get(n)![k];
    if (k < n.ir.insts.length) this.live = this.liveness.live.get(n)![k + 1];
  }
  /** Ops [from, to), into which and out of which nothing skips. */
  protected ops(n: Node, from: number, to: number): void {
    const { w, flags } = this;
    const { ir } = n;
    const { insts } = ir;
    if (this.plan?.touched.has(n)) this.float.touched = true;
    let skip: { label: number; state: State; touched: boolean; other: number } | undefined;
    const closeSkip = (k: number): void => {
      if (!skip) return;
      const last = insts[k - 1];
      const gone = (last.op === Op.br || last.op === Op.bx) && !isCall(ir, k - 1);
      if (!gone) flags.convert(skip.state);
      this.close();
      flags.state = skip.state;
      this.float.join(skip.touched);
      skip = undefined;
    };
    for (let k = from; k < to; k++) {
      const x = insts[k];
      if (skip?.label === k && skip.other > k) {
        flags.convert(skip.state);
        w.op(W.else);
        flags.state = skip.state;
        this.at(n, k);
        skip.label = skip.other;
        continue;
      }
      if (skip?.label === k) closeSkip(k);
      this.at(n, k);
      if (x.op === Op.skip && x.label < to && this.compares) {
        const { label } = x;
        const branch = {
          open: () => this.open(W.block, undefined),
          close: () => this.close(),
          taken: () => {
            this.at(n, label);
            this.taken(n, insts[label]);
          },
        };
        if (this.compares.emit(n, k, branch)) {
          k = label;
          continue;
        }
      }
      if (x.op === Op.skip && !this.counters && isChosen(insts, k)) {
        k = this.choose(n, k, to) - 1;
        continue;
      }
      if (x.op === Op.skip) {
        const changes = this.changesFlags(ir, k + 1, x.label);
        const other = changes ? k : this.otherwise(insts, k, to);
        if (changes) flags.settle();
        flags.beforeWrite(writtenBy(insts, k + 1, Math.max(x.label, other)));
        flags.condition(x.cond);
        if (changes) flags.state = IN_LOCALS;
        w.op(W.eqz);
        this.open(W.if, undefined);
        skip = { label: x.label, state: flags.state, touched: this.float.touched, other };
        continue;
      }
      if (n.table?.first === k) {
        this.jumpThrough(n, n.table);
        k = n.table.last;
        continue;
      }
      if (k === 0 || insts[k - 1].at !== x.at || insts[k - 1].op === Op.skip) {
        const end = groupEnd(insts, k);
        if (needsInterpreter(insts, k, end)) {
          this.stepHost(n, x, skip !== undefined);
          k = end - 1;
          continue;
        }
      }
      this.inst(n, k, skip !== undefined);
    }
    this.dirty = this.liveness.dirty.get(n)![to];
    closeSkip(to);
  }
  /** Writes what is behind the skip of op k, and what is behind that for the opposite condition, without a branch; returns where that ends. */
  private choose(n: Node, k: number, to: number): number {
    const { w, flags } = this;
    const { insts } = n.ir;
    const { cond, label } = insts[k];
    const next = insts[label];
    const both = label < to && next.op === Op.skip && next.cond === (cond ^ 1);
    const end = both && isChosen(insts, label) ? next.label : label;
    flags.beforeWrite(writtenBy(insts, k + 1, end));
    flags.condition(cond);
    w.set(Local.Skipped);
    const d = onlyResult(insts, k + 1, label);
    if (end > label && d !== undefined && d === onlyResult(insts, label + 1, end)) {
      const at = local(d);
      w.get(at);
      w.set(Local.Before);
      for (let j = k + 1; j < label; j++) this.always(n, j);
      w.get(at);
      w.set(Local.Other);
      w.get(Local.Before);
      w.set(at);
      for (let j = label + 1; j < end; j++) this.always(n, j);
      this.chosen(at, Local.Other, at);
      return end;
    }
    for (let j = k + 1; j < end; j++) {
      if (j === label) continue;
      const at = local(insts[j].d);
      if (insts[j].d < TEMP) {
        w.get(at);
        w.set(Local.Before);
      }
      this.always(n, j);
      if (insts[j].d >= TEMP) continue;
      if (j < label) this.chosen(at, at, Local.Before);
      else this.chosen(at, Local.Before, at);
    }
    return end;
  }
  private always(n: Node, k: number): void {
    this.at(n, k);
    this.inst(n, k, false);
  }
  /** One of two locals. */
  private chosen(to: number, executed: number, skipped: number): void {
    const { w } = this;
    w.get(skipped);
    w.get(executed);
    w.get(Local.Skipped);
    w.op(W.select);
    w.set(to);
  }

  /** Goes on behind the block. */
  protected finish(n: Node): void {
    const { w } = this;
    const { ir } = n;
    this.at(n, ir.insts.length);
    const total = ir.pcs.length - 1;
    if (ir.open) {
      const it = ir.its[total];
      this.count(total - this.counted);
      if (it === 0) return this.goTo(keyBehind(n)!, n);
      this.storeFile(Slot.IT * 4, () => w.const(it));
      this.exitAt(ir.end | 1);
      return;
    }
    const next = keyBehind(n);
    if (next === undefined) w.op(W.unreachable);
    else this.goTo(next, n);
  }

  /**
   * Where the code ends that is executed when that behind the skip of op k is not, as in MOVLS, MOVHI; k when there is no such code, or it
   * does more than to calculate.
   */
  private otherwise(insts: readonly Inst[], k: number, to: number): number {
    const { cond, label } = insts[k];
    const next = insts[label];
    if (this.counters || label >= to || next.op !== Op.skip || next.cond !== (cond ^ 1)) return k;
    for (let j = k + 1; j < next.label; j++)
      if (j !== label && (!isCalculation(insts[j]) || insts[j].set & NZCV)) return k;
    return next.label > to ? k : next.label;
  }

  private changesFlags(ir: Node["ir"], from: number, to: number): boolean {
    for (let k = from; k < to; k++) {
      const x = ir.insts[k];
      // A way out for good: nothing comes behind it.
      if ((x.op === Op.br || x.op === Op.bx) && !isCall(ir, k)) continue;
      if (x.set & NZCV || x.op === Op.svc || !isTranslated(x)) return true;
    }
    return false;
  }

  private inst(n: Node, k: number, conditional: boolean): void {
    const { w, flags } = this;
    const { ir } = n;
    const x = ir.insts[k];
    const data = dataEmitter(x.op);
    // A sum that writes all flags needs nothing of what they were.
    if (!data || !writesAllFlags(x)) flags.beforeWrite(writtenBy(ir.insts, k, k + 1));
    if (data && this.relay && emitRelay(w, this.relay, x, k)) return;
    if (data) return data(x, w, flags);
    if (x.op === Op.ldr && x.ka && x.kb) {
      const value = this.surroundings.literalAt((x.a + x.b) | 0);
      if (value !== undefined) {
        w.const(value);
        return w.set(local(x.d));
      }
    }
    const refused = (ifs: number): void => {
      for (let k = 0; k < ifs; k++) this.labels.push(undefined);
      this.interpretAt(n, x);
      this.labels.length -= ifs;
    };
    if (isFloatOp(x))
      return this.float.emit(x, refused, this.steps ? this.steps[k] : this.plan?.of(n, k));
    if (isVectorOp(x)) {
      this.float.touch();
      return this.vectors.emit(x, () => refused(1));
    }
    if (isAccess(x)) {
      if (touchesFloat(x.op) || vectorBytes(x) !== undefined) this.float.touch();
      // What shares a check may be without the one that it shares.
      const address = this.row?.addresses.of(k, this.row.iteration) ?? this.inTable(x);
      if (this.relay?.low?.load === k) this.access.lowByte(x, Local.LoadedByte, address);
      if (this.free?.has(k))
        return this.access.emit(x, ownCheck(x) && NOTHING, refused, true, address);
      if (this.free) return this.access.emit(x, ownCheck(x), refused);
      return this.access.emit(x, this.checks.of(x), refused, false, address);
    }
    switch (x.op) {
      case Op.br:
        if (!isCall(ir, k)) this.taken(n, x);
        else if (n.callee !== undefined && k === ir.insts.length - 1) this.enterCopy(n, k);
        else this.call(n, k, conditional);
        return;
      case Op.brc:
        if (!this.decided(n, k)) flags.condition(x.cond);
        return this.takenIf(n, x);
      case Op.brz:
      case Op.brnz:
        w.get(local(x.a));
        if (x.op === Op.brz) w.op(W.eqz);
        return this.takenIf(n, x);
      case Op.bx:
        if (!isCall(ir, k)) this.branchExchange(n, k);
        else if (n.callee !== undefined && k === ir.insts.length - 1) this.enterExpected(n, k);
        else this.call(n, k, conditional);
        return;
      case Op.cross:
        return this.crossBorder(n, x);
      case Op.svc:
        return this.supervisorCall(n, x, conditional);
      default:
        this.interpretAt(n, x);
    }
  }

  /** Where an access with an index is in a table at a known address. */
  private inTable(x: Inst): Address | undefined {
    const table = this.checks.tableOf(x);
    if (table === undefined) return undefined;
    const push = (w: Writer): void => {
      w.get(local(x.b));
      w.const(x.i);
      w.op(W.shl);
    };
    return { push, offset: table };
  }

  // Branches.

  /** Pushes whether the branch of op k is taken when a comparison long before it decides that. */
  private decided({ ir: { insts } }: Node, k: number): boolean {
    const decision = this.counters ? undefined : decisionOf(insts, k);
    if (!decision) return false;
    const { w } = this;
    pushA(decision.compare, w);
    pushB(decision.compare, w);
    w.op(comparisons[decision.cond]);
    return true;
  }
  private takenIf(n: Node, x: Inst): void {
    const { flags } = this;
    const { state } = flags;
    this.open(W.if, undefined);
    this.taken(n, x);
    this.close();
    flags.state = state;
  }
  private taken(n: Node, { at, to }: { at: number; to: number }): void {
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
  private jumpThrough(n: Node, { last, index, targets }: JumpTable): void {
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

const isCalculation = (x: Inst): boolean => dataEmitter(x.op) !== undefined && isTranslated(x);
