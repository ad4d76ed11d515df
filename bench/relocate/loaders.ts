/** The two loaders that are compared, on synthetic modules of any size. */
import { bind, planLoad, relocate } from "../../src/dlmodule/mod.ts";
import { ElfImage } from "../../src/elf/mod.ts";
import { GuestMemory } from "../../src/memory/mod.ts";
import { makeModule, type Record_, type Symbol_ } from "../../test/elf/make-module.ts";
import { simpleLoad } from "./baseline.ts";

const BLOCK = 0x60100000;
/** R_ARM_GLOB_DAT, R_ARM_RELATIVE, R_ARM_ABS32. */
const TYPES = [21, 21, 21, 21, 23, 2];
const KERNEL_SYMBOLS = 4000;

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

export type LoaderName = "ours" | "simple";

/** Loaders of a file; the result is the number of relocations that were applied. */
export function createLoaders(): Record<LoaderName, (file: Uint8Array) => number> {
  const kernel = new Map<string, number>();
  for (let i = 0; i < KERNEL_SYMBOLS; i++)
    kernel.set(`rt_kernel_function_${i}`, 0x60010000 + 16 * i);
  const memory = new GuestMemory();
  const view = new DataView(memory.wasm.buffer);
  return {
    ours(file) {
      const plan = planLoad(new ElfImage(file), { compat404: false });
      const bindings = bind(plan, { lookup: (name) => kernel.get(name) ?? 0, compat404: false });
      for (const { vaddr, bytes } of plan.segments) memory.write(BLOCK + vaddr - plan.start, bytes);
      return relocate(plan, bindings, view, BLOCK);
    },
    simple: (file) => simpleLoad(file, kernel, view, BLOCK),
  };
}
