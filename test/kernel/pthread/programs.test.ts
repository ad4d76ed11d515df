/** Programs that print the same on every POSIX system; `.expected` is what they print on Linux (build.ts). */
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PROGRAMS, run } from "./run.ts";

for (const file of readdirSync(PROGRAMS).sort()) {
  if (!file.endsWith(".expected")) continue;
  const program = file.slice(0, -".expected".length);
  const expected = readFileSync(join(PROGRAMS, file), "latin1");

  test(`${program} prints what it prints on Linux, three times in a row, and leaves no memory in use`, () => {
    const runs = run(program, { times: 3 });
    for (const { output, diagnostics, code, ended } of runs)
      expect({ output, diagnostics, code, ended }).toEqual({
        output: expected,
        diagnostics: "",
        code: 0,
        ended: true,
      });
    expect(runs[2].heap).toBe(runs[1].heap);
  });
}
