/**
 * What loading costs in the cases that have a limit: many RELATIVE and ABS32 records, many distinct symbols, one module of usual size,
 * the relocation types that modules have. Warm figures are CPU time, cold ones the best of five processes, since the machine has
 * other work. Run: bun bench/relocate/targets.ts
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bind, planLoad, relocate } from "../../src/dlmodule/mod.ts";
import { ElfImage } from "../../src/elf/mod.ts";
import { GuestMemory } from "../../src/memory/mod.ts";
import { makeModule } from "../../test/elf/make-module.ts";

const BLOCK = 0x60100000;
const memory = new GuestMemory({ base: 0x60000000, size: 0x1000000 });
const view = new DataView(memory.wasm.buffer);

function load(file: Uint8Array): number {
  const plan = planLoad(new ElfImage(file), { compat404: false });
  const bindings = bind(plan, { lookup: () => 0x60010000, compat404: false });
  for (const { vaddr, bytes } of plan.segments) memory.write(BLOCK + vaddr - plan.start, bytes);
  return relocate(plan, bindings, view, BLOCK);
}

/** `count` records that take turns with the types; `symbols` distinct symbols, every other one an import. */
function synthetic(count: number, types: readonly number[], symbols: number): Uint8Array {
  const names = Array.from({ length: symbols }, (_, i) =>
    i % 2
      ? { name: `local_function_${i}`, value: 64 + 4 * i, info: 0x12, shndx: 4 }
      : { name: `kernel_function_${i}` },
  );
  const relocations = Array.from({ length: count }, (_, i) => {
    const type = types[i % types.length];
    return { offset: 4 * i, type, symbol: type === 23 ? 0 : 1 + (i % symbols) };
  });
  return makeModule({ symbols: names, relocations, data: new Uint8Array(4 * count) }).file;
}

const milliseconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

function cold(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function warm(run: () => void): number {
  for (let i = 0; i < 30; i++) run();
  const samples = Array.from({ length: 15 }, () => {
    let n = 0;
    const start = milliseconds();
    let spent = 0;
    do {
      run();
      n++;
    } while ((spent = milliseconds() - start) < 20);
    return spent / n;
  });
  return samples.sort((a, b) => a - b)[samples.length >> 1];
}

const SETS: Record<string, { file: () => Uint8Array; limit?: { cold?: number; warm: number } }> = {
  "100,000 RELATIVE and ABS32": {
    file: () => synthetic(100_000, [23, 2], 1000),
    limit: { cold: 20, warm: 5 },
  },
  "400,000 RELATIVE and ABS32": { file: () => synthetic(400_000, [23, 2], 1000) },
  "10,000 distinct symbols, GLOB_DAT": {
    file: () => synthetic(10_000, [21], 10_000),
    limit: { warm: 5 },
  },
  "hello.mo": {
    file: () => readFileSync(join(import.meta.dir, "../../disk/prebuilt/a9/hello.mo")),
    limit: { warm: 0.1 },
  },
};
/** Types by code: a set of each size shows that the time grows with the records. */
const TYPES = {
  ABS32: 2,
  REL32: 3,
  GLOB_DAT: 21,
  JUMP_SLOT: 22,
  RELATIVE: 23,
  PREL31: 42,
  MOVW_ABS_NC: 43,
  MOVT_ABS: 44,
};

const [which, part] = process.argv.slice(2);
if (which === "cold") {
  const file = SETS[part].file();
  console.log(cold(() => load(file)));
} else {
  let missed = 0;
  const say = (name: string, value: number, limit?: number): void => {
    const late = limit !== undefined && value > limit;
    if (late) missed++;
    const bound = limit === undefined ? "" : `  limit ${limit} ms${late ? "  MISSED" : ""}`;
    console.log(`${name.padEnd(44)} ${value.toFixed(3).padStart(9)} ms${bound}`);
  };
  for (const [name, { file, limit }] of Object.entries(SETS)) {
    const samples = Array.from({ length: 5 }, () =>
      Number(Bun.spawnSync([process.execPath, import.meta.path, "cold", name]).stdout.toString()),
    ).sort((a, b) => a - b);
    say(`${name}, cold`, samples[0], limit?.cold);
    const bytes = file();
    say(
      `${name}, warm`,
      warm(() => load(bytes)),
      limit?.warm,
    );
  }
  for (const [name, type] of Object.entries(TYPES))
    for (const count of [1000, 10_000, 100_000, 400_000]) {
      const bytes = synthetic(count, [type], 100);
      say(
        `${count} ${name}, warm`,
        warm(() => load(bytes)),
      );
    }
  process.exitCode = missed > 0 ? 1 : 0;
}
