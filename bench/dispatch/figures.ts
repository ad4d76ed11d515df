import { measure } from "mitata";
import type { Engine } from "../../src/cpu/mod.ts";
import type { Figure, Section } from "../figure.ts";
import { createBench, type Isa } from "./machine.ts";
import { plain } from "./plain.ts";

/** Repeats of a workload in one sample: a few milliseconds. */
const REPEATS: Record<string, number> = { bytes: 60, crc32: 60, fib: 50, matmul: 15, sieve: 20 };
const ISAS: readonly Isa[] = ["thumb", "arm"];
const NAMES: Record<Isa, string> = { thumb: "Thumb-2", arm: "A32" };

async function mips(isa: Isa, engine: Engine, name: string, quick: boolean): Promise<Figure> {
  const bench = createBench(isa, engine);
  // The translating engine does not count instructions; a workload has as many in every engine.
  const counting = createBench(isa, "interp");
  const repeats = REPEATS[name];
  const before = counting.cpu.stats.instructions;
  const expected = counting.call(name, repeats);
  const instructions = counting.cpu.stats.instructions - before;
  const warmUp = performance.now() + (quick ? 150 : 1000);
  while (performance.now() < warmUp) {
    if (bench.call(name, repeats) !== expected) throw new Error(`${name}: wrong result`);
  }
  const { p50, min, p99 } = await measure(() => bench.call(name, repeats), {
    min_cpu_time: quick ? 5e7 : 4e8,
  });
  const rate = (ns: number): number => (instructions / ns) * 1000;
  return {
    name: `${name}, ${NAMES[isa]}, ${engine}`,
    value: rate(p50),
    unit: "MIPS",
    range: [rate(min), rate(p99)],
    how: `${repeats} calls of the compiled C function a sample, warm; median`,
  };
}

export const section: Section = {
  question: "How fast does guest code run, interpreted and translated?",
  async figures(quick) {
    const figures: Figure[] = [];
    for (const engine of ["interp", "auto"] as Engine[]) {
      for (const isa of ISAS) {
        for (const name of Object.keys(plain)) figures.push(await mips(isa, engine, name, quick));
      }
    }
    return figures;
  },
};
