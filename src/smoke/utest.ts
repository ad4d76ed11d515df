import type { Unit } from "./result.ts";

/**
 * What RT-Thread's utest prints, with or without the prefix of ulog (`[I/utest] `):
 *
 *   [----------] [ testcase ] (name) started
 *   [  ASSERT  ] [ unit     ] at (file.c); func: (test_it:12); msg: (...)
 *   [  PASSED  ] [ result   ] testcase (name)
 *
 * and in newer releases also a line for each unit, `[  PASSED  ] [ unit     ] (test_it)`.
 */
const LINE = /\[ *(PASSED|FAILED|SKIPPED|ASSERT|OK|-{10}|={10}) *\] *\[ *(\w+) *\] *(.*)/;

/** The test cases and units of a log, in order; empty when it is no log of utest. */
export function utestUnits(output: string): Unit[] {
  const units: Unit[] = [];
  let messages: string[] = [];
  let passed = 0;
  for (const line of output.split(/\r?\n/)) {
    const match = LINE.exec(line.replace(/\x1b\[[0-9;]*m/g, ""));
    if (!match) continue;
    const [, word, level, rest] = match;
    if (word === "ASSERT") messages.push(rest);
    else if (word === "OK") passed++;
    else if (word === "PASSED" || word === "FAILED" || word === "SKIPPED") {
      // The last line of all sums up: `[  PASSED  ] [ result   ] 3 tests.`
      if (level === "result" && !/testcase/.test(rest)) continue;
      units.push({
        name: nameIn(rest),
        status: word === "PASSED" ? "passed" : word === "FAILED" ? "failed" : "skipped",
        messages,
      });
      messages = [];
    } else if (level === "testcase" && /started/.test(rest)) messages = [];
  }
  // Assertions, but the case never came to its result.
  if (messages.length > 0)
    units.push({ name: `unfinished (${passed} passed before)`, status: "failed", messages });
  return units;
}

function nameIn(rest: string): string {
  return /\(([^)]*)\)/.exec(rest)?.[1] ?? rest.trim();
}
