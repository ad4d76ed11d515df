/**
 * What translation writes, as text. That it means the right thing shows elsewhere: golden.test.ts executes the same pieces translated, and
 * they end as under qemu-arm. `bun test/cpu/golden/wasm.ts` writes the text anew.
 */
import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { blocks, moduleOf } from "./wasm.ts";
import { functionsOf, watLine } from "./wasm-text.ts";

/** Text by title. */
const parts = (text: string): Map<string, string> =>
  new Map(
    text
      .split(/^== /m)
      .filter(Boolean)
      .map((part): [string, string] => {
        const end = part.indexOf("\n");
        return [part.slice(0, end), part.slice(end + 1).trimEnd()];
      }),
  );

test("pieces of code become what wasm.txt says", () => {
  const file = join(import.meta.dir, "wasm.ts");
  const { stdout, exitCode } = Bun.spawnSync([process.execPath, file, "--print"]);
  expect(exitCode).toBe(0);
  const written = parts(stdout.toString());
  const golden = parts(readFileSync(join(import.meta.dir, "wasm.txt"), "utf8"));
  expect(golden.size).toBe(blocks().length);
  for (const [title, text] of golden)
    expect({ title, text: written.get(title) }).toEqual({ title, text });
}, 20_000);

const absent = Bun.which("wasm2wat") === null ? " (wasm2wat of wabt is not installed)" : "";

/** Instructions of the first function as wabt writes them, without comments, alignment and the values of floating-point constants. */
function wabt(module: Uint8Array): string[] {
  const folder = mkdtempSync(join(tmpdir(), "rtt-sim-wasm-"));
  try {
    const file = join(folder, "a.wasm");
    writeFileSync(file, module);
    const { stdout, stderr, exitCode } = Bun.spawnSync(["wasm2wat", "--enable-tail-call", file]);
    expect({ exitCode, errors: stderr.toString() }).toEqual({ exitCode: 0, errors: "" });
    const text = stdout.toString();
    const from = text.indexOf("\n  (func (;");
    const code = text
      .slice(from, text.indexOf("\n  (func", from + 1))
      .split("\n")
      .slice(2);
    return code
      .map((line) =>
        line
          .replace(/\(;.*?;\)|;;.*| align=\d+|(?<=f\d\d\.const).*/g, "")
          .replace(/ +/g, " ")
          .trim(),
      )
      .map((line) => (/^[^(]*\)+$/.test(line) ? line.replace(/\)+$/, "") : line))
      .filter((line) => line !== "" && !line.startsWith("(local"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.skipIf(absent !== "")(
  `wabt finds the modules valid and reads the same instructions${absent}`,
  () => {
    for (const block of blocks()) {
      const module = moduleOf(block);
      const [region] = functionsOf(module);
      const ours = region
        .slice(0, -1)
        .map((x) => (/^f\d\d\.const$/.test(x.name) ? x.name : watLine(x)));
      expect(ours.length).toBeGreaterThan(20);
      expect({ name: block.name, code: ours }).toEqual({ name: block.name, code: wabt(module) });
    }
  },
  60_000,
);
