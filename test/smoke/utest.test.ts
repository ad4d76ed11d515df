/** Logs of RT-Thread's utest as tests of their own. */
import { expect, test } from "bun:test";
import { utestUnits } from "../../src/smoke/utest.ts";

/** The log of a test case whose units are not named, as printed with ulog and its colours. */
const ULOG = `\x1b[32m[1234] I/utest: [==========] [ utest    ] loop 1/1\x1b[0m
[I/utest] [==========] [ utest    ] started
[I/utest] [----------] [ testcase ] (components.filesystem.posix) started
[D/utest] [    OK    ] [ unit     ] (test_open:21) is passed
[I/utest] [  PASSED  ] [ result   ] testcase (components.filesystem.posix)
[I/utest] [----------] [ testcase ] (components.filesystem.posix) finished
[I/utest] [----------] [ testcase ] (src.ipc.sem) started
[E/utest] [  ASSERT  ] [ unit     ] at (sem_tc.c); func: (test_take:77); msg: (ret is not RT_EOK)
[E/utest] [  FAILED  ] [ result   ] testcase (src.ipc.sem)
[I/utest] [----------] [ testcase ] (src.ipc.sem) finished
[I/utest] [==========] [ utest    ] 2 tests from 2 testcase ran.
[I/utest] [  PASSED  ] [ result   ] 1 tests.
[E/utest] [  FAILED  ] [ result   ] 1 tests, listed below:
`;

test("test cases whose units have no names", () => {
  expect(utestUnits(ULOG.replaceAll("\n", "\r\n"))).toEqual([
    { name: "components.filesystem.posix", status: "passed", messages: [] },
    {
      name: "src.ipc.sem",
      status: "failed",
      messages: ["at (sem_tc.c); func: (test_take:77); msg: (ret is not RT_EOK)"],
    },
  ]);
});

const UNITS = `[----------] [ testcase ] (a.b) started
[==========] utest unit name: (one)
[==========] utest unit name: (two)
[  ASSERT  ] [ unit     ] at (x.c); func: (two:3); msg: (no)
[==========] utest unit name: (three)
`;

test("units with names", () => {
  const log = `${UNITS}[  FAILED  ] [ result   ] testcase (a.b)\n`;
  expect(utestUnits(log).map(({ name, status }) => `${status} ${name}`)).toEqual([
    "passed a.b: one",
    "failed a.b: two",
    "passed a.b: three",
  ]);
});

test("a unit that never ended has failed", () => {
  const units = utestUnits(UNITS);
  expect(units.at(-1)).toEqual({
    name: "a.b: three",
    status: "failed",
    messages: ["it did not end"],
  });
});

test("a case that failed although no unit did is not lost", () => {
  const log = `[----------] [ testcase ] (a) started
[==========] utest unit name: (one)
[  FAILED  ] [ result   ] testcase (a)
`;
  expect(utestUnits(log).map(({ name, status }) => `${status} ${name}`)).toEqual([
    "passed a: one",
    "failed a",
  ]);
});

test("a case that began and never came to its result has failed", () => {
  const begun = "[----------] [ testcase ] (a.b) started\n";
  const messages = ["the case never came to its result"];
  const failed = { name: "a.b", status: "failed" as const, messages };
  expect(utestUnits(`${begun}some output\n`)).toEqual([failed]);
  // Also when another one came after it.
  const other = begun.replace("a.b", "c") + "[  PASSED  ] [ result   ] testcase (c)\n";
  expect(utestUnits(begun + other)).toEqual([
    failed,
    { name: "c", status: "passed", messages: [] },
  ]);
});

test("other output is no log", () => {
  expect(utestUnits("Hello [  PASSED  ] world\n[ FAILED ]\n")).toEqual([]);
});
