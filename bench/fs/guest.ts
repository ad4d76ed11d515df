/** Files written and read by a program on the simulated board: the whole way through libc, kernel, VFS and FAT. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeDisk } from "../../src/fat/mod.ts";
import { Machine } from "../../src/machine.ts";

const ROOT = join(import.meta.dir, "../..");
const MEGA = 1 << 20;

export class GuestFiles {
  private readonly machine: Machine;
  private said = "";

  constructor() {
    const module = readFileSync(join(ROOT, "test/fixtures/modules/filerate.mo"));
    this.machine = new Machine({
      firmware: readFileSync(join(ROOT, "src/firmware/prebuilt/firmware.elf")),
      disk: makeDisk([{ path: "/filerate.mo", bytes: module }], { size: 64 * MEGA, type: 16 }),
      output: (bytes) => (this.said += Buffer.from(bytes).toString("latin1")),
      diagnostics: (text) => (this.said += text),
    });
    this.machine.boot("lines");
    this.settle();
  }

  /** Writes or reads `bytes` in pieces of `block`; gives milliseconds of CPU time, loading the program included. */
  run(mode: "w" | "r", bytes: number, block: number): number {
    const before = process.cpuUsage();
    this.machine.execute(`filerate ${mode} /big.bin ${bytes / 1024} ${block}`);
    this.settle();
    const { user, system } = process.cpuUsage(before);
    if (this.machine.outcome.code !== 0)
      throw new Error(`filerate ended with ${this.machine.outcome.code}: ${this.said}`);
    return (user + system) / 1000;
  }

  close(): void {
    this.machine.close();
  }

  private settle(): void {
    for (;;) {
      const { why } = this.machine.kernel.run({ units: 1_000_000, skipIdle: true });
      if (why === "idle" && this.machine.quiet) return;
    }
  }
}

if (import.meta.main) {
  const guest = new GuestFiles();
  for (const block of [32768, 512])
    for (const mode of ["w", "r"] as const) {
      const times = Array.from({ length: 7 }, () => guest.run(mode, 16 * MEGA, block));
      const best = Math.min(...times);
      console.log(
        `${mode} ${block}: ${(16_000 / best).toFixed(0)} MiB/s, all ${times.map((t) => t.toFixed(1)).join(" ")} ms`,
      );
    }
  const idle = Array.from({ length: 7 }, () => guest.run("w", 0, 512));
  console.log(`load only: ${Math.min(...idle)} ms`);
  guest.close();
}
