/**
 * A fixed headless session on the default disk, and the counters of what the simulator did for it. They are the same on every machine and
 * in every run: a change of a counter is a change of the work, not of the weather.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { diskPrefix } from "../disk/make-disk.ts";
import { DEFAULT_DISK_SECTORS, defaultDiskFiles } from "../disk/recipe.ts";
import { RamDevice } from "../src/block/mod.ts";
import { Machine } from "../src/machine.ts";

const FIRMWARE = join(import.meta.dir, "../src/firmware/prebuilt/firmware.elf");

/** Programs of every kind on the disk, and commands that read and write files. */
const LINES = [
  "ls",
  "hello",
  "thumb/hello",
  "dltest",
  "threads",
  "cxx",
  "md5 text.txt",
  "cp md5.mo copy.mo",
  "md5 copy.mo",
  "rm copy.mo",
];

const UNITS = 1_000_000;
/** No line of the session needs so many slices. */
const MAX_SLICES = 200;

export interface SessionCounters {
  /** After the boot, before the first line. */
  readonly boot: Record<string, number>;
  /** At the end, boot included. */
  readonly session: Record<string, number>;
}

export function runSession(): SessionCounters {
  const disk = new RamDevice(DEFAULT_DISK_SECTORS * 512, diskPrefix(defaultDiskFiles(), 1));
  let said = "";
  const machine = new Machine({
    firmware: readFileSync(FIRMWARE),
    disk,
    // The only engine that counts every instruction.
    engine: "interp",
    output: (bytes) => (said += Buffer.from(bytes).toString("latin1")),
    diagnostics: (text) => (said += `[${text}]\n`),
  });
  machine.boot("lines");
  settle(machine, "boot");
  const boot = machine.counters();
  for (const line of LINES) {
    machine.execute(line);
    settle(machine, line);
    if (machine.outcome.code !== 0)
      throw new Error(`'${line}' ended with ${machine.outcome.code}:\n${said}`);
  }
  const session = machine.counters();
  machine.close();
  return { boot, session };
}

function settle(machine: Machine, what: string): void {
  for (let i = 0; i < MAX_SLICES; i++) {
    const { why } = machine.kernel.run({ units: UNITS, skipIdle: true });
    if (machine.quiet && (why === "idle" || i > 0)) return;
  }
  throw new Error(`'${what}' does not end`);
}

if (import.meta.main) console.log(runSession());
