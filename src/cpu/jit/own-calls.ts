import { beginsWithFlags, isBackward } from "./facts.ts";
import { IN_FILE } from "./flags-state.ts";
import { UNWIND } from "./frame.ts";
import { canGoTo, type Node } from "./graph.ts";
import { HostCalls } from "./host-calls.ts";
import { Local, local } from "./layout.ts";
import { Type, W } from "./wasm.ts";

/** Returns of functions that call themselves by branches (recursion.ts), and other regions that return for them. */
export abstract class OwnCalls extends HostCalls {
  /** Goes to a block or out of the region. */
  protected abstract goTo(key: number, from: Node): void;

  /** Calls the region at a guest address, or leaves for it when calls are too deep. */
  protected enterRegion(to: number): void {
    const { w } = this;
    w.get(Local.Depth);
    w.op(W.eqz);
    this.open(W.if, undefined);
    w.const(to);
    w.set(Local.Key);
    this.br(UNWIND);
    this.close();
    this.pushArguments();
    w.slot(to >>> 0);
    w.op(W.callIndirect, Type.Region, 0);
  }
  protected pushArguments(): void {
    const { w } = this;
    w.get(Local.Work);
    w.get(Local.Depth);
    w.const(1);
    w.op(W.sub);
  }
  /**
   * What of a function that calls itself is not in the region: another region, which returns to where the function does, that is, behind
   * one of the calls, or to who called it at first.
   */
  protected goOnOutside(key: number, n: Node, sites: readonly number[]): void {
    const { flags } = this;
    flags.spill();
    flags.state = IN_FILE;
    this.storeRegisters();
    this.enterRegion(key | 0);
    this.comeBackToOwn(n, sites);
  }
  /** Goes behind the call to which what was called for a part of the function has returned. */
  protected comeBackToOwn(n: Node, sites: readonly number[]): void {
    const { w, flags } = this;
    w.set(Local.Work);
    w.set(Local.Key);
    for (const site of sites) {
      // Where the graph has no such way, who is outside goes on.
      if (!n.successors.includes(site)) continue;
      const to = this.graph.byKey.get(site)!;
      if (!canGoTo(to, n)) continue;
      w.get(Local.Key);
      w.const(site | 0);
      w.op(W.eq);
      this.open(W.if, undefined);
      this.apart(() => {
        this.live = this.liveness.live.get(to)![0];
        this.reload();
        flags.state = IN_FILE;
        this.goTo(site, n);
      });
      this.close();
    }
    this.br(UNWIND);
  }
  /** Goes behind the call to which a return of the function itself leads, if it is one of those. */
  protected returnToOwn(n: Node, k: number, sites: readonly number[]): void {
    const { w, flags } = this;
    const { at, a } = n.ir.insts[k];
    for (const site of sites) {
      w.get(local(a));
      w.const(site | 0);
      w.op(W.eq);
      this.open(W.if, undefined);
      this.apart(() => {
        if (isBackward(site, n.ir.pcs[at])) this.spend(0, () => this.exitAt(site));
        // Nobody looks at them any more.
        const to = this.graph.byKey.get(site)!;
        if (canGoTo(to, n) && beginsWithFlags(to.ir)) flags.state = IN_FILE;
        this.goTo(site, n);
      });
      this.close();
    }
  }
  /** Writes one of several ways: other blocks may be written on it, and the next begins with what is so here. */
  private apart(write: () => void): void {
    const { flags, counted, dirty, live, inSmallLoop } = this;
    const { state } = flags;
    write();
    this.counted = counted;
    this.dirty = dirty;
    this.live = live;
    this.inSmallLoop = inSmallLoop;
    flags.state = state;
  }
}
