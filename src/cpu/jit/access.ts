import { GRANULE_SHIFT, READ, WRITE } from "../../memory/mod.ts";
import { type Inst, Op, TEMP } from "../ir/ops.ts";
import { Local, local } from "./layout.ts";
import { Import, W, type Writer } from "./wasm.ts";

// Loads and stores. The fast path tests the rights of the granule and the alignment; anything else asks `check`, and when that
// refuses, the interpreter executes the instruction.

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

/** What `check` is asked: size in bytes, and these. */
export const CHECK_SIZE = 0xff;
export const CHECK_STORE = 0x100;
/** Several words: they must be aligned. */
export const CHECK_WORDS = 0x200;

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

/** Writes a load or store. `refused` writes the way out to the interpreter. */
export function emitAccess(x: Inst, w: Writer, refused: () => void): void {
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

function single(x: Inst, { size, store, op }: Access, w: Writer, refused: () => void): void {
  pushAddress(x, false, w);
  w.tee(Local.Address);
  pushRights(size, w);
  w.const(store ? WRITE : READ);
  w.op(W.and, W.eqz);
  askCheck(size | (store ? CHECK_STORE : 0), w, refused);
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
function checkWords(size: number, store: boolean, w: Writer, refused: () => void): void {
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
  askCheck(size | CHECK_WORDS | (store ? CHECK_STORE : 0), w, refused);
}

function askCheck(kind: number, w: Writer, refused: () => void): void {
  w.open(W.if);
  w.get(Local.Address);
  w.const(kind);
  w.call(Import.Check);
  w.op(W.eqz);
  w.open(W.if);
  refused();
  w.end();
  w.end();
}
