/** The commands of docs/building-modules.md, run as they stand, make the files of the default disk. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, toolchain } from "../../disk/toolchain.ts";
import { WholeBoard } from "../dlmodule/whole-board.ts";

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
      expect(blocks.length).toBe(6);
      const [made, ...builds] = blocks;
      shell(dir, made.replace(/^rtt-sim/, `${process.execPath} ${join(ROOT, "src/main.ts")}`));
      const sdk = "SDK=sdk/include\n";
      shell(dir, builds[0]);
      expect(prebuilt("hello.mo").equals(readFileSync(join(dir, "hello.mo")))).toBeTrue();
      shell(dir, sdk + builds[1]);
      expect(readFileSync(join(dir, "hello.mo")).subarray(0, 4).toString("latin1")).toBe("\x7fELF");
      shell(dir, sdk + builds[2]);
      expect(prebuilt("lib.so").equals(readFileSync(join(dir, "lib.so")))).toBeTrue();
      shell(dir, sdk + builds[3]);
      shell(dir, sdk + builds[4]);
      expect(run(join(dir, "shapes.mo"), "shapes")).toBe("unwound\ncaught 42\n");
      expect(run(join(dir, "words.mo"), "words two one")).toBe("one=2\ntwo=1\nwords=0\n");
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
);

/** What a program prints. */
function run(file: string, line: string): string {
  return new WholeBoard({ "/x.mo": new Uint8Array(readFileSync(file)) }).run("/x.mo", line);
}

function prebuilt(name: string): Buffer {
  return readFileSync(join(ROOT, "disk/prebuilt/a9", name));
}

function shell(cwd: string, script: string): void {
  const run = Bun.spawnSync(["sh", "-eu", "-c", script], { cwd, stderr: "pipe" });
  if (run.exitCode !== 0) throw new Error(`${script}\n${run.stderr.toString()}`);
}
