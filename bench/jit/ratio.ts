// Speed of the engines relative to qemu-arm on compiled C: bun bench/jit/ratio.ts [--rounds 7] [workload...]
// The engines take turns; CPU time, medians; "best" compares the least times, which a busy machine disturbs less. Without
// arm-none-eabi-gcc or qemu-arm there are only the engines. More kernels, and as modules: bun run bench:qemu.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Engine } from "../../src/cpu/mod.ts";
import { createBench, type Isa } from "../dispatch/machine.ts";

const { values, positionals } = parseArgs({
  options: { rounds: { type: "string", default: "7" }, isa: { type: "string" } },
  allowPositionals: true,
});
const WORKLOADS = ["bytes", "crc32", "fib", "matmul", "sieve"];
const REPEATS: Record<string, number> = {
  bytes: 3000,
  crc32: 6000,
  fib: 2000,
  matmul: 1500,
  sieve: 1500,
};
/** qemu-arm runs that many times longer, so that its start does not count. */
const LONGER = 4;
const FLAGS: Record<Isa, string[]> = {
  thumb: ["-mcpu=cortex-m3", "-mthumb"],
  arm: ["-march=armv7-a", "-marm"],
};

/** Milliseconds of CPU time of this thread. */
function now(): number {
  try {
    return Number(readFileSync("/proc/thread-self/schedstat", "latin1").split(" ")[0]) / 1e6;
  } catch {
    return performance.now();
  }
}
const median = (x: number[]): number => x.toSorted((a, b) => a - b)[x.length >> 1];

function runQemu(file: string, name: string, n: number): number {
  const { resourceUsage } = Bun.spawnSync([
    "qemu-arm",
    file,
    String(WORKLOADS.indexOf(name)),
    String(n),
  ]);
  return Number(resourceUsage.cpuTime.total) / 1000;
}

const qemu = Bun.which("qemu-arm") && Bun.which("arm-none-eabi-gcc");
const ratios: number[] = [];
const folder = mkdtempSync(join(tmpdir(), "rtt-sim-ratio-"));
console.log(
  "isa    workload   interp     jit    auto    qemu  ms; jit/interp  jit/qemu  auto/qemu       best",
);
for (const isa of ["thumb", "arm"] as Isa[]) {
  if (values.isa && values.isa !== isa) continue;
  const file = join(folder, isa);
  if (qemu)
    Bun.spawnSync([
      ...["arm-none-eabi-gcc", ...FLAGS[isa], "-O2", "-w", "-ffreestanding", "-nostdlib"],
      ...["-fno-tree-loop-distribute-patterns", "-Wl,-Ttext-segment=0x60010000", "-o", file],
      join(import.meta.dir, "linux.c"),
    ]);
  const engines = (["interp", "jit", "auto"] as Engine[]).map((e) => createBench(isa, e));
  for (const name of WORKLOADS) {
    if (positionals.length && !positionals.includes(name)) continue;
    const n = REPEATS[name];
    const times: number[][] = [[], [], [], []];
    const results = new Set<number>();
    const start = qemu ? runQemu(file, name, 0) : 0;
    for (let round = 0; round < Number(values.rounds); round++) {
      engines.forEach((engine, k) => {
        // The interpreter is slower: a shorter run.
        const m = k === 0 ? n / 5 : n;
        const from = now();
        const result = engine.call(name, m);
        times[k].push((now() - from) * (n / m));
        if (k > 0) results.add(result);
      });
      if (qemu) times[3].push((runQemu(file, name, n * LONGER) - start) / LONGER);
    }
    if (results.size !== 1) throw new Error(`${isa} ${name}: engines disagree`);
    // The first rounds compile.
    const [interp, jit, auto, reference] = times.map((t) => median(t.slice(2)));
    const [best, bestReference] = [times[2], times[3]].map((t) => Math.min(...t.slice(2)));
    if (qemu) ratios.push(bestReference / best);
    const cell = (x: number, width: number): string => x.toFixed(x < 10 ? 2 : 0).padStart(width);
    console.log(
      `${isa.padEnd(6)} ${name.padEnd(8)} ${[interp, jit, auto, reference].map((t) => cell(t, 8)).join("")}  ${cell(interp / jit, 10)} ${cell(reference / jit, 12)} ${cell(reference / auto, 10)} ${cell(bestReference / best, 10)}`,
    );
  }
}
if (ratios.length > 0) {
  const mean = Math.exp(ratios.reduce((sum, x) => sum + Math.log(x), 0) / ratios.length);
  console.log(`geometric mean of best: ${mean.toFixed(2)}`);
}
rmSync(folder, { recursive: true });
