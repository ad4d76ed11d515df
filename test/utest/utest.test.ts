/**
 * The suite of C programs against RT-Thread's interface, in the manner of its utest: each prints what failed where, and nothing
 * fails, on no engine, with and without the defects of 4.0.4.
 */
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import type { MachineOptions } from "../../src/machine.ts";
import { useBudget } from "../cpu/budget.ts";
import { programs, run } from "./suite.ts";

setDefaultTimeout(120_000);
// Most are too short for translations to pay.
afterAll(useBudget({ first: 1_000_000, perByte: 0 }));

const KINDS: Readonly<Record<string, Partial<MachineOptions>>> = {
  interpreter: { engine: "interp" },
  translator: { engine: "jit" },
  "both engines": { engine: "auto" },
  "--compat 4.0.4": { engine: "auto", compat404: true },
};

/**
 * newlib moves the environment to the heap when a variable is set: a block of four pointers (PATH, HOME, the new one, NULL) stays. The
 * variable goes with its module; under --compat it stays too: at least 12 bytes, and the header.
 */
const HEADER = 16;
const ENVIRONMENT = HEADER + 4 * 4;
const VARIABLE = HEADER + 12;
const keeps = (program: string, compat404 = false): number =>
  program === "stdio" ? ENVIRONMENT + (compat404 ? VARIABLE : 0) : 0;

/** Assertions of each program. */
const made = new Map<string, number>();

for (const [kind, options] of Object.entries(KINDS)) {
  for (const program of programs) {
    test(`${program}, ${kind}`, () => {
      const { failures, verdict, assertions, code, left, diagnostics } = run(program, options);
      expect(failures).toEqual([]);
      expect({ verdict, code, diagnostics }).toEqual({
        verdict: "PASSED",
        code: 0,
        diagnostics: "",
      });
      expect(assertions).toBeGreaterThan(5);
      made.set(program, assertions);
      expect(left).toBe(keeps(program, options.compat404));
    });
  }
}

for (const engine of ["interp", "jit", "auto"] as const) {
  test(`programs compiled for RT-Thread 5.1 run under --abi 5.x: layouts, numbers and rules, ${engine}`, () => {
    const { failures, verdict, assertions, code, left } = run("../five/five", {
      abi: "5.x",
      engine,
    });
    expect(failures).toEqual([]);
    expect({ verdict, code, left }).toEqual({ verdict: "PASSED", code: 0, left: 0 });
    expect(assertions).toBeGreaterThan(100);
  });
}

for (const engine of ["interp", "auto"] as const) {
  test(`queues of 5.1 by mq_receive and the C++ class, ${engine}`, () => {
    const { failures, verdict, assertions, code } = run("../five/queues", { abi: "5.x", engine });
    expect(failures).toEqual([]);
    expect({ verdict, code }).toEqual({ verdict: "PASSED", code: 0 });
    expect(assertions).toBeGreaterThan(10);
  });
}

// Addresses of the kernel's own objects are the highest there are.
for (const program of ["device", "heap", "time", "timer"])
  test(`${program} with 512 MiB`, () => {
    const { failures, verdict } = run(program, { ram: 512 << 20 });
    expect({ failures, verdict }).toEqual({ failures: [], verdict: "PASSED" });
  });

test("the programs make more than a thousand assertions", () => {
  expect([...made.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(1000);
});

test("a failed assertion is printed with its rule, its place and its values; one without a rule fails; the exit code is 1", () => {
  const { failures, verdict, assertions, code } = run("../failing");
  expect(failures).toEqual([
    "[  ASSERT  ] [ unit     ] values: 1 and 2",
    "[  ASSERT  ] [ unit     ] rule: F1  ISO C 6.5.9: equal operands",
    "[  ASSERT  ] [ unit     ] at (failing.c); func: (test_one:10); msg: ((1) not equal to (2))",
    '[  ASSERT  ] [ unit     ] values: "a" and "b"',
    "[  ASSERT  ] [ unit     ] rule: F2  ISO C strcmp: 0 for equal strings",
    "[  ASSERT  ] [ unit     ] at (failing.c); func: (test_one:12); msg: (string not equal)",
    "[  ASSERT  ] [ unit     ] rule: none is cited",
    "[  ASSERT  ] [ unit     ] at (failing.c); func: (test_without_rule:16); msg: ((1) not equal to (1))",
  ]);
  expect({ verdict, assertions, code }).toEqual({ verdict: "FAILED", assertions: 4, code: 1 });
});
