import { nameText } from "../kernel/mod.ts";
import type { Frame } from "./backtrace.ts";
import type { Report } from "./report.ts";
import type { Place } from "./view.ts";
import { hex } from "./report-lines.ts";

const NAMES = "r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 fp ip sp lr pc".split(" ");

/** A report as plain data for JSON; addresses and registers are strings of hexadecimal digits, sizes and offsets are numbers. */
export function reportObject(report: Report): Record<string, unknown> {
  const { fault, there } = report;
  return {
    kind: report.kind,
    title: report.title,
    thread: report.thread,
    callback: report.callback?.text,
    interrupt: report.callback?.interrupt || undefined,
    module: report.module,
    fault: fault && {
      kind: fault.kind,
      why: fault.why,
      address: fault.address === undefined ? undefined : hex(fault.address),
      access: fault.access,
    },
    there: there && { kind: there.kind, text: there.text },
    assertion: report.assertion && {
      expression: report.assertion.expression,
      function: report.assertion.fn,
      line: report.assertion.line,
    },
    what: report.what,
    pc: hex(report.pc),
    at: placeObject(report.backtrace[0]),
    source: report.source?.text,
    registers: registersObject(report.registers, report.pc),
    cpsr: hex(report.cpsr),
    float: report.float && floatObject(report.float),
    backtrace: framesObject(report.backtrace),
    code: report.code.map(({ address, text, here }) => ({
      address: hex(address),
      text,
      here: here || undefined,
    })),
    stack: report.stack,
    hint: report.hint,
    notes: report.notes.length > 0 ? report.notes : undefined,
    text: report.text,
  };
}

export function registersObject(registers: readonly number[], pc: number): Record<string, string> {
  return Object.fromEntries(NAMES.map((name, n) => [name, hex(name === "pc" ? pc : registers[n])]));
}

/** Frames, innermost first. `certain` is false for what was found by searching the stack. */
export function framesObject(frames: readonly Frame[]): Record<string, unknown>[] {
  return frames.map((frame) => ({
    address: hex(frame.address),
    ...placeObject(frame),
    called: frame.called,
    repeated: frame.repeated,
    certain: frame.from !== "stack",
  }));
}

/** d0-d15 as 64-bit patterns, and the FPSCR. */
function floatObject(float: ArrayLike<number>): Record<string, string> {
  const half = (n: number): string => (float[n] >>> 0).toString(16).padStart(8, "0");
  const rows: Record<string, string> = {};
  for (let d = 0; d < 16; d++) rows[`d${d}`] = `0x${half(2 * d + 1)}${half(2 * d)}`;
  if (float.length > 32) rows.fpscr = hex(float[32]);
  return rows;
}

/** Where an address is: the module with the offset in it, or the firmware; the function, and the line when it is known. */
function placeObject({ place, source }: Frame): Record<string, unknown> {
  return {
    place: place?.text,
    ...(place && moduleObject(place)),
    function: source?.fn ?? place?.symbol,
    file: source?.file,
    line: source?.line,
  };
}

function moduleObject({ module, path, offset, linkAddress, unloaded }: Place) {
  return {
    module,
    path: path === undefined ? undefined : nameText(path),
    offset,
    linkAddress: linkAddress === undefined ? undefined : hex(linkAddress),
    unloaded: unloaded || undefined,
  };
}
