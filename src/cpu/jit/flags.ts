import { Slot } from "../interp/state.ts";
import { C, conditionReads, NONE, NZ, NZCV, V } from "../ir/ops.ts";
import { canBeSource, IN_FILE, type Operand, Place, same, State, type Sum } from "./flags-state.ts";
import { FlagStores } from "./flags-stores.ts";
import { register } from "./flags-values.ts";
import * as layout from "./layout.ts";
import { GREATER, JUNK, LESS, Local, local } from "./layout.ts";
import { Import, W } from "./wasm.ts";

/** Writes the code that produces, moves and tests flags. */
export class Flags extends FlagStores {
  /** All flags are those of x - y or x + y. */
  setSum(sum: Sum, result: number): void {
    const S = Place.Sum;
    const r = result === NONE ? undefined : register(result);
    this.state = new State(S, S, S, sum, r, [], 0);
  }
  /** N and Z are those of the result in a register, which has been written. */
  setResult(r: number): void {
    const { state } = this;
    this.state = state.place(Place.Result, state.c, state.v, register(r));
  }
  /** N and Z are those of a local. */
  setNZ(local: number): void {
    const { w } = this;
    w.get(local);
    w.tee(Local.N);
    w.set(Local.Z);
    this.wrote(NZ);
  }
  /** The caller has set the locals of the flags in `mask`. */
  wrote(mask: number): void {
    const { nz, c, v } = this.state;
    this.state = this.state.place(
      mask & NZ ? Place.Local : nz,
      mask & C ? Place.Local : c,
      mask & V ? Place.Local : v,
    );
  }

  /** The flags are bits 31:28 of a local. */
  setStatus(local: number): void {
    const { w } = this;
    w.get(local);
    w.set(Local.N);
    w.get(local);
    w.const(1 << 30);
    w.op(W.and, W.eqz);
    w.set(Local.Z);
    w.get(local);
    w.const(29);
    w.op(W.shrU);
    w.const(1);
    w.op(W.and);
    w.set(Local.C);
    w.get(local);
    w.const(3);
    w.op(W.shl);
    w.set(Local.V);
    this.wrote(NZCV);
  }

  /** Registers of the mask are going to be written: what flags still need of them is saved. */
  beforeWrite(mask: number): void {
    let s = this.state;
    if (s === IN_FILE) return;
    const own = s.registers & mask;
    const ofSources = s.sourceRegisters & mask & ~s.saved;
    if ((own | ofSources) === 0) return;
    const { sum } = s;
    let { x, y } = sum ?? { x: undefined, y: undefined };
    let { result } = s;
    const hit = (o: Operand | undefined): boolean =>
      o !== undefined && o.r !== NONE && !o.saved && (mask & (1 << o.r)) !== 0;
    if (s.nz === Place.Sum && hit(result)) result = undefined;
    if (hit(x)) x = this.save(x!);
    if (hit(y)) y = this.save(y!);
    if (s.nz === Place.Result) {
      const inUse = s.saved | ofSources | (x?.saved ? 1 << x.r : 0) | (y?.saved ? 1 << y.r : 0);
      // Two values of one register: N and Z become locals.
      if ((hit(result) || result!.saved) && inUse & (1 << result!.r)) {
        this.settleNZ();
        s = this.state;
        ({ result } = s);
      } else if (hit(result)) result = this.save(result!);
    }
    for (let r = 0; r <= JUNK; r++) if (ofSources & (1 << r)) this.copy(r);
    const newSum = sum && s.sum ? { sub: sum.sub, x: x!, y: y! } : undefined;
    this.state = new State(s.nz, s.c, s.v, newSum, result, s.sources, s.saved | ofSources);
  }
  /** Keeps the value that register r has now, and says where. */
  save(o: Operand): Operand {
    this.copy(o.r);
    return { r: o.r, k: o.k, saved: true };
  }
  private copy(r: number): void {
    this.w.get(local(r));
    this.w.set(this.savedLocal(r));
  }

  /** Brings the flags in `mask` from the file into locals. */
  need(mask: number): void {
    const { w } = this;
    const wants = (p: Place): boolean => p === Place.File || p === Place.Source;
    const of = (s: State): Place[] => [
      mask & NZ ? s.nz : Place.Local,
      mask & C ? s.c : Place.Local,
      mask & V ? s.v : Place.Local,
    ];
    if (of(this.state).includes(Place.Source)) {
      this.spill();
      this.state = IN_FILE;
    }
    const [nz, c, v] = of(this.state).map(wants);
    if (!nz && !c && !v) return;
    this.load(layout.PENDING);
    w.open(W.if);
    w.call(Import.Flags);
    w.end();
    const one = (slot: number, local: number): void => {
      this.load(slot * 4);
      w.set(local);
    };
    if (nz) {
      one(Slot.N, Local.N);
      one(Slot.Z, Local.Z);
    }
    if (c) one(Slot.C, Local.C);
    if (v) one(Slot.V, Local.V);
    this.wrote((nz ? NZ : 0) | (c ? C : 0) | (v ? V : 0));
  }
  /** Like `need`, and computes what is pending. */
  settle(mask = NZCV): void {
    const { w } = this;
    this.need(mask);
    let wrote = 0;
    if (mask & V && this.state.v === Place.Sum) {
      this.pushV();
      w.set(Local.V);
      wrote |= V;
    }
    if (mask & C && this.state.c === Place.Sum) {
      this.pushC();
      w.set(Local.C);
      wrote |= C;
    }
    if (wrote) this.wrote(wrote);
    if (mask & NZ && this.state.nz !== Place.Local) this.settleNZ();
  }
  private settleNZ(): void {
    this.pushZ();
    this.w.tee(Local.N);
    this.w.set(Local.Z);
    this.wrote(NZ);
  }

  /** Pushes 1 when the condition holds, else 0 or something that is not 1; to be tested against zero. */
  condition(cond: number): void {
    this.need(conditionReads[cond]);
    const { w } = this;
    if (this.compare(cond)) return;
    switch (cond >>> 1) {
      case 0: // eq
        this.pushZ();
        w.op(W.eqz);
        break;
      case 1: // cs
        this.pushC();
        break;
      case 2: // mi
        this.pushN();
        w.const(31);
        w.op(W.shrU);
        break;
      case 3: // vs
        this.pushV();
        w.const(31);
        w.op(W.shrU);
        break;
      case 4: // hi
        this.pushZ();
        w.op(W.eqz, W.eqz);
        this.pushC();
        w.op(W.and);
        break;
      case 5: // ge
        this.pushN();
        this.pushV();
        w.op(W.xor);
        w.const(-1);
        w.op(W.gtS);
        break;
      default: // gt
        this.pushN();
        this.pushV();
        w.op(W.xor);
        w.const(-1);
        w.op(W.gtS);
        this.pushZ();
        w.op(W.eqz, W.eqz, W.and);
    }
    if (cond & 1) w.op(W.eqz);
  }
  /** A condition of a difference that is one comparison. */
  private compare(cond: number): boolean {
    const { nz, c, v, sum, result } = this.state;
    if (nz !== Place.Sum || c !== Place.Sum || v !== Place.Sum || !sum!.sub) return false;
    if (sum!.x.r === GREATER && sum!.y.r === LESS) return this.compareFloats(cond, sum!);
    const op = comparisons[cond];
    if (op === 0 || (cond < 2 && result)) return false;
    this.push(sum!.x);
    this.push(sum!.y);
    this.w.op(op);
    return true;
  }

  /** The same of what a comparison of floating point found, which is one of greater, less and equal. */
  private compareFloats(cond: number, { x, y }: Sum): boolean {
    const { w } = this;
    if (cond >>> 1 === 0) {
      this.push(x);
      this.push(y);
      w.op(W.or);
      if ((cond & 1) === 0) w.op(W.eqz);
      return true;
    }
    const [of, not] = floatComparisons[cond] ?? [];
    if (of === undefined) return false;
    this.push(of === GREATER ? x : y);
    if (not) w.op(W.eqz);
    return true;
  }

  /** Changes the state to that of a place to which this code goes. */
  convert(to: State): void {
    const from = this.state;
    if (same(from, to)) return;
    const { w } = this;
    if (same(to, IN_FILE)) {
      this.spill();
    } else if (to.isSource) {
      if (!from.isSource) {
        const direct = canBeSource(from) && to.sources.some((s) => same(s, from));
        if (!direct) this.spill();
        w.state(direct ? from : IN_FILE);
        w.set(Local.Source);
      }
    } else {
      let mask = 0;
      if (to.nz === Place.Local) mask |= NZ;
      if (to.c === Place.Local) mask |= C;
      if (to.v === Place.Local) mask |= V;
      this.settle(mask);
    }
    this.state = to;
  }
}

/** Which of the results of a comparison is a condition, or is not. */
const floatComparisons: Readonly<Record<number, readonly [of: number, not: boolean]>> = {
  2: [LESS, true],
  3: [LESS, false],
  4: [LESS, false],
  5: [LESS, true],
  8: [GREATER, false],
  9: [GREATER, true],
  10: [LESS, true],
  11: [LESS, false],
  12: [GREATER, false],
  13: [GREATER, true],
};

/** Comparison of x and y for each condition behind a subtraction; 0: none. */
export const comparisons = [
  W.eq,
  W.ne,
  W.geU,
  W.ltU,
  0,
  0,
  0,
  0,
  W.gtU,
  W.leU,
  W.geS,
  W.ltS,
  W.gtS,
  W.leS,
];
