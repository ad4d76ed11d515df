import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { Board } from "./board.ts";
import { hasQemu, runInQemu } from "./qemu.ts";

setDefaultTimeout(120_000);

/** Fixtures, and whether the borders of writes matter. Expected output: that of this machine's C library, see the build. */
const PROGRAMS: [string, boolean][] = [
  ["format", false],
  ["handlers", false],
  ["cxx", false],
  ["uncaught", false],
  ["files", false],
  ["print", false],
  ["streams", true],
  ["redirect", true],
];

const expected = (fixture: string) =>
  readFileSync(`${import.meta.dir}/fixtures/${fixture}.expected`, "utf8");

describe("on the simulator's core", () => {
  test.each(PROGRAMS)("%s", (fixture, brackets) => {
    const board = new Board(fixture, brackets);
    const status = board.runMain();
    expect(`${board.output}exit ${status}\n`).toBe(expected(fixture));
  });
});

describe.skipIf(!hasQemu)("on QEMU's CPU (skipped without qemu-arm)", () => {
  test.each(PROGRAMS)("%s", (fixture, brackets) => {
    const { output, status } = runInQemu(fixture, brackets);
    expect(`${output}exit ${status}\n`).toBe(expected(fixture));
  });
});
