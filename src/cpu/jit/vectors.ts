import { REGISTERS } from "../float/mod.ts";
import { type Inst, Op } from "../ir/ops.ts";
import { Kind, nameOf, type OperationName, places, sizeOf, unpack } from "../simd/mod.ts";
import { hasVectors } from "./host-vectors.ts";
import { FILE, local } from "./layout.ts";
import { FLOATS, VECTOR_LOCALS, VectorFloats } from "./vector-floats.ts";
import { V, V128 } from "./vector-opcodes.ts";
import { elements, makeRows, shuffle, vector } from "./vector-operations.ts";
import { W, type Writer } from "./wasm.ts";

// Advanced SIMD with the host's vectors. Registers stay in the file: a region with such instructions keeps none of the floating-point
// registers in locals (float-registers.ts). What saturates, rounds or estimates is left to the interpreter, and so is arithmetic in single
// precision unless it is known that the host's result is the guest's.

/** What has a q register as its result, whatever its field says. */
const TO_Q = new Set<OperationName>([
  "vaddl",
  "vsubl",
  "vaddw",
  "vsubw",
  "vmull",
  "vmlal",
  "vmlsl",
  "vshll",
]);
/** What has one as its operand, though the result is half of it. */
const FROM_Q = new Set<OperationName>(["vmovn", "vshrn"]);

let rows: ReturnType<typeof makeRows> | undefined;

/** Structures of one element, all of them: what VLD1 and VST1 of whole registers move. */
export function vectorBytes(x: Inst): number | undefined {
  if ((x.op !== Op.vldn && x.op !== Op.vstn) || !hasVectors()) return undefined;
  const s = unpack(x.i);
  return s.count === 1 && s.kind === Kind.Multiple ? sizeOf(s) : undefined;
}

/** True for what translated code does itself of Advanced SIMD, loads and stores apart. */
export function isVectorOp(x: Inst): boolean {
  if (x.op === Op.vdupr || x.op === Op.vputl || x.op === Op.vgetl) return hasVectors();
  if (x.op !== Op.simd || !hasVectors()) return false;
  const name = nameOf(x.i);
  if (name in places || name === "vdup" || name in FLOATS) return true;
  const row = (rows ??= makeRows())[name];
  return row !== undefined && (row[0] & (1 << ((x.i >> 9) & 3))) !== 0;
}

/** Writes them. */
export class VectorEmitter extends VectorFloats {
  emit(x: Inst, refused: () => void): void {
    const { w } = this;
    const z = x.i & 3;
    const index = (x.i >> 3) << z;
    switch (x.op) {
      case Op.vdupr:
        return this.put(x.vd, (x.i >> 2) & 1, () => {
          w.get(local(x.a));
          vector(w, V.splat[z]);
        });
      case Op.vputl:
        w.const(FILE);
        w.get(local(x.a));
        return w.memory([W.store8, W.store16, W.store][z], byte(x.vd) + index);
      case Op.vgetl: {
        const loads = x.i & 4 ? [W.load8u, W.load16u, W.load] : [W.load8s, W.load16s, W.load];
        w.const(FILE);
        w.memory(loads[z], byte(x.va) + index);
        return w.set(local(x.d));
      }
    }
    this.operation(x, refused);
  }

  private operation(x: Inst, refused: () => void): void {
    const { w } = this;
    const name = nameOf(x.i);
    const z = (x.i >> 9) & 3;
    const u = (x.i >> 11) & 1;
    const i = (x.i >> 12) & 255;
    const scalar = (x.i >> 20) & 0x3f;
    const field = (x.i >> 8) & 1;
    const q = TO_Q.has(name) ? 1 : field;
    const place = places[name as keyof typeof places];
    if (place) return this.exchange(x, z, q, place);
    const wide = FROM_Q.has(name) ? 1 : q;
    const n = (): void => this.get(x.va, wide);
    const d = (): void => this.get(x.vd, q);
    const m = (): void => {
      if (!scalar) return this.get(x.vb, wide);
      w.const(FILE);
      this.memory(V.loadSplat[z], byte(x.vb) + ((scalar & 0x1f) << z));
    };
    if (name === "vdup")
      return this.put(x.vd, q, () => {
        w.const(FILE);
        this.memory(V.loadSplat[z], byte(x.vb) + (i << z));
      });
    const float = FLOATS[name];
    if (float) {
      // The address of the result is below it.
      return this.put(x.vd, q, () => this.float({ n, m, d }, float, refused));
    }
    this.put(x.vd, q, () => rows![name]![1]({ w, z, u, q, i, n, m, d }));
  }

  /** Both registers are written. */
  private exchange(
    x: Inst,
    z: number,
    q: number,
    place: (k: number, count: number) => number,
  ): void {
    const { w } = this;
    const count = (8 << q) >> z;
    // The result of d is on top: it is stored first, as the interpreter does.
    for (const from of [count, 0]) {
      w.const(FILE);
      this.get(x.vd, q);
      this.get(x.vb, q);
      shuffle(
        w,
        elements(z, count, (k) => place(k + from, count)),
      );
    }
    this.store(x.vd, q);
    this.store(x.vb, q);
  }

  /** Whole registers from or to guest memory at the address in `base`. */
  transfer(x: Inst, base: number, offset: number): void {
    const { w } = this;
    const bytes = vectorBytes(x)!;
    const store = x.op === Op.vstn;
    for (let k = 0; k < bytes;) {
      const two = bytes - k >= 16;
      const file = byte(x.vd) + k;
      if (store) w.get(base);
      else w.const(FILE);
      if (store) w.const(FILE);
      else w.get(base);
      const [from, to] = store ? [file, offset + k] : [offset + k, file];
      if (two) {
        this.memory(V.load, from);
        this.memory(V.store, to);
      } else {
        w.memory(W.load64, from);
        w.memory(W.store64, to);
      }
      k += two ? 16 : 8;
    }
  }

  private get(v: number, q: number): void {
    this.w.const(FILE);
    this.memory(q ? V.load : V.load64, byte(v));
  }
  private put(v: number, q: number, push: () => void): void {
    this.w.const(FILE);
    push();
    this.store(v, q);
  }
  private store(v: number, q: number): void {
    this.memory(q ? V.store : V.store64, byte(v));
    if (!q) this.w.byte(0);
  }
  private memory(op: number, offset: number): void {
    vector(this.w, op);
    this.w.byte(0);
    this.w.unsigned(offset);
  }
}

/** Byte offset of a d register. */
function byte(v: number): number {
  return (REGISTERS + 2 * v) * 4;
}

/** Declares them. */
export function declareVectors(w: Writer): void {
  w.unsigned(VECTOR_LOCALS);
  w.byte(V128);
}
