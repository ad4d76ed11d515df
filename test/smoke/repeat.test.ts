/** Runs of one test are equal, or that is the failure. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RamDevice } from "../../src/block/mod.ts";
import { FatVolume } from "../../src/fat/mod.ts";
import {
  type Attempts,
  parseScenario,
  type TestHost,
  type TestResult,
  testSteps,
} from "../../src/smoke/mod.ts";

const firmware = new Uint8Array(
  readFileSync(join(import.meta.dir, "../../src/firmware/prebuilt/firmware.elf")),
);

/** A host whose files are other ones each time they are read, which is the only way to make a test flaky. */
function host(text: (reads: number) => string): TestHost {
  let reads = 0;
  return {
    firmware,
    read: () => new TextEncoder().encode(text(reads++)),
    disk() {
      const device = new RamDevice(4 << 20);
      FatVolume.format(device);
      return device;
    },
  };
}

const ATTEMPTS: Attempts = {
  timeout: 10_000,
  wallTimeout: 0,
  update: false,
  explore: 0,
  retry: 0,
  replay: () => "",
};
function run(scenario: string, files: TestHost, attempts: Partial<Attempts> = {}): TestResult {
  const options = { ...ATTEMPTS, ...attempts };
  const { done, value } = testSteps("a", parseScenario("a", scenario), files, options).next();
  // Nothing says that it should give way.
  if (!done) throw new Error("the test gave way");
  return value;
}

const SHOW = 'msh = "cat /a.txt"\n[[files]]\nfrom = "a.txt"\n';

test("repetitions that are equal pass", () => {
  const result = run(
    `repeat = 3\n${SHOW}`,
    host(() => "same"),
  );
  expect(result).toMatchObject({ status: "passed", failures: [] });
  expect(result.output).toContain("same");
});

test("a repetition that differs is a failure", () => {
  const result = run(
    `repeat = 3\n${SHOW}`,
    host((reads) => (reads < 2 ? "one" : "two")),
  );
  expect(result.status).toBe("failed");
  expect(result.failures[0]).toMatchObject({
    kind: "flaky",
    message: expect.stringContaining("repetition 3 of 3 differs in the output"),
  });
});

const WANTED = `${SHOW}[expect]\ncontains = "good"\n`;

test("a failure that is gone when it is tried again is still a failure, and says so", () => {
  const result = run(
    WANTED,
    host((reads) => (reads === 0 ? "bad" : "good")),
    { retry: 2 },
  );
  expect(result.status).toBe("failed");
  expect(result.failures.map(({ kind }) => kind)).toEqual(["flaky", "output"]);
  expect(result.failures[0].message).toStartWith("retry 1 differs in the output");
});

test("a failure that stays is reported once, as without retries", () => {
  const files = () => host(() => "bad");
  expect(run(WANTED, files(), { retry: 3 })).toEqual(run(WANTED, files()));
});
