/** The kernels of the benchmarks: every engine comes to what the host's own compiler did. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildLibrary } from "../../../bench/qemu/builds.ts";
import { EXPECTED } from "../../../bench/workload/expected.ts";
import { WorkloadMachine } from "../../../bench/workload/machine.ts";
import { TOOLCHAIN, toolchain } from "../../../disk/toolchain.ts";
import { useBudget } from "../../cpu/budget.ts";

// They are too short for translations to pay.
afterAll(useBudget({ first: 1_000_000, perByte: 0 }));

for (const engine of ["interp", "jit", "auto"] as const)
  test(`${engine}: sieve, SHA-256, FFT, n-body and the other kernels`, () => {
    const machine = new WorkloadMachine(engine);
    try {
      const sums = Object.entries(EXPECTED).map(([name, [n]]) => [name, machine.call(name, n)]);
      const wanted = Object.entries(EXPECTED).map(([name, [, checksum]]) => [name, checksum]);
      expect(Object.fromEntries(sums)).toEqual(Object.fromEntries(wanted));
    } finally {
      machine.close();
    }
  });

test.skipIf(toolchain() !== TOOLCHAIN)("kernels.so is what its compiler makes", () => {
  const folder = mkdtempSync(join(tmpdir(), "rtt-sim-kernels-"));
  try {
    buildLibrary(join(folder, "kernels.so"));
    const made = readFileSync(join(folder, "kernels.so"));
    const root = join(import.meta.dir, "../../..");
    expect(made.equals(readFileSync(join(root, "bench/workload/kernels.so")))).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
