import { expect } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFINES, DEVICE_FLAGS, SDK_INCLUDE } from "../../disk/toolchain.ts";

export const HEADERS = [
  "rtthread.h",
  "rthw.h",
  "rtdevice.h",
  "dlmodule.h",
  "dfs_posix.h",
  "pthread.h",
  "semaphore.h",
  "mqueue.h",
  "setjmp.h",
  "stdio.h",
  "time.h",
];

/** Compiles a file that defines `table` and returns its words. */
export function words(source: string, count: number, flags: readonly string[] = []): Uint32Array {
  const dir = mkdtempSync(join(tmpdir(), "layout-"));
  try {
    const c = join(dir, "t.c");
    const o = join(dir, "t.o");
    const bin = join(dir, "t.bin");
    writeFileSync(c, source);
    run([
      "arm-none-eabi-gcc",
      ...DEVICE_FLAGS.a9,
      ...DEFINES,
      ...flags,
      `-I${SDK_INCLUDE}`,
      "-c",
      c,
      "-o",
      o,
    ]);
    run(["arm-none-eabi-objcopy", "-O", "binary", "-j", ".rodata", o, bin]);
    const bytes = readFileSync(bin);
    expect(bytes.length).toBe(count * 4);
    return new Uint32Array(bytes.buffer, bytes.byteOffset, count);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function run(command: string[]): void {
  const result = Bun.spawnSync(command, { stderr: "pipe" });
  if (result.exitCode !== 0) throw new Error(`${command.join(" ")}\n${result.stderr.toString()}`);
}
