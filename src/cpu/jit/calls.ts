import { Op } from "../ir/ops.ts";
import { beginsWithFlags, isBackward, isReturn } from "./facts.ts";
import { IN_FILE } from "./flags-state.ts";
import { UNWIND } from "./frame.ts";
import type { Node } from "./graph.ts";
import * as layout from "./layout.ts";
import { FILE, Local, local } from "./layout.ts";
import { OwnCalls } from "./own-calls.ts";
import { Type, W } from "./wasm.ts";

/** Code that goes to other regions and comes back or not. */
export abstract class Calls extends OwnCalls {
  /** Calls the region of the target; goes on when it comes back to the instruction behind. */
  protected call(n: Node, k: number, conditional: boolean): void {
    const { flags } = this;
    const { ir } = n;
    const x = ir.insts[k];
    const own = ir.pcs[x.at];
    const back = ir.pcs[x.at + 1] | (ir.thumb ? 1 : 0);
    const { counted } = this;
    this.count(x.at + 1 - counted);
    flags.spill();
    flags.state = IN_FILE;
    this.storeRegisters();
    if (x.op === Op.br) {
      this.callRegion(x.to, own, back);
      this.reload();
    } else {
      const expected =
        n.target !== undefined && n.callee === undefined && k === ir.insts.length - 1;
      const answered = expected && n.answer !== undefined;
      if (answered) this.open(W.block, undefined);
      this.open(W.block, undefined);
      if (expected) this.callExpected(n, x.a, own, back);
      this.callRegister(x.a, own, back);
      this.close();
      this.reloadCore();
      if (answered) this.close();
      this.reloadFloats();
    }
    if (conditional) this.count(counted - x.at - 1);
    else this.counted = x.at + 1;
  }
  /** Calls the region at a guest address. */
  private callRegion(to: number, own: number, back: number): void {
    if (isBackward(to, own)) this.spend(0, () => this.exitAt(to));
    this.enterRegion(to);
    this.comeBack(back);
  }
  /** Calls what is at the guest address in a register. */
  private callRegister(a: number, own: number, back: number): void {
    const { w } = this;
    w.get(local(a));
    w.set(Local.Key);
    this.spendIfBackward(own);
    w.get(Local.Depth);
    w.op(W.eqz);
    this.brIf(UNWIND);
    this.lookUp();
    w.op(W.eqz);
    this.brIf(UNWIND);
    w.get(Local.S0);
    w.memory(W.load, 4);
    w.tee(Local.S1);
    w.const(layout.STUB_SHIFT);
    w.op(W.shrU);
    this.open(W.if, undefined);
    this.callStub(back, () => {
      w.get(Local.S1);
      w.const(layout.STUB_SHIFT);
      w.op(W.shrU);
      w.const(1);
      w.op(W.sub);
    });
    w.op(W.else);
    this.pushArguments();
    this.pushCachedSlot();
    w.op(W.callIndirect, Type.Region, 0);
    this.comeBack(back);
    this.close();
  }
  /** Calls what is probably in register `a`, if it is, and leaves the block around it. */
  private callExpected(
    { target, stub, answer, direct }: Node,
    a: number,
    own: number,
    back: number,
  ): void {
    const { w } = this;
    const to = target! | 0;
    w.get(local(a));
    w.const(to);
    w.op(W.eq);
    this.open(W.if, undefined);
    const quick = answer !== undefined || direct;
    if (stub === undefined) this.callRegion(to, own, back);
    else if (!quick) {
      if (isBackward(to, own)) this.spend(0, () => this.exitAt(to));
      w.const(to);
      w.set(Local.Key);
      this.callStub(back, () => w.const(stub));
    } else if (answer !== undefined) {
      this.answerStub(stub, answer, to, own, back);
      // Behind what loads the registers.
      w.br(3);
      this.close();
    } else {
      this.directStub(stub, to, own, back);
      w.br(2);
      this.close();
    }
    // What cannot be done so is done as when another address is in the register.
    if (!quick) w.br(1);
    this.close();
  }
  /** Goes on when what was called came back to `back`. */
  private comeBack(back: number): void {
    const { w } = this;
    w.set(Local.Work);
    w.tee(Local.Key);
    w.const(back);
    w.op(W.ne);
    this.brIf(UNWIND);
  }

  /** Goes to a copy of what is probably called through a register, or calls what is. */
  protected enterExpected(n: Node, k: number): void {
    const { w, live, inSmallLoop } = this;
    const to = n.target! | 0;
    w.get(local(n.ir.insts[k].a));
    w.const(to);
    w.op(W.eq);
    this.open(W.if, undefined);
    this.enterCopy(n, k, to);
    this.close();
    // Other blocks may have been written here.
    this.live = live;
    this.inSmallLoop = inSmallLoop;
    this.call(n, k, false);
  }
  /** Goes to a copy of what the block calls at its end. */
  protected enterCopy(n: Node, k: number, to = n.ir.insts[k].to): void {
    const { flags, counted, dirty } = this;
    const { state } = flags;
    const { at } = n.ir.insts[k];
    if (isBackward(to, n.ir.pcs[at])) this.spend(at + 1 - counted, () => this.exitAt(to));
    else this.count(at + 1 - counted);
    // Nobody looks at them any more.
    if (beginsWithFlags(this.graph.byKey.get(n.callee!)!.ir)) flags.state = IN_FILE;
    this.goTo(n.callee!, n);
    this.counted = counted;
    this.dirty = dirty;
    flags.state = state;
  }
  /** The return of a copy. One that goes elsewhere is the host's business. */
  private leaveCopy(n: Node, k: number): void {
    const { w, flags, counted, dirty } = this;
    const { state } = flags;
    const { at, a } = n.ir.insts[k];
    const own = n.ir.pcs[at];
    const back = n.back! | 0;
    this.count(at + 1 - counted);
    w.get(local(a));
    w.const(back);
    w.op(W.ne);
    w.openUnlikely();
    this.labels.push(undefined);
    w.get(local(a));
    w.set(Local.Key);
    this.spendIfBackward(own);
    this.exit();
    this.close();
    if (isBackward(back, own)) this.spend(0, () => this.exitAt(back));
    this.goTo(n.back!, n);
    this.counted = counted;
    this.dirty = dirty;
    flags.state = state;
  }
  /** The rest of a copy is another region, which returns to where the copy does. */
  protected goOnElsewhere(key: number, n: Node): void {
    const { flags } = this;
    const back = n.back! | 0;
    flags.spill();
    flags.state = IN_FILE;
    this.storeRegisters();
    this.callRegion(key | 0, 0, back);
    this.live = this.liveness.live.get(this.graph.byKey.get(n.back!)!)![0];
    this.reload();
    this.goTo(n.back!, n);
  }

  /** Pushes 1 when the region for Key is in the cache of targets, whose entry is then at S0. */
  protected lookUp(): void {
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

  /** The index in the table of what `lookUp` found for Key. */
  private pushCachedSlot(): void {
    const { w } = this;
    w.get(Local.Key);
    w.const(1);
    w.op(W.shrU);
    w.const(layout.TARGET_MASK);
    w.op(W.and);
  }

  /** A return, a jump through a table or a tail call. */
  protected branchExchange(n: Node, k: number): void {
    const { w, flags } = this;
    const { insts, pcs } = n.ir;
    const x = insts[k];
    if (n.back !== undefined) return this.leaveCopy(n, k);
    this.count(x.at + 1 - this.counted);
    if (n.sites && isReturn(insts, k)) this.returnToOwn(n, k, n.sites);
    flags.spill();
    flags.state = IN_FILE;
    w.get(local(x.a));
    w.set(Local.Key);
    this.spendIfBackward(pcs[x.at]);
    this.storeRegisters();
    if (isReturn(insts, k)) return this.br(UNWIND);
    this.counters?.leave();
    this.lookUp();
    this.open(W.if, undefined);
    if (n.sites) {
      w.get(Local.Depth);
      w.op(W.eqz);
      this.brIf(UNWIND);
      this.pushArguments();
      this.pushCachedSlot();
      w.op(W.callIndirect, Type.Region, 0);
      this.comeBackToOwn(n, n.sites);
    } else {
      w.get(Local.Work);
      w.get(Local.Depth);
      this.pushCachedSlot();
      w.op(W.returnCallIndirect, Type.Region, 0);
    }
    this.close();
    w.get(Local.Key);
    w.get(Local.Work);
    w.op(W.return);
  }

  /** Goes on in another region. */
  protected leaveTo(key: number): void {
    if (this.dry) return;
    const { w } = this;
    this.flags.spill();
    this.storeRegisters();
    this.counters?.leave();
    w.get(Local.Work);
    w.get(Local.Depth);
    w.slot(key);
    w.op(W.returnCallIndirect, Type.Region, 0);
  }
}
