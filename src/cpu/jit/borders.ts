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
    const ALL = Local.S0;
    const load = (slot: number): void => {
      w.const(FILE);
      w.memory(W.load, slot * 4);
    };
    w.get(Local.Work);
    w.const64(WORK_SHIFT);
    w.op(W.shrS64, W.wrap);
    w.const(1);
    w.op(W.add);
    load(Slot.Reserve);
    w.op(W.add);
    w.set(ALL);
    load(Slot.Border);
    w.const((x.i - SLIDE_PAGE) | 0);
    w.op(W.eq);
    load(Slot.Crossed);
    w.get(ALL);
    w.op(W.eq, W.and);
    w.openUnlikely();
    this.labels.push(undefined);
    w.get(Local.Work);
    w.const64(SLIDE_UNITS);
    w.const64(WORK_SHIFT);
    w.op(W.shl64, W.sub64);
    w.set(Local.Work);
    w.get(ALL);
    w.const(SLIDE_UNITS);
    w.op(W.sub);
    w.set(ALL);
    this.cross(x.i, ALL);
    w.get(Local.Work);
    w.const64(0);
    w.op(W.ltS64);
    w.openUnlikely();
    this.labels.push(undefined);
    this.exitBehind(n, x);
    this.close();
    this.close();
    this.cross(x.i, ALL);
  }

  private cross(border: number, units: number): void {
    const { w } = this;
    this.storeFile(Slot.Border * 4, () => w.const(border));
    this.storeFile(Slot.Crossed * 4, () => w.get(units));
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
