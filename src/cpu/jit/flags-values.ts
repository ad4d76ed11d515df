import { NONE } from "../ir/ops.ts";
import { IN_FILE, type Operand, Place, type State } from "./flags-state.ts";
import { FILE, Local, local } from "./layout.ts";
import { W, type Writer } from "./wasm.ts";

/** Pushes the flags of a state. */
export class FlagValues {
  state: State = IN_FILE;
  /** Locals that hold saved registers, from `firstSaved` on. */
  readonly saved = new Map<number, number>();

  constructor(
    protected readonly w: Writer,
    private readonly firstSaved: number,
  ) {}

  pushC(): void {
    const { w } = this;
    const { c, sum } = this.state;
    if (c === Place.Local) return w.get(Local.C);
    if (!sum!.sub) this.pushSum();
    this.push(sum!.x);
    if (!sum!.sub) return w.op(W.ltU);
    this.push(sum!.y);
    w.op(W.geU);
  }
  protected pushSum(): void {
    const { sum, result } = this.state;
    if (result && this.state.nz === Place.Sum) return this.push(result);
    this.push(sum!.x);
    this.push(sum!.y);
    this.w.op(sum!.sub ? W.sub : W.add);
  }
  protected pushN(): void {
    if (this.state.nz === Place.Local) this.w.get(Local.N);
    else this.pushZ();
  }
  protected pushZ(): void {
    const { nz, result } = this.state;
    if (nz === Place.Local) this.w.get(Local.Z);
    else if (nz === Place.Result) this.push(result!);
    else this.pushSum();
  }
  protected pushV(): void {
    const { w } = this;
    const { v, sum } = this.state;
    if (v === Place.Local) return w.get(Local.V);
    const { sub, x, y } = sum!;
    this.push(x);
    if (sub) this.push(y);
    else this.pushSum();
    w.op(W.xor);
    this.push(sub ? x : y);
    this.pushSum();
    w.op(W.xor, W.and);
  }

  protected push(o: Operand, saved = 0): void {
    const { w } = this;
    if (o.r === NONE) return w.const(o.k);
    w.get(o.saved || saved & (1 << o.r) ? this.savedLocal(o.r) : local(o.r));
    if (o.k === 0) return;
    w.const(o.k);
    w.op(W.add);
  }
  protected savedLocal(r: number): number {
    let found = this.saved.get(r);
    if (found === undefined) this.saved.set(r, (found = this.firstSaved + this.saved.size));
    return found;
  }
  protected load(offset: number): void {
    this.w.const(FILE);
    this.w.memory(W.load, offset);
  }
}

/** The value that a register has now. */
export function register(r: number, k = 0): Operand {
  return { r, k, saved: false };
}
export function constant(k: number): Operand {
  return { r: NONE, k, saved: false };
}
