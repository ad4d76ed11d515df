import type { Kernel } from "../kernel/mod.ts";
import { backtrace } from "./backtrace.ts";
import { frameLine } from "./fault-report.ts";
import { type ReportParts, viewOf } from "./machine-view.ts";
import { collectWaits } from "./waits.ts";

/** Offset of sp in struct rt_thread; what is there: cpsr, r0-r12, lr, pc. */
const THREAD_SP = 32;
const FRAME_WORDS = 16;
/** Reports are for people. */
const THREADS_MAX = 16;

/** Where each thread of a module stands, as lines; empty when there is none. For systems that have come to a standstill. */
export function threadTraces(parts: ReportParts): string {
  const kernel = parts.kernel as Kernel;
  const { memory } = kernel;
  const view = viewOf(parts);
  const lines: string[] = [];
  const { threads } = collectWaits(kernel);
  for (const tcb of threads.filter((thread) => view.thread(thread).module).slice(0, THREADS_MAX)) {
    const { name, stackStart, stackSize } = view.thread(tcb);
    let { registers, cpsr } = view;
    if (kernel.runner.running?.thread !== tcb) {
      const frame = memory.ldu32(tcb + THREAD_SP);
      if (!memory.contains(frame, 4 * FRAME_WORDS)) continue;
      const saved = Array.from({ length: FRAME_WORDS }, (_, n) => memory.ldu32(frame + 4 * n));
      registers = [...saved.slice(1, 14), frame + 4 * FRAME_WORDS, saved[14], saved[15]];
      cpsr = saved[0];
    }
    const frames = backtrace({ ...view, registers, cpsr }, registers[15], stackStart + stackSize);
    lines.push(`thread ${name} stands at`);
    for (const [n, frame] of frames.entries()) lines.push(`  ${frameLine(n, frame)}`);
  }
  return lines.join("\n");
}
