import { Slot } from "../interp/state.ts";
import { type Inst, Op } from "../ir/ops.ts";
import { AccessEmitter } from "./access.ts";
import { NOTHING, ownCheck } from "./access-plan.ts";
import { Checks } from "./checks.ts";
import { ConditionalCompares } from "./conditional-compare.ts";
import { Conditionals } from "./conditionals.ts";
import { isChosen } from "./choices.ts";
import type { RegionCounters } from "./counters.ts";
import { dataEmitter } from "./data.ts";
import { writesAllFlags, writtenBy } from "./facts.ts";
import { IN_LOCALS, type State } from "./flags-state.ts";
import { isFloatOp, touchesFloat } from "./float.ts";
import type { Step } from "./float-facts.ts";
import { FloatGroups } from "./float-groups.ts";
import { FloatPlan } from "./float-plan.ts";
import type { IterationRow } from "./float-rows.ts";
import { type Graph, isCall, keyBehind, type Node } from "./graph.ts";
import { Local, local } from "./layout.ts";
import type { Readable } from "./readable.ts";
import { emitRelay, type Relay } from "./relays.ts";
import type { Address, RowAddresses } from "./rows.ts";
import { groupEnd, isAccess, needsInterpreter } from "./shapes.ts";
import type { Surroundings } from "./surroundings.ts";
import { isVectorOp, vectorBytes, VectorEmitter } from "./vectors.ts";
import { W, type Writer } from "./wasm.ts";

/** Writes the straight code of blocks, with their branches. */
export abstract class BlockEmitter extends Conditionals {
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
  protected readonly loadsAnyway: boolean;
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
    this.loadsAnyway = surroundings.loadsAnyway ?? true;
    this.checks = new Checks(
      graph,
      surroundings,
      this.liveness.live.get(graph.entry)![0],
      !counters,
      this.loadsAnyway,
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
      if (x.op === Op.skip && !this.counters && isChosen(insts, k, this.loadsAnyway)) {
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

  protected inst(n: Node, k: number, conditional: boolean): void {
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
      if (this.anyway) this.float.stray();
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
}
