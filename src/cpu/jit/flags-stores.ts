import { Slot } from "../interp/state.ts";
import { IN_FILE, type Operand, pendingWord, Place, same, type State } from "./flags-state.ts";
import { FlagValues } from "./flags-values.ts";
import * as layout from "./layout.ts";
import { FILE, JUNK, Local, local } from "./layout.ts";
import { W } from "./wasm.ts";

/** What the host needs of a region that is left: locals of flags, Source; registers and saved registers as masks. */
export interface Kept {
  readonly locals: boolean;
  readonly source: boolean;
  readonly temporaries: number;
  readonly saved: number;
}

/** Brings flags to where other code finds them: into the register file, or on a way out into what the host computes them from. */
export class FlagStores extends FlagValues {
  /** What states that code leaves in need: registers that are not guest registers, locals of flags, Source. */
  readonly left = { temporaries: 0, locals: false, source: false };

  /** Stores the flags into the file; the state stays what it is, so that this can be done on a way out. */
  spill(): void {
    const { state: s, w } = this;
    const S = Place.Source;
    if (s.hasSource) {
      for (const source of s.sources) {
        if (same(source, IN_FILE)) continue;
        w.get(Local.Source);
        w.state(source);
        w.op(W.eq);
        w.open(W.if);
        this.store(source, s.nz === S, s.c === S, s.v === S, s.saved);
        w.end();
      }
    }
    this.store(s, s.nz !== S, s.c !== S, s.v !== S, 0);
  }
  /** Stores groups of flags of a state. */
  private store(s: State, nz: boolean, c: boolean, v: boolean, saved: number): void {
    const { w } = this;
    const groups: readonly (readonly [Place, boolean, number])[] = [
      [s.nz, nz, layout.PENDING_NZ],
      [s.c, c, layout.PENDING_C],
      [s.v, v, layout.PENDING_V],
    ];
    let stored = 0;
    for (const [place, wanted, bit] of groups) if (wanted && place !== Place.File) stored |= bit;
    if (stored === 0) return;
    if (nz && s.nz === Place.Local) {
      this.storeLocal(Slot.N * 4, Local.N);
      this.storeLocal(Slot.Z * 4, Local.Z);
    } else if (nz && s.nz === Place.Result) {
      for (const slot of [Slot.N, Slot.Z]) this.storeOperand(slot * 4, s.result!, saved);
    }
    if (c && s.c === Place.Local) this.storeLocal(Slot.C * 4, Local.C);
    if (v && s.v === Place.Local) this.storeLocal(Slot.V * 4, Local.V);
    const pending = pendingWord(s, nz, c, v);
    if (pending) {
      this.storeOperand(layout.PENDING_X, s.sum!.x, saved);
      this.storeOperand(layout.PENDING_Y, s.sum!.y, saved);
    }
    w.const(FILE);
    if (pending || stored === (layout.PENDING_NZ | layout.PENDING_C | layout.PENDING_V))
      w.const(pending);
    else {
      this.load(layout.PENDING);
      w.const(~stored);
      w.op(W.and);
    }
    w.memory(W.store, layout.PENDING);
  }

  /** Sets the local from which the end of the region tells the host where the flags are. Returns the others that this state needs. */
  leave(): Kept {
    const { state: s, w, left } = this;
    let locals = false;
    let temporaries = 0;
    for (const x of [s, ...s.sources]) {
      locals ||= x.nz === Place.Local || x.c === Place.Local || x.v === Place.Local;
      temporaries |= x.registers & ~0x7fff;
    }
    left.source ||= s.hasSource;
    left.locals ||= locals;
    left.temporaries |= temporaries;
    w.state(s);
    w.set(Local.Left);
    return { locals, source: s.hasSource, temporaries, saved: s.savedRegisters };
  }
  /** Clears the locals that the host is told but need not know: what is stored would live all through the region. */
  clearBut({ locals, source, temporaries, saved }: Kept): void {
    const { left } = this;
    if (left.locals && !locals) for (let at: number = Local.N; at <= Local.V; at++) this.clear(at);
    if (left.source && !source) this.clear(Local.Source);
    for (const [r, at] of this.saved) if (!(saved & (1 << r))) this.clear(at);
    for (let r = 16; r <= JUNK; r++)
      if (left.temporaries & ~temporaries & (1 << r)) this.clear(local(r));
  }
  private clear(local: number): void {
    this.w.const(0);
    this.w.set(local);
  }

  private storeLocal(offset: number, local: number): void {
    this.w.const(FILE);
    this.w.get(local);
    this.w.memory(W.store, offset);
  }
  private storeOperand(offset: number, o: Operand, saved: number): void {
    this.w.const(FILE);
    this.push(o, saved);
    this.w.memory(W.store, offset);
  }
}
