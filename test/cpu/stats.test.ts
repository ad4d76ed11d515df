/** What `--stats` says about the processor. */
import { expect, test } from "bun:test";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");

function counters(engine: string): Record<string, string> {
  const { stderr } = Bun.spawnSync(
    [
      process.execPath,
      "src/main.ts",
      ...["run", "--stats", "--engine", engine, "disk/prebuilt/a9/hello.mo"],
    ],
    { cwd: ROOT, stdout: "ignore", stderr: "pipe" },
  );
  const lines = stderr.toString().matchAll(/^ {2}(\S.*?) {2,}(\S.*)$/gm);
  return Object.fromEntries([...lines].map(([, name, value]) => [name, value]));
}

test("interpreter: instructions and blocks; nothing about translations, for there are none", () => {
  const { instructions, blocks, ...others } = counters("interp");
  expect(Number(instructions)).toBeGreaterThan(100);
  expect(Number(blocks)).toBeGreaterThan(10);
  expect(Object.keys(others)).not.toContain("regions");
});

test("translated: the same instructions; regions, bytes of WebAssembly and the time that it took", () => {
  const translated = counters("jit");
  expect(translated.instructions).toBe(counters("interp").instructions);
  expect(Number(translated.regions)).toBeGreaterThan(0);
  expect(Number(translated["regions dropped"])).toBeLessThan(Number(translated.regions));
  expect(Number(translated["bytes of wasm"])).toBeGreaterThan(Number(translated.regions) * 40);
  expect(translated.translation).toMatch(/^\d+\.\d ms$/);
});
