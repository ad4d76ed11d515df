import type { Inst } from "../ir/ops.ts";
import { FILE, local } from "./layout.ts";
import { W, type Writer } from "./wasm.ts";

// What writers of media and DSP instructions share: operands, constants, slots of the register file.

export type Emit = (x: Inst, w: Writer) => void;

export const a = (x: Inst, w: Writer): void => (x.ka ? w.const(x.a) : w.get(local(x.a)));
export const b = (x: Inst, w: Writer): void => (x.kb ? w.const(x.b) : w.get(local(x.b)));
export const by = (w: Writer, k: number, ...ops: number[]): void => {
  w.const(k);
  w.op(...ops);
};

export function loadFile(w: Writer, slot: number): void {
  w.const(FILE);
  w.memory(W.load, slot * 4);
}
export function storeFile(w: Writer, slot: number, push: () => void): void {
  w.const(FILE);
  push();
  w.memory(W.store, slot * 4);
}
