/** Branches in tracefiles: those that nobody met, the same number in every run, and that they are those of the code. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { conditionalBranches } from "../../src/trace/branches.ts";
import { scratch } from "../cli/binary.ts";
import { compile, gcc } from "../gdb/toolchain.ts";

const root = join(import.meta.dir, "../..");
const full = process.env.RTT_SIM_FULL === "1";
const objdump = Bun.which("arm-none-eabi-objdump");

function cover(info: string, ...argv: string[]): string[] {
  const child = Bun.spawnSync(
    [process.execPath, join(root, "src/main.ts"), "run", "--coverage", info, ...argv],
    { cwd: root, stdin: "ignore", stdout: "ignore", stderr: "pipe" },
  );
  expect(child.stderr.toString()).toContain("coverage: ");
  return readFileSync(info, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("BRDA:"))
    .map((line) => line.slice(5));
}

/** The two ways of a branch, in either order. */
const ways = (rows: readonly string[], line: number, block: number): string[] =>
  rows
    .filter((row) => row.startsWith(`${line},${block},`))
    .map((row) => row.split(",")[3])
    .sort();

test.skipIf(!gcc)("runs that meet different branches add up (needs arm-none-eabi-gcc)", () => {
  using dir = scratch();
  const module = compile(join(import.meta.dir, "programs/ways.c"), dir.path("ways.mo"));
  const info = dir.path("out.info");
  const few = cover(info, module);
  expect([0, 1, 2].map((block) => ways(few, 13, block))).toEqual([
    ["0", "1"],
    ["-", "-"],
    ["0", "1"],
  ]);
  expect(ways(few, 4, 0)).toEqual(["-", "-"]);
  const both = cover(info, "--coverage-merge", module, "a", "b", "c");
  expect([0, 1, 2].map((block) => ways(both, 13, block))).toEqual([
    ["1", "1"],
    ["0", "1"],
    ["1", "1"],
  ]);
  expect(ways(both, 4, 0)).toEqual(["-", "-"]);
});

test.skipIf(!gcc)("a switch is a branch in runs that do not meet it, too", () => {
  using dir = scratch();
  const module = compile(join(import.meta.dir, "programs/switches.c"), dir.path("s.mo"), {
    target: "a9",
    flags: ["-g", "-O2"],
  });
  const info = dir.path("out.info");
  const table = (rows: readonly string[]) =>
    new Map(
      rows.map((row) => [row.replace(/,[^,]*$/, ""), Number(row.split(",")[3].replace("-", "0"))]),
    );
  const without = table(cover(info, module));
  const both = table(cover(info, "--coverage-merge", module, "with"));
  const alone = table(cover(dir.path("with.info"), module, "with"));
  expect([...alone.keys()]).toEqual([...without.keys()]);
  for (const [place, times] of both)
    expect(`${place} ${times}`).toBe(
      `${place} ${(without.get(place) ?? 0) + (alone.get(place) ?? 0)}`,
    );
});

describe.skipIf(!gcc || !objdump)("the branches of objdump (needs arm-none-eabi-gcc)", () => {
  const condition = "(?:eq|ne|cs|cc|hs|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le)";
  const branch = new RegExp(
    `^ *(\\w+):\\t[\\w ]+\\t(?:(?:b|bl|bx|blx)${condition}(?:\\.[nw])?\\t|cbn?z\\t|(?:pop|ldm\\w*)${condition}\\t.*pc)`,
    "gm",
  );
  for (const target of full ? (["a9", "thumb", "m0"] as const) : (["a9", "thumb"] as const))
    for (const level of full ? ["-O0", "-O2"] : ["-O2"])
      test(`${target} ${level}`, () => {
        using dir = scratch();
        const source = join(import.meta.dir, "programs/covered.c");
        const module = compile(source, dir.path("m.mo"), { target, flags: ["-g", level] });
        const { stdout } = Bun.spawnSync([objdump as string, "-d", module]);
        const theirs = [...stdout.toString().matchAll(branch)].map(([, at]) => parseInt(at, 16));
        expect(theirs.length).toBeGreaterThan(5);
        const all = [{ start: 0, end: 1 << 20 }];
        const ours = conditionalBranches(readFileSync(module), undefined, all);
        expect(ours.toSorted((a, b) => a - b)).toEqual(theirs.toSorted((a, b) => a - b));
      });
});
