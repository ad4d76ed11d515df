/** What bench/budgets.json limits of loading: the times that a user is promised, the growth, and both against the straightforward loader. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bind, planLoad, relocate } from "../../src/dlmodule/mod.ts";
import { ElfImage } from "../../src/elf/mod.ts";
import { GuestMemory } from "../../src/memory/mod.ts";
import { timed } from "../clock.ts";
import { ratio } from "../ratios.ts";
import { simpleLoad } from "./baseline.ts";
import { synthetic } from "./sets.ts";

const BLOCK = 0x60100000;
const KERNEL = 0x60010000;
/** CPU milliseconds until the host's compiler has settled, and of a sample. */
const WARM_UP = 300;
const SAMPLE = 15;
const SAMPLES = 12;

/** R_ARM_ABS32, R_ARM_GLOB_DAT, R_ARM_RELATIVE. */
const [ABS32, GLOB_DAT, RELATIVE] = [2, 21, 23];

export const LOADS: Readonly<Record<string, () => Uint8Array>> = {
  "100,000 RELATIVE and ABS32": () => synthetic(100_000, [RELATIVE, ABS32], 1000),
  "400,000 RELATIVE and ABS32": () => synthetic(400_000, [RELATIVE, ABS32], 1000),
  "10,000 distinct symbols": () => synthetic(10_000, [GLOB_DAT], 10_000),
  "a module of 1.2 KB": () =>
    new Uint8Array(readFileSync(join(import.meta.dir, "../../disk/prebuilt/a9/hello.mo"))),
};

function loaders(): Record<"ours" | "simple", (file: Uint8Array) => number> {
  const kernel = new Map<string, number>([["puts", KERNEL]]);
  for (let i = 0; i < 20_000; i++) kernel.set(`kernel_function_${i}`, KERNEL + 4 * i);
  const memory = new GuestMemory({ base: 0x60000000, size: 0x2000000 });
  const view = new DataView(memory.wasm.buffer);
  return {
    ours(file) {
      const plan = planLoad(new ElfImage(file), { compat404: false });
      const bindings = bind(plan, { lookup: (name) => kernel.get(name) ?? 0, compat404: false });
      if (bindings.missing.length > 0) throw new Error(`not found: ${bindings.missing[0]}`);
      for (const { vaddr, bytes } of plan.segments) memory.write(BLOCK + vaddr - plan.start, bytes);
      return relocate(plan, bindings, view, BLOCK);
    },
    simple: (file) => simpleLoad(file, kernel, view, BLOCK),
  };
}

/** CPU milliseconds of loading a set warm: the least of several samples, since other work on the machine only adds. */
export function warmTime(name: string): number {
  const file = LOADS[name]();
  const { ours } = loaders();
  for (let spent = 0; spent < WARM_UP;) spent += timed(() => ours(file));
  const samples = Array.from({ length: SAMPLES }, () => {
    let n = 0;
    let spent = 0;
    for (; spent < SAMPLE; n++) spent += timed(() => ours(file));
    return spent / n;
  });
  return Math.min(...samples);
}

/** Four times as many records, as many times as long. */
export function relocationGrowth(): number {
  return warmTime("400,000 RELATIVE and ABS32") / warmTime("100,000 RELATIVE and ABS32");
}

/** Our time over that of a loader with a Map and a DataView, which looks every symbol up at every record. */
export function loadRatio(name: string): number {
  const file = LOADS[name]();
  const { ours, simple } = loaders();
  const repeat = (load: (file: Uint8Array) => number) => (n: number) => {
    while (n--) load(file);
  };
  return ratio(repeat(ours), repeat(simple));
}
