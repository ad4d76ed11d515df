import type { Cpu, FloatContext } from "../cpu/mod.ts";
import { CPSR_T } from "../cpu/types.ts";
import { type GuestMemory, READ, WRITE } from "../memory/mod.ts";
import { THREAD } from "./abi/layout.ts";

/**
 * The frame rt_hw_context_switch of libcpu/arm/cortex-a leaves on a thread's stack: cpsr, r0-r12, lr, pc, 16 words.
 */
export const FRAME_SIZE = 64;

export const CPSR_I = 0x80;
/** What registers nobody has set hold in a new thread. */
const UNSET = 0xdeadbeef | 0;
export const SVC_MODE = 0x13;

/** rt_hw_stack_init: builds the first frame of a thread below `top`, which is aligned to 8 there, and returns its address. */
export function buildFrame(
  memory: GuestMemory,
  top: number,
  entry: number,
  parameter: number,
  exit: number,
): number {
  const frame = top - FRAME_SIZE;
  memory.st32(frame, SVC_MODE | (entry & 1 ? CPSR_T : 0));
  memory.st32(frame + 4, parameter);
  for (let n = 1; n <= 12; n++) memory.st32(frame + 4 + 4 * n, UNSET);
  memory.st32(frame + 56, exit);
  memory.st32(frame + 60, entry & ~1);
  return frame;
}

/** A frame on its way between registers and guest memory. */
const words = new Int32Array(FRAME_SIZE / 4);

/**
 * Pushes the registers of the running thread and stores its sp. `room` is what its stack has left, in bytes: a frame that does not fit does
 * not overwrite what lies below, and is the result.
 */
export function saveContext(
  cpu: Cpu,
  memory: GuestMemory,
  thread: number,
  irqMasked: boolean,
  room: number,
): Int32Array | undefined {
  const r = cpu.r;
  const frame = r[13] - FRAME_SIZE;
  const fits = room < 0 || room >= FRAME_SIZE;
  const direct = fits && memory.allows(frame >>> 0, FRAME_SIZE / 4, WRITE);
  const to = direct ? memory.i32 : words;
  const at = direct ? frame >>> 2 : 0;
  to[at] = irqMasked ? cpu.cpsr | CPSR_I : cpu.cpsr & ~CPSR_I;
  for (let n = 0; n <= 12; n++) to[at + 1 + n] = r[n];
  to[at + 14] = r[14];
  to[at + 15] = r[15];
  THREAD.sp.set(memory, thread, frame);
  if (!fits) return words.slice();
  if (!direct) for (let n = 0; n < words.length; n++) memory.st32(frame + 4 * n, words[n]);
  return undefined;
}

/** Pops the registers of the thread that runs next, or takes those that were not pushed; returns whether it runs with interrupts masked. */
export function restoreContext(
  cpu: Cpu,
  memory: GuestMemory,
  thread: number,
  unsaved: Int32Array | undefined,
): boolean {
  const r = cpu.r;
  const frame = THREAD.sp.get(memory, thread);
  const direct = unsaved === undefined && memory.allows(frame, FRAME_SIZE / 4, READ);
  const from = direct ? memory.i32 : (unsaved ?? words);
  const at = direct ? frame >>> 2 : 0;
  if (!direct && unsaved === undefined)
    for (let n = 0; n < words.length; n++) words[n] = memory.ld32(frame + 4 * n);
  const cpsr = from[at];
  cpu.cpsr = cpsr & ~CPSR_I;
  for (let n = 0; n <= 12; n++) r[n] = from[at + 1 + n];
  r[13] = frame + FRAME_SIZE;
  r[14] = from[at + 14];
  r[15] = from[at + 15];
  cpu.clearExclusive();
  return (cpsr & CPSR_I) !== 0;
}

/** All registers in host memory, while guest code called by the kernel runs. */
export class SavedRegisters {
  readonly r = new Int32Array(16);
  readonly cpsr: number;
  private readonly float: FloatContext | undefined;

  constructor(cpu: Cpu) {
    this.r.set(cpu.r);
    this.cpsr = cpu.cpsr;
    this.float = cpu.floatContext;
  }

  restore(cpu: Cpu): void {
    cpu.r.set(this.r);
    cpu.cpsr = this.cpsr;
    cpu.floatContext = this.float;
  }
}
