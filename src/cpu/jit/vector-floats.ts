import { FPSCR, STATUS } from "../float/mod.ts";
import type { OperationName } from "../simd/mod.ts";
import { FILE } from "./layout.ts";
import { SIZED, V } from "./vector-opcodes.ts";
import { type Operands, splat, vector, zero } from "./vector-operations.ts";
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

/** Writes it. */
export class VectorFloats {
  /** Where the locals for vectors begin: the result, two operands, a mask. */
  first = 0;

  constructor(protected readonly w: Writer) {}

  /**
   * The host's result is the guest's, whatever its modes, when operands are no denormals and the result is a normal number or an exact
   * zero; and when the flag for inexact is set already, none has to be found.
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
    w.get(A);
    w.get(B);
    vector(w, op);
    w.set(R);
    this.badOperand(A);
    this.badOperand(B);
    vector(w, V.or);
    this.badResult(R);
    if (op === V.mulF) {
      // A zero is exact when one of the factors is.
      this.isZero(A);
      this.isZero(B);
      vector(w, V.or);
      this.isZero(R);
      vector(w, V.and);
      vector(w, V.andnot);
    } else {
      this.isZero(R);
      vector(w, V.andnot);
    }
    vector(w, V.or);
    w.set(BAD);
    if (add !== undefined) {
      d();
      w.tee(A);
      w.get(R);
      vector(w, add);
      w.set(R);
      w.get(BAD);
      this.badOperand(A);
      vector(w, V.or);
      this.badResult(R);
      this.isZero(R);
      vector(w, V.andnot);
      vector(w, V.or);
      w.set(BAD);
    }
    w.get(BAD);
    vector(w, V.anyTrue);
    w.const(FILE);
    w.memory(W.load, STATUS * 4);
    w.const(FPSCR.IXC);
    w.op(W.and, W.eqz, W.or);
    w.openUnlikely();
    refused();
    w.end();
    w.get(R);
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
