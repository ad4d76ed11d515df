import { backtrace, type Frame, isThumb } from "./backtrace.ts";
import { callbackIn } from "./callback.ts";
import { brokenThread, explain } from "./explain.ts";
import type { MachineView, ThreadView } from "./view.ts";
import { codeLine, frameLine, registerLines, sourceLine, stackLine } from "./report-lines.ts";
import type { Incident, Report } from "./report.ts";

/** What a user sees of a crash. */
export function makeReport(view: MachineView, incident: Incident, thread: ThreadView): Report {
  const fault = "fault" in incident ? incident.fault : undefined;
  const pc = (fault ? fault.pc : view.registers[15]) >>> 0;
  const frames = backtrace(view, pc, thread.stackStart + thread.stackSize);
  const module = moduleOf(thread, frames);
  const where = module ? `, module ${module.name} (${module.path})` : "";
  const title = `${headline(incident)} in ${whoIs(thread)}${where}`;
  const { what, hint, there, header, needed } = explain(view, incident, thread, frames);
  const lines = [title, ...what.map((line) => `  ${line}`)];
  const source = frames.find((frame) => frame.source)?.source;
  if (source) lines.push(`  ${sourceLine(source)}`);
  lines.push(...registerLines(view, pc));
  lines.push("  backtrace:");
  for (const [n, frame] of frames.entries()) lines.push(`    ${frameLine(n, frame)}`);
  const code = view.details?.disassembly(view, pc, isThumb(view)) ?? [];
  if (code.length > 0) lines.push("  code:", ...code.map((line) => `    ${codeLine(line)}`));
  const stack = stackOf(view, thread);
  if (!brokenThread(view, thread)) lines.push(`  ${stackLine(stack)}`);
  if (hint) lines.push(`  hint: ${hint}`);
  const notes = view.details?.problems ?? [];
  for (const note of notes) lines.push(`  note: ${note}`);
  return {
    kind: incident.kind,
    title,
    thread: thread.name,
    callback: thread.callback,
    module: module?.name,
    pc,
    // What refused the room for a frame looked at an address that the program does not know.
    fault: needed === undefined ? fault : undefined,
    what,
    there,
    assertion: incident.kind === "assertion" ? incident : undefined,
    source,
    code,
    registers: view.registers,
    cpsr: view.cpsr,
    backtrace: frames,
    stack: needed === undefined ? stack : { ...stack, needed },
    float: view.float,
    hint,
    heapHeader: header,
    notes,
    text: lines.join("\n"),
  };
}

/** `thread worker`; `the callback of timer late, which interrupted thread tidle0`. */
function whoIs({ name, callback }: ThreadView): string {
  return callback ? callbackIn(callback, name) : `thread ${name}`;
}

/** Whose fault it is; a thread of the system runs a module's code while that starts and ends. */
function moduleOf(
  { module, modulePath }: ThreadView,
  frames: readonly Frame[],
): { name: string; path: string | undefined } | undefined {
  if (module) return { name: module, path: modulePath };
  const place = frames.find(
    (frame) => frame.from !== "stack" && frame.place?.module && !frame.place.unloaded,
  )?.place;
  return place && { name: place.module!, path: place.path };
}

function headline(incident: Incident): string {
  switch (incident.kind) {
    case "fault":
      return incident.fault.kind;
    case "stack overflow":
      return "stack overflow";
    case "abort":
      return "abort()";
    case "heap corruption":
      return `heap corruption, found by ${incident.by}`;
    case "kernel corruption":
      return "kernel data was overwritten, noticed";
    case "assertion":
      return "failed assertion";
  }
}

function stackOf(view: MachineView, thread: ThreadView): Report["stack"] {
  const { stackStart, stackSize: size, stackMax: max } = thread;
  const used = stackStart + size - view.registers[13];
  if (used < 0 || used > size) return { used: undefined, max, size };
  // The most is counted by what was stored, and what is in use may not be yet.
  return { used, max: Math.max(max, used), size };
}
