import { Slot } from "../interp/state.ts";
import type { Inst } from "../ir/ops.ts";
import { SLIDE_PAGE, SLIDE_UNITS } from "../types.ts";
import { Frame } from "./frame.ts";
import type { Node } from "./graph.ts";
import { FILE, Local, WORK_SHIFT } from "./layout.ts";
import { W } from "./wasm.ts";

/** Code that goes on across the border of two pages (SLIDE_UNITS). */
export class Borders extends Frame {
  /** Op x: what it costs, and the end of the units. */
  protected crossBorder(n: Node, x: Inst): void {
    const { w } = this;
    const load = (slot: number): void => {
      w.const(FILE);
      w.memory(W.load, slot * 4);
    };
    // Nearly always the border before this one was not the last: then nobody asks for the units of that time.
    load(Slot.Border);
    w.const((x.i - SLIDE_PAGE) | 0);
    w.op(W.eq);
    w.openUnlikely();
    this.labels.push(undefined);
    load(Slot.Crossed);
    this.pushUnits();
    w.op(W.eq);
    w.openUnlikely();
    this.labels.push(undefined);
    w.get(Local.Work);
    w.const64(SLIDE_UNITS);
    w.const64(WORK_SHIFT);
    w.op(W.shl64, W.sub64);
    w.set(Local.Work);
    w.get(Local.Work);
    w.const64(0);
    w.op(W.ltS64);
    w.openUnlikely();
    this.labels.push(undefined);
    this.cross(x.i);
    this.exitBehind(n, x);
    this.close();
    this.close();
    this.close();
    this.cross(x.i);
  }

  /** All units that the thread has left. */
  private pushUnits(): void {
    const { w } = this;
    w.get(Local.Work);
    w.const64(WORK_SHIFT);
    w.op(W.shrS64, W.wrap);
    w.const(1);
    w.op(W.add);
    w.const(FILE);
    w.memory(W.load, Slot.Reserve * 4);
    w.op(W.add);
  }
  private cross(border: number): void {
    this.storeFile(Slot.Border * 4, () => this.w.const(border));
    this.storeFile(Slot.Crossed * 4, () => this.pushUnits());
  }

  /** Leaves the region behind the instruction of x. */
  private exitBehind(n: Node, x: Inst): void {
    const { w } = this;
    const { pcs, its, thumb } = n.ir;
    const next = x.at + 1;
    this.count(next - this.counted);
    this.counters?.undo(n, x, next, pcs.length - 1);
    const it = its[next];
    if (it) this.storeFile(Slot.IT * 4, () => w.const(it));
    this.exitAt(pcs[next] | (thumb ? 1 : 0));
  }
}
