import type { Frame } from "./backtrace.ts";
import type { Report } from "./fault-report.ts";

const hex = (value: number): string => `0x${(value >>> 0).toString(16).padStart(8, "0")}`;
const NAMES = "r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 fp ip sp lr pc".split(" ");

/** A report as plain data for JSON; addresses are strings of hexadecimal digits. */
export function reportObject(report: Report): Record<string, unknown> {
  const { fault } = report;
  return {
    kind: report.kind,
    title: report.title,
    thread: report.thread,
    module: report.module,
    ...(fault && {
      fault: {
        kind: fault.kind,
        why: fault.why,
        address: fault.address === undefined ? undefined : hex(fault.address),
        access: fault.access,
      },
    }),
    what: report.what,
    pc: hex(report.pc),
    ...placeOf(report.backtrace[0]),
    source: report.source?.text,
    registers: Object.fromEntries(
      NAMES.map((name, n) => [name, hex(name === "pc" ? report.pc : report.registers[n])]),
    ),
    cpsr: hex(report.cpsr),
    backtrace: report.backtrace.map((frame) => ({
      address: hex(frame.address),
      ...placeOf(frame),
      repeated: frame.repeated,
      certain: frame.from !== "stack",
    })),
    code: report.code,
    hint: report.hint,
  };
}

function placeOf({ place, source }: Frame): Record<string, unknown> {
  return {
    place: place?.text,
    function: source?.fn ?? place?.symbol,
    file: source?.file,
    line: source?.line,
  };
}
