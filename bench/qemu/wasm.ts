/** `bun bench/qemu/wasm.ts FILE KERNEL N SAMPLES`: clang's WebAssembly in this very engine, the limit for translated code. */
import { readFileSync } from "node:fs";
import { cpuTime } from "../clock.ts";

const [file, kernel, n, samples] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(file));
const imports = { env: { host: (x: number) => x } };
const run = new WebAssembly.Instance(module, imports).exports[kernel] as (n: number) => number;
for (let k = 0; k < Number(samples); k++) {
  const start = cpuTime();
  const sum = run(Number(n)) >>> 0;
  console.log(`${sum.toString(16)} ${Math.round((cpuTime() - start) * 1e6)}`);
}
