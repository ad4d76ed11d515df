/**
 * `bun run.ts ENGINE ELF`: runs an executable, prints what it prints and exits as it does. A process of its own, since what an
 * engine translated stays in memory until its process ends.
 */
import { readFileSync, writeSync } from "node:fs";
import { runLinux } from "../../cpu/qemu/linux.ts";

const [engine, file] = process.argv.slice(2);
const { stdout, status, fault } = runLinux(engine, new Uint8Array(readFileSync(file)));
for (let at = 0; at < stdout.length;) at += writeSync(1, stdout, at);
if (fault)
  console.error(`fault at 0x${(fault.pc >>> 0).toString(16)}: ${fault.kind}, ${fault.why}`);
process.exit(status ?? 255);
