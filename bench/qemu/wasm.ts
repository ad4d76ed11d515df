/** `bun bench/qemu/wasm.ts FILE KERNEL N SAMPLES`: clang's WebAssembly in this very engine, the limit for translated code. */
import { readFileSync } from "node:fs";
import { cpuTime } from "../clock.ts";
import { Samples } from "./samples.ts";

const [file, kernel, n, count] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(file));
const imports = { env: { host: (x: number) => x } };
const run = new WebAssembly.Instance(module, imports).exports[kernel] as (n: number) => number;
const samples = new Samples(Number(count), true);
for (;;) {
  const start = cpuTime();
  const sum = run(Number(n)) >>> 0;
  if (samples.add(sum.toString(16), cpuTime() - start)) break;
}
