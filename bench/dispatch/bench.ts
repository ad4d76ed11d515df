// How fast are dispatch, a supervisor call, translation: bun bench/dispatch/bench.ts
import { bench, group, run, summary } from "mitata";
import { Exit, createInterpreter } from "../../src/cpu/mod.ts";
import { GuestMemory } from "../../src/memory/mod.ts";
import { createBench, type Isa } from "./machine.ts";

/** Repeats of a workload in one sample. */
const REPEATS = 10;

for (const isa of ["thumb", "arm"] as Isa[]) {
  const machine = createBench(isa);
  group(`dispatch, ${isa}`, () => {
    summary(() => {
      for (const name of machine.names) {
        if (name === "svcs") continue;
        bench(`${name} x${REPEATS}`, () => machine.call(name, REPEATS));
      }
    });
  });
  bench(`1000 supervisor calls, ${isa}`, () => machine.call("svcs", 1000));
}

group("translation", () => {
  const memory = new GuestMemory({ base: 0x60000000, size: 0x10000 });
  const cpu = createInterpreter(memory);
  const code = 0x60001000;
  // movs r0, #0, one after the other; svc #0
  for (let k = 0; k < 1000; k++) memory.st16(code + k * 2, 0x2000);
  memory.st16(code + 2000, 0xdf00);
  bench("1000 Thumb instructions", () => {
    cpu.invalidate(code, code + 2002);
    cpu.jump(code | 1);
    cpu.units = 10;
    if (cpu.run() !== Exit.Stop) throw new Error("did not end");
  });
});

await run();
