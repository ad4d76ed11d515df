import { Slot } from "../interp/state.ts";
import { NONE } from "../ir/registers.ts";
import * as layout from "./layout.ts";

/**
 * Where the flags are at a point of translated code, known when it is written. There are three groups: N and Z, C, V. Each is in
 * the register file; or in locals, as in the register file; or follows from a sum or difference of operands which most often nobody
 * asks for; N and Z also from a result. Operands are named, not copied: a register that changes is saved first.
 */
export const Place = {
  File: 0,
  Local: 1,
  Sum: 2,
  /** N and Z of a register. */
  Result: 3,
  /** The local Source has the number of the state whose places are meant: code comes here from several. */
  Source: 4,
} as const;
export type Place = (typeof Place)[keyof typeof Place];

/** Register r plus k, or the constant k when r is NONE; `saved`: r as it was when it was saved. */
export interface Operand {
  readonly r: number;
  readonly k: number;
  readonly saved: boolean;
}

export interface Sum {
  readonly sub: boolean;
  readonly x: Operand;
  readonly y: Operand;
}

/** Sources that one place may have. */
const MAX_SOURCES = 6;

/** A state of the flags; immutable. */
export class State {
  private text: string | undefined;

  constructor(
    readonly nz: Place,
    readonly c: Place,
    readonly v: Place,
    readonly sum: Sum | undefined,
    /** The register of Place.Result; with Place.Sum a register that has the sum, if any. */
    readonly result: Operand | undefined,
    /** States that Source can name. */
    readonly sources: readonly State[],
    /** Registers, as a mask, which were saved since: operands of `sources` are meant. */
    readonly saved: number,
  ) {}

  /** The state with other places; what no place needs is dropped. */
  place(nz: Place, c: Place, v: Place, result = this.result): State {
    const sum = nz === Place.Sum || c === Place.Sum || v === Place.Sum;
    const many = nz === Place.Source || c === Place.Source || v === Place.Source;
    return new State(
      nz,
      c,
      v,
      sum ? this.sum : undefined,
      nz === Place.Result || nz === Place.Sum ? result : undefined,
      many ? this.sources : [],
      many ? this.saved : 0,
    );
  }

  get hasSource(): boolean {
    return this.sources.length > 0;
  }
  /** All groups are as Source says, and no register of theirs has changed. */
  get isSource(): boolean {
    const { nz, c, v } = this;
    return nz === Place.Source && c === Place.Source && v === Place.Source && this.saved === 0;
  }
  /** Registers, as a mask, whose values at this moment are operands; not those of the sources. */
  get registers(): number {
    let mask = 0;
    for (const o of [this.sum?.x, this.sum?.y, this.result])
      if (o && o.r !== NONE && !o.saved) mask |= 1 << o.r;
    return mask;
  }
  /** Registers of which a saved value is an operand. */
  get savedRegisters(): number {
    let mask = this.saved;
    for (const o of [this.sum?.x, this.sum?.y, this.result]) if (o?.saved) mask |= 1 << o.r;
    return mask;
  }
  /** Registers of the sources. */
  get sourceRegisters(): number {
    let mask = 0;
    for (const s of this.sources) mask |= s.registers;
    return mask;
  }

  /** Equal states have the same. */
  get key(): string {
    return (this.text ??= this.describe());
  }
  private describe(): string {
    const one = (o: Operand | undefined): string => (o ? `${o.r}+${o.k}${o.saved ? "!" : ""}` : "");
    const { sum } = this;
    const words = [
      this.nz * 64 + this.c * 8 + this.v,
      sum ? (sum.sub ? 1 : 0) : 2,
      one(sum?.x),
      one(sum?.y),
      one(this.result),
      this.saved,
      ...this.sources.map((s) => `(${s.key})`),
    ];
    return words.join(" ");
  }
}

/** What a state consists of, in words, where `numberOf` says how its sources are called; `stateFrom` makes it of them again. */
export function stateWords(
  { nz, c, v, sum, result, saved, sources }: State,
  numberOf: (state: State) => number,
): number[] {
  const words = (o: Operand | undefined): number[] =>
    o ? [1, o.r, o.k, o.saved ? 1 : 0] : [0, 0, 0, 0];
  return [
    ...[nz, c, v, sum ? (sum.sub ? 2 : 1) : 0],
    ...[sum?.x, sum?.y, result].flatMap(words),
    saved,
    sources.length,
    ...sources.map(numberOf),
  ];
}
/** The state again; `stateOf` has its sources by what they were called. */
export function stateFrom(
  words: Int32Array,
  at: number,
  stateOf: (number: number) => State,
): State {
  const operand = (k: number): Operand | undefined =>
    words[k] ? { r: words[k + 1], k: words[k + 2], saved: words[k + 3] !== 0 } : undefined;
  const [x, y, result] = [at + 4, at + 8, at + 12].map(operand);
  const kind = words[at + 3];
  const sum = kind && x && y ? { sub: kind === 2, x, y } : undefined;
  const place = (k: number): Place => words[at + k] as Place;
  const sources = Array.from(words.subarray(at + 18, at + 18 + words[at + 17]), stateOf);
  return new State(place(0), place(1), place(2), sum, result, sources, words[at + 16]);
}

/** All in the register file: entry of a region, and behind a call. */
export const IN_FILE = new State(Place.File, Place.File, Place.File, undefined, undefined, [], 0);
/** All in locals. */
export const IN_LOCALS = new State(
  Place.Local,
  Place.Local,
  Place.Local,
  undefined,
  undefined,
  [],
  0,
);

export function same(a: State, b: State): boolean {
  return a === b || a.key === b.key;
}

const equal = (a: Operand | undefined, b: Operand | undefined): boolean =>
  a === b ||
  (a !== undefined && b !== undefined && a.r === b.r && a.k === b.k && a.saved === b.saved);

/**
 * The state at a place reached in two states. `read`: flags are read there before they are written. Where they are not, only a
 * fault or the end of a slice can tell: it is enough to know which of the states it was.
 */
export function meet(a: State, b: State, read: boolean): State {
  if (same(a, b)) return a;
  if (read) {
    const sums =
      equal(a.sum?.x, b.sum?.x) && equal(a.sum?.y, b.sum?.y) && a.sum?.sub === b.sum?.sub;
    const one = (p: Place, q: Place): Place => {
      if (p !== q || p === Place.Source || (p === Place.Sum && !sums)) return Place.Local;
      return p === Place.Result && !equal(a.result, b.result) ? Place.Local : p;
    };
    const { nz, c, v, sum, result, sources, saved } = a.place(
      one(a.nz, b.nz),
      one(a.c, b.c),
      one(a.v, b.v),
    );
    // A register that has the sum in one of them only may have been written in the other.
    const common = equal(a.result, b.result) ? result : undefined;
    return new State(nz, c, v, sum, common, sources, saved);
  }
  const sources = [...sourcesOf(a)];
  for (const s of sourcesOf(b)) if (!sources.some((t) => same(s, t))) sources.push(s);
  if (sources.length === 1) return sources[0];
  if (sources.length > MAX_SOURCES) return IN_FILE;
  const S = Place.Source;
  return new State(S, S, S, undefined, undefined, sources, 0);
}

/** What a state contributes to a place with several sources; other states are brought into the file. */
function sourcesOf(s: State): readonly State[] {
  if (s.isSource) return s.sources;
  return canBeSource(s) ? [s] : [IN_FILE];
}
export function canBeSource(s: State): boolean {
  return !s.hasSource && s.savedRegisters === 0;
}

/** What PENDING holds for the groups of a state that follow from its sum. */
export function pendingWord(s: State, nz: boolean, c: boolean, v: boolean): number {
  let word = 0;
  if (nz && s.nz === Place.Sum) word |= layout.PENDING_NZ;
  if (c && s.c === Place.Sum) word |= layout.PENDING_C;
  if (v && s.v === Place.Sum) word |= layout.PENDING_V;
  return word && word | (s.sum!.sub ? layout.PENDING_SUB : layout.PENDING_ADD);
}

/** All flags of the register file `f` are about to be written. */
export function dropFlags(f: Int32Array): void {
  f[layout.PENDING >>> 2] = f[layout.LEFT_STATE >>> 2] = 0;
}

/**
 * The numbers by which translated code of a core says where it left the flags. There are as many states as code compares with other
 * constants: common programs have a few hundred, and whoever makes code can make them without end.
 */
export class FlagNumbers {
  private states = [IN_FILE];
  private readonly numbers = new Map([[IN_FILE.key, 0]]);

  get count(): number {
    return this.states.length;
  }
  /** Equal states have the same; that of IN_FILE is 0. */
  numberOf(state: State): number {
    const { states, numbers } = this;
    let number = numbers.get(state.key);
    if (number === undefined) numbers.set(state.key, (number = states.push(state) - 1));
    return number;
  }
  /** Forgets all; no code that was written with these numbers will run again. */
  clear(): void {
    this.states = [IN_FILE];
    this.numbers.clear();
    this.numbers.set(IN_FILE.key, 0);
  }

  /** Computes the flags of the register file `f` where code left them. */
  settle(f: Int32Array): void {
    const pending = f[layout.PENDING >>> 2];
    if (pending !== 0) {
      const sub = (pending & layout.PENDING_SUB) !== 0;
      settleSum(f, pending, sub, f[layout.PENDING_X >>> 2], f[layout.PENDING_Y >>> 2]);
      f[layout.PENDING >>> 2] = 0;
    }
    const left = f[layout.LEFT_STATE >>> 2];
    if (left === 0) return;
    f[layout.LEFT_STATE >>> 2] = 0;
    const s = this.states[left];
    if (s.hasSource) {
      const source = this.states[f[layout.LEFT_SOURCE >>> 2]];
      const S = Place.Source;
      settle(f, source, s.nz === S, s.c === S, s.v === S, s.saved);
    }
    settle(f, s, true, true, true, 0);
  }
}

function settle(f: Int32Array, s: State, nz: boolean, c: boolean, v: boolean, saved: number): void {
  const value = (o: Operand): number => {
    if (o.r === NONE) return o.k;
    const old = o.saved || saved & (1 << o.r);
    return (f[old ? (layout.LEFT_SAVED >>> 2) + o.r : o.r] + o.k) | 0;
  };
  const { sum } = s;
  const pending = pendingWord(s, nz, c, v);
  if (sum && pending) settleSum(f, pending, sum.sub, value(sum.x), value(sum.y));
  if (nz && s.nz === Place.Result) f[Slot.N] = f[Slot.Z] = value(s.result!);
  if (nz && s.nz === Place.Local) {
    f[Slot.N] = f[layout.LEFT_N >>> 2];
    f[Slot.Z] = f[layout.LEFT_Z >>> 2];
  }
  if (c && s.c === Place.Local) f[Slot.C] = f[layout.LEFT_C >>> 2];
  if (v && s.v === Place.Local) f[Slot.V] = f[layout.LEFT_V >>> 2];
}

function settleSum(f: Int32Array, pending: number, sub: boolean, x: number, y: number): void {
  const r = sub ? (x - y) | 0 : (x + y) | 0;
  if (pending & layout.PENDING_NZ) f[Slot.N] = f[Slot.Z] = r;
  if (pending & layout.PENDING_C)
    f[Slot.C] = (sub ? x >>> 0 >= y >>> 0 : r >>> 0 < x >>> 0) ? 1 : 0;
  if (pending & layout.PENDING_V) f[Slot.V] = sub ? (x ^ y) & (x ^ r) : (x ^ r) & (y ^ r);
}
