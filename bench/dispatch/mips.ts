// MIPS on compiled C: bun bench/dispatch/mips.ts [--engine=interp|jit|auto] [workload...]
// Short runs, of which the best counts: what other programs do to the machine hardly shows.
import type { Engine } from "../../src/cpu/mod.ts";
import { createBench, type Isa, repeats } from "./machine.ts";

/** Milliseconds for each workload: long enough for the host's compiler to come to its end. */
const PATIENCE = 2500;

const options = process.argv.slice(2);
const wanted = options.filter((word) => !word.startsWith("--"));
const engine = (options.find((word) => word.startsWith("--engine="))?.slice(9) ??
  "interp") as Engine;
const column = (value: number, digits: number, width: number): string =>
  value.toFixed(digits).padStart(width);

console.log("isa    workload    best   first MIPS  ns/repeat");
for (const isa of ["thumb", "arm"] as Isa[]) {
  const bench = createBench(isa, engine);
  for (const name of bench.names) {
    if (wanted.length && !wanted.includes(name)) continue;
    const n = repeats[name];
    let best = 0;
    let first = 0;
    let fastest = Infinity;
    let result = 0;
    const end = performance.now() + PATIENCE;
    while (performance.now() < end) {
      const before = bench.cpu.stats.instructions;
      const start = performance.now();
      result = bench.call(name, n);
      const ms = performance.now() - start;
      const mips = (bench.cpu.stats.instructions - before) / ms / 1000;
      first ||= mips;
      if (mips > best) best = mips;
      if (ms < fastest) fastest = ms;
    }
    const repeat = column((fastest * 1e6) / n, 1, 12);
    console.log(
      `${isa.padEnd(6)} ${name.padEnd(8)} ${column(best, 0, 7)} ${column(first, 0, 7)} ${repeat}  result 0x${result.toString(16)}`,
    );
  }
}
