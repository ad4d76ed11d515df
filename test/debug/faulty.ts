/** Runs the modules of test/fixtures/faults, each of which makes one kind of mistake, and gives what is said of it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RamDevice } from "../../src/block/mod.ts";
import { diskSymbols } from "../../src/debug/disk-symbols.ts";
import type { Report } from "../../src/debug/mod.ts";
import { FatVolume } from "../../src/fat/mod.ts";
import { Machine } from "../../src/machine.ts";
import { Driver, standstillOf, type Verdict } from "../../src/machine/mod.ts";

const root = join(import.meta.dir, "../..");
export const FAULTS = join(root, "test/fixtures/faults");
const firmware = readFileSync(join(root, "src/firmware/prebuilt/firmware.elf"));
const library = readFileSync(join(root, "disk/prebuilt/a9/lib.so"));

/** The kinds of mistakes: one source each. */
export const KINDS = readdirSync(FAULTS)
  .filter((name) => name.endsWith(".c"))
  .map((name) => name.replace(/\.c$/, ""))
  .sort();

export type Processor = "a9" | "thumb";

export function moduleOf(kind: string, target: Processor): Uint8Array {
  return readFileSync(join(FAULTS, `${kind}-${target}.mo`));
}

export interface Crash {
  readonly reports: readonly Report[];
  /** What was said that is no report. */
  readonly said: readonly string[];
  readonly verdict: Verdict;
  /** Exit code of a headless run. */
  readonly code: number;
  /** What a run says that did not end by itself. */
  readonly standstill: Record<string, unknown> | undefined;
}

export interface CrashOptions {
  /** Other files on the disk. */
  readonly files?: Record<string, Uint8Array>;
  /** Simulated milliseconds; host milliseconds. */
  readonly timeout?: number;
  readonly wallTimeout?: number;
  readonly engine?: "interp" | "jit";
  /** Runs that long first, in pieces of 10000 units. */
  readonly before?: number;
}

/** Runs a module as `/faults.mo` until its end, or the system's. */
export function crash(bytes: Uint8Array, options: CrashOptions = {}): Crash {
  const { files = {}, timeout = 500, wallTimeout = 0, engine, before = 0 } = options;
  const reports: Report[] = [];
  const said: string[] = [];
  const machine = new Machine({
    firmware,
    engine,
    disk: FatVolume.format(new RamDevice(4 << 20)).device,
    output: () => {},
    reports: (report) => reports.push(report),
    diagnostics: (text) => said.push(text),
    symbols: (vfs) => diskSymbols(vfs, { source: sourceOf }),
  });
  try {
    machine.boot("lines");
    machine.kernel.run({ skipIdle: false });
    machine.vfs.writeFile("/faults.mo", bytes);
    machine.vfs.writeFile("/lib.so", library);
    for (const [name, content] of Object.entries(files)) machine.vfs.writeFile(`/${name}`, content);
    machine.runModule("/faults.mo", "faults");
    for (let n = 0; n < before; n++) machine.kernel.run({ units: 10_000, skipIdle: true });
    const driver = new Driver(machine, { timeout, wallTimeout });
    const verdict = driver.until(() => machine.quiet);
    return {
      reports,
      said: said.filter((text) => !reports.some((report) => report.text === text)),
      verdict,
      code: machine.outcome.code,
      standstill: standstillOf(verdict, machine),
    };
  } finally {
    machine.close();
  }
}

/** The sources that are named in the fixtures are relative to the root, those that a test compiles are not. */
function sourceOf(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path.startsWith("/") ? path : join(root, path));
  } catch {
    return undefined;
  }
}
