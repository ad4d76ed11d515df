/** Unwinding a guest stack: unwind tables, call frame information, or what the prologue did. */
export { CallFrames } from "./cfi.ts";
export { type ExidxTable, unwindExidx } from "./exidx.ts";
export { unwindPrologue } from "./prologue.ts";
export { type FrameRegisters, FP, FP7, LR, PC, SP, type StackMemory } from "./state.ts";
