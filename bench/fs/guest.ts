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

  /** `many` empty files with long names lie in /d. */
  constructor(private readonly many = 0) {
    const programs = ["filerate.mo", "dirrate.mo"].map((name) => ({
      path: `/${name}`,
      bytes: readFileSync(join(ROOT, "test/fixtures/modules", name)),
    }));
    const files = Array.from({ length: many }, (_, i) => ({
      path: `/d/a long file name, number ${i}.text`,
      bytes: new Uint8Array(0),
    }));
    this.machine = new Machine({
      firmware: readFileSync(join(ROOT, "src/firmware/prebuilt/firmware.elf")),
      disk: makeDisk([...programs, ...files], {
        size: 64 * MEGA,
        type: many > 0 ? 32 : 16,
        clusterSize: many > 0 ? 512 : undefined,
      }),
      output: (bytes) => (this.said += Buffer.from(bytes).toString("latin1")),
      diagnostics: (text) => (this.said += text),
    });
    this.machine.boot("lines");
    this.settle();
  }

  /** Writes or reads `bytes` in pieces of `block`; gives milliseconds of CPU time, loading the program included. */
  run(mode: "w" | "r", bytes: number, block: number): number {
    return this.execute(`filerate ${mode} /big.bin ${bytes / 1024} ${block}`);
  }

  /** Lists /d so often, or opens so many files of it; milliseconds of CPU time, loading the program included. */
  directory(mode: "l" | "o", times: number): number {
    return this.execute(`dirrate ${mode} /d ${this.many} ${times}`);
  }

  private execute(line: string): number {
    const before = process.cpuUsage();
    this.machine.execute(line);
    this.settle();
    const { user, system } = process.cpuUsage(before);
    if (this.machine.outcome.code !== 0)
      throw new Error(`${line} ended with ${this.machine.outcome.code}: ${this.said}`);
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
  const many = new GuestFiles(10_000);
  for (const [mode, times] of [
    ["l", 1],
    ["l", 1],
    ["l", 10],
    ["o", 0],
    ["o", 1],
    ["o", 1000],
  ] as const)
    console.log(
      mode,
      times,
      Array.from({ length: 5 }, () => many.directory(mode, times).toFixed(2)).join(" "),
      "ms",
    );
  many.close();
}
