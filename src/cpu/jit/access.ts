import { GRANULE_SHIFT, READ, WRITE } from "../../memory/mod.ts";
import { type Inst, Op, TEMP } from "../ir/ops.ts";
import { Local, local } from "./layout.ts";
import { W, type Writer } from "./wasm.ts";

// Loads and stores. The fast path tests the rights of the granule and the alignment. What is refused, the interpreter executes: a
// call to the host that comes back would cost every value that lives across it a place in memory, also where it is never made.

interface Access {
  readonly size: number;
  readonly store: boolean;
  readonly op: number;
}
const accesses: (Access | undefined)[] = [];
accesses[Op.ldr] = { size: 4, store: false, op: W.load };
accesses[Op.ldrb] = { size: 1, store: false, op: W.load8u };
accesses[Op.ldrh] = { size: 2, store: false, op: W.load16u };
accesses[Op.ldrsb] = { size: 1, store: false, op: W.load8s };
accesses[Op.ldrsh] = { size: 2, store: false, op: W.load16s };
accesses[Op.str] = { size: 4, store: true, op: W.store };
accesses[Op.strb] = { size: 1, store: true, op: W.store8 };
accesses[Op.strh] = { size: 2, store: true, op: W.store16 };

export function isAccess(op: number): boolean {
  return (
    accesses[op] !== undefined || op === Op.ldm || op === Op.stm || op === Op.ldrd || op === Op.strd
  );
}

/** Registers of a mask, bit 15 being t0. */
export function registersOf(mask: number): number[] {
  const list: number[] = [];
  for (let r = 0; r < 16; r++) if (mask & (1 << r)) list.push(r === 15 ? TEMP : r);
  return list;
}

/** Writes the way out to the interpreter, within so many ifs. */
type Refused = (ifs: number) => void;

/** Writes a load or store. */
export function emitAccess(x: Inst, w: Writer, refused: Refused): void {
  const access = accesses[x.op];
  if (access) return single(x, access, w, refused);
  const store = x.op === Op.stm || x.op === Op.strd;
  let list: number[];
  if (x.op === Op.ldrd) list = [x.d, x.e];
  else if (x.op === Op.strd) list = [x.s, x.t];
  else list = registersOf(x.i);
  pushAddress(x, x.op === Op.ldm || x.op === Op.stm, w);
  w.set(Local.Address);
  checkWords(list.length * 4, store, w, refused);
  list.forEach((r, k) => {
    w.get(Local.Address);
    if (store) {
      w.get(local(r));
      w.memory(W.store, k * 4);
    } else {
      w.memory(W.load, k * 4);
      w.set(local(r));
    }
  });
}

function pushAddress(x: Inst, multiple: boolean, w: Writer): void {
  if (x.ka) w.const(x.a);
  else w.get(local(x.a));
  if (multiple || x.kb) {
    const offset = multiple ? x.j : x.b;
    if (offset === 0) return;
    w.const(offset);
  } else {
    w.get(local(x.b));
    if (x.i && accesses[x.op]) {
      w.const(x.i);
      w.op(W.shl);
    }
  }
  w.op(W.add);
}

function single(x: Inst, { size, store, op }: Access, w: Writer, refused: Refused): void {
  pushAddress(x, false, w);
  w.tee(Local.Address);
  pushRights(size, w);
  w.const(store ? WRITE : READ);
  w.op(W.and, W.eqz);
  w.openUnlikely();
  if (size === 1) refused(1);
  else {
    // Unaligned: both granules.
    pushRightsOfBoth(size, w);
    w.const(store ? WRITE : READ);
    w.op(W.and, W.eqz);
    w.openUnlikely();
    refused(2);
    w.end();
  }
  w.end();
  w.get(Local.Address);
  if (store) {
    w.get(local(x.s));
    w.memory(op, 0);
  } else {
    w.memory(op, 0);
    w.set(local(x.d));
  }
}

/**
 * The rights of the granule of the address on the stack, or 0 when the address is not a multiple of `size`: the rotation moves
 * the bits that must be zero to the top.
 */
function pushRights(size: number, w: Writer): void {
  const bits = size === 4 ? 2 : size - 1;
  if (bits) {
    w.const(bits);
    w.op(W.rotr);
  }
  w.const(GRANULE_SHIFT - bits);
  w.op(W.shrU);
  w.memory(W.load8u, 0);
}

/** At most 16 words: they touch two granules. */
function checkWords(size: number, store: boolean, w: Writer, refused: Refused): void {
  w.get(Local.Address);
  pushRights(4, w);
  if (size > 4) {
    w.get(Local.Address);
    w.const(size - 4);
    w.op(W.add);
    pushRights(4, w);
    w.op(W.and);
  }
  w.const(store ? WRITE : READ);
  w.op(W.and, W.eqz);
  w.openUnlikely();
  refused(1);
  w.end();
}

function pushRightsOfBoth(size: number, w: Writer): void {
  w.get(Local.Address);
  pushRights(1, w);
  w.get(Local.Address);
  w.const(size - 1);
  w.op(W.add);
  pushRights(1, w);
  w.op(W.and);
}
