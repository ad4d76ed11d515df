// How long do compiled kernels take, engine by engine: bun bench/workload/bench.ts [kernel...]. Every result is checked.
import { bench, group, run, summary } from "mitata";
import type { Engine } from "../../src/cpu/mod.ts";
import { EXPECTED } from "./expected.ts";
import { WorkloadMachine } from "./machine.ts";

const chosen = process.argv.slice(2);
const machines = (["interp", "jit", "auto"] as Engine[]).map(
  (engine) => [engine, new WorkloadMachine(engine)] as const,
);

for (const [name, [n, checksum]] of Object.entries(EXPECTED)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  group(name, () => {
    summary(() => {
      for (const [engine, machine] of machines)
        bench(`${name} x${n}, ${engine}`, () => {
          const got = machine.call(name, n);
          if (got !== checksum)
            throw new Error(
              `${name}, ${engine}: ${got.toString(16)}, not ${checksum.toString(16)}`,
            );
        });
    });
  });
}

await run();
for (const [, machine] of machines) machine.close();
