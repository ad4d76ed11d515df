import type { CpuFault } from "../cpu/types.ts";
import { type AddressKind, describeAddress } from "./address.ts";
import { backtrace, type Frame, isThumb } from "./backtrace.ts";
import { callbackIn } from "./callback.ts";
import type { CodeLine, SourcePlace } from "./details.ts";
import { brokenHeap, type Explained, heapAssertion } from "./heap-mistake.ts";
import { frameSize } from "./frame-size.ts";
import { faultHint, stackHint } from "./hints.ts";
import { overwrittenReturn } from "./overwritten-return.ts";
import type { MachineView, ThreadView } from "./machine-view.ts";

/** Why the report is made. */
export type Incident =
  | { readonly kind: "fault"; readonly fault: CpuFault; readonly guard?: ThreadView }
  | { readonly kind: "stack overflow"; readonly fault?: CpuFault }
  | { readonly kind: "abort" }
  | { readonly kind: "heap corruption"; readonly header: number; readonly by: string }
  | { readonly kind: "kernel corruption"; readonly message: string }
  | {
      readonly kind: "assertion";
      readonly expression: string;
      readonly fn: string;
      readonly line: number;
    };

export interface Report {
  readonly kind: Incident["kind"];
  /** One line: what happened, in which thread and module. */
  readonly title: string;
  readonly thread: string;
  /** The system's callback that ran; in interrupt context `thread` is the one that was interrupted, `stack` the interrupt stack. */
  readonly callback: ThreadView["callback"];
  /** The module of the thread or of the callback; of a thread of the system, the one whose code it ran. */
  readonly module: string | undefined;
  readonly pc: number;
  /** What the core refused, for a fault and for an overflow that a fault revealed. */
  readonly fault: CpuFault | undefined;
  /** What was there, and what was done to it: sentences. */
  readonly what: readonly string[];
  /** What was at the address that the core refused. */
  readonly there: AddressKind | undefined;
  /** RT_ASSERT that failed. */
  readonly assertion:
    { readonly expression: string; readonly fn: string; readonly line: number } | undefined;
  /** Function and line of the innermost frame that has debugging information. */
  readonly source: SourcePlace | undefined;
  /** Disassembly around the pc. */
  readonly code: readonly CodeLine[];
  readonly registers: readonly number[];
  readonly cpsr: number;
  readonly backtrace: readonly Frame[];
  /** Bytes of the thread's stack: now, at the worst moment, and all; `used` is undefined when sp is outside. */
  readonly stack: {
    readonly used?: number;
    /** What a function would have taken, that there was no room for. */
    readonly needed?: number;
    readonly max: number;
    readonly size: number;
  };
  /** s0-s31 and the FPSCR as words, when the thread has used them. */
  readonly float: ArrayLike<number> | undefined;
  readonly hint: string | undefined;
  /** Address of the header of the heap that the report says was overwritten. */
  readonly heapHeader: number | undefined;
  /** What of the debugging information was not there, or could not be read. */
  readonly notes: readonly string[];
  /** The whole report, lines without a last line end. */
  readonly text: string;
}

const word = (value: number): string => `0x${(value >>> 0).toString(16).padStart(8, "0")}`;

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

interface Explanation extends Explained {
  readonly there?: AddressKind;
  /** Bytes that a function would have taken from the stack. */
  readonly needed?: number;
}

function explain(
  view: MachineView,
  incident: Incident,
  thread: ThreadView,
  frames: readonly Frame[],
): Explanation {
  switch (incident.kind) {
    case "fault": {
      const { fault, guard } = incident;
      const target = fault.kind === "data abort" ? fault.address : fault.pc;
      const kind = target === undefined ? undefined : describeAddress(view, target, thread, guard);
      const lost = lostStack(view, thread);
      const what = [faultLine(view, fault, kind), ...(lost ? [lost] : [])];
      const original =
        fault.kind === "undefined instruction" || fault.kind === "breakpoint"
          ? view.details?.overwritten(view, fault.pc, isThumb(view))
          : undefined;
      if (original !== undefined) {
        what.push(`the module's code was overwritten: its file has ${original} there`);
        return { what, hint: OVERWRITTEN, there: kind };
      }
      if (brokenThread(view, thread)) return { what, hint: KERNEL_DATA, there: kind };
      const jumped = fault.kind !== "data abort" && !CODE.has(kind?.kind ?? "nowhere");
      const returned = jumped ? overwrittenReturn(view, fault.pc) : undefined;
      if (returned !== undefined) {
        what.push(`the return address of ${returned} on the stack was overwritten`);
        return { what, hint: OVERRUN_OF_STACK, there: kind };
      }
      const bySp = lost && near(target, view.registers[13]);
      return { what, hint: bySp ? LOST_STACK : faultHint(fault, kind), there: kind };
    }
    case "stack overflow":
      if (brokenThread(view, thread))
        return { what: [lostStack(view, thread) ?? ""], hint: KERNEL_DATA };
      return overflow(view, incident.fault, thread, frames);
    case "abort":
      return { what: [], hint: undefined };
    case "heap corruption":
      return brokenHeap(view, incident.header);
    case "kernel corruption":
      return { what: [incident.message], hint: KERNEL_DATA };
    case "assertion": {
      const heap = heapAssertion(view, incident, thread);
      const failed = `${incident.expression}  in ${incident.fn}, line ${incident.line}`;
      return { what: [failed, ...(heap?.what ?? [])], hint: heap?.hint, header: heap?.header };
    }
  }
}

/** So many calls of a function by itself are no coincidence. */
const RECURSION = 8;

function overflow(
  view: MachineView,
  fault: CpuFault | undefined,
  thread: ThreadView,
  frames: readonly Frame[],
): Explanation {
  const { stackStart, stackSize } = thread;
  const sp = view.registers[13];
  const end = stackStart + stackSize;
  const size = fault && frameSize(view, fault.pc);
  const what: string[] = [];
  if (size !== undefined)
    what.push(
      `the function needs ${size} bytes for its local variables, and ${Math.max(0, sp - stackStart)} are left`,
    );
  // An instruction that only moves sp stores nothing.
  else if (fault) what.push(faultLine(view, fault, undefined));
  what.push(
    `the stack has ${stackSize} bytes, from ${word(stackStart)} to ${word(end)}; sp is ${word(sp)}`,
  );
  const again = frames.find(({ repeated = 0 }) => repeated >= RECURSION);
  return {
    what,
    hint: stackHint(thread, size && end - sp + size, again && nameOf(again)),
    needed: size,
  };
}

const nameOf = ({ source, place }: Frame): string => source?.fn ?? place?.symbol ?? "a function";

const LOST_STACK =
  "the stack pointer was overwritten, or loaded from memory that was: look at what restores sp";

const OVERRUN_OF_STACK =
  "more was stored into a local variable than it has room for: look for an index out of range, a copy without a limit, or a pointer to a local variable of a function that has returned";

const KERNEL_DATA =
  "a thread's control block, a timer or another object of the kernel was written to: look for an overrun of what lies before it, and for objects on the stack of a function that has returned";

const OVERWRITTEN =
  "code of modules can be written to, as on the board: look for a wild pointer or an overrun; gdb finds it by a watchpoint on that address";

/** A stack pointer that is nowhere near the thread's stack. */
function lostStack(
  view: MachineView,
  { stackStart, stackSize, callback }: ThreadView,
): string | undefined {
  const sp = view.registers[13];
  if (sp >= stackStart && sp <= stackStart + stackSize) return undefined;
  if (brokenThread(view, { stackStart, stackSize }))
    return `the thread's control block was overwritten: its stack would be from ${word(stackStart)} to ${word(stackStart + stackSize)}`;
  const whose = callback?.interrupt ? "the interrupt stack" : "the thread's stack";
  return `sp is ${word(sp)}, not on ${whose}, which is from ${word(stackStart)} to ${word(stackStart + stackSize)}`;
}

/** No thread has such a stack. */
function brokenThread(
  { ramStart, ramEnd }: MachineView,
  { stackStart, stackSize }: Pick<ThreadView, "stackStart" | "stackSize">,
): boolean {
  return stackStart < ramStart || stackStart + stackSize > ramEnd;
}

/** Within a kilobyte, around the end of the address space too. */
function near(a: number | undefined, b: number): boolean {
  return a !== undefined && Math.abs((a - b) | 0) < 1024;
}

/** Where instructions are expected. */
const CODE = new Set<AddressKind["kind"]>(["module", "firmware"]);

function faultLine(view: MachineView, fault: CpuFault, kind: AddressKind | undefined): string {
  switch (fault.kind) {
    case "data abort":
      return `${fault.access ?? "access"} at ${word(fault.address ?? 0)} (${fault.why})${said(kind)}`;
    case "prefetch abort":
      return `execution at ${word(fault.pc)} (${fault.why})${said(kind)}`;
    case "undefined instruction":
    case "breakpoint":
      return `${instruction(view, fault.pc)} at ${word(fault.pc)}: ${fault.why}${kind && !CODE.has(kind.kind) ? said(kind) : ""}`;
  }
}

function said(kind: AddressKind | undefined): string {
  return kind ? `: ${kind.text}` : "";
}

/** The instruction's bytes, in the form of its state. */
function instruction(view: MachineView, pc: number): string {
  if (!isThumb(view)) return `instruction ${word(view.word(pc) ?? 0)}`;
  const first = view.half(pc) ?? 0;
  const second =
    first >>> 11 >= 0x1d ? ` ${(view.half(pc + 2) ?? 0).toString(16).padStart(4, "0")}` : "";
  return `Thumb instruction ${first.toString(16).padStart(4, "0")}${second}`;
}

const NAMES = "r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 fp ip sp lr pc".split(" ");

function registerLines(view: MachineView, pc: number): string[] {
  const lines: string[] = [];
  for (let row = 0; row < 16; row += 4) {
    const cells = NAMES.slice(row, row + 4).map(
      (name, i) => `${name.padEnd(3)} ${word(name === "pc" ? pc : view.registers[row + i])}`,
    );
    lines.push(`  ${cells.join("  ")}`);
  }
  const flags = ["N", "Z", "C", "V", "Q"].map((flag, i) =>
    (view.cpsr >>> (31 - i)) & 1 ? flag : flag.toLowerCase(),
  );
  if (view.float) lines.push(...floatLines(view.float));
  lines.push(`  cpsr ${word(view.cpsr)}  ${flags.join("")} ${isThumb(view) ? "Thumb" : "ARM"}`);
  return lines;
}

/** d0-d15 as words, upper half first. */
function floatLines(float: ArrayLike<number>): string[] {
  const lines: string[] = [];
  for (let d = 0; d < 16; d += 4) {
    const cells = [0, 1, 2, 3].map((i) => {
      const n = 2 * (d + i);
      const half = (k: number) => (float[k] >>> 0).toString(16).padStart(8, "0");
      return `${`d${d + i}`.padEnd(3)} 0x${half(n + 1)}${half(n)}`;
    });
    lines.push(`  ${cells.join("  ")}`);
  }
  return lines;
}

/** `in helper at /home/me/hello.c:20:  *p = 5;` */
function sourceLine({ fn, file, line, text }: SourcePlace): string {
  return `in ${fn ?? "??"} at ${file}:${line}${text ? `:  ${text}` : ""}`;
}

export function frameLine(n: number, frame: Frame): string {
  const { address, place, from, source, repeated, called } = frame;
  const where = place ? place.text : "no code known there";
  const line = source ? `  ${source.fn ?? "??"} at ${source.file}:${source.line}` : "";
  const doubt = from === "stack" ? "  (found on the stack)" : "";
  const often = repeated ? `  (${repeated} more calls from there)` : "";
  const kernel = called === undefined ? "" : `  (called ${called})`;
  return `#${n} ${word(address)}  ${where}${kernel}${line}${doubt}${often}`;
}

function codeLine({ address, text, here }: CodeLine): string {
  return `${here ? ">" : " "} ${address.toString(16).padStart(8, "0")}:  ${text}`;
}

function stackOf(view: MachineView, thread: ThreadView): Report["stack"] {
  const { stackStart, stackSize: size, stackMax: max } = thread;
  const used = stackStart + size - view.registers[13];
  if (used < 0 || used > size) return { used: undefined, max, size };
  // The most is counted by what was stored, and what is in use may not be yet.
  return { used, max: Math.max(max, used), size };
}

function stackLine({ used, max, size }: Report["stack"]): string {
  const now = used === undefined ? "sp is outside" : `${used} bytes in use`;
  return `stack: ${now}, at most ${max} of ${size}`;
}
