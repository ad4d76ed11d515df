/** Coverage of modules with very many functions: each in a section, and so in a sequence of lines, of its own. */
import { expect, setDefaultTimeout, test } from "bun:test";
import type { DebugInfo } from "../../src/dwarf/mod.ts";
import { Coverage } from "../../src/trace/mod.ts";

setDefaultTimeout(120_000);

const SIZE = 64;

/** What DWARF says of so many functions of one line, and what was executed of them. */
function program(functions: number): [DebugInfo, Parameters<Coverage["addModule"]>[1]] {
  const starts = Array.from({ length: functions }, (_, n) => 0x100 + 2 * SIZE * n);
  const info = {
    *rows() {
      for (const start of starts)
        yield { start, end: start + SIZE, file: "a.c", line: start, statement: true };
    },
    allFunctions: starts.map((start) => ({
      name: `f${start}`,
      ranges: [{ start, end: start + SIZE }],
      inlined: false,
      line: start,
      depth: 1,
    })),
    line: (at: number) => ({ file: "a.c", line: at }),
  };
  const count = { executed: 3, passed: 3, branches: 3, taken: 1 };
  const counts = new Map(starts.map((start) => [start + 4, count]));
  return [info as unknown as DebugInfo, counts];
}

function seconds(functions: number): number {
  let best = Infinity;
  for (let n = 0; n < 3; n++) {
    const [info, counts] = program(functions);
    const coverage = new Coverage();
    const start = performance.now();
    coverage.addModule(info, counts, (ranges) => ranges.map((range) => range.start + 4));
    best = Math.min(best, performance.now() - start);
    expect(coverage.summary).toEqual({ lines: functions, covered: functions });
  }
  return best / 1000;
}

test("eight times the functions cost about eight times as much, not sixty-four times", () => {
  seconds(1000);
  expect(seconds(32_000) / seconds(4000)).toBeLessThan(28);
});

test("what DWARF says of the size of code costs nothing", () => {
  const row = { start: 0, end: 0xfffffffe, file: "a.c", line: 1, statement: true };
  const info = {
    rows: () => Array.from({ length: 1000 }, () => row),
    allFunctions: [
      { name: "f", ranges: [row], inlined: true, line: 1, depth: 1 },
      { name: "g", ranges: [row], inlined: false, line: 1, depth: 1 },
    ],
    line: () => row,
  };
  const coverage = new Coverage();
  const start = performance.now();
  coverage.addModule(info as unknown as DebugInfo, undefined);
  expect(performance.now() - start).toBeLessThan(1000);
  expect(coverage.text()).toContain("DA:1,0\n");
});
