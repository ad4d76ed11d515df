/** The kernels of bench/qemu as a shared library on a machine of ours. */
import { readFileSync } from "node:fs";
import { RamDevice } from "../../src/block/mod.ts";
import type { Engine } from "../../src/cpu/mod.ts";
import { FatVolume } from "../../src/fat/mod.ts";
import { callGuest, type Task } from "../../src/kernel/mod.ts";
import { Machine } from "../../src/machine.ts";

const read = (path: string) =>
  new Uint8Array(readFileSync(new URL(`../../${path}`, import.meta.url)));

export class WorkloadMachine {
  private readonly machine: Machine;
  private work: (() => Task<void>) | undefined;
  private handle = 0;

  constructor(engine: Engine) {
    this.machine = new Machine({
      firmware: read("src/firmware/prebuilt/firmware.elf"),
      disk: FatVolume.format(new RamDevice(4 * 1048576)).device,
      engine,
      output: () => {},
      diagnostics: (line) => console.error(line),
    });
    const { kernel, loader, vfs } = this.machine;
    this.machine.boot("lines");
    kernel.run({ skipIdle: true, untilTick: 100 });
    vfs.writeFile("/kernels.so", read("bench/workload/kernels.so"));
    this.do(
      function* (this: WorkloadMachine) {
        const module = yield* loader.load("/kernels.so", { as: "library" });
        if (!module) throw new Error("kernels.so was refused");
        this.handle = module.address;
      }.bind(this),
    );
  }

  /** Runs a kernel with n and returns its checksum. */
  call(name: string, n: number): number {
    const { kernel, loader } = this.machine;
    const { memory, heap } = kernel;
    let result = 0;
    const text = heap.alloc(name.length + 1);
    memory.write(text, Buffer.from(`${name}\0`));
    const entry = loader.libdl.symbol(this.handle, text);
    heap.free(text);
    if (entry === 0) throw new Error(`kernels.so has no ${name}`);
    this.do(function* () {
      result = yield* callGuest(entry, n);
    });
    return result >>> 0;
  }

  close(): void {
    this.machine.close();
  }

  private do(work: () => Task<void>): void {
    const { kernel } = this.machine;
    let done = false;
    this.work = function* () {
      yield* work();
      done = true;
    };
    const thread = kernel.threads.createTask("work", 8192, 20, 10, this.work);
    kernel.threads.startup(thread);
    while (!done) kernel.run({ skipIdle: true, untilTick: kernel.tick + 100_000 });
  }
}
