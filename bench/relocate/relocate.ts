/**
 * How long does it take to read, check and relocate a module? Cold: first use in a fresh process, one figure a size. Warm: median.
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

/** Milliseconds of the first run and the median of the later ones. */
function time(run: () => number, expected: number): { cold: number; warm: number } {
  const times: number[] = [];
  for (let i = 0; i <= WARM_RUNS; i++) {
    const start = performance.now();
    if (run() !== expected) throw new Error("wrong number of relocations");
    times.push(performance.now() - start);
  }
  const [cold, ...rest] = times;
  return { cold, warm: rest.sort((a, b) => a - b)[rest.length >> 1] };
}

const show = (ms: number): string => `${ms.toFixed(2).padStart(8)} ms`;

/** Sizes are measured in processes of their own, so that each has a true cold figure. */
const [which, size] = process.argv.slice(2);
if (which === "ours" || which === "simple") {
  const records = Number(size);
  const file = syntheticModule(records);
  const run = which === "ours" ? () => ours(file) : () => simpleLoad(file, kernel, view, BLOCK);
  console.log(JSON.stringify(time(run, records)));
} else {
  const sizes = process.argv.length > 2 ? process.argv.slice(2) : ["1000", "10000", "100000"];
  for (const records of sizes) {
    for (const loader of ["ours", "simple"]) {
      const { stdout } = Bun.spawnSync([process.execPath, import.meta.path, loader, records]);
      const { cold, warm } = JSON.parse(stdout.toString()) as { cold: number; warm: number };
      console.log(
        `${records.padStart(7)} relocations  ${loader.padEnd(6)}  cold ${show(cold)}  warm ${show(warm)}`,
      );
    }
  }
}
