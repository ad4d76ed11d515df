import { callBefore } from "../dlmodule/mod.ts";
import type { MachineView, Place } from "./machine-view.ts";

export interface Frame {
  /** Address of the instruction: the faulting one, or the call that is being executed. */
  readonly address: number;
  readonly place: Place | undefined;
  /** pc and lr come from registers; "stack" frames were found by scanning and may be left-overs of earlier calls. */
  readonly from: "pc" | "lr" | "stack";
}

const FRAMES_MAX = 16;
/** Words of stack that are looked at. */
const SCAN_MAX = 4096;
const CPSR_T = 0x20;

/**
 * Callers of the running code, innermost first. Without unwind tables (C modules have none) a caller is a word on the stack that points
 * behind a call instruction.
 */
export function backtrace(view: MachineView, pc: number, stackTop: number): Frame[] {
  const frames: Frame[] = [{ address: pc >>> 0, place: view.place(pc), from: "pc" }];
  const add = (value: number, from: "lr" | "stack"): void => {
    const call = callBefore(view, value);
    if (call === undefined || frames.length >= FRAMES_MAX) return;
    const place = view.place(call);
    const last = frames[frames.length - 1];
    if (!place || place.unloaded || last.address === call) return;
    // lr that points into the running function belongs to a call that has returned.
    if (from === "lr" && place.start !== undefined && place.start === frames[0].place?.start)
      return;
    frames.push({ address: call, place, from });
  };
  const [sp, lr] = [view.registers[13], view.registers[14]];
  add(lr, "lr");
  const end = Math.min(stackTop, sp + 4 * SCAN_MAX);
  for (let at = (sp + 3) & ~3; at >>> 0 < end; at += 4) {
    const word = view.word(at >>> 0);
    if (word !== undefined && word !== lr) add(word, "stack");
  }
  return frames;
}

export function isThumb(view: MachineView): boolean {
  return (view.cpsr & CPSR_T) !== 0;
}
