import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RamDevice } from "../../src/block/mod.ts";
import { FatVolume } from "../../src/fat/mod.ts";
import { Machine, type MachineOptions } from "../../src/machine.ts";

const firmware = readFileSync(join(import.meta.dir, "../../src/firmware/prebuilt/firmware.elf"));

/** A whole machine, with a disk that holds the given files. */
export class WholeBoard {
  readonly machine: Machine;
  readonly diagnostics: string[] = [];
  private text = "";

  constructor(files: Readonly<Record<string, Uint8Array>>, options: Partial<MachineOptions> = {}) {
    this.machine = new Machine({
      firmware: new Uint8Array(firmware),
      disk: FatVolume.format(new RamDevice(16 * 1048576)).device,
      output: (bytes) => (this.text += Buffer.from(bytes).toString("latin1")),
      diagnostics: (line) => this.diagnostics.push(line),
      ...options,
    });
    this.machine.boot("lines");
    this.settle();
    for (const [path, bytes] of Object.entries(files)) this.machine.vfs.writeFile(path, bytes);
  }

  /** Starts a program as msh does, waits until nothing is left to do, and gives the console output with plain line ends. */
  run(path: string, line: string): string {
    this.text = "";
    this.machine.runModule(path, line);
    this.settle();
    return this.text.replaceAll("\r\n", "\n");
  }

  /** What msh prints for a line. */
  line(line: string): string {
    this.text = "";
    this.machine.execute(line);
    this.settle();
    return this.text.replaceAll("\r\n", "\n");
  }

  /** Console output since the last look. */
  said(): string {
    const { text } = this;
    this.text = "";
    return text.replaceAll("\r\n", "\n");
  }

  /** Waits until nothing is left to do. */
  settle(): void {
    const { kernel } = this.machine;
    const end = kernel.tick + 6000;
    for (let calls = 0; calls < 20000; calls++) {
      const { why } = kernel.run({ untilTick: end, skipIdle: true });
      if (why === "idle" || why === "tick" || why === "halted") return;
    }
  }
}
