import { measure } from "mitata";
import type { Engine } from "../../src/cpu/mod.ts";
import { cpuTime } from "../clock.ts";
import type { Figure, Section } from "../figure.ts";
import { createBench, type Isa } from "./machine.ts";
import { plain } from "./plain.ts";

/** Repeats of a workload in one sample: a few milliseconds. */
const REPEATS: Record<string, number> = { bytes: 60, crc32: 60, fib: 50, matmul: 15, sieve: 20 };
const ISAS: readonly Isa[] = ["thumb", "arm"];
const NAMES: Record<Isa, string> = { thumb: "Thumb-2", arm: "A32" };

/** CPU milliseconds that a workload runs before it is measured: the host compiles the interpreter's loop more than once. */
const WARM_UP = 1500;

interface Workload {
  readonly title: string;
  readonly repeats: number;
  readonly instructions: number;
  run(): void;
}

function workload(isa: Isa, engine: Engine, name: string): Workload {
  const bench = createBench(isa, engine);
  // The translating engine does not count instructions; a workload has as many in every engine.
  const counting = createBench(isa, "interp");
  const repeats = REPEATS[name];
  const before = counting.cpu.stats.instructions;
  const expected = counting.call(name, repeats);
  const instructions = counting.cpu.stats.instructions - before;
  return {
    title: `${name}, ${NAMES[isa]}, ${engine}`,
    repeats,
    instructions,
    run() {
      if (bench.call(name, repeats) !== expected) throw new Error(`${name}: wrong result`);
    },
  };
}

async function mips({ title, repeats, instructions, run }: Workload, quick: boolean) {
  const { p50, min, p99 } = await measure(run, { min_cpu_time: quick ? 5e7 : 4e8 });
  const rate = (ns: number): number => (instructions / ns) * 1000;
  return {
    name: title,
    value: rate(p50),
    unit: "MIPS",
    range: [rate(min), rate(p99)],
    how: `${repeats} calls of the compiled C function a sample, warm; median`,
  } satisfies Figure;
}

export const section: Section = {
  question: "How fast does guest code run, interpreted and translated?",
  async figures(quick) {
    const figures: Figure[] = [];
    for (const engine of ["interp", "auto"] as Engine[]) {
      const workloads = ISAS.flatMap((isa) =>
        Object.keys(plain).map((name) => workload(isa, engine, name)),
      );
      // All of them before the first is measured: they share the interpreter's loop.
      for (let round = 0; round < 3; round++) {
        for (const { run } of workloads) {
          const end = cpuTime() + WARM_UP / (quick ? 12 : 3);
          while (cpuTime() < end) run();
        }
      }
      for (const one of workloads) figures.push(await mips(one, quick));
    }
    return figures;
  },
};
