import type { CpuFault } from "../cpu/types.ts";
import { type AddressKind, describeAddress } from "./address.ts";
import { type Frame, isThumb } from "./backtrace.ts";
import { frameSize } from "./frame-size.ts";
import { brokenHeap, type Explained, heapAssertion } from "./heap-mistake.ts";
import {
  faultHint,
  KERNEL_DATA,
  LOST_STACK,
  OVERRUN_OF_STACK,
  OVERWRITTEN,
  stackHint,
} from "./hints.ts";
import type { MachineView, ThreadView } from "./view.ts";
import { overwrittenReturn } from "./overwritten-return.ts";
import { hex } from "./report-lines.ts";
import { refusedInInterrupt } from "./in-interrupt.ts";
import type { Incident } from "./report.ts";
import { fromUnloaded } from "./wiped.ts";

/** What happened, and what to do about it. */
interface Explanation extends Explained {
  readonly there?: AddressKind;
  /** Bytes that a function would have taken from the stack. */
  readonly needed?: number;
}

/** Finds out what there is to say of an incident. */
export function explain(
  view: MachineView,
  incident: Incident,
  thread: ThreadView,
  frames: readonly Frame[],
): Explanation {
  switch (incident.kind) {
    case "fault": {
      const { fault, guard } = incident;
      const target = fault.kind === "data abort" ? fault.address : fault.pc;
      const kind =
        target === undefined
          ? undefined
          : (fromUnloaded(view, target) ?? describeAddress(view, target, thread, guard));
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
      const refused = refusedInInterrupt(incident, thread, frames);
      if (refused) return { what: [failed, refused.what], hint: refused.hint };
      return { what: [failed, ...(heap?.what ?? [])], hint: heap?.hint, header: heap?.header };
    }
  }
}

/** Bytes that a switch to another thread pushes. */
const CONTEXT = 64;
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
    `the stack has ${stackSize} bytes, from ${hex(stackStart)} to ${hex(end)}; sp is ${hex(sp)}`,
  );
  if (!fault && sp >= stackStart && sp - stackStart < CONTEXT)
    what.push(`at a switch of threads the ${CONTEXT} bytes of the registers did not fit below sp`);
  const again = frames.find(({ repeated = 0 }) => repeated >= RECURSION);
  return {
    what,
    hint: stackHint(thread, size && end - sp + size, again && nameOf(again)),
    needed: size,
  };
}

const nameOf = ({ source, place }: Frame): string => source?.fn ?? place?.symbol ?? "a function";

/** A stack pointer that is nowhere near the thread's stack. */
function lostStack(
  view: MachineView,
  { stackStart, stackSize, callback }: ThreadView,
): string | undefined {
  const sp = view.registers[13];
  if (sp >= stackStart && sp <= stackStart + stackSize) return undefined;
  if (brokenThread(view, { stackStart, stackSize }))
    return `the thread's control block was overwritten: its stack would be from ${hex(stackStart)} to ${hex(stackStart + stackSize)}`;
  const whose = callback?.interrupt ? "the interrupt stack" : "the thread's stack";
  return `sp is ${hex(sp)}, not on ${whose}, which is from ${hex(stackStart)} to ${hex(stackStart + stackSize)}`;
}

/** No thread has such a stack. */
export function brokenThread(
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
      return `${fault.access ?? "access"} at ${hex(fault.address ?? 0)} (${fault.why})${said(kind)}`;
    case "prefetch abort":
      return `execution at ${hex(fault.pc)} (${fault.why})${said(kind)}`;
    case "undefined instruction":
    case "breakpoint":
      return `${instruction(view, fault.pc)} at ${hex(fault.pc)}: ${fault.why}${kind && !CODE.has(kind.kind) ? said(kind) : ""}`;
  }
}

function said(kind: AddressKind | undefined): string {
  return kind ? `: ${kind.text}` : "";
}

/** The instruction's bytes, in the form of its state. */
function instruction(view: MachineView, pc: number): string {
  if (!isThumb(view)) return `instruction ${hex(view.word(pc) ?? 0)}`;
  const first = view.half(pc) ?? 0;
  const second =
    first >>> 11 >= 0x1d ? ` ${(view.half(pc + 2) ?? 0).toString(16).padStart(4, "0")}` : "";
  return `Thumb instruction ${first.toString(16).padStart(4, "0")}${second}`;
}
