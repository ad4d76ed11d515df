import { Slot } from "../interp/state.ts";
import type { Inst } from "../ir/ops.ts";
import { CallWord } from "../call-words.ts";
import { SVC_UNITS } from "../types.ts";
import { isBackward } from "./facts.ts";
import { IN_FILE } from "./flags-state.ts";
import { Borders } from "./borders.ts";
import { UNWIND } from "./frame.ts";
import type { Node } from "./graph.ts";
import * as layout from "./layout.ts";
import { FILE, Local, local } from "./layout.ts";
import { STUB_SVC_END } from "./stub.ts";
import { Import, W } from "./wasm.ts";

/** What a branch from `own` to `to` spends. */
const unitOf = (to: number, own: number): number => (isBackward(to, own) ? 1 : 0);

/** Code that calls the host. The register file, units and pc are up to date for it, as the contract of `Cpu.onSvc` has it. */
export class HostCalls extends Borders {
  /** A supervisor call. */
  protected supervisorCall(n: Node, x: Inst, conditional: boolean): void {
    const { w, flags } = this;
    const { ir } = n;
    const { counted } = this;
    const done = x.at + 1;
    const next = ir.pcs[done];
    const it = ir.its[done];
    this.count(done - counted);
    flags.spill();
    flags.state = IN_FILE;
    this.storeRegisters();
    if (it) this.storeFile(Slot.IT * 4, () => w.const(it));
    this.storeFile(Slot.PC * 4, () => w.const(next));
    this.storeFile(Slot.T * 4, () => w.const(ir.thumb ? 1 : 0));
    this.callSvc(
      x.i,
      () => w.const(next | (ir.thumb ? 1 : 0)),
      () => this.counters?.undo(n, x, done, ir.pcs.length - 1),
    );
    this.reload();
    if (conditional) this.count(counted - done);
    else this.counted = done;
  }

  /**
   * Does what the stub at Key does, which a call has come to; `number` pushes its number. `back` is where it returns to. Registers are in
   * the file, before and behind it.
   */
  protected callStub(back: number, number: () => void): void {
    const { w } = this;
    const svcEnd = (): void => {
      w.get(Local.Key);
      w.const(STUB_SVC_END - 1);
      w.op(W.add);
    };
    this.count(2);
    this.storeFile(12 * 4, number);
    this.storeFile(Slot.PC * 4, svcEnd);
    this.storeFile(Slot.T * 4, () => w.const(1));
    this.callSvc(0, () => {
      w.get(Local.Key);
      w.const(STUB_SVC_END);
      w.op(W.add);
    });
    this.count(1);
    w.const(back & ~1);
    svcEnd();
    w.op(W.leU);
    this.open(W.if, undefined);
    this.spend(0, () => {
      this.storeFile(Slot.PC * 4, () => w.const(back & ~1));
      this.storeFile(Slot.T * 4, () => w.const(back & 1));
      this.unwind();
    });
    this.close();
  }

  /**
   * Does what the stub at `to` does whose result is word `answer` of the engines' area, within an `if` that it leaves open. Registers are in
   * the file, and those that are wanted in locals.
   */
  protected answerStub(stub: number, answer: number, to: number, own: number, back: number): void {
    const { w } = this;
    const becomes = (r: number, push: () => void): void => {
      push();
      w.set(local(r));
      this.storeFile(r * 4, () => w.get(local(r)));
    };
    this.openQuick(SVC_UNITS + unitOf(to, own) + unitOf(back, to + STUB_SVC_END - 1), 0);
    this.countServed();
    becomes(0, () => this.loadFile(answer * 4));
    becomes(12, () => w.const(stub));
  }

  /**
   * Does what the stub at `to` does by the function of its supervisor call, within an `if` that it leaves open. Registers are in the file,
   * before and behind it.
   */
  protected directStub(stub: number, to: number, own: number, back: number): void {
    const { w } = this;
    const svcEnd = to + STUB_SVC_END - 1;
    const onReturn = unitOf(back, svcEnd);
    this.openQuick(SVC_UNITS + unitOf(to, own), onReturn);
    this.storeUnits();
    this.storeFile(12 * 4, () => w.const(stub));
    this.storeFile(Slot.PC * 4, () => w.const(svcEnd));
    this.storeFile(Slot.T * 4, () => w.const(1));
    this.countServed();
    this.storeFile(0, () => {
      for (let r = 0; r < 4; r++) this.loadFile(r * 4);
      w.callDirect(stub);
    });
    this.increment(layout.EPOCH);
    this.loadFile(CallWord.Attention * 4);
    this.loadFile(layout.CARE);
    w.op(W.or);
    w.openUnlikely();
    this.labels.push(undefined);
    this.pushUnitsLeft();
    w.const(svcEnd | 1);
    w.call(Import.Behind);
    this.open(W.if, undefined);
    this.loadUnits();
    // The return was counted.
    this.count(-1);
    this.unwind();
    this.close();
    w.op(W.else);
    this.storeFile(Slot.PC * 4, () => w.const(0));
    this.storeFile(Slot.T * 4, () => w.const(0));
    this.close();
    if (onReturn) {
      w.get(Local.Work);
      w.const64(-(2 ** layout.WORK_SHIFT));
      w.op(W.add64);
      w.set(Local.Work);
    }
  }

  /**
   * Opens an `if` in which the three instructions of a stub are counted and so many units spent: the host has nothing to do before the
   * call, and the units last, with `more`.
   */
  private openQuick(units: number, more: number): void {
    const { w } = this;
    w.get(Local.Work);
    w.const64(3 - units * 2 ** layout.WORK_SHIFT);
    w.op(W.add64);
    w.tee(Local.Long);
    w.const64(more * 2 ** layout.WORK_SHIFT);
    w.op(W.ltS64);
    this.loadFile(CallWord.Attention * 4);
    w.op(W.or);
    this.loadFile(13 * 4);
    this.loadFile(CallWord.StackLow * 4);
    w.op(W.ltS, W.or, W.eqz);
    this.open(W.if, undefined);
    w.get(Local.Long);
    w.set(Local.Work);
  }
  private countServed(): void {
    this.increment(CallWord.Served * 4);
  }
  private increment(offset: number): void {
    const { w } = this;
    this.storeFile(offset, () => {
      this.loadFile(offset);
      w.const(1);
      w.op(W.add);
    });
  }
  private loadFile(offset: number): void {
    this.w.const(FILE);
    this.w.memory(W.load, offset);
  }

  /** The interpreter executes the instruction of x. */
  protected stepHost(n: Node, x: Inst, conditional: boolean): void {
    const { w, flags } = this;
    const { ir } = n;
    const { counted } = this;
    // The host counts an instruction that it executes itself, unless this code goes on.
    const done = x.at;
    this.count(done - counted);
    this.counters?.undo(n, x, done, done + 1);
    flags.spill();
    flags.state = IN_FILE;
    this.storeRegisters();
    const it = ir.its[done];
    if (it) this.storeFile(Slot.IT * 4, () => w.const(it));
    this.storeUnits();
    w.const(ir.pcs[done]);
    w.const(ir.pcs[done + 1] | (ir.thumb ? 1 : 0));
    w.call(Import.Step);
    this.loadUnits();
    this.open(W.if, undefined);
    this.counters?.undo(n, x, done + 1, ir.pcs.length - 1);
    this.unwind();
    this.close();
    this.reload();
    if (conditional) this.count(counted - done);
    else this.counted = done;
  }

  /** `next` pushes where to go on (bit 0: Thumb); `left` is written where the region is left. */
  private callSvc(imm: number, next: () => void, left?: () => void): void {
    const { w } = this;
    w.get(Local.Work);
    w.const64(SVC_UNITS);
    w.const64(layout.WORK_SHIFT);
    w.op(W.shl64, W.sub64);
    w.set(Local.Work);
    this.storeUnits();
    w.const(imm);
    next();
    w.call(Import.Svc);
    this.open(W.if, undefined);
    this.loadUnits();
    left?.();
    this.unwind();
    this.close();
  }
  /** The pc is in the file, as all else. */
  private unwind(): void {
    this.w.const(0);
    this.w.set(Local.Key);
    this.br(UNWIND);
  }

  private storeUnits(): void {
    this.storeFile(layout.UNITS, () => this.pushUnitsLeft());
  }
  private pushUnitsLeft(): void {
    const { w } = this;
    w.get(Local.Work);
    w.const64(layout.WORK_SHIFT);
    w.op(W.shrS64, W.wrap);
    w.const(1);
    w.op(W.add);
  }
  /** Makes Work of the units that the host left. */
  private loadUnits(): void {
    const { w } = this;
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
  }
}
