// MIPS on compiled C: bun bench/dispatch/mips.ts [--engine=interp|jit|auto] [workload...]
// Short runs, of which the best counts: what other programs do to the machine hardly shows.
import type { Engine } from "../../src/cpu/mod.ts";
import { type Bench, createBench, type Isa, repeats } from "./machine.ts";

/** Milliseconds for each workload and round. */
const PATIENCE = 1500;

const options = process.argv.slice(2);
const wanted = options.filter((word) => !word.startsWith("--"));
const engine = (options.find((word) => word.startsWith("--engine="))?.slice(9) ??
  "interp") as Engine;
const column = (value: number, digits: number, width: number): string =>
  value.toFixed(digits).padStart(width);

interface Figures {
  best: number;
  first: number;
  fastest: number;
  result: number;
}

/** Runs a workload for a while. */
function measure(bench: Bench, name: string, figures: Figures): void {
  const end = performance.now() + PATIENCE;
  while (performance.now() < end) {
    const before = bench.cpu.stats.instructions;
    const start = performance.now();
    figures.result = bench.call(name, repeats[name]);
    const ms = performance.now() - start;
    const mips = (bench.cpu.stats.instructions - before) / ms / 1000;
    figures.first ||= mips;
    figures.best = Math.max(figures.best, mips);
    figures.fastest = Math.min(figures.fastest, ms);
  }
}

console.log("isa    workload    best   first MIPS  ns/repeat");
for (const isa of ["thumb", "arm"] as Isa[]) {
  const bench = createBench(isa, engine);
  const names = bench.names.filter((name) => wanted.length === 0 || wanted.includes(name));
  const all = new Map(
    names.map((name) => [name, { best: 0, first: 0, fastest: Infinity, result: 0 }]),
  );
  // The second round finds the host's compiler done.
  for (let round = 0; round < 2; round++)
    for (const name of names) measure(bench, name, all.get(name)!);
  for (const [name, { best, first, fastest, result }] of all) {
    const repeat = column((fastest * 1e6) / repeats[name], 1, 12);
    console.log(
      `${isa.padEnd(6)} ${name.padEnd(8)} ${column(best, 0, 7)} ${column(first, 0, 7)} ${repeat}  result 0x${result.toString(16)}`,
    );
  }
}
