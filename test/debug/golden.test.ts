/** What is reported of each kind of mistake, as text and as data; UPDATE_GOLDEN=1 writes what is to be read and checked in. */
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { reportObject } from "../../src/debug/mod.ts";
import { type Crash, crash, KINDS, moduleOf } from "./faulty.ts";

const golden = join(import.meta.dir, "golden");

/** What is no fault: the whole system stands still, or does not end. */
const STANDSTILLS: Record<string, { verdict: string; kind: string; stack: string[] }> = {
  deadlock: { verdict: "deadlock", kind: "deadlock", stack: ["rt_mutex_take", "embrace", "main"] },
  "soft-wait": {
    verdict: "deadlock",
    kind: "deadlock",
    stack: ["rt_sem_take", "expired", "_rtt_call_return"],
  },
  "timer-spin": {
    verdict: "timeout",
    kind: "time-out",
    stack: ["expired", "_rtt_call_return"],
  },
  "time-out": { verdict: "timeout", kind: "time-out", stack: ["spin", "main"] },
};

/** What only the end of the module finds, where no code of it is left to report on. */
const LATE = new Set(["heap-end"]);

/** Without what depends on where things lie: addresses, and the registers that hold them. */
function steady(text: string): string {
  return (
    text
      .split("\n")
      .filter((line) => !/^ {2}(r\d+|ip|d\d+|cpsr) /.test(line))
      .join("\n")
      .replace(/\b0x6[0-9a-f]{7}\b/g, "0x6.......")
      .replace(/\b6[0-9a-f]{7}:/g, "6.......:")
      .replace(/\bmem: 0x[0-9a-f]{8}/g, "mem: 0x6.......")
      // The number of a function of the kernel changes with the table of exported functions.
      .replace(/movw ip, #\d+/g, "movw ip, #...")
      .replace(
        /\b(qsort|abort|_exit|raise|_kill|_raise_r|_kill_r|__assert_func)\+0x[0-9a-f]+/g,
        "$1+...",
      )
      .replace(/tick \d+/g, "tick N")
  );
}

/** A report's data without its text, which is in a file of its own, and without the values of registers. */
function data(report: Record<string, unknown>): unknown {
  const { text: _text, ...rest } = report;
  const hide = (key: string, value: unknown): unknown =>
    key === "registers" || key === "float"
      ? Object.keys(value as object).join(" ")
      : key === "cpsr" || key === "sinceNanoseconds"
        ? typeof value
        : value;
  return JSON.parse(steady(JSON.stringify(rest, hide, 1)));
}

function compare(name: string, text: string): void {
  const file = join(golden, name);
  if (process.env.UPDATE_GOLDEN) writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, "utf8"));
}

function check(kind: string, target: string, { reports, said, standstill }: Crash): void {
  const objects = [
    ...reports.map((report) => JSON.parse(JSON.stringify(reportObject(report)))),
    ...(standstill ? [JSON.parse(JSON.stringify(standstill))] : []),
  ];
  expect(objects.length > 0).toBe(!LATE.has(kind));
  const texts = [...said, ...objects.map(({ text }) => text)];
  compare(`${kind}-${target}.txt`, `${texts.map((text) => steady(text)).join("\n\n")}\n`);
  const file = join(golden, `${kind}-${target}.json`);
  const facts = objects.map(data);
  if (process.env.UPDATE_GOLDEN) writeFileSync(file, JSON.stringify(facts, null, 2));
  expect(facts).toEqual(JSON.parse(readFileSync(file, "utf8")));
}

describe("golden reports", () => {
  for (const kind of KINDS) {
    for (const target of ["a9", "thumb"] as const) {
      test(`${kind}, ${target}`, () => {
        const made = crash(moduleOf(kind, target));
        check(kind, target, made);
        const still = STANDSTILLS[kind];
        expect(made.verdict === "done" || made.verdict === "halted").toBe(still === undefined);
        if (!still) return;
        expect(made.verdict as string).toBe(still.verdict);
        const threads = made.standstill!.threads as { backtrace: { function: string }[] }[];
        expect(made.standstill!.kind).toBe(still.kind);
        expect(
          threads.map(({ backtrace }) => backtrace.map((frame) => frame.function)),
        ).toContainEqual(still.stack);
      });
    }
  }

  for (const target of ["a9", "thumb"] as const)
    test(`wall-time-out, ${target}`, () => {
      const made = crash(moduleOf("time-out", target), {
        timeout: 0,
        wallTimeout: 1e-6,
        before: 20,
      });
      expect(made.verdict).toBe("wall-timeout");
      check("wall-time-out", target, made);
    });

  test("every golden file has its module", () => {
    const kinds = new Set([...KINDS, "wall-time-out"]);
    const strangers = readdirSync(golden).filter(
      (name) => !kinds.has(name.replace(/-(a9|thumb)\.(txt|json)$/, "")),
    );
    expect(strangers).toEqual([]);
  });
});
