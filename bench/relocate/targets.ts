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
import { Firmware } from "../../src/firmware/mod.ts";
import { simpleLoad } from "./baseline.ts";
import { manyOf, synthetic, TYPES } from "./sets.ts";

const BLOCK = 0x60100000;
const firmware = readFileSync(join(import.meta.dir, "../../src/firmware/prebuilt/firmware.elf"));
const memory = new GuestMemory({ base: 0x60000000, size: 0x2000000 });
const view = new DataView(memory.wasm.buffer);

function load(file: Uint8Array): number {
  const plan = planLoad(new ElfImage(file), { compat404: false });
  const bindings = bind(plan, { lookup: () => 0x60010000, compat404: false });
  for (const { vaddr, bytes } of plan.segments) memory.write(BLOCK + vaddr - plan.start, bytes);
  return relocate(plan, bindings, view, BLOCK);
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

/** CPU time of the fastest of a few runs. */
function least(run: () => void): number {
  run();
  const samples = Array.from({ length: 4 }, () => {
    const start = milliseconds();
    run();
    return milliseconds() - start;
  });
  return Math.min(...samples);
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
/** The straightforward loader knows the types of these sets. */
const BASELINE = ["100,000 RELATIVE and ABS32", "10,000 distinct symbols, GLOB_DAT", "hello.mo"];
const SIZES = [1000, 10_000, 100_000, 400_000];
/** Four times as many records may take this many times as long: caches and garbage are in there. */
const GROWTH_MAX = 8;

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
  const kernel = new Map<string, number>();
  for (let i = 0; i < 20_000; i++) kernel.set(`kernel_function_${i}`, 0x60010000);
  for (const { name } of new Firmware(new GuestMemory(), firmware).entries())
    kernel.set(name, 0x60010000);
  for (const name of BASELINE) {
    const bytes = SETS[name].file();
    const simple = warm(() => simpleLoad(bytes, kernel, view, BLOCK));
    const ours = warm(() => load(bytes));
    console.log(
      `${`${name}, straightforward loader`.padEnd(60)} ${simple.toFixed(3)} ms = ${(simple / ours).toFixed(1)} times ours`,
    );
  }
  for (const name of Object.keys(TYPES)) {
    const times = SIZES.map((count) => {
      const bytes = manyOf(name, count).file;
      return count > 10_000 ? least(() => load(bytes)) : warm(() => load(bytes));
    });
    const growth = times[3] / times[2];
    const steep = growth > GROWTH_MAX;
    if (steep) missed++;
    const shown = times.map((time) => time.toFixed(2).padStart(7)).join(" ");
    console.log(`1k 10k 100k 400k ${name.padEnd(16)} ${shown} ms${steep ? "  NOT LINEAR" : ""}`);
  }
  process.exitCode = missed > 0 ? 1 : 0;
}
