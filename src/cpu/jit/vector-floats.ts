import { FPSCR, STATUS } from "../float/mod.ts";
import type { OperationName } from "../simd/mod.ts";
import { FILE } from "./layout.ts";
import { SIZED, V } from "./vector-opcodes.ts";
import { type Operands, shuffle, splat, vector, zero } from "./vector-operations.ts";
import { W, type Writer } from "./wasm.ts";

// Single precision in vectors.

/** Single precision: the host's op, and that which adds the result to d. */
export const FLOATS: Partial<
  Record<OperationName, { readonly op: number; readonly add?: number }>
> = {
  vaddF: { op: V.addF },
  vsubF: { op: V.subF },
  vmulF: { op: V.mulF },
  vmlaF: { op: V.mulF, add: V.addF },
  vmlsF: { op: V.mulF, add: V.subF },
};

/** How many locals it takes. */
export const VECTOR_LOCALS = 5;

/** Writes it. */
export class VectorFloats {
  /** Where the locals for vectors begin: the result, two operands, a mask, one more. */
  first = 0;

  constructor(protected readonly w: Writer) {}

  /**
   * Pushes the host's result. It is the guest's, whatever its modes, when operands are no denormals and the result is a normal number or an
   * exact zero; while the flag for inexact is clear it must be exact.
   */
  protected float(
    { n, m, d }: Pick<Operands, "n" | "m" | "d">,
    { op, add }: { readonly op: number; readonly add?: number },
    refused: () => void,
  ): void {
    const { w, first } = this;
    const [R, A, B, BAD] = [first, first + 1, first + 2, first + 3];
    n();
    w.set(A);
    m();
    w.set(B);
    zero(w);
    w.set(BAD);
    this.compute(op);
    if (add !== undefined) {
      w.get(R);
      w.set(B);
      d();
      w.set(A);
      this.compute(add);
    }
    w.get(BAD);
    vector(w, V.anyTrue);
    w.openUnlikely();
    refused();
    w.end();
    w.get(R);
  }
  /** R = A op B; elements that are not certain are added to BAD. */
  private compute(op: number): void {
    const { w, first } = this;
    const [R, A, B, BAD] = [first, first + 1, first + 2, first + 3];
    w.get(A);
    w.get(B);
    vector(w, op);
    w.set(R);
    w.get(BAD);
    this.badOperand(A);
    this.badOperand(B);
    vector(w, V.or);
    vector(w, V.or);
    this.badResult(R);
    this.isZero(R);
    if (op === V.mulF) {
      // A zero is exact when one of the factors is.
      this.isZero(A);
      this.isZero(B);
      vector(w, V.or);
      vector(w, V.and);
    }
    vector(w, V.andnot);
    vector(w, V.or);
    w.set(BAD);
    w.const(FILE);
    w.memory(W.load, STATUS * 4);
    w.const(FPSCR.IXC);
    w.op(W.and, W.eqz);
    w.open(W.if);
    w.get(BAD);
    if (op === V.mulF) this.inexactProduct();
    else this.inexactSum(op === V.subF);
    vector(w, V.or);
    w.set(BAD);
    w.end();
  }
  /** Pushes a mask: elements of which A + B or A - B is not R. Møller and Knuth: the error of a sum is a sum. */
  private inexactSum(subtracts: boolean): void {
    const { w, first } = this;
    const [R, A, B, T] = [first, first + 1, first + 2, first + 4];
    w.get(R);
    w.get(A);
    vector(w, V.subF);
    w.set(T);
    w.get(A);
    w.get(R);
    w.get(T);
    vector(w, V.subF);
    vector(w, V.subF);
    w.get(B);
    w.get(T);
    vector(w, subtracts ? V.addF : V.subF);
    vector(w, subtracts ? V.subF : V.addF);
    zero(w);
    vector(w, V.neF);
  }
  /** The same of A * B, which is exact in double precision. */
  private inexactProduct(): void {
    const { w, first } = this;
    const promote = (at: number, half: number): void => {
      w.get(at);
      w.get(at);
      shuffle(
        w,
        Array.from({ length: 16 }, (_, k) => (k & 7) + 8 * half),
      );
      vector(w, V.promote);
    };
    for (const half of [0, 1]) {
      for (const at of [first + 1, first + 2]) promote(at, half);
      vector(w, V.mulD);
      promote(first, half);
      vector(w, V.neD);
    }
    vector(w, V.or);
  }
  /** Pushes a mask: elements that are denormals. */
  private badOperand(at: number): void {
    this.within(at, 1, 0x7fffff);
  }
  /** Elements that are neither normal numbers above the least one nor zeros; zeros are in it too. */
  private badResult(at: number): void {
    this.within(at, 0x800001, 0x7f800000 - 0x800001);
    vector(this.w, V.not);
  }
  /** The magnitude as a word less `from` is below `count`. */
  private within(at: number, from: number, count: number): void {
    const { w } = this;
    w.get(at);
    splat(w, 2, 0x7fffffff);
    vector(w, V.and);
    splat(w, 2, from);
    vector(w, SIZED.sub[2]);
    splat(w, 2, count);
    vector(w, V.ltU32);
  }
  private isZero(at: number): void {
    const { w } = this;
    w.get(at);
    zero(w);
    vector(w, V.eqF);
  }
}
