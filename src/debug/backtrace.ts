import { CPSR_T } from "../cpu/types.ts";
import { callBefore } from "../dlmodule/mod.ts";
import type { MachineView, Place, SourcePlace } from "./view.ts";

export interface Frame {
  /** Address of the instruction: the faulting one, or the call that is being executed. */
  readonly address: number;
  readonly place: Place | undefined;
  /**
   * pc and lr come from registers, "unwind" from unwind tables or the code of the prologue; "stack" frames were found by scanning and may
   * be left-overs of earlier calls.
   */
  readonly from: "pc" | "lr" | "unwind" | "stack";
  /** Function and line, when the module has debugging information. */
  readonly source?: SourcePlace;
  /** The kernel called the frame before this one: `the destructor of pthread key 0`. */
  readonly called?: string;
  /** So many more frames of the same call follow: a recursion. */
  repeated?: number;
}

const FRAMES_MAX = 16;
/** Words of stack that are looked at. */
const SCAN_MAX = 4096;

/**
 * Callers of the running code, innermost first. Where unwinding ends too early, a caller is a word on the stack that points behind a call
 * instruction.
 */
export function backtrace(view: MachineView, pc: number, stackTop: number): Frame[] {
  const { details } = view;
  const frames: Frame[] = [frameAt(view, pc >>> 0, "pc")];
  let [sp, lr] = [view.registers[13], view.registers[14]];
  if (details) {
    const start = view.registers.slice(0, 15).concat(pc >>> 0);
    const unwound = details.unwind(view, stackTop, start, isThumb(view));
    for (const { address, called } of unwound.frames) {
      const last = frames[frames.length - 1];
      if (last.address === address && last.from === "unwind")
        last.repeated = (last.repeated ?? 0) + 1;
      else if (frames.length < FRAMES_MAX)
        frames.push({ ...frameAt(view, address, "unwind"), called });
    }
    const { end } = unwound;
    if (end !== undefined) {
      // As gdb does by default, which ends at main and names what else has no caller.
      if (nameOf(frames[frames.length - 1]) !== "main" && frames.length < FRAMES_MAX)
        frames.push({ ...frameAt(view, end.address, "unwind"), called: end.called });
      return frames;
    }
    const last = unwound.frames.at(-1);
    if (last) [sp, lr] = [last.sp, 0];
  }
  scan(view, frames, sp, lr, stackTop);
  return frames;
}

const nameOf = ({ source, place }: Frame): string | undefined => source?.fn ?? place?.symbol;

function frameAt(view: MachineView, address: number, from: Frame["from"]): Frame {
  return { address, place: view.place(address), from, source: view.details?.source(address) };
}

function scan(view: MachineView, frames: Frame[], sp: number, lr: number, stackTop: number): void {
  const add = (value: number, from: "lr" | "stack"): void => {
    const call = callBefore(view, value);
    if (call === undefined || frames.length >= FRAMES_MAX) return;
    const place = view.place(call);
    const last = frames[frames.length - 1];
    if (!place || place.unloaded || last.address === call) return;
    // lr that points into the running function belongs to a call that has returned.
    if (from === "lr" && place.start !== undefined && place.start === frames[0].place?.start)
      return;
    frames.push(frameAt(view, call, from));
  };
  add(lr, "lr");
  const end = Math.min(stackTop, sp + 4 * SCAN_MAX);
  for (let at = (sp + 3) & ~3; at >>> 0 < end; at += 4) {
    const word = view.word(at >>> 0);
    if (word !== undefined && word !== lr) add(word, "stack");
  }
}

export function isThumb(view: MachineView): boolean {
  return (view.cpsr & CPSR_T) !== 0;
}
