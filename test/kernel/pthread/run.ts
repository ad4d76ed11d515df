/** Runs a program of programs/, with arguments, on a fresh machine, as often as wanted. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeDisk } from "../../../src/fat/mod.ts";
import { Machine } from "../../../src/machine.ts";

const FIRMWARE = join(import.meta.dir, "../../../src/firmware/prebuilt/firmware.elf");
export const PROGRAMS = join(import.meta.dir, "programs");
/** Simulated ticks that a program may take. */
const TICKS = 6000;
const UNITS_PER_LOOK = 500_000;

export interface Run {
  /** Console bytes as latin-1 with LF for CR LF. */
  readonly output: string;
  readonly code: number;
  readonly ended: boolean;
  /** Bytes of the kernel's heap in use after it. */
  readonly heap: number;
  /** Of the simulator. */
  readonly diagnostics: string;
}

export function run(
  line: string,
  { times = 1, compat404 = false, input = "" } = {},
): readonly Run[] {
  const [program] = line.split(" ");
  const bytes = new Uint8Array(readFileSync(join(PROGRAMS, `${program}.mo`)));
  const disk = makeDisk([{ path: `/${program}.mo`, bytes }], { size: 8 << 20 });
  let output = "";
  const diagnostics: string[] = [];
  const machine = new Machine({
    firmware: readFileSync(FIRMWARE),
    disk,
    compat404,
    stack: 8192,
    output: (sent) => (output += Buffer.from(sent).toString("latin1")),
    diagnostics: (text) => diagnostics.push(text),
  });
  const { kernel } = machine;
  const step = (untilTick: number) =>
    kernel.run({ units: UNITS_PER_LOOK, untilTick, skipIdle: true, passTime: true });
  const runs: Run[] = [];
  try {
    machine.boot("lines");
    step(200);
    for (let n = 0; n < times; n++) {
      output = "";
      diagnostics.length = 0;
      machine.execute(line);
      const end = kernel.tick + TICKS;
      kernel.console.feed(Buffer.from(input, "latin1"));
      do {
        if (step(end).why !== "units") break;
      } while (!machine.quiet && kernel.tick < end);
      // The idle thread gives back what ended.
      step(kernel.tick + 100);
      runs.push({
        output: output.replaceAll("\r\n", "\n"),
        code: machine.outcome.code,
        ended: machine.quiet,
        heap: kernel.heap.used,
        diagnostics: diagnostics.join("\n"),
      });
    }
  } finally {
    machine.close();
  }
  return runs;
}
