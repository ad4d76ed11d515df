import { Slot } from "../interp/state.ts";
import type { State } from "./flags-state.ts";
import {
  COUNT,
  FILE,
  GO_ON,
  Local,
  MAX_DEPTH,
  SLOT_MASK,
  TARGET_MASK,
  TARGETS,
  UNITS,
  WORK_SHIFT,
} from "./layout.ts";
import { I32, I64, Import, type StateAt, Type, W, writeHead, type Writer } from "./wasm.ts";

// The modules around the functions.

/** A function as it is written before it is known where it will be used; offsets are from its beginning. */
export interface Code {
  /** Local declarations and code. */
  readonly body: Uint8Array;
  /** Where the unlikely ifs are. */
  readonly unlikely: ArrayLike<number>;
  /** Where indexes into the table of regions are, and for which guest addresses: pairs. */
  readonly slots: ArrayLike<number>;
  /** Where numbers of states of the flags are, and which. */
  readonly states: readonly StateAt[];
  /** Numbers of supervisor calls whose functions it calls, in the order of its imports. */
  readonly directs: readonly number[];
}

/** The sections of a module with the function "r" and a stub "s0" and so on for each of `stubs`. */
export function writeRegionModule(
  w: Writer,
  pages: number,
  { body, unlikely, slots, states, directs }: Code,
  stubs: readonly number[],
  slotOf: (key: number) => number,
  numberOf: (state: State) => number,
): Uint8Array<ArrayBuffer> {
  writeHead(w, pages, directs);
  const count = 1 + stubs.length;
  w.section(3, () => {
    w.unsigned(count);
    for (let k = 0; k < count; k++) w.byte(Type.Region);
  });
  w.section(7, () => {
    w.unsigned(count);
    for (let k = 0; k < count; k++) {
      w.name(k === 0 ? "r" : `s${k - 1}`);
      w.byte(0);
      w.unsigned(Import.Count + directs.length + k);
    }
  });
  // WebAssembly Branch Hinting 1.0: the ways out are cold. JavaScriptCore looks a function's hints up by its index among the
  // functions of the module that are not imported.
  w.section(0, () => {
    w.name("metadata.code.branch_hint");
    w.op(1);
    w.unsigned(0);
    w.unsigned(unlikely.length);
    for (let k = 0; k < unlikely.length; k++) {
      w.unsigned(unlikely[k]);
      w.op(1, 0);
    }
  });
  w.section(10, () => {
    w.unsigned(count);
    w.sized(() => {
      const { at } = w;
      w.append(body);
      for (let k = 0; k < slots.length; k += 2) w.patch(at + slots[k], slotOf(slots[k + 1]));
      for (const [place, state] of states) w.patch(at + place, numberOf(state));
    });
    for (const key of stubs) {
      w.sized(() => {
        w.unsigned(0);
        w.const(key);
        w.get(Local.Work);
        w.end();
      });
    }
  });
  return w.take();
}

/** The loop that goes from region to region. Its parameters have the places of key and units. */
export function writeRuntimeModule(w: Writer, pages: number): Uint8Array<ArrayBuffer> {
  const KEY = 0;
  const LEFT = 1;
  const ENTRY = 2;
  const WORK = 3;
  writeHead(w, pages);
  w.section(3, () => w.op(1, Type.Binary));
  w.section(7, () => {
    w.unsigned(1);
    w.name("enter");
    w.op(0, Import.Count);
  });
  const leave = (): void => {
    w.open(W.if);
    w.const(FILE);
    w.get(WORK);
    w.const64(WORK_SHIFT);
    w.op(W.shrS64, W.wrap);
    w.const(1);
    w.op(W.add);
    w.memory(W.store, UNITS);
    w.const(FILE);
    w.const(FILE);
    w.memory(W.load64, COUNT);
    w.get(WORK);
    w.const64(2 ** WORK_SHIFT - 1);
    w.op(W.and64, W.add64);
    w.memory(W.store64, COUNT);
    w.get(KEY);
    w.op(W.return);
    w.end();
  };
  w.section(10, () => {
    w.unsigned(1);
    w.sized(() => {
      w.op(2, 1, I32, 1, I64);
      w.get(LEFT);
      w.const(1);
      w.op(W.sub, W.extendS);
      w.const64(WORK_SHIFT);
      w.op(W.shl64);
      w.set(WORK);
      w.open(W.loop);
      w.get(KEY);
      w.const(2);
      w.op(W.shl);
      w.const(TARGET_MASK << 3);
      w.op(W.and);
      w.const(FILE + TARGETS);
      w.op(W.add);
      w.tee(ENTRY);
      w.memory(W.load, 0);
      w.get(KEY);
      w.op(W.ne);
      leave();
      w.get(WORK);
      w.const(MAX_DEPTH);
      w.get(ENTRY);
      w.memory(W.load, 4);
      w.const(SLOT_MASK);
      w.op(W.and);
      w.op(W.callIndirect, Type.Region, 0);
      w.set(WORK);
      w.tee(KEY);
      w.brIf(0);
      w.const(FILE);
      w.memory(W.load, GO_ON);
      w.op(W.eqz);
      leave();
      w.const(FILE);
      w.memory(W.load, Slot.PC * 4);
      w.const(FILE);
      w.memory(W.load, Slot.T * 4);
      w.op(W.or);
      w.set(KEY);
      for (const offset of [GO_ON, Slot.PC * 4, Slot.T * 4]) {
        w.const(FILE);
        w.const(0);
        w.memory(W.store, offset);
      }
      w.br(0);
      w.end();
      w.op(W.unreachable, W.end);
    });
  });
  return w.take();
}
