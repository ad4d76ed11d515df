import { Slot } from "../interp/state.ts";
import { C, conditionReads, NZ, V } from "../ir/ops.ts";
import { FILE, Local, PENDING, PENDING_X, PENDING_Y } from "./layout.ts";
import { Import, W, type Writer } from "./wasm.ts";

/**
 * Where the flags are at a point of translated code, known when it is written. There are three groups: N and Z, C, V. Each is
 * in the register file, or in locals as in the register file ("canonical"), or pending: to be computed from the operands
 * X and Y of a subtraction or addition, which most often nobody asks for. A state is nz | c << 2 | v << 4.
 */
const IN_FILE = 0;
const CANONICAL = 1;
const SUB = 2;
const ADD = 3;
type Place = 0 | 1 | 2 | 3;

/** All in the register file: entry of a region, and behind a call. */
export const FLAGS_IN_FILE = 0;

/** Bits of PENDING: the kind (SUB, ADD) in bits 1:0, then what is pending. */
const PENDING_NZ = 4;
const PENDING_C = 8;
const PENDING_V = 16;

const nzOf = (s: number): Place => (s & 3) as Place;
const cOf = (s: number): Place => ((s >>> 2) & 3) as Place;
const vOf = (s: number): Place => ((s >>> 4) & 3) as Place;
const isPending = (p: Place): boolean => p >= SUB;

/**
 * The state at a place reached in two states. `read`: flags are read there before they are written. Where they are not, only a
 * fault could tell: then the file is the cheapest, for locals that live around a loop cost more than stores.
 */
export function meet(a: number, b: number, read: boolean): number {
  if (a === b) return a;
  if (!read) return FLAGS_IN_FILE;
  const one = (p: Place, q: Place): number => (p === q ? p : CANONICAL);
  return one(nzOf(a), nzOf(b)) | (one(cOf(a), cOf(b)) << 2) | (one(vOf(a), vOf(b)) << 4);
}

/** What PENDING holds in a state without flags in the file. */
function pendingWord(s: number): number {
  let word = 0;
  if (isPending(nzOf(s))) word |= nzOf(s) | PENDING_NZ;
  if (isPending(cOf(s))) word |= cOf(s) | PENDING_C;
  if (isPending(vOf(s))) word |= vOf(s) | PENDING_V;
  return word;
}

/** Computes pending flags of the register file `f`, where code left them. */
export function settleFlags(f: Int32Array): void {
  const pending = f[PENDING >>> 2];
  if (pending === 0) return;
  const x = f[PENDING_X >>> 2];
  const y = f[PENDING_Y >>> 2];
  const sub = (pending & 3) === SUB;
  const r = sub ? (x - y) | 0 : (x + y) | 0;
  if (pending & PENDING_NZ) f[Slot.N] = f[Slot.Z] = r;
  if (pending & PENDING_C) f[Slot.C] = (sub ? x >>> 0 >= y >>> 0 : r >>> 0 < x >>> 0) ? 1 : 0;
  if (pending & PENDING_V) f[Slot.V] = sub ? (x ^ y) & (x ^ r) : (x ^ r) & (y ^ r);
  f[PENDING >>> 2] = 0;
}

/** Writes the code that produces, moves and tests flags. */
export class Flags {
  state = FLAGS_IN_FILE;

  constructor(private readonly w: Writer) {}

  /** All flags are those of X - Y or X + Y, which the caller has set. */
  pend(sub: boolean): void {
    this.state = sub ? 0b101010 : 0b111111;
  }
  /** N and Z are those of the result in a local. */
  setNZ(local: number): void {
    const { w } = this;
    w.get(local);
    w.tee(Local.N);
    w.set(Local.Z);
    this.wrote(NZ);
  }
  /** The caller has set the canonical locals of the flags in `mask`. */
  wrote(mask: number): void {
    if (mask & NZ) this.state = (this.state & ~3) | CANONICAL;
    if (mask & C) this.state = (this.state & ~12) | (CANONICAL << 2);
    if (mask & V) this.state = (this.state & ~48) | (CANONICAL << 4);
  }

  /** Brings the flags in `mask` from the file into locals. */
  need(mask: number): void {
    const { w } = this;
    let wanted = 0;
    if (mask & NZ && nzOf(this.state) === IN_FILE) wanted |= NZ;
    if (mask & C && cOf(this.state) === IN_FILE) wanted |= C;
    if (mask & V && vOf(this.state) === IN_FILE) wanted |= V;
    if (wanted === 0) return;
    this.load(PENDING);
    w.open(W.if);
    w.call(Import.Flags);
    w.end();
    this.loadGroups(wanted);
    this.wrote(wanted);
  }
  /** Like `need`, and computes what is pending. */
  settle(mask = NZ | C | V): void {
    const { w } = this;
    this.need(mask);
    let wrote = 0;
    if (mask & V && isPending(vOf(this.state))) {
      this.pushV();
      w.set(Local.V);
      wrote |= V;
    }
    if (mask & C && isPending(cOf(this.state))) {
      this.pushC();
      w.set(Local.C);
      wrote |= C;
    }
    if (mask & NZ && isPending(nzOf(this.state))) {
      this.pushZ();
      w.tee(Local.N);
      w.set(Local.Z);
      wrote |= NZ;
    }
    if (wrote) this.wrote(wrote);
  }

  /** Pushes 1 when the condition holds, else 0 or something that is not 1; to be tested against zero. */
  condition(cond: number): void {
    this.need(conditionReads[cond]);
    const { w } = this;
    const { state } = this;
    if (state === 0b101010 && this.compare(cond)) return;
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
  /** A condition of X - Y that is one comparison. */
  private compare(cond: number): boolean {
    const op = comparisons[cond];
    if (op === 0) return false;
    this.w.get(Local.X);
    this.w.get(Local.Y);
    this.w.op(op);
    return true;
  }

  /** Stores the flags into the file; the state stays what it is, so that this can be done on a way out. */
  spill(): void {
    const { w, state } = this;
    if (state === FLAGS_IN_FILE) return;
    const places = [nzOf(state), cOf(state), vOf(state)];
    if (places[0] === CANONICAL) {
      this.store(Slot.N * 4, Local.N);
      this.store(Slot.Z * 4, Local.Z);
    }
    if (places[1] === CANONICAL) this.store(Slot.C * 4, Local.C);
    if (places[2] === CANONICAL) this.store(Slot.V * 4, Local.V);
    w.const(FILE);
    if (places.includes(IN_FILE)) {
      let keep = -1;
      if (places[0] !== IN_FILE) keep &= ~PENDING_NZ;
      if (places[1] !== IN_FILE) keep &= ~PENDING_C;
      if (places[2] !== IN_FILE) keep &= ~PENDING_V;
      this.load(PENDING);
      w.const(keep);
      w.op(W.and);
    } else {
      const pending = pendingWord(state);
      w.const(pending);
      if (pending) {
        w.memory(W.store, PENDING);
        this.store(PENDING_X, Local.X);
        this.store(PENDING_Y, Local.Y);
        return;
      }
    }
    w.memory(W.store, PENDING);
  }

  /** Changes the state to that of a place to which this code goes. */
  convert(to: number): void {
    const from = this.state;
    if (from === to) return;
    if (to === FLAGS_IN_FILE) {
      this.spill();
      this.state = to;
      return;
    }
    let mask = 0;
    if (nzOf(from) !== nzOf(to)) mask |= NZ;
    if (cOf(from) !== cOf(to)) mask |= C;
    if (vOf(from) !== vOf(to)) mask |= V;
    this.settle(mask);
  }

  pushC(): void {
    const { w } = this;
    const place = cOf(this.state);
    if (place === CANONICAL) return w.get(Local.C);
    if (place === ADD) this.pushSum(false);
    w.get(Local.X);
    if (place === ADD) return w.op(W.ltU);
    w.get(Local.Y);
    w.op(W.geU);
  }
  private pushSum(sub: boolean): void {
    this.w.get(Local.X);
    this.w.get(Local.Y);
    this.w.op(sub ? W.sub : W.add);
  }
  private pushN(): void {
    const place = nzOf(this.state);
    if (place === CANONICAL) this.w.get(Local.N);
    else this.pushSum(place === SUB);
  }
  private pushZ(): void {
    const place = nzOf(this.state);
    if (place === CANONICAL) this.w.get(Local.Z);
    else this.pushSum(place === SUB);
  }
  private pushV(): void {
    const { w } = this;
    const place = vOf(this.state);
    if (place === CANONICAL) return w.get(Local.V);
    const sub = place === SUB;
    w.get(Local.X);
    if (sub) w.get(Local.Y);
    else this.pushSum(false);
    w.op(W.xor);
    w.get(sub ? Local.X : Local.Y);
    this.pushSum(sub);
    w.op(W.xor, W.and);
  }

  private load(offset: number): void {
    this.w.const(FILE);
    this.w.memory(W.load, offset);
  }
  private store(offset: number, local: number): void {
    this.w.const(FILE);
    this.w.get(local);
    this.w.memory(W.store, offset);
  }
  private loadGroups(mask: number): void {
    const one = (slot: number, local: number): void => {
      this.load(slot * 4);
      this.w.set(local);
    };
    if (mask & NZ) {
      one(Slot.N, Local.N);
      one(Slot.Z, Local.Z);
    }
    if (mask & C) one(Slot.C, Local.C);
    if (mask & V) one(Slot.V, Local.V);
  }
}

/** Comparison of X and Y for each condition behind a subtraction; 0: none. */
const comparisons = [
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
