/** Scripts that developers start say how they are used, and do nothing when they are started in a wrong way. */
import { expect, test } from "bun:test";
import { join } from "node:path";

const root = join(import.meta.dir, "../..");
const SCRIPTS = [
  ["src/build.ts", "[--outfile FILE]"],
  ["src/firmware/build.ts", "[--out FILE]"],
  ["bench/main.ts", "[--quick]"],
  ["bench/guard.ts", "[--budgets FILE]"],
  ["bench/fuzz/cpu.ts", "[--seed 1]"],
  ["bench/qemu/main.ts", "kernels: "],
] as const;

function start(script: string, option: string): { code: number; out: string; err: string } {
  // Without a search path no tool is found that could build anything.
  const { exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, script, option], {
    cwd: root,
    env: { ...process.env, PATH: "" },
    timeout: 20_000,
  });
  return { code: exitCode, out: stdout.toString(), err: stderr.toString() };
}

test.each(SCRIPTS)("%s --help", (script, part) => {
  const { code, out, err } = start(script, "--help");
  expect(err).toBe("");
  expect(out).toStartWith("usage: bun ");
  expect(out).toContain(part);
  expect(code).toBe(0);
});

test.each(SCRIPTS)("%s refuses an option that it does not know", (script) => {
  const { code, out, err } = start(script, "--nonsense");
  expect(out).toBe("");
  expect(err).toContain("--nonsense");
  expect(err).toContain("usage: bun ");
  expect(err).not.toMatch(/^\s+at /m);
  expect(code).toBe(2);
});
