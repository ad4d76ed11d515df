import { GRANULE_SHIFT, WRITE } from "../../memory/mod.ts";
import { type Inst, Op } from "../ir/ops.ts";
import { type Check, NOTHING } from "./access-plan.ts";
import type { FloatRegisters } from "./float-registers.ts";
import { Local, local } from "./layout.ts";
import type { Readable } from "./readable.ts";
import type { Address } from "./rows.ts";
import { accessOf, registersOf, type Shape, singleOf } from "./shapes.ts";
import { unpack } from "../simd/mod.ts";
import type { VectorEmitter } from "./vectors.ts";
import { W, type Writer } from "./wasm.ts";

// Loads and stores. A load tests that its address is in the range that can be read, a store the rights of its granule. What is
// refused, the interpreter executes: a call to the host that comes back would cost every value that lives across it a place in
// memory, also where it is never made.

const GRANULE = 1 << GRANULE_SHIFT;

/** Writes the way out to the interpreter, within so many ifs. */
type Refused = (ifs: number) => void;

/** Writes loads and stores. */
export class AccessEmitter {
  constructor(
    private readonly w: Writer,
    private readonly readable: Readable,
    private readonly floats: FloatRegisters,
    private readonly vectors: VectorEmitter,
  ) {}

  /**
   * A load or store; `check` is that of `Checks`; `free`: nothing is to be checked but what the instruction asks for; `address` is where it
   * certainly is, for accesses that need no check.
   */
  emit(x: Inst, check: Check | undefined, refused: Refused, free = false, address?: Address): void {
    const shape = accessOf(x)!;
    const { w } = this;
    // Behind a check of its base, nothing wraps around: the offset can be part of the access.
    let offset = 0;
    if (address && (free || check === NOTHING)) {
      address.push(w);
      w.set(Local.Address);
      return this.transfer(x, shape, Local.Address, address.offset);
    }
    if (check && shape.offset !== undefined) {
      this.check(x, check, refused);
      if (shape.offset >= 0) offset = shape.offset;
      else {
        w.get(local(x.a));
        w.const(shape.offset);
        w.op(W.add);
        w.set(Local.Address);
      }
    } else {
      this.pushAddress(x, shape);
      w.set(Local.Address);
      if (free || check === NOTHING) return this.transfer(x, shape, Local.Address, 0);
      if (check?.store ?? shape.store) this.checkStore(shape.size, shape.words, refused);
      else this.checkRead(Local.Address, 0, shape.size, shape.words, refused);
    }
    const base =
      check && shape.offset !== undefined && shape.offset >= 0 ? local(x.a) : Local.Address;
    if (x.op === Op.vldn || x.op === Op.vstn) this.checkAlignment(x, base, refused);
    this.transfer(x, shape, base, offset);
  }

  /** The low byte of what a load of one register loads that needs no check, to a local. */
  lowByte(x: Inst, to: number, address?: Address): void {
    const { w } = this;
    if (address) address.push(w);
    else this.pushAddress(x, accessOf(x)!);
    w.memory(W.load8u, address?.offset ?? 0);
    w.set(to);
  }

  private transfer(x: Inst, { store }: Shape, base: number, offset: number): void {
    const { w } = this;
    const single = singleOf(x.op);
    if (single) {
      w.get(base);
      if (store) w.get(local(x.s));
      w.memory(single.code, offset);
      if (!store) w.set(local(x.d));
      return;
    }
    if (x.op === Op.vldm || x.op === Op.vstm)
      return this.floats.transfer(x.vd, x.i, store, base, offset);
    if (x.op === Op.vldn || x.op === Op.vstn) return this.vectors.transfer(x, base, offset);
    let list: number[];
    if (x.op === Op.ldrd) list = [x.d, x.e];
    else if (x.op === Op.strd) list = [x.s, x.t];
    else list = registersOf(x.i);
    // The base may be among the registers that are loaded.
    if (!store && base !== Local.Address) {
      w.get(base);
      w.set(Local.Address);
      base = Local.Address;
    }
    list.forEach((r, k) => {
      w.get(base);
      if (store) w.get(local(r));
      w.memory(store ? W.store : W.load, offset + k * 4);
      if (!store) w.set(local(r));
    });
  }

  /** The alignment that the instruction asks for. */
  private checkAlignment(x: Inst, base: number, refused: Refused): void {
    const { align } = unpack(x.i);
    if (align <= 2) return;
    const { w } = this;
    w.get(base);
    w.const((1 << align) - 1);
    w.op(W.and);
    w.openUnlikely();
    refused(1);
    w.end();
  }

  private check(x: Inst, { low, high, aligned, store }: Check, refused: Refused): void {
    if (low === high) return;
    const { w } = this;
    if (!store) return this.checkRead(local(x.a), low, high - low, aligned, refused);
    w.get(local(x.a));
    if (low) {
      w.const(low);
      w.op(W.add);
    }
    w.set(Local.Address);
    this.checkStore(high - low, aligned, refused);
  }

  /** [base + low, base + low + size) can be read. */
  private checkRead(
    base: number,
    low: number,
    size: number,
    aligned: boolean,
    refused: Refused,
  ): void {
    const { w, readable } = this;
    w.get(base);
    w.const(readable.start - low);
    w.op(W.sub);
    // None at all when more is wanted than can be read anywhere.
    const places = Math.max(readable.size - size + 1, 0);
    if (aligned) {
      // The bits that must be zero go to the top.
      w.const(2);
      w.op(W.rotr);
      w.const((places + 3) >>> 2);
    } else w.const(places);
    w.op(W.geU);
    w.openUnlikely();
    refused(1);
    w.end();
  }

  /** So many bytes from Address on, MAX_FRAME at most, can be written. */
  private checkStore(size: number, aligned: boolean, refused: Refused): void {
    const { w } = this;
    if (size <= 4 && !aligned) return this.checkElement(size, refused);
    // Two looks at so many granules in a row see all that are touched, and no other.
    const row = size <= GRANULE ? 1 : size <= 3 * GRANULE ? 2 : 4;
    this.pushRights(0, aligned ? 4 : 1, row);
    if (size > (aligned ? 4 : 1)) {
      this.pushRights(size - 1 - (row - 1) * GRANULE, 1, row);
      w.op(W.and);
    }
    const all = WRITE * (row === 1 ? 1 : row === 2 ? 0x101 : 0x1010101);
    w.const(all);
    w.op(W.and);
    if (row === 1) w.op(W.eqz);
    else {
      w.const(all);
      w.op(W.ne);
    }
    w.openUnlikely();
    refused(1);
    w.end();
  }

  /** A byte, halfword or word from Address on can be written. */
  private checkElement(size: number, refused: Refused): void {
    const { w } = this;
    this.pushRights(0, size === 1 ? 1 : size === 2 ? 2 : 4);
    w.const(WRITE);
    w.op(W.and, W.eqz);
    w.openUnlikely();
    if (size === 1) refused(1);
    else {
      // Unaligned: both granules.
      this.pushRights(0, 1);
      this.pushRights(size - 1, 1);
      w.op(W.and);
      w.const(WRITE);
      w.op(W.and, W.eqz);
      w.openUnlikely();
      refused(2);
      w.end();
    }
    w.end();
  }

  /**
   * The rights of the granule of Address + offset on the stack, and of those behind it, or 0 when that is not a multiple of `unit`: the
   * rotation moves the bits that must be zero to the top.
   */
  private pushRights(offset: number, unit: 1 | 2 | 4, row: 1 | 2 | 4 = 1): void {
    const { w } = this;
    w.get(Local.Address);
    if (offset) {
      w.const(offset);
      w.op(W.add);
    }
    const bits = unit === 4 ? 2 : unit - 1;
    if (bits) {
      w.const(bits);
      w.op(W.rotr);
    }
    w.const(GRANULE_SHIFT - bits);
    w.op(W.shrU);
    w.memory(row === 1 ? W.load8u : row === 2 ? W.load16u : W.load, 0);
  }

  private pushAddress(x: Inst, { offset }: Shape): void {
    const { w } = this;
    if (x.ka) w.const(x.a);
    else w.get(local(x.a));
    if (offset !== undefined) {
      if (offset === 0) return;
      w.const(offset);
    } else {
      w.get(local(x.b));
      if (x.i && singleOf(x.op)) {
        w.const(x.i);
        w.op(W.shl);
      }
    }
    w.op(W.add);
  }
}
