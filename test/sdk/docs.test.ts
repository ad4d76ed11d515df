/** The commands of docs/building-modules.md, run as they stand, make the files of the default disk. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, SDK_INCLUDE, toolchain } from "../../disk/toolchain.ts";

// A compiler run for every header takes its time on a busy machine.
setDefaultTimeout(60_000);

test.skipIf(toolchain() === undefined)(
  "the documented commands build hello.mo, lib.so and a C++ program that runs (needs arm-none-eabi-gcc)",
  () => {
    const text = readFileSync(join(ROOT, "docs/building-modules.md"), "utf8");
    const dir = mkdtempSync(join(tmpdir(), "docs-"));
    try {
      for (const [, name, body] of text.matchAll(/^```c(?:pp)? file=(\S+)\n(.*?)^```$/gms)) {
        writeFileSync(join(dir, name), body);
      }
      const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, body]) => body);
      expect(blocks.length).toBe(4);
      const sdk = `SDK=${SDK_INCLUDE}\n`;
      shell(dir, blocks[0].replace(/^SDK=.*\n/m, sdk));
      expect(prebuilt("hello.mo").equals(readFileSync(join(dir, "hello.mo")))).toBeTrue();
      shell(dir, sdk + blocks[1]);
      expect(readFileSync(join(dir, "hello.mo")).subarray(0, 4).toString("latin1")).toBe("\x7fELF");
      shell(dir, sdk + blocks[2]);
      expect(prebuilt("lib.so").equals(readFileSync(join(dir, "lib.so")))).toBeTrue();
      shell(dir, sdk + blocks[3]);
      const shapes = Bun.spawnSync([join(ROOT, "rtt-sim"), "run", join(dir, "shapes.mo")]);
      expect(shapes.stdout.toString()).toBe("unwound\ncaught 42\n");
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
);

function prebuilt(name: string): Buffer {
  return readFileSync(join(ROOT, "disk/prebuilt/a9", name));
}

function shell(cwd: string, script: string): void {
  const run = Bun.spawnSync(["sh", "-eu", "-c", script], { cwd, stderr: "pipe" });
  if (run.exitCode !== 0) throw new Error(`${script}\n${run.stderr.toString()}`);
}
