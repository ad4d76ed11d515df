// MIPS on compiled C: bun bench/dispatch/mips.ts [--engine=interp|jit|auto] [workload...]
// Time is CPU time of the main thread where Linux tells it, so that a busy machine does not disturb the figures much.
import { readFileSync } from "node:fs";
import type { Engine } from "../../src/cpu/mod.ts";
import { createBench, type Isa, repeats } from "./machine.ts";

/** Milliseconds of CPU time of this thread. */
function now(): number {
  try {
    return Number(readFileSync("/proc/thread-self/schedstat", "latin1").split(" ")[0]) / 1e6;
  } catch {
    return performance.now();
  }
}

/** Runs of each workload: the first ones warm the host's compiler up. */
const RUNS = 24;
const MEASURED = 9;

const options = process.argv.slice(2);
const wanted = options.filter((word) => !word.startsWith("--"));
const engine = (options.find((word) => word.startsWith("--engine="))?.slice(9) ??
  "interp") as Engine;
const column = (text: string | number, width: number): string => String(text).padStart(width);
console.log("isa    workload   warm  first  MIPS, ns/instruction warm");
for (const isa of ["thumb", "arm"] as Isa[]) {
  const bench = createBench(isa, engine);
  for (const name of bench.names) {
    if (wanted.length && !wanted.includes(name)) continue;
    const n = repeats[name];
    const rates: number[] = [];
    let result = 0;
    for (let k = 0; k < RUNS; k++) {
      const before = bench.cpu.stats.instructions;
      const start = now();
      result = bench.call(name, n);
      rates.push((bench.cpu.stats.instructions - before) / (now() - start) / 1000);
    }
    const warm = rates.slice(-MEASURED).sort((x, y) => x - y)[MEASURED >> 1];
    console.log(
      `${isa.padEnd(6)} ${name.padEnd(8)} ${column(warm.toFixed(0), 6)} ${column(rates[0].toFixed(0), 6)}  ${column((1000 / warm).toFixed(2), 6)}  result 0x${result.toString(16)}`,
    );
  }
}
