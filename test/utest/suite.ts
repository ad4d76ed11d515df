/** The programs of suite/: one API group each, with the expectations in the C source. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { makeDisk } from "../../src/fat/mod.ts";
import { Machine, type MachineOptions } from "../../src/machine.ts";

const FIRMWARE = readFileSync(join(import.meta.dir, "../../src/firmware/prebuilt/firmware.elf"));
const SUITE = join(import.meta.dir, "suite");

/** Simulated ticks that a program may take. */
const TICKS = 12_000;

/** Names of the programs, sorted. */
export const programs: readonly string[] = readdirSync(SUITE)
  .filter((file) => file.endsWith(".mo"))
  .map((file) => file.slice(0, -".mo".length))
  .sort();

export interface Result {
  /** Lines that begin with `[  ASSERT  ]`. */
  readonly failures: readonly string[];
  /** PASSED or FAILED of the result line, or the end of what the program printed when it has none. */
  readonly verdict: string;
  readonly assertions: number;
  readonly code: number;
  readonly output: string;
  /** Bytes of the kernel's heap that it left in use. */
  readonly left: number;
  readonly diagnostics: string;
}

export function run(program: string, options: Partial<MachineOptions> = {}): Result {
  const name = basename(`${program}.mo`);
  const bytes = new Uint8Array(readFileSync(join(SUITE, `${program}.mo`)));
  let output = "";
  const diagnostics: string[] = [];
  const machine = new Machine({
    firmware: FIRMWARE,
    disk: makeDisk([{ path: `/${name}`, bytes }], { size: 8 << 20 }),
    output: (sent) => (output += Buffer.from(sent).toString("latin1")),
    diagnostics: (text) => diagnostics.push(text),
    ...options,
  });
  try {
    const { kernel } = machine;
    const step = (untilTick: number) =>
      kernel.run({ units: 2_000_000, untilTick, skipIdle: true, passTime: true });
    machine.boot("lines");
    step(200);
    output = "";
    const before = kernel.heap.used;
    machine.execute(options.compat404 ? `/${name} compat` : `/${name}`);
    for (let n = 0; n < 200 && !machine.quiet; n++) {
      const { why } = step(kernel.tick + TICKS);
      if (why !== "units") break;
    }
    step(kernel.tick + 100);
    const text = output.replaceAll("\r\n", "\n");
    return {
      failures: text.split("\n").filter((line) => line.startsWith("[  ASSERT  ]")),
      verdict: /^\[ {2}(\w+) {2}\] \[ result {3}\] testcase/m.exec(text)?.[1] ?? text.slice(-500),
      assertions: Number(/(\d+) assertions/.exec(text)?.[1] ?? 0),
      code: machine.outcome.code,
      output: text,
      left: kernel.heap.used - before,
      diagnostics: diagnostics.join("\n"),
    };
  } finally {
    machine.close();
  }
}
