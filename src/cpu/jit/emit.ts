import { Slot } from "../interp/state.ts";
import { C, conditionReads, type Inst, NONE, NZCV, Op } from "../ir/ops.ts";
import { AccessEmitter, type Readable } from "./access.ts";
import { planChecks } from "./checks.ts";
import { dataEmitter } from "./data.ts";
import { Flags } from "./flags.ts";
import { IN_FILE, IN_LOCALS, meet, same, type State } from "./flags-state.ts";
import { FloatEmitter, isFloatOp, touchesFloat } from "./float.ts";
import { dominates, fallsThrough, type Graph, isCall, type Node } from "./graph.ts";
import type { JumpTable } from "./jump-table.ts";
import * as layout from "./layout.ts";
import { FILE, Local, local } from "./layout.ts";
import { groupEnd, isAccess, isTranslated, needsInterpreter, registersOf } from "./shapes.ts";
import { F32, F64, I32, I64, Import, Type, W, type Writer } from "./wasm.ts";

/** Labels of the ways out, which enclose the code of a region. */
const LEAVE = "leave";
const UNWIND = "unwind";
const EXIT = "exit";
type Label = number | typeof LEAVE | typeof UNWIND | typeof EXIT | undefined;

/** Number for `svc` that asks the interpreter to execute the instruction at the pc. */
export const STEP = -1;

/**
 * Writes the function of a region. Guest registers and flags are locals; the register file has them whenever other code runs. Three
 * ways out, innermost first: LEAVE stores the registers and returns Key; UNWIND returns Key, everything being stored; EXIT stores the
 * registers and the pc from Key and returns 0, so that all callers return too.
 */
export class RegionEmitter {
  private readonly flags: Flags;
  private readonly labels: Label[] = [];
  private readonly used: readonly number[];
  private readonly written: readonly number[];
  /** State of the flags where a block begins. */
  private readonly entryState = new Map<number, State>();
  /** Blocks at whose beginning some flag is read before it is written. */
  private readonly readsFlags: ReadonlySet<number>;
  private readonly access: AccessEmitter;
  private readonly float: FloatEmitter;
  private readonly usesFloat: boolean;
  private readonly plans = new Map<Node, ReturnType<typeof planChecks>>();
  private dry = false;
  private changed = false;
  /** Instructions of the current block that local Work includes. */
  private counted = 0;

  /**
   * `slotOf` gives the index into the table of regions for a guest address, `literalAt` the word at an address that is watched
   * as code is.
   */
  constructor(
    private readonly w: Writer,
    private readonly graph: Graph,
    private readonly slotOf: (key: number) => number,
    private readonly literalAt: (address: number) => number | undefined,
    readable: Readable,
  ) {
    this.access = new AccessEmitter(w, readable);
    this.flags = new Flags(w, Local.Saved);
    this.float = new FloatEmitter(w, this.flags);
    this.usesFloat = graph.nodes.some(({ ir }) => ir.insts.some((x) => touchesFloat(x.op)));
    const { used, written } = registers(graph);
    this.used = used;
    this.written = written;
    this.readsFlags = flagReaders(graph);
  }

  /** Local declarations and code. */
  write(): void {
    const { w, graph, flags } = this;
    this.findEntryStates();
    w.unsigned(5);
    w.unsigned(layout.WORD_LOCALS);
    w.byte(I32);
    w.unsigned(layout.LONG_LOCALS);
    w.byte(I64);
    w.unsigned(layout.DOUBLE_LOCALS);
    w.byte(F64);
    w.unsigned(layout.SINGLE_LOCALS);
    w.byte(F32);
    w.unsigned(flags.saved.size);
    w.byte(I32);
    this.reload();
    this.open(W.block, EXIT);
    this.open(W.block, UNWIND);
    this.open(W.block, LEAVE);
    flags.state = IN_FILE;
    flags.convert(this.entryState.get(graph.entry.key)!);
    this.tree(graph.entry);
    this.close();
    this.storeRegisters();
    this.close();
    w.get(Local.Key);
    w.get(Local.Work);
    w.op(W.return);
    this.close();
    this.storeRegisters();
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
  /** What states of the flags name, and which state it is. */
  private storeLeft(): void {
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

  /** Runs over the blocks until the states of the flags at their beginnings are stable. What is written is thrown away. */
  private findEntryStates(): void {
    const { w, graph } = this;
    const at = w.at;
    this.dry = true;
    this.entryState.set(graph.entry.key, IN_FILE);
    const done = new Map<Node, State>();
    do {
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
    w.unlikely = [];
    this.dry = false;
  }

  // Structure: "Beyond Relooper" (Ramsey 2022).

  /** The code of a block and all it dominates. */
  private tree(n: Node): void {
    if (n.isLoop) this.open(W.loop, n.key);
    const merges = n.children.filter((c) => c.forward > 1).sort((a, b) => b.order - a.order);
    for (const c of merges) this.open(W.block, c.key);
    this.flags.state = this.entryState.get(n.key)!;
    this.body(n);
    for (const c of merges.reverse()) {
      this.close();
      this.tree(c);
    }
    if (n.isLoop) this.close();
  }

  /** Goes to a block or out of the region. */
  private goTo(key: number, from: Node): void {
    const to = this.graph.byKey.get(key);
    if (!to || (to.order <= from.order && !dominates(to, from))) return this.leaveTo(key);
    const known = this.entryState.get(key);
    if (this.dry) {
      const state = this.flags.state;
      const next = known === undefined ? state : meet(known, state, this.readsFlags.has(key));
      if (!known || !same(next, known)) {
        this.entryState.set(key, next);
        this.changed = true;
      }
      return;
    }
    this.flags.convert(known!);
    if (to.order <= from.order || to.forward > 1) this.br(key);
    else this.tree(to);
  }

  /** Straight code of a block, with its branches. */
  private body(n: Node): void {
    const { w, flags } = this;
    const { ir } = n;
    const { insts } = ir;
    this.counted = 0;
    this.float.forget();
    let skip: { label: number; state: State; touched: boolean } | undefined;
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
    for (let k = 0; k < insts.length; k++) {
      if (skip?.label === k) closeSkip(k);
      const x = insts[k];
      if (x.op === Op.skip) {
        const changes = this.changesFlags(ir, k + 1, x.label);
        if (changes) flags.settle();
        flags.beforeWrite(writtenBy(insts, k + 1, x.label));
        flags.condition(x.cond);
        if (changes) flags.state = IN_LOCALS;
        w.op(W.eqz);
        this.open(W.if, undefined);
        skip = { label: x.label, state: flags.state, touched: this.float.touched };
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
          this.callHost(n, x, STEP, skip !== undefined);
          k = end - 1;
          continue;
        }
      }
      this.inst(n, k, skip !== undefined);
    }
    closeSkip(insts.length);
    const total = ir.pcs.length - 1;
    if (ir.open) {
      const it = ir.its[total];
      this.count(total - this.counted);
      if (it === 0) return this.goTo((ir.end | (ir.thumb ? 1 : 0)) >>> 0, n);
      this.storeFile(Slot.IT * 4, () => w.const(it));
      this.exitAt(ir.end | 1);
    } else if (fallsThrough(ir)) this.goTo((ir.end | (ir.thumb ? 1 : 0)) >>> 0, n);
    else w.op(W.unreachable);
  }

  private changesFlags(ir: Node["ir"], from: number, to: number): boolean {
    for (let k = from; k < to; k++) {
      const x = ir.insts[k];
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
    if (data) return data(x, w, flags);
    if (x.op === Op.ldr && x.ka && x.kb) {
      const value = this.literalAt((x.a + x.b) | 0);
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
    if (isFloatOp(x)) return this.float.emit(x, refused);
    if (isAccess(x.op)) {
      if (touchesFloat(x.op)) this.float.touch();
      let plan = this.plans.get(n);
      if (!plan) this.plans.set(n, (plan = planChecks(ir.insts)));
      return this.access.emit(x, plan.get(k), refused);
    }
    switch (x.op) {
      case Op.br:
        if (isCall(ir, k)) this.call(n, k, conditional);
        else this.taken(n, x);
        return;
      case Op.brc:
        flags.condition(x.cond);
        return this.takenIf(n, x);
      case Op.brz:
      case Op.brnz:
        w.get(local(x.a));
        if (x.op === Op.brz) w.op(W.eqz);
        return this.takenIf(n, x);
      case Op.bx:
        if (isCall(ir, k)) this.call(n, k, conditional);
        else this.branchExchange(n, k);
        return;
      case Op.svc:
        return this.callHost(n, x, x.i, conditional);
      default:
        this.interpretAt(n, x);
    }
  }

  // Branches.

  private takenIf(n: Node, x: Inst): void {
    const { flags } = this;
    const { state } = flags;
    this.open(W.if, undefined);
    this.taken(n, x);
    this.close();
    flags.state = state;
  }
  private taken(n: Node, { at, to }: { at: number; to: number }): void {
    const { counted } = this;
    if (isBackward(to, n.ir.pcs[at])) this.spend(at + 1 - counted, () => this.exitAt(to));
    else this.count(at + 1 - counted);
    // The tree of another block may be written here.
    this.goTo(to >>> 0, n);
    this.counted = counted;
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
  /** Counts n instructions and uses up a unit; `out` when it was the last. */
  private spend(n: number, out: () => void): void {
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
  private spendIfBackward(own: number): void {
    const { w } = this;
    w.get(Local.Key);
    w.const(-2);
    w.op(W.and);
    w.const(own);
    w.op(W.leU);
    this.open(W.if, undefined);
    this.spend(0, () => this.exit());
    this.close();
  }

  /** Calls the region of the target; goes on when it comes back to the instruction behind. */
  private call(n: Node, k: number, conditional: boolean): void {
    const { w, flags } = this;
    const { ir } = n;
    const x = ir.insts[k];
    const own = ir.pcs[x.at];
    const { counted } = this;
    this.count(x.at + 1 - counted);
    flags.spill();
    flags.state = IN_FILE;
    this.storeRegisters();
    if (x.op === Op.br) {
      if (isBackward(x.to, own)) this.spend(0, () => this.exitAt(x.to));
      w.get(Local.Depth);
      w.op(W.eqz);
      this.open(W.if, undefined);
      w.const(x.to);
      w.set(Local.Key);
      this.br(UNWIND);
      this.close();
      this.pushArguments();
      w.const(this.slotOf(x.to >>> 0));
    } else {
      w.get(local(x.a));
      w.set(Local.Key);
      this.spendIfBackward(own);
      w.get(Local.Depth);
      w.op(W.eqz);
      this.brIf(UNWIND);
      this.lookUp();
      w.op(W.eqz);
      this.brIf(UNWIND);
      this.pushArguments();
      w.get(Local.S0);
      w.memory(W.load, 4);
    }
    w.op(W.callIndirect, Type.Region, 0);
    w.set(Local.Work);
    w.tee(Local.Key);
    w.const(ir.pcs[x.at + 1] | (ir.thumb ? 1 : 0));
    w.op(W.ne);
    this.brIf(UNWIND);
    this.reload();
    if (conditional) this.count(counted - x.at - 1);
    else this.counted = x.at + 1;
  }
  private pushArguments(): void {
    const { w } = this;
    w.get(Local.Work);
    w.get(Local.Depth);
    w.const(1);
    w.op(W.sub);
  }
  /** Pushes 1 when the region for Key is in the cache of targets, whose entry is then at S0. */
  private lookUp(): void {
    const { w } = this;
    w.get(Local.Key);
    w.const(2);
    w.op(W.shl);
    w.const(layout.TARGET_MASK << 3);
    w.op(W.and);
    w.const(FILE + layout.TARGETS);
    w.op(W.add);
    w.tee(Local.S0);
    w.memory(W.load, 0);
    w.get(Local.Key);
    w.op(W.eq);
  }

  /** A return, a jump through a table or a tail call. */
  private branchExchange(n: Node, k: number): void {
    const { w, flags } = this;
    const { insts, pcs } = n.ir;
    const x = insts[k];
    this.count(x.at + 1 - this.counted);
    flags.spill();
    flags.state = IN_FILE;
    w.get(local(x.a));
    w.set(Local.Key);
    this.spendIfBackward(pcs[x.at]);
    if (isReturn(insts, k)) return this.br(LEAVE);
    this.storeRegisters();
    this.lookUp();
    this.open(W.if, undefined);
    w.get(Local.Work);
    w.get(Local.Depth);
    w.get(Local.S0);
    w.memory(W.load, 4);
    w.op(W.returnCallIndirect, Type.Region, 0);
    this.close();
    w.get(Local.Key);
    w.get(Local.Work);
    w.op(W.return);
  }

  /** Goes on in another region. */
  private leaveTo(key: number): void {
    if (this.dry) return;
    const { w } = this;
    this.flags.spill();
    this.storeRegisters();
    w.get(Local.Work);
    w.get(Local.Depth);
    w.const(this.slotOf(key));
    w.op(W.returnCallIndirect, Type.Region, 0);
  }

  // Ways out.

  private exitAt(key: number): void {
    this.w.const(key);
    this.w.set(Local.Key);
    this.exit();
  }
  private exit(): void {
    this.flags.leave();
    this.br(EXIT);
  }
  /** The interpreter is to execute the instruction of x, of which nothing has been done, and to go on. */
  private interpretAt(n: Node, x: Inst): void {
    const { ir } = n;
    this.count(x.at - this.counted);
    const it = ir.its[x.at];
    if (it) this.storeFile(Slot.IT * 4, () => this.w.const(it));
    this.exitAt(ir.pcs[x.at] | (ir.thumb ? 1 : 0));
  }

  /** A supervisor call, or one instruction by the interpreter. */
  private callHost(n: Node, x: Inst, number: number, conditional: boolean): void {
    const { w, flags } = this;
    const { ir } = n;
    const thumb = ir.thumb ? 1 : 0;
    const { counted } = this;
    // The host counts an instruction that it executes itself, unless this code goes on.
    const done = number === STEP ? x.at : x.at + 1;
    this.count(done - counted);
    flags.spill();
    flags.state = IN_FILE;
    this.storeRegisters();
    const it = ir.its[number === STEP ? x.at : x.at + 1];
    if (it) this.storeFile(Slot.IT * 4, () => w.const(it));
    if (number === STEP) this.storeFile(Slot.PC * 4, () => w.const(ir.pcs[x.at]));
    this.storeFile(layout.UNITS, () => {
      w.get(Local.Work);
      w.const64(layout.WORK_SHIFT);
      w.op(W.shrS64, W.wrap);
      w.const(1);
      w.op(W.add);
    });
    w.const(number);
    w.const(ir.pcs[x.at + 1] | thumb);
    w.call(Import.Svc);
    w.const(FILE);
    w.memory(W.load, layout.UNITS);
    w.const(1);
    w.op(W.sub, W.extendS);
    w.const64(layout.WORK_SHIFT);
    w.op(W.shl64);
    w.get(Local.Work);
    w.const64(2 ** layout.WORK_SHIFT - 1);
    w.op(W.and64, W.or64);
    w.set(Local.Work);
    this.open(W.if, undefined);
    w.const(0);
    w.set(Local.Key);
    this.br(UNWIND);
    this.close();
    this.reload();
    if (conditional) this.count(counted - done);
    else this.counted = done;
  }

  private count(n: number): void {
    if (n === 0) return;
    const { w } = this;
    w.get(Local.Work);
    w.const64(n);
    w.op(W.add64);
    w.set(Local.Work);
  }
  private storeRegisters(): void {
    for (const r of this.written) this.storeFile(r * 4, () => this.w.get(local(r)));
  }
  private reload(): void {
    const { w } = this;
    for (const r of this.used) {
      w.const(FILE);
      w.memory(W.load, r * 4);
      w.set(local(r));
    }
    if (this.usesFloat) this.float.reload();
    this.float.forget();
  }
  private storeFile(offset: number, push: () => void): void {
    this.w.const(FILE);
    push();
    this.w.memory(W.store, offset);
  }

  private open(op: number, label: Label): void {
    this.w.open(op);
    this.labels.push(label);
  }
  private close(): void {
    this.w.end();
    this.labels.pop();
  }
  private depthOf(label: Label): number {
    if (this.dry) return 0;
    return this.labels.length - 1 - this.labels.lastIndexOf(label);
  }
  private br(label: Label): void {
    this.w.br(this.depthOf(label));
  }
  private brIf(label: Label): void {
    this.w.brIf(this.depthOf(label));
  }
}

function isBackward(to: number, own: number): boolean {
  return (to & ~1) >>> 0 <= own >>> 0;
}

const shifts = new Set([Op.lsl, Op.lsr, Op.asr, Op.ror]);

/** bx lr, or the target was loaded from the stack: the caller waits for this address. */
function isReturn(insts: readonly Inst[], k: number): boolean {
  const { a, at } = insts[k];
  if (a === 14) return true;
  for (let j = k - 1; j >= 0 && insts[j].at === at; j--) {
    const x = insts[j];
    if (x.op === Op.ldm || (x.op === Op.ldr && x.d === a && x.a === 13)) return true;
  }
  return false;
}

/** The mask of registers and temporaries that ops [from, to) may write. */
function writtenBy(insts: readonly Inst[], from: number, to: number): number {
  let mask = 0;
  for (let k = from; k < to; k++) {
    const x = insts[k];
    if (x.d !== NONE) mask |= 1 << x.d;
    if (x.e !== NONE) mask |= 1 << x.e;
    if (x.op === Op.ldm) for (const r of registersOf(x.i)) mask |= 1 << r;
  }
  return mask;
}

const sums = new Set([Op.add, Op.sub, Op.rsb]);

function writesAllFlags(x: Inst): boolean {
  return sums.has(x.op) && (x.set & NZCV) !== 0;
}

/** Guest registers that the region reads or writes, and those that it writes. */
function registers(graph: Graph): { used: number[]; written: number[] } {
  let used = 0;
  let written = 0;
  const write = (r: number): void => {
    if (r !== NONE) written |= 1 << r;
  };
  const read = (r: number): void => {
    if (r !== NONE) used |= 1 << r;
  };
  for (const { ir } of graph.nodes) {
    for (const x of ir.insts) {
      if (x.op === Op.ldm) for (const r of registersOf(x.i)) write(r);
      if (x.op === Op.stm) for (const r of registersOf(x.i)) read(r);
      write(x.d);
      write(x.e);
      if (!x.ka) read(x.a);
      if (!x.kb) read(x.b);
      read(x.c);
      read(x.s);
      read(x.t);
    }
  }
  const list = (mask: number): number[] => registersOf(mask & 0x7fff);
  return { used: list(used | written), written: list(written) };
}

/** Keys of the blocks that read a flag which they have not written, or go to such a block before they write it. */
function flagReaders(graph: Graph): Set<number> {
  const live = new Map<number, number>();
  for (let changed = true; changed;) {
    changed = false;
    for (let k = graph.nodes.length - 1; k >= 0; k--) {
      const node = graph.nodes[k];
      const { key } = node;
      const mask = liveBefore(node, live);
      if (mask === live.get(key)) continue;
      live.set(key, mask);
      changed = true;
    }
  }
  return new Set([...live].filter(([, mask]) => mask !== 0).map(([key]) => key));
}

function liveBefore({ ir, table }: Node, live: ReadonlyMap<number, number>): number {
  const thumb = ir.thumb ? 1 : 0;
  const { insts } = ir;
  let mask = ir.open ? (live.get((ir.end | thumb) >>> 0) ?? 0) : 0;
  /** Inside a skipped range nothing is certain to be written. */
  let certain = insts.length;
  const skips = new Map<number, number>();
  insts.forEach((x, k) => {
    if (x.op === Op.skip) skips.set(x.label, k);
  });
  for (let k = insts.length - 1; k >= 0; k--) {
    const x = insts[k];
    const start = skips.get(k + 1);
    if (start !== undefined) certain = start;
    if (table?.last === k) for (const to of table.targets) mask |= live.get(to) ?? 0;
    if (x.op === Op.br || x.op === Op.brc || x.op === Op.brz || x.op === Op.brnz) {
      const there = isCall(ir, k) ? 0 : (live.get(x.to >>> 0) ?? 0);
      mask = x.op === Op.br && k > certain ? mask | there : x.op === Op.br ? there : mask | there;
    }
    if (k <= certain || certain === insts.length) mask &= ~x.set;
    mask |= readsOf(x);
    if (k === certain) certain = insts.length;
  }
  return mask;
}

function readsOf(x: Inst): number {
  if (x.op === Op.brc || x.op === Op.skip) return conditionReads[x.cond];
  if (x.op === Op.adc || x.op === Op.sbc || x.op === Op.rsc || x.op === Op.rrx) return C;
  // A shift by 0 leaves C alone.
  return shifts.has(x.op) && !x.kb ? x.set & C : 0;
}
