import { expect, test } from "bun:test";
import { fixture } from "../dlmodule/board.ts";
import { WholeBoard } from "../dlmodule/whole-board.ts";

const SYSTEM = "test/fixtures/probes/system";

function reportOf(path: string, line: string): { output: string; said: string; code: number } {
  const board = new WholeBoard({ "/p.mo": fixture(path) });
  const output = board.run("/p.mo", line);
  return { output, said: board.diagnostics.join("\n"), code: board.machine.outcome.code };
}

test("assert() of the C library: its text on the console, a report with the place in the module", () => {
  const { output, said, code } = reportOf(`${SYSTEM}/m_cassert.mo`, "p");
  expect(output).toMatch(/assertion ".*" failed: file/);
  expect(said).toMatch(/^abort\(\) in thread \w+, module p \(\/p\.mo\)\n[^]*backtrace:[^]* p\+0x/);
  expect(code).toBe(134);
});

test("RT_ASSERT in a module: a report with the expression", () => {
  const { said, code } = reportOf("test/fixtures/transcripts/t_assert.mo", "p");
  expect(said).toMatch(
    /^failed assertion in thread p, module p \(\/p\.mo\)\n  .*  in \w+, line \d+\n[^]*backtrace:/,
  );
  expect(code).toBe(134);
});
