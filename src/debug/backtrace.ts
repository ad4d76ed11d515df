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

/** Address of the call instruction in front of a return address; undefined when there is none. */
export function callBefore(view: MachineView, value: number): number | undefined {
  value >>>= 0;
  if (value & 1) {
    const at = value - 1;
    const low = view.half(at - 2);
    const high = view.half(at - 4);
    if (low === undefined || high === undefined) return undefined;
    // BL, BLX (immediate), T1/T2: ARM ARM A8.8.25.
    if ((high & 0xf800) === 0xf000 && (low & 0xc000) === 0xc000) return at - 4;
    // BLX (register), T1: A8.8.26.
    if ((low & 0xff87) === 0x4780) return at - 2;
    return undefined;
  }
  if (value & 2) return undefined;
  const insn = view.word(value - 4);
  if (insn === undefined) return undefined;
  // BL <label>, BLX <label>, BLX <Rm>: A1.
  const bl = (insn & 0x0f000000) === 0x0b000000 && insn >>> 28 !== 15;
  const blx = insn >>> 25 === 0x7d;
  const blxRegister = (insn & 0x0ffffff0) === 0x012fff30;
  if (bl || blx || blxRegister) return value - 4;
  // MOV lr, pc in front of a jump: what ARMv4 code has for BLX.
  return view.word(value - 8) === 0xe1a0e00f ? value - 4 : undefined;
}

export function isThumb(view: MachineView): boolean {
  return (view.cpsr & CPSR_T) !== 0;
}
