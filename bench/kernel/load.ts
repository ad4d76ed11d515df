/** Runs programs/load.mo: an operation of the kernel so many times, among so many other objects. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeDisk } from "../../src/fat/mod.ts";
import { Machine } from "../../src/machine.ts";
import { cpuTime } from "../clock.ts";
import { median } from "../figure.ts";

const FIRMWARE = readFileSync(join(import.meta.dir, "../../src/firmware/prebuilt/firmware.elf"));
const LIBRARY = new Uint8Array(
  readFileSync(join(import.meta.dir, "../../disk/prebuilt/a9/lib.so")),
);
const PROGRAM = new Uint8Array(readFileSync(join(import.meta.dir, "programs/load.mo")));

/** CPU time after which a program is translated: that takes 40 to 300 million instructions of a run (src/cpu/jit/hotness.ts). */
const WARM_NS = 1.6e9;

export type Engine = "interp" | "auto" | "jit";

/** A booted machine that does loads; close it. */
export class LoadMachine {
  readonly machine: Machine;
  private begin = 0;
  private end = 0;

  /** `libraries`: copies of a library on the disk, for `dlopen`. `gathers`: what the C library prints comes together, as with `run`. */
  constructor(engine: Engine, libraries = 0, gathers = false) {
    const paths = Array.from({ length: libraries }, (_, n) => `/lib/${n}.so`);
    const files = [...paths, "/one.so"].map((path) => ({ path, bytes: LIBRARY }));
    this.machine = new Machine({
      firmware: FIRMWARE,
      disk: makeDisk([{ path: "/load.mo", bytes: PROGRAM }, ...files], { size: 16 << 20 }),
      output: (bytes) => this.mark(bytes),
      diagnostics: () => {},
      engine,
      leaks: "ignore",
      gathers,
      ram: 64 << 20,
    });
    this.machine.boot("lines");
    this.machine.kernel.run({ skipIdle: true, untilTick: 200, passTime: true });
  }

  /** Nanoseconds of CPU time an operation, for `count` of them among `others` objects. */
  cost(what: string, count: number, others: number): number {
    const { machine } = this;
    const { kernel } = machine;
    machine.execute(`load ${what} ${count} ${others}`);
    while (!machine.quiet) {
      const { why } = kernel.run({ units: 5_000_000, skipIdle: true });
      if (why === "idle" || why === "halted") break;
    }
    if (!machine.quiet || machine.outcome.code !== 0)
      throw new Error(`load ${what} ${count} ${others} did not end well`);
    return ((this.end - this.begin) * 1e6) / count;
  }

  /** Does an operation until translated code runs it, or for `ns`. */
  warm(what: string, count: number, others = 0, ns = WARM_NS): void {
    for (let spent = 0; spent < ns;) spent += this.cost(what, count, others) * count;
  }

  private mark(bytes: Uint8Array): void {
    // The program's own marks; what printf sends in between is longer or other text.
    const text = bytes.length < 8 ? String.fromCharCode(...bytes) : "";
    if (text === "<begin>") this.begin = cpuTime();
    else if (text === "<end>") this.end = cpuTime();
  }

  close(): void {
    this.machine.close();
  }
}

/** How much slower an operation is among so many other objects, the two measured in turn: the median of some rounds. */
export function growth(what: string, count: number, others: number): number {
  const [few, many] = [new LoadMachine("auto"), new LoadMachine("auto")];
  try {
    // A machine keeps none of a program's objects: each run makes them anew.
    const rounds = Array.from({ length: 5 }, () => {
      const baseline = few.cost(what, count, 0);
      return many.cost(what, count, others) / baseline;
    });
    return median(rounds.slice(1));
  } finally {
    few.close();
    many.close();
  }
}
