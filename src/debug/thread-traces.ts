import { type Kernel, THREAD } from "../kernel/mod.ts";
import { backtrace, type Frame } from "./backtrace.ts";
import { callbackIn, callbackOf, callsOf } from "./callback.ts";
import { frameLine } from "./report-lines.ts";
import { framesObject, registersObject } from "./json.ts";
import { viewOf } from "./machine-view.ts";
import type { MachineView, ReportParts } from "./view.ts";
import { threadWaits } from "./standstill.ts";
import { collectWaits } from "./waits.ts";

/** What sp of a thread that does not run points to: cpsr, r0-r12, lr, pc. */
const FRAME_WORDS = 16;
/** Reports are for people. */
const THREADS_MAX = 16;

/** A thread of a module, where it stands. */
interface Stand {
  readonly thread: number;
  /** What it is called in a report: `thread worker`, or the callback that runs instead. */
  readonly who: string;
  /** That callback. */
  readonly callback?: string;
  readonly name: string;
  readonly module: string;
  readonly registers: readonly number[];
  readonly frames: readonly Frame[];
}

function* stands(parts: ReportParts): Generator<Stand> {
  const view = viewOf(parts);
  const kernel = parts.kernel as Kernel;
  const { loader } = parts;
  let left = THREADS_MAX;
  const running = kernel.runner.running?.thread;
  // What runs comes first.
  const threads = collectWaits(kernel).threads.toSorted(
    (a, b) => Number(b === running) - Number(a === running),
  );
  for (const thread of threads) {
    const { name, module: own, stackStart, stackSize } = view.thread(thread);
    const callback = callbackOf(kernel, thread);
    const code = callback && loader.whereIs(callback.code & ~1)?.module;
    const module = callback ? (loader.module(callback.owner)?.name ?? code ?? own) : own;
    if (!module) continue;
    if (left-- === 0) return;
    const state = stateOf(kernel, view, thread);
    if (!state) continue;
    const { registers } = state;
    const stack = callback?.stack ?? { stackStart, stackSize };
    const frames = backtrace(
      { ...view, ...state },
      registers[15],
      stack.stackStart + stack.stackSize,
    );
    const who = callback
      ? callbackIn({ text: callback.text, interrupt: callback.stack !== undefined }, name)
      : `thread ${name}`;
    yield { thread, who, callback: callback?.text, name, module, registers, frames };
  }
}

/** The registers of a thread, of the core or as they were pushed on its stack. */
function stateOf(
  kernel: Kernel,
  view: MachineView,
  thread: number,
): Pick<MachineView, "registers" | "cpsr" | "calls"> | undefined {
  const { runner, memory } = kernel;
  if (runner.running?.thread === thread) return view;
  const frame = THREAD.sp.get(memory, thread);
  if (!memory.contains(frame, 4 * FRAME_WORDS)) return undefined;
  // Where the stack had no room for it, the kernel keeps it.
  const kept = kernel.threads.states.get(thread)?.context;
  const saved = Array.from(
    { length: FRAME_WORDS },
    (_, n) => (kept ? kept[n] : memory.ldu32(frame + 4 * n)) >>> 0,
  );
  const registers = [...saved.slice(1, 14), frame + 4 * FRAME_WORDS, saved[14], saved[15]];
  return { registers, cpsr: saved[0], calls: callsOf(kernel, thread) };
}

/** Where each thread of a module stands, as lines; empty when there is none. For systems that have come to a standstill. */
export function threadTraces(parts: ReportParts): string {
  const lines: string[] = [];
  for (const { who, callback, frames } of stands(parts)) {
    lines.push(`${who}${callback ? "," : ""} stands at`);
    for (const [n, frame] of frames.entries()) lines.push(`  ${frameLine(n, frame)}`);
  }
  // As far as it was read for that.
  if (lines.length > 0) for (const note of problemsOf(parts)) lines.push(`note: ${note}`);
  return lines.join("\n");
}

/** What of the debugging information was not there, or could not be read; undefined when that is nothing. */
function notesOf(parts: ReportParts): readonly string[] | undefined {
  const problems = problemsOf(parts);
  return problems.length > 0 ? problems : undefined;
}

const problemsOf = (parts: ReportParts): readonly string[] => viewOf(parts).details?.problems ?? [];

/** The same as plain data for JSON, in the form of a fault's: who waits for what, and where. */
export function standstillObject(
  parts: ReportParts,
  kind: string,
  text: string,
): Record<string, unknown> {
  return {
    kind,
    title: text.split("\n")[0],
    threads: [...stands(parts)].map(({ thread, callback, name, module, registers, frames }) => ({
      thread: name,
      callback,
      module,
      ...threadWaits(parts.kernel, thread),
      registers: registersObject(registers, registers[15]),
      backtrace: framesObject(frames),
    })),
    notes: notesOf(parts),
    text,
  };
}
