/**
 * How long does it take to read, check, copy and relocate a module? Cold: the first module of a fresh process; warm: later ones.
 * Run: bun bench/relocate/relocate.ts [records ...]
 */
import { bind, planLoad, relocate } from "../../src/dlmodule/mod.ts";
import { ElfImage } from "../../src/elf/mod.ts";
import { GuestMemory } from "../../src/memory/mod.ts";
import { makeModule, type Record_, type Symbol_ } from "../../test/elf/make-module.ts";
import { simpleLoad } from "./baseline.ts";

const BLOCK = 0x60100000;
const TYPES = [21, 21, 21, 21, 23, 2];
const WARM_RUNS = 30;
const PROCESSES = 5;

/** The mix that real modules have: most GLOB_DAT, some RELATIVE, few ABS32; a symbol for each 50 records, half of them imports. */
export function syntheticModule(records: number): Uint8Array {
  const symbols: Symbol_[] = Array.from(
    { length: Math.max(8, Math.floor(records / 50)) },
    (_, i) =>
      i % 2
        ? { name: `local_function_${i}`, value: 64 + 4 * i, info: 0x12, shndx: 4 }
        : { name: `rt_kernel_function_${i}` },
  );
  const relocations: Record_[] = Array.from({ length: records }, (_, i) => {
    const type = TYPES[i % TYPES.length];
    return { offset: 4 * i, type, symbol: type === 23 ? 0 : 1 + ((i * 7) % symbols.length) };
  });
  return makeModule({ symbols, relocations, data: new Uint8Array(4 * records) }).file;
}

const kernel = new Map<string, number>();
for (let i = 0; i < 4000; i++) kernel.set(`rt_kernel_function_${i}`, 0x60010000 + 16 * i);

const memory = new GuestMemory();
const view = new DataView(memory.wasm.buffer);

function ours(file: Uint8Array): number {
  const plan = planLoad(new ElfImage(file), { compat404: false });
  const bindings = bind(plan, { lookup: (name) => kernel.get(name) ?? 0, compat404: false });
  for (const { vaddr, bytes } of plan.segments) memory.write(BLOCK + vaddr - plan.start, bytes);
  return relocate(plan, bindings, view, BLOCK);
}

export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Milliseconds of the first run and of the later ones. */
function time(run: () => number, expected: number): { cold: number; warm: number[] } {
  const times: number[] = [];
  for (let i = 0; i <= WARM_RUNS; i++) {
    const start = performance.now();
    if (run() !== expected) throw new Error("wrong number of relocations");
    times.push(performance.now() - start);
  }
  return { cold: times[0], warm: times.slice(1) };
}

function figure(name: string, values: number[]): Figure {
  values.sort((a, b) => a - b);
  return {
    name,
    unit: "ms",
    median: values[values.length >> 1],
    min: values[0],
    max: values[values.length - 1],
  };
}

/** Every sample is a process of its own: only then is the first run cold. */
export function relocateFigures(sizes: readonly number[] = [1000, 10000, 100000]): Figure[] {
  const figures: Figure[] = [];
  for (const records of sizes) {
    for (const loader of ["ours", "simple"]) {
      const cold: number[] = [];
      const warm: number[] = [];
      for (let i = 0; i < PROCESSES; i++) {
        const command = [process.execPath, import.meta.path, loader, String(records)];
        const { stdout } = Bun.spawnSync(command);
        const times = JSON.parse(stdout.toString()) as { cold: number; warm: number[] };
        cold.push(times.cold);
        warm.push(...times.warm);
      }
      figures.push(figure(`${records} relocations, ${loader}, cold`, cold));
      figures.push(figure(`${records} relocations, ${loader}, warm`, warm));
    }
  }
  return figures;
}

if (import.meta.main) {
  const [which, size] = process.argv.slice(2);
  if (which === "ours" || which === "simple") {
    const records = Number(size);
    const file = syntheticModule(records);
    const run = which === "ours" ? () => ours(file) : () => simpleLoad(file, kernel, view, BLOCK);
    console.log(JSON.stringify(time(run, records)));
  } else {
    const sizes = process.argv.slice(2).map(Number);
    for (const f of relocateFigures(sizes.length > 0 ? sizes : undefined)) {
      console.log(
        `${f.name.padEnd(36)} median ${f.median.toFixed(2).padStart(8)} ms   min ${f.min.toFixed(2)}   max ${f.max.toFixed(2)}`,
      );
    }
  }
}
