import { createKernel, type Kernel, type Task } from "../../src/kernel/mod.ts";
import { GuestMemory } from "../../src/memory/mod.ts";
import { StubCpu } from "./stub-cpu.ts";

export interface Bench {
  readonly kernel: Kernel;
  readonly cpu: StubCpu;
  /** Everything the console sent so far. */
  text(): string;
  /** Runs until every thread sleeps for ever. */
  settle(): void;
}

const idleMemories: GuestMemory[] = [];

/** A kernel with threads in TypeScript: `main` is the body of the thread main (priority 10). */
export function bench(main: (k: Kernel) => Task<void>, compat404 = false, abi?: "5.x"): Bench {
  for (const memory of idleMemories.splice(0)) memory.dispose();
  const memory = new GuestMemory({ base: 0x60000000, size: 0x900000 });
  idleMemories.push(memory);
  const cpu = new StubCpu(memory);
  let text = "";
  const kernel = createKernel(memory, cpu, undefined, {
    compat404,
    abi,
    seed: 1,
    output: (bytes) => (text += String.fromCharCode(...bytes)),
  });
  kernel.boot(() => main(kernel));
  return {
    kernel,
    cpu,
    text: () => text,
    settle() {
      const result = kernel.run({ skipIdle: true, untilTick: kernel.tick + 100_000 });
      if (result.why === "units") throw new Error("a limit was reached");
    },
  };
}
