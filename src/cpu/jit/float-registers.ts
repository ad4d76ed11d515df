import { REGISTERS } from "../float/mod.ts";
import { type Inst, NONE, Op } from "../ir/ops.ts";
import type { Graph } from "./graph.ts";
import { FILE } from "./layout.ts";
import { F, F32, F64, W, type Writer } from "./wasm.ts";

// Where floating-point registers are in the code of a region. A double-precision register that the region only uses as such is a local, and so
// is a single-precision one; where the region mixes both views of the same words, and around Advanced SIMD, they stay in the register
// file. The file has all of them whenever other code runs.

const LOAD = [F.load32, F.load64];
const STORE = [F.store32, F.store64];

/** A register as an op names it: 0 single, 1 double. */
type Size = 0 | 1;
type Use = (size: Size, v: number) => void;

/** Ops that move a word, which may be a half of a double-precision register: core registers and constants come and go so. */
const wordMoves = new Set([Op.vget, Op.vput, Op.vimm]);

const branches = new Set([Op.br, Op.brc, Op.brz, Op.brnz, Op.bx]);

/** The floating-point registers that other ops read, and that they write. Not of loads and stores of several words. */
function registersOf(x: Inst, read: Use, write: Use): void {
  const size = (x.i & 1) as Size;
  switch (x.op) {
    case Op.vcvtf:
      read(0, x.va);
      return write(size, x.vd);
    case Op.vcvti:
      read(size, x.va);
      return write(0, x.vd);
    case Op.vcvt:
      read(size ? 0 : 1, x.va);
      return write(size, x.vd);
    case Op.vmrs:
    case Op.vmsr:
      return;
    case Op.vcmp:
      read(size, x.va);
      return read(size, x.vb);
    default:
      read(size, x.va);
      if (x.vb !== NONE) read(size, x.vb);
      if (x.op >= Op.vmla && x.op <= Op.vfnms) read(size, x.vd);
      write(size, x.vd);
  }
}

/** Words of registers that ops, none of Advanced SIMD, write, and read before they certainly have written them; branches are not among the ops. */
export function carriedWords(insts: readonly Inst[]): Set<number> {
  const early = new Set<number>();
  const done = new Set<number>();
  const written = new Set<number>();
  let guarded = 0;
  insts.forEach((x, k) => {
    if (x.op === Op.skip) guarded = Math.max(guarded, x.label);
    if (x.op < Op.vadd || x.op > Op.vmsr) return;
    const reads: number[] = [];
    const writes: number[] = [];
    const into =
      (list: number[]): Use =>
      (size, v) =>
        list.push(...(size ? [2 * v, 2 * v + 1] : [v]));
    if (x.op === Op.vldm || x.op === Op.vstm)
      for (let k = 0; k < x.i; k++) (x.op === Op.vldm ? writes : reads).push(x.vd + k);
    else if (wordMoves.has(x.op)) x.op === Op.vget ? reads.push(x.va) : writes.push(x.vd);
    else registersOf(x, into(reads), into(writes));
    for (const v of reads) if (!done.has(v)) early.add(v);
    for (const v of writes) {
      written.add(v);
      if (k >= guarded) done.add(v);
      // Where it is not executed, the register keeps what it has.
      else if (!done.has(v)) early.add(v);
    }
  });
  return early.intersection(written);
}

/** A register: its size, and its number among those of that size. */
export interface FloatRegister {
  readonly size: number;
  readonly v: number;
}

/** Byte offset of a word of the registers. */
export function word(k: number): number {
  return (REGISTERS + k) * 4;
}

export class FloatRegisters {
  /** By the first word of a register: its local, and whether the region may write it. */
  private readonly doubles = new Map<number, { readonly at: number; written: boolean }>();
  private readonly singles = new Map<number, { readonly at: number; written: boolean }>();

  /** What `written` found. */
  private readonly lists = new Map<Inst, readonly number[]>();

  /** Locals are taken from `first` on. */
  constructor(
    private readonly w: Writer,
    graph: Graph,
    private readonly first: number,
    isFloat: (x: Inst) => boolean,
  ) {
    const views = [new Set<number>(), new Set<number>()];
    const words = new Set<number>();
    const written = new Set<number>();
    const use =
      (writes: boolean): Use =>
      (size, v) => {
        const at = size ? 2 * v : v;
        views[size].add(at);
        if (writes) written.add(at);
      };
    for (const { ir } of graph.nodes)
      for (const x of ir.insts) {
        if (x.op >= Op.simd && x.op <= Op.vdupr) return;
        if (x.op === Op.vldm || x.op === Op.vstm) {
          const loads = x.op === Op.vldm;
          const end = x.vd + x.i;
          // An even number of words at an even one may be either view.
          if ((x.vd | x.i) & 1) for (let k = x.vd; k < end; k++) use(loads)(0, k);
          else if (loads) for (let k = x.vd; k < end; k++) written.add(k);
        } else if (wordMoves.has(x.op)) {
          words.add(x.op === Op.vget ? x.va : x.vd);
          if (x.op !== Op.vget) written.add(x.vd);
        } else if (isFloat(x)) registersOf(x, use(false), use(true));
      }
    let at = first;
    for (const d of views[1])
      if (!views[0].has(d) && !views[0].has(d + 1))
        this.doubles.set(d, { at: at++, written: written.has(d) || written.has(d + 1) });
    for (const s of new Set([...views[0], ...words]))
      if (!views[1].has(s & ~1)) this.singles.set(s, { at: at++, written: written.has(s) });
  }

  /** How many locals there are. */
  get size(): number {
    return this.doubles.size + this.singles.size;
  }
  /** Two groups of declarations. */
  declare(): void {
    const { w } = this;
    w.unsigned(this.doubles.size);
    w.byte(F64);
    w.unsigned(this.singles.size);
    w.byte(F32);
  }

  /** All locals from the file. */
  reload(): void {
    const { w } = this;
    this.each((size, { at }, first) => {
      w.const(FILE);
      w.memory(LOAD[size], word(first));
      w.set(at);
    });
  }
  /** What may have been written into the file. */
  store(): void {
    const { w } = this;
    this.each((size, { at, written }, first) => {
      if (!written) return;
      w.const(FILE);
      w.get(at);
      w.memory(STORE[size], word(first));
    });
  }
  private each(f: (size: Size, l: { at: number; written: boolean }, first: number) => void): void {
    for (const [first, l] of this.doubles) f(1, l, first);
    for (const [first, l] of this.singles) f(0, l, first);
  }
  /** The first word of register v when it is in a local. */
  at(size: number, v: number): number | undefined {
    if (size) return this.doubles.has(2 * v) ? 2 * v : undefined;
    return this.singles.has(v) ? v : undefined;
  }
  /** Whether the region may write the register of a local. */
  mayWrite(first: number): boolean {
    return (this.doubles.get(first) ?? this.singles.get(first))!.written;
  }
  /** How many of each size there are. */
  get counts(): { readonly doubles: number; readonly singles: number } {
    return { doubles: this.doubles.size, singles: this.singles.size };
  }
  /** The local of a register by its first word, and its index among all of them: doubles come first. */
  place(first: number): { readonly at: number; readonly index: number } {
    const { at } = (this.doubles.get(first) ?? this.singles.get(first))!;
    return { at, index: at - this.first };
  }
  sizeAt(first: number): Size {
    return this.doubles.has(first) ? 1 : 0;
  }
  /** First words of the registers in locals that an op writes, or a part of which it writes. */
  written(x: Inst): readonly number[] {
    let list = this.lists.get(x);
    if (!list) this.lists.set(x, (list = this.listWritten(x)));
    return list;
  }
  private listWritten(x: Inst): readonly number[] {
    if (x.vd === NONE || x.op === Op.vstm) return [];
    let [first, count] = [x.vd, 1];
    if (x.op === Op.vldm) count = x.i;
    else if (!wordMoves.has(x.op) && x.op !== Op.vcvti && x.i & 1) [first, count] = [2 * x.vd, 2];
    const list: number[] = [];
    for (let k = first; k < first + count; k++)
      if (this.singles.has(k)) list.push(k);
      else if (this.doubles.has(k & ~1) && !list.includes(k & ~1)) list.push(k & ~1);
    return list;
  }
  /** Whether an op that does more than to store it reads the register in a local with this first word. */
  reads(x: Inst, first: number): boolean {
    if (x.op < Op.vadd || x.op > Op.vmsr || x.op === Op.vldm || x.op === Op.vstm) return false;
    if (wordMoves.has(x.op)) return x.op !== Op.vget && this.written(x).includes(first);
    let found = false;
    const read: Use = (size, v) => (found ||= (size ? 2 * v : v) === first);
    registersOf(x, read, () => {});
    return found;
  }
  /** The first word of the register in a local of which a word is a part; undefined: it is in the file. */
  firstOf(word: number): number | undefined {
    if (this.singles.has(word)) return word;
    return this.doubles.has(word & ~1) ? word & ~1 : undefined;
  }
  /** First words of registers in locals that ops read before they certainly have written all of them, and write before they branch. */
  flowOf(insts: readonly Inst[]): {
    readonly reads: Set<number>;
    readonly writes: ReadonlySet<number>;
  } {
    let writes: Set<number> | undefined;
    const found = new Set<number>();
    const done = new Set<number>();
    let guarded = 0;
    insts.forEach((x, k) => {
      if (x.op === Op.skip) guarded = Math.max(guarded, x.label);
      if (branches.has(x.op)) writes ??= new Set(done);
      if (x.op < Op.vadd || x.op > Op.vmsr) return;
      const written = this.written(x);
      const reads = new Set<number>();
      const read: Use = (size, v) => {
        for (const at of size ? [2 * v, 2 * v + 1] : [v, v & ~1])
          if (this.singles.has(at) || this.doubles.has(at)) reads.add(at);
      };
      if (x.op === Op.vstm) for (let v = x.vd; v < x.vd + x.i; v++) read(0, v);
      else if (x.op === Op.vget) read(0, x.va);
      // The other half stays.
      else if (wordMoves.has(x.op))
        for (const at of written) if (this.doubles.has(at)) reads.add(at);
      if (x.op !== Op.vldm && x.op !== Op.vstm && !wordMoves.has(x.op))
        registersOf(x, read, () => {});
      for (const at of reads) if (!done.has(at)) found.add(at);
      // A half of a double may have been loaded.
      const whole = x.op !== Op.vldm || ((x.vd | x.i) & 1) === 0;
      for (const at of written)
        if (k >= guarded && (whole || this.singles.has(at))) done.add(at);
        else if (!done.has(at)) found.add(at);
    });
    return { reads: found, writes: writes ?? done };
  }
  private local(size: number, v: number): number | undefined {
    return (size ? this.doubles.get(2 * v) : this.singles.get(v))?.at;
  }

  /** Pushes register v. */
  get(size: number, v: number): void {
    const { w } = this;
    const at = this.local(size, v);
    if (at !== undefined) return w.get(at);
    w.const(FILE);
    w.memory(LOAD[size], word(size ? 2 * v : v));
  }
  /** Writes into register v what `push` pushes. */
  set(size: number, v: number, push: () => void): void {
    const { w } = this;
    const at = this.local(size, v);
    if (at !== undefined) {
      push();
      return w.set(at);
    }
    w.const(FILE);
    push();
    w.memory(STORE[size], word(size ? 2 * v : v));
  }
  /** Pushes the bits of word v. */
  getBits(v: number): void {
    const { w } = this;
    const single = this.singles.get(v);
    const double = this.doubles.get(v & ~1);
    if (single) {
      w.get(single.at);
      w.op(F.bits32);
    } else if (double) {
      w.get(double.at);
      w.op(F.bits64);
      if (v & 1) w.op(W.i64, 32, W.shrU64);
      w.op(W.wrap);
    } else {
      w.const(FILE);
      w.memory(W.load, word(v));
    }
  }
  setBits(v: number, push: () => void): void {
    const { w } = this;
    const single = this.singles.get(v);
    const double = this.doubles.get(v & ~1);
    if (single) {
      push();
      w.op(F.fromBits32);
      w.set(single.at);
    } else if (double) {
      // The other half stays.
      w.get(double.at);
      w.op(F.bits64);
      if (v & 1) w.op(W.i64, 32, W.shl64, W.i64, 32, W.shrU64);
      else w.op(W.i64, 32, W.shrU64, W.i64, 32, W.shl64);
      push();
      w.op(W.extendU);
      if (v & 1) w.op(W.i64, 32, W.shl64);
      w.op(W.or64, F.fromBits64);
      w.set(double.at);
    } else {
      w.const(FILE);
      push();
      w.memory(W.store, word(v));
    }
  }

  /** Words of registers from or to guest memory at the address in `base` plus offset. */
  transfer(first: number, words: number, store: boolean, base: number, offset: number): void {
    const { w } = this;
    for (let k = 0; k < words;) {
      const v = first + k;
      const one = this.singles.has(v) || this.singles.has(v + 1);
      const two = k + 1 < words && !one && ((v & 1) === 0 || !this.doubles.has(v + 1));
      const at = (two ? this.doubles.get(v) : this.singles.get(v))?.at;
      const size = two ? 1 : 0;
      const place = offset + k * 4;
      if (at !== undefined) {
        w.get(base);
        if (store) w.get(at);
        w.memory((store ? STORE : LOAD)[size], place);
        if (!store) w.set(at);
      } else if (store) {
        w.get(base);
        w.const(FILE);
        w.memory(two ? W.load64 : W.load, word(v));
        w.memory(two ? W.store64 : W.store, place);
      } else {
        w.const(FILE);
        w.get(base);
        w.memory(two ? W.load64 : W.load, place);
        w.memory(two ? W.store64 : W.store, word(v));
      }
      k += two ? 2 : 1;
    }
  }
}
