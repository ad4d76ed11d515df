import { type Frame, isThumb } from "./backtrace.ts";
import type { CodeLine, MachineView, SourcePlace } from "./view.ts";
import type { Report } from "./report.ts";

// What lines of a report look like.

/** A word as 0x and 8 digits. */
export const hex = (value: number): string => `0x${(value >>> 0).toString(16).padStart(8, "0")}`;

const NAMES = "r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 fp ip sp lr pc".split(" ");

/** r0-pc, the floating-point registers when the thread has used them, and the CPSR. */
export function registerLines(view: MachineView, pc: number): string[] {
  const lines: string[] = [];
  for (let row = 0; row < 16; row += 4) {
    const cells = NAMES.slice(row, row + 4).map(
      (name, i) => `${name.padEnd(3)} ${hex(name === "pc" ? pc : view.registers[row + i])}`,
    );
    lines.push(`  ${cells.join("  ")}`);
  }
  const flags = ["N", "Z", "C", "V", "Q"].map((flag, i) =>
    (view.cpsr >>> (31 - i)) & 1 ? flag : flag.toLowerCase(),
  );
  if (view.float) lines.push(...floatLines(view.float));
  lines.push(`  cpsr ${hex(view.cpsr)}  ${flags.join("")} ${isThumb(view) ? "Thumb" : "ARM"}`);
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
export function sourceLine({ fn, file, line, text }: SourcePlace): string {
  return `in ${fn ?? "??"} at ${file}:${line}${text ? `:  ${text}` : ""}`;
}

/** One frame of a backtrace. */
export function frameLine(n: number, frame: Frame): string {
  const { address, place, from, source, repeated, called } = frame;
  const where = place ? place.text : "no code known there";
  const line = source ? `  ${source.fn ?? "??"} at ${source.file}:${source.line}` : "";
  const doubt = from === "stack" ? "  (found on the stack)" : "";
  const often = repeated ? `  (${repeated} more calls from there)` : "";
  const kernel = called === undefined ? "" : `  (called ${called})`;
  return `#${n} ${hex(address)}  ${where}${kernel}${line}${doubt}${often}`;
}

/** One instruction; the one at the pc is marked. */
export function codeLine({ address, text, here }: CodeLine): string {
  return `${here ? ">" : " "} ${address.toString(16).padStart(8, "0")}:  ${text}`;
}

export function stackLine({ used, max, size }: Report["stack"]): string {
  const now = used === undefined ? "sp is outside" : `${used} bytes in use`;
  return `stack: ${now}, at most ${max} of ${size}`;
}
