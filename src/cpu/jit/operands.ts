import { type Inst, NONE, NZ } from "../ir/ops.ts";
import type { Flags } from "./flags.ts";
import { JUNK, Local, local } from "./layout.ts";
import type { Writer } from "./wasm.ts";

// Operands and results of data processing ops.

/** Writes an op. */
export type Emit = (x: Inst, w: Writer, flags: Flags) => void;

export function pushA(x: Inst, w: Writer): void {
  if (x.ka) w.const(x.a);
  else w.get(local(x.a));
}
export function pushB(x: Inst, w: Writer): void {
  if (x.kb) w.const(x.b);
  else w.get(local(x.b));
}
/** The value on the stack is the result of x. */
export function result(x: Inst, w: Writer, flags: Flags): void {
  const wanted = x.set & NZ;
  const d = x.d === NONE ? JUNK : x.d;
  w.set(d === JUNK && !wanted ? Local.S0 : local(d));
  if (wanted) flags.setResult(d);
}
