// MIPS of the interpreter on compiled C: bun bench/dispatch/mips.ts [workload...]
import { createBench, type Isa, repeats } from "./machine.ts";

const wanted = process.argv.slice(2);
for (const isa of ["thumb", "arm"] as Isa[]) {
  const bench = createBench(isa);
  for (const name of bench.names) {
    if (wanted.length && !wanted.includes(name)) continue;
    const n = repeats[name];
    const rates: number[] = [];
    let result = 0;
    for (let k = 0; k < 7; k++) {
      const before = bench.cpu.stats.instructions;
      const start = performance.now();
      result = bench.call(name, n);
      const ms = performance.now() - start;
      rates.push((bench.cpu.stats.instructions - before) / ms / 1000);
    }
    const cold = rates[0];
    const warm = rates.slice(2).sort((x, y) => x - y)[2];
    console.log(
      `${isa.padEnd(6)} ${name.padEnd(8)} ${warm.toFixed(0).padStart(5)} MIPS warm, first ${cold.toFixed(0).padStart(4)}  result 0x${result.toString(16)}`,
    );
  }
}
