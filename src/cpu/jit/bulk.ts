import { GRANULE_SHIFT, WRITE } from "../../memory/mod.ts";
import { type Inst, NONE, Op } from "../ir/ops.ts";
import type { Readable } from "./readable.ts";
import { Place, type State } from "./flags-state.ts";
import { keyAt, type Node } from "./graph.ts";
import { Local, local, WORK_SHIFT } from "./layout.ts";
import { singleOf } from "./shapes.ts";
import { W, type Writer } from "./wasm.ts";

// Loops that copy or fill memory one element at a time, as those of memmove, and of programs. At their branch back, iterations that
// certainly come are done at once: registers, flags, units and counts are what they would be, and what might fault, end a slice or
// write over code is left to the loop itself.

/** So many iterations at once, at least and at most. */
const LEAST = 32;
const MOST_BYTES = 4096;
/** The condition NE. */
const NE = 1;

/** An access at a register plus a constant. */
interface At {
  readonly base: number;
  readonly offset: number;
}

/** What an iteration does. */
export interface BulkLoop {
  readonly load: (At & { readonly to: number }) | undefined;
  readonly store: (At & { readonly value: number }) | undefined;
  /** Bytes of an element. */
  readonly size: number;
  /** The op that loads one. */
  readonly code: number;
  /** Added to registers. */
  readonly steps: ReadonlyMap<number, number>;
  /** The loop goes on until this register, which steps, is equal to another or a constant; NONE: until a byte of 0 is loaded. */
  readonly counter: number;
  readonly end: { readonly r: number; readonly k: number };
  /** Guest instructions. */
  readonly instructions: number;
}

const loads = new Set([Op.ldr, Op.ldrb, Op.ldrh]);
const stores = new Set([Op.str, Op.strb, Op.strh]);

/** The loop that op `branch` of the block closes; undefined when it is none of these. */
export function bulkLoop(n: Node, branch: number): BulkLoop | undefined {
  const { insts } = n.ir;
  const last = insts[branch];
  if (last.op !== Op.brc || last.cond !== NE || keyAt(n, last.to) !== n.key) return undefined;
  const steps = new Map<number, number>();
  let load: (At & { to: number; op: number }) | undefined;
  let store: (At & { value: number; op: number }) | undefined;
  let test: { a: number; b: number; k: number; behindLoad: boolean } | undefined;
  const at = (x: Inst): At => ({ base: x.a, offset: (x.b + (steps.get(x.a) ?? 0)) | 0 });
  for (const x of insts.slice(0, branch)) {
    if (x.op === Op.nop) continue;
    if (loads.has(x.op) && x.kb && !x.ka && !load && !store) load = { ...at(x), to: x.d, op: x.op };
    else if (stores.has(x.op) && x.kb && !x.ka && !store)
      store = { ...at(x), value: x.s, op: x.op };
    else if ((x.op === Op.add || x.op === Op.sub) && x.kb && !x.ka && x.d === x.a) {
      if (x.set && x.op === Op.add) return undefined;
      const k = x.op === Op.add ? x.b : -x.b;
      steps.set(x.d, (steps.get(x.d) ?? 0) + k);
      test = x.set ? { a: x.d, b: NONE, k: 0, behindLoad: false } : afterwards(test, x.d);
      if (test === undefined && x.set) return undefined;
    } else if (x.op === Op.sub && x.set && x.d === NONE && !x.ka)
      test = { a: x.a, b: x.kb ? NONE : x.b, k: x.kb ? x.b : 0, behindLoad: load !== undefined };
    else return undefined;
  }
  if (!test) return undefined;
  const { size, code } = singleOf(load?.op ?? Op.ldrb)!;
  const step = steps.get((store ?? load)?.base ?? NONE) ?? 0;
  if (Math.abs(step) !== size || (load && steps.get(load.base) !== step)) return undefined;
  if (store && singleOf(store.op)!.size !== size) return undefined;
  // Nothing else is stored, and what is does not step.
  if (store && (load ? store.value !== load.to : steps.has(store.value))) return undefined;
  if (load && steps.has(load.to)) return undefined;
  const rest = { load, store, size, code, steps, instructions: last.at + 1 };
  if (load && test.a === load.to) {
    const isText = test.behindLoad && test.b === NONE && test.k === 0 && step === 1;
    return isText ? { ...rest, counter: NONE, end: { r: NONE, k: 0 } } : undefined;
  }
  if (!store || (load && load.to === test.b)) return undefined;
  // One side of the comparison steps.
  const [a, b] = [test.a, test.b].map((r) => (r === NONE ? 0 : (steps.get(r) ?? 0)));
  if ((a === 0) === (b === 0)) return undefined;
  const counter = a !== 0 ? test.a : test.b;
  const end = a !== 0 ? { r: test.b, k: test.k } : { r: test.a, k: 0 };
  const by = Math.abs(steps.get(counter)!);
  return (by & (by - 1)) === 0 ? { ...rest, counter, end } : undefined;
}

/** A comparison, when a register steps behind it. */
function afterwards<T extends { a: number; b: number }>(
  test: T | undefined,
  r: number,
): T | undefined {
  return test && (test.a === r || test.b === r) ? undefined : test;
}

/** True when all flags follow from registers, as they are after any number of iterations. */
export function followsRegisters({ nz, c, v, sum, result }: State): boolean {
  const named = (p: Place): boolean => p === Place.Sum || p === Place.Result;
  return named(nz) && named(c) && named(v) && ![sum?.x, sum?.y, result].some((o) => o?.saved);
}

/** Does iterations at the branch back of the loop, whose unit has been spent. */
export function emitBulk(
  w: Writer,
  loop: BulkLoop,
  { start, size: room }: Readable,
  /** Told the local with the number of iterations, where they are done. */
  done: (count: number) => void,
): void {
  const { load, store, size, steps, counter } = loop;
  const COUNT = Local.S0;
  const [FROM, TO] = [Local.S1, Local.S2];
  const up = steps.get((store ?? load)!.base)! > 0;
  const pushBytes = (): void => {
    w.get(COUNT);
    w.const(size);
    w.op(W.mul);
  };
  const atMost = (push: () => void): void => {
    push();
    w.get(COUNT);
    push();
    w.get(COUNT);
    w.op(W.ltU, W.select);
    w.set(COUNT);
  };
  if (counter === NONE) {
    // One look in so many iterations.
    w.get(local(load!.base));
    w.const(LEAST - 1);
    w.op(W.and, W.eqz);
    w.open(W.if);
    w.const(MOST_BYTES);
    w.set(COUNT);
  } else countIterations(w, loop, COUNT);
  atMost(() => {
    w.get(Local.Work);
    w.const64(WORK_SHIFT);
    w.op(W.shrS64, W.wrap);
  });
  atMost(() => w.const(Math.min(MOST_BYTES, room) / size));
  w.get(COUNT);
  w.const(LEAST);
  w.op(W.geU);
  w.open(W.if);
  /** Sets `into` to the lowest address that is accessed. */
  const lowest = (place: At, into: number): void => {
    w.get(local(place.base));
    w.const(up ? place.offset : (place.offset + size) | 0);
    w.op(W.add);
    if (!up) {
      pushBytes();
      w.op(W.sub);
    }
    w.set(into);
  };
  if (store) lowest(store, TO);
  if (load) {
    lowest(load, FROM);
    // All of it can be read.
    w.get(FROM);
    w.const(start);
    w.op(W.sub);
    w.const(room);
    pushBytes();
    w.op(W.sub, W.leU);
    if (store) {
      // What is read was not stored by an iteration before.
      w.get(up ? TO : FROM);
      w.get(up ? FROM : TO);
      w.op(W.sub);
      w.const(1);
      w.op(W.sub);
      pushBytes();
      w.const(1);
      w.op(W.sub, W.geU, W.and);
    }
    w.open(W.if);
  }
  w.open(W.block);
  if (counter === NONE) beforeZero(w, FROM, COUNT);
  if (store) checkStores(w, TO, pushBytes);
  if (load) {
    // Before it is stored to: an element that does not lie as the others do may be under one.
    w.get(FROM);
    if (up) {
      pushBytes();
      w.op(W.add);
      w.const(size);
      w.op(W.sub);
    }
    w.memory(loop.code, 0);
    w.set(local(load.to));
  }
  if (store) {
    w.get(TO);
    w.get(load ? FROM : local(store.value));
    pushBytes();
    w.op(...(load ? W.memoryCopy : W.memoryFill));
  }
  for (const [r, step] of steps) {
    w.get(local(r));
    w.get(COUNT);
    w.const(step);
    w.op(W.mul, W.add);
    w.set(local(r));
  }
  done(COUNT);
  w.get(Local.Work);
  w.get(COUNT);
  w.op(W.extendU);
  w.const64(loop.instructions - 2 ** WORK_SHIFT);
  w.op(W.mul64, W.add64);
  w.set(Local.Work);
  w.end();
  if (load) w.end();
  w.end();
  w.end();
}

/** Sets `count` to the iterations before the one that ends the loop, within an if that is entered when it ends at all. */
function countIterations(w: Writer, { steps, counter, end }: BulkLoop, count: number): void {
  const by = steps.get(counter)!;
  const pushEnd = (): void => (end.r === NONE ? w.const(end.k) : w.get(local(end.r)));
  if (by > 0) pushEnd();
  w.get(local(counter));
  if (by < 0) pushEnd();
  w.op(W.sub);
  w.tee(count);
  w.const(Math.abs(by) - 1);
  w.op(W.and, W.eqz);
  w.open(W.if);
  w.get(count);
  w.const(31 - Math.clz32(Math.abs(by)));
  w.op(W.shrU);
  w.const(1);
  w.op(W.sub);
  w.set(count);
}

/** Cuts `count` to whole words before the first byte of 0; leaves the enclosing block when those are few. */
function beforeZero(w: Writer, from: number, count: number): void {
  w.get(from);
  w.set(Local.Address);
  w.open(W.block);
  w.open(W.loop);
  w.get(Local.Address);
  w.const(4);
  w.op(W.add);
  w.get(from);
  w.get(count);
  w.op(W.add, W.gtU);
  w.brIf(1);
  w.get(Local.Address);
  w.memory(W.load, 0);
  w.tee(Local.Key);
  w.const(0x01010101);
  w.op(W.sub);
  w.get(Local.Key);
  w.const(-1);
  w.op(W.xor, W.and);
  w.const(0x80808080);
  w.op(W.and);
  w.brIf(1);
  w.get(Local.Address);
  w.const(4);
  w.op(W.add);
  w.set(Local.Address);
  w.br(0);
  w.end();
  w.end();
  w.get(Local.Address);
  w.get(from);
  w.op(W.sub);
  w.tee(count);
  w.const(LEAST);
  w.op(W.ltU);
  w.brIf(0);
}

/** Leaves the enclosing block unless all of the bytes can be stored to. */
export function checkStores(w: Writer, to: number, pushBytes: () => void): void {
  w.get(to);
  w.const(GRANULE_SHIFT);
  w.op(W.shrU);
  w.set(Local.Address);
  w.get(to);
  pushBytes();
  w.op(W.add);
  w.const(1);
  w.op(W.sub);
  w.const(GRANULE_SHIFT);
  w.op(W.shrU);
  w.set(Local.Key);
  w.open(W.loop);
  w.get(Local.Address);
  w.memory(W.load8u, 0);
  w.const(WRITE);
  w.op(W.and, W.eqz);
  w.brIf(1);
  w.get(Local.Address);
  w.const(1);
  w.op(W.add);
  w.tee(Local.Address);
  w.get(Local.Key);
  w.op(W.leU);
  w.brIf(0);
  w.end();
}
