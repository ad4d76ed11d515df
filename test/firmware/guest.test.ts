import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { Board } from "./board.ts";
import { hasQemu, runInQemu } from "./qemu.ts";

setDefaultTimeout(120_000);

/** Fixtures, and whether the borders of writes matter. Expected output: that of this machine's C library, see the build. */
const PROGRAMS: [string, boolean][] = [
  ["format", false],
  ["formats", false],
  ["handlers", false],
  ["cxx", false],
  ["uncaught", false],
  ["files", false],
  ["print", false],
  ["streams", true],
  ["redirect", true],
];

/** What printf makes of each of `twice`'s formats, and what newlib makes of it elsewhere. */
function pairs(output: string): { format: string; printed: string; newlib: string }[] {
  return output
    .split("\n=")
    .slice(1)
    .map((part) => {
      const [, printed, newlib, format] = /^(.*)\n:(.*)\n (.*)$/s.exec(part)!;
      return { format, printed, newlib };
    });
}

const expected = (fixture: string) =>
  readFileSync(`${import.meta.dir}/fixtures/${fixture}.expected`, "utf8");

describe("on the simulator's core", () => {
  test.each(PROGRAMS)("%s", (fixture, brackets) => {
    const board = new Board(fixture, brackets);
    const status = board.runMain();
    expect(`${board.output}exit ${status}\n`).toBe(expected(fixture));
  });
});

test("printf has a shorter formatter for some formats, which makes the same of them as newlib's, defined or not", () => {
  const board = new Board("twice");
  board.runMain();
  const made = pairs(board.output);
  expect(made.length).toBe(2500);
  for (const { format, printed, newlib } of made)
    expect([format, printed]).toEqual([format, newlib]);
  expect(new Set(made.map(({ printed }) => printed)).size).toBeGreaterThan(1500);
});

describe.skipIf(!hasQemu)("on QEMU's CPU (skipped without qemu-arm)", () => {
  test.each(PROGRAMS)("%s", (fixture, brackets) => {
    const { output, status } = runInQemu(fixture, brackets);
    expect(`${output}exit ${status}\n`).toBe(expected(fixture));
  });
});
