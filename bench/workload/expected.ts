/**
 * The work of one sample and what it must come to: `bun bench/workload/expected.ts` prints the table anew, from the host's own compiler,
 * and makes kernels.so.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildLibrary, buildNative, kernelNames } from "../qemu/builds.ts";

export const EXPECTED: Readonly<Record<string, readonly [n: number, checksum: number]>> = {
  sieve: [5, 0x404],
  crc32: [5, 0x57f67c0c],
  matmul: [5, 0xffff71a8],
  recursion: [5, 0x92f],
  bytes: [5, 0x2eb5a8cb],
  sorting: [5, 0xc6eb01b0],
  list: [5, 0x52166],
  machine: [5, 0x4ef69],
  hash: [5, 0x357d],
  fft: [5, 0x9fa8212d],
  nbody: [5, 0xffecd2c1],
  mandelbrot: [5, 0xad467],
  sha256: [5, 0x762374d4],
  indirect: [5, 0xfa338b41],
  hostcalls: [5, 0x261bdc],
};

/** Work of one sample; the same for all, little enough for the interpreter. */
const N = 5;

if (import.meta.main) {
  buildLibrary(join(import.meta.dir, "kernels.so"));
  const folder = mkdtempSync(join(tmpdir(), "rtt-sim-workload-"));
  buildNative(join(folder, "native"));
  for (const name of kernelNames) {
    const { stdout } = Bun.spawnSync([join(folder, "native"), name, String(N), "1"]);
    console.log(`  ${name}: [${N}, 0x${stdout.toString().split(" ")[0]}],`);
  }
  rmSync(folder, { recursive: true });
}
