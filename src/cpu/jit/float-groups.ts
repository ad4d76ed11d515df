import type { FloatRegisters } from "./float-registers.ts";
import { Local } from "./layout.ts";
import { F, F32, F64, I32, I64, W, type Writer } from "./wasm.ts";

// One test for many results: while iterations of a loop are written in a row, bit patterns of results that have to be of moderate size are
// collected, and tested before the first store or at the end. When the test fails, locals are what they were at the beginning of
// the piece, and the loop goes on in a version with tests of its own.

/**
 * Patterns without their sign, counted from the least exponent that passes, have no bit from this one on. That is a part of what a test of
 * moderate size lets pass (float-ranges.ts): 64 exponents of singles and 256 of doubles, twice as many of products.
 */
interface Span {
  readonly least: number;
  readonly shift: number;
}
const SPANS: readonly (readonly Span[])[] = [
  [
    { least: (127 - 32) * 2 ** 24, shift: 24 + 6 },
    { least: (127 - 64) * 2 ** 24, shift: 24 + 7 },
  ],
  [
    { least: (1023 - 128) * 2 ** 53, shift: 53 + 8 },
    { least: (1023 - 256) * 2 ** 53, shift: 53 + 9 },
  ],
];

/** Locals of the core and of flags that a piece may change, the last one not included. */
const FIRST = Local.R0;
const BEHIND = Local.Key;
/** The register of a local of those before the flags. */
const registerOf = (at: number): number => (at - FIRST < 15 ? at - FIRST : at - FIRST + 1);

export class FloatGroups {
  /** Locals: two of 64 bits and two of 32 in which patterns are collected, then copies. */
  private first = 0;
  private used = [new Set<number>(), new Set<number>()] as const;
  private copies: (readonly [of: number, copy: number])[] = [];

  constructor(
    private readonly w: Writer,
    private readonly floats: FloatRegisters,
    /** Locals of saved registers, which are asked for when all of them are known. */
    private readonly saved: () => readonly number[],
  ) {}

  /** Four groups of declarations, of locals from `first` on; returns how many locals there are. */
  declare(first: number): number {
    const { w } = this;
    this.first = first;
    const { doubles, singles } = this.floats.counts;
    const words = 2 + BEHIND - FIRST + this.saved().length;
    for (const [count, type] of [
      [2, I64],
      [words, I32],
      [doubles, F64],
      [singles, F32],
    ]) {
      w.unsigned(count);
      w.byte(type);
    }
    return 2 + words + doubles + singles;
  }

  /** Begins a piece, which writes core registers of the mask and these floating-point registers (first words). */
  begin(mask: number, floats: Iterable<number>): void {
    const { w } = this;
    for (const set of this.used) set.clear();
    const words = this.first + 4;
    const saved = this.saved();
    this.copies = [];
    for (let at = FIRST; at < BEHIND; at++)
      if (at >= Local.N || mask & (1 << registerOf(at))) this.copies.push([at, words + at - FIRST]);
    saved.forEach((at, k) => this.copies.push([at, words + BEHIND - FIRST + k]));
    const behind = words + BEHIND - FIRST + saved.length;
    for (const v of floats) {
      const { at, index } = this.floats.place(v);
      this.copies.push([at, behind + index]);
    }
    for (const [of, copy] of this.copies) {
      w.get(of);
      w.set(copy);
    }
  }
  /** Collects the pattern of a local. */
  add(local: number, size: number, product: boolean): void {
    const { w, used } = this;
    const kind = product ? 1 : 0;
    const { least } = SPANS[size][kind];
    const at = this.collector(size, kind);
    const again = used[size].has(kind);
    used[size].add(kind);
    if (again) w.get(at);
    w.get(local);
    if (size) {
      w.op(F.bits64, W.i64, 1, W.shl64);
      w.const64(least);
      w.op(W.sub64);
      if (again) w.op(W.or64);
    } else {
      w.op(F.bits32);
      w.const(1);
      w.op(W.shl);
      w.const(least);
      w.op(W.sub);
      if (again) w.op(W.or);
    }
    w.set(at);
  }
  /** Pushes not 0 when something that was collected does not pass; returns false when nothing was. */
  push(): boolean {
    const { w } = this;
    let some = false;
    this.used.forEach((kinds, size) => {
      for (const kind of kinds) {
        w.get(this.collector(size, kind));
        const { shift } = SPANS[size][kind];
        if (size) w.op(W.i64, shift, W.shrU64, W.wrap);
        else {
          w.const(shift);
          w.op(W.shrU);
        }
        if (some) w.op(W.or);
        some = true;
      }
    });
    for (const set of this.used) set.clear();
    return some;
  }
  /** All locals as they were at the beginning of the piece. */
  restore(): void {
    const { w } = this;
    for (const [of, copy] of this.copies) {
      w.get(copy);
      w.set(of);
    }
  }

  private collector(size: number, kind: number): number {
    return this.first + (size ? kind : 2 + kind);
  }
}
