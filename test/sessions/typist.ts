/** Types at the console of a machine the way the recordings were made: a line, then the silence after its output. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BlockDevice } from "../../src/block/mod.ts";
import { Machine, type MachineOptions } from "../../src/machine.ts";

const FIRMWARE = join(import.meta.dir, "../../src/firmware/prebuilt/firmware.elf");

/** A step may not take longer than this on the host. */
const WALL_LIMIT_MS = 20_000;
const UNITS_PER_LOOK = 200_000;

export interface Pace {
  /** Simulated milliseconds without output after which the step is over. */
  readonly silence: number;
  /** Simulated milliseconds that the step lasts at least. */
  readonly atLeast?: number;
  /** Simulated milliseconds that the step lasts at most. */
  readonly atMost?: number;
}

export class Typist {
  /** The system stopped for good. */
  halted = false;
  readonly diagnostics: string[] = [];
  private readonly machine: Machine;
  private received = "";
  private lastOutput = 0;

  constructor(
    disk: BlockDevice,
    options: Pick<MachineOptions, "abi" | "engine"> & { readonly compat404: boolean },
  ) {
    this.machine = new Machine({
      firmware: readFileSync(FIRMWARE),
      disk,
      compat404: options.compat404,
      abi: options.abi,
      engine: options.engine,
      output: (bytes) => {
        this.received += Buffer.from(bytes).toString("latin1");
        this.lastOutput = this.machine.kernel.tick;
      },
      diagnostics: (text) => this.diagnostics.push(text),
    });
  }

  /** Starts the system; what it prints before it waits for input. */
  boot(pace: Pace): string {
    this.machine.boot("shell");
    return this.wait(pace);
  }

  /** Types the bytes (latin-1) as they are; what came back. */
  type(bytes: string, pace: Pace): string {
    this.machine.kernel.console.feed(Buffer.from(bytes, "latin1"));
    return this.wait(pace);
  }

  /** Lets the simulated time of a step pass; what was printed meanwhile. */
  wait(pace: Pace): string {
    const { kernel } = this.machine;
    const start = kernel.tick;
    const deadline = performance.now() + WALL_LIMIT_MS;
    const latest = start + ticks(pace.atMost ?? 120_000);
    this.received = "";
    this.lastOutput = start;
    for (;;) {
      const silent = this.lastOutput + ticks(pace.silence);
      const end = Math.min(Math.max(silent, start + ticks(pace.atLeast ?? 0)), latest);
      if (this.halted || kernel.tick >= end) break;
      if (performance.now() > deadline) {
        this.received += `[no end within ${WALL_LIMIT_MS} ms of host time]`;
        this.halted = true;
        break;
      }
      const limits = { units: UNITS_PER_LOOK, untilTick: end, skipIdle: true, passTime: true };
      if (kernel.run(limits).why === "halted") this.halted = true;
    }
    return this.received;
  }

  close(): void {
    this.machine.close();
  }
}

/** Ticks of 10 ms. */
function ticks(milliseconds: number): number {
  return Math.ceil(milliseconds / 10);
}
