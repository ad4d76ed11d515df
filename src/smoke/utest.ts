import type { Unit } from "./result.ts";

/**
 * What RT-Thread's utest prints, with or without the prefix of ulog (`[I/utest] `):
 *
 *   [----------] [ testcase ] (name) started
 *   [==========] utest unit name: (test_it)
 *   [  ASSERT  ] [ unit     ] at (file.c); func: (test_it:12); msg: (...)
 *   [  PASSED  ] [ result   ] testcase (name)
 *
 * A test case consists of its units; one that names none is a unit itself.
 */
const STARTED = /\[-{10}\] *\[ *testcase *\] *\(([^()]*)\) *started/;
const UNIT = /\[={10}\] *utest unit name: *\(([^()]*)\)/;
const ASSERT = /\[ *ASSERT *\] *\[ *unit *\] *(.*)/;
const RESULT =
  /\[ *(PASSED|FAILED|SKIPPED) *\] *\[ *(unit|result) *\] *(?:testcase *)?\(([^()]*)\)/;

/** Characters of a line that are looked at, its last ones: a program may have printed something before, without an end of line. */
const LINE_MAX = 16384;

/** The units of a log, in order; empty when it is no log of utest. */
export function utestUnits(output: string): Unit[] {
  const log = new Log();
  for (const line of output.split(/\r?\n/))
    log.line(line.slice(-LINE_MAX).replace(/\x1b\[[0-9;]*m/g, ""));
  return log.end();
}

class Log {
  private readonly units: Unit[] = [];
  private testcase = "";
  /** It began and has not come to its result. */
  private open = false;
  private unit: string | undefined;
  private messages: string[] = [];
  /** Units of the test case so far, and those that failed. */
  private count = 0;
  private failed = 0;

  line(text: string): void {
    let match = STARTED.exec(text);
    if (match) {
      this.endCase();
      this.testcase = match[1];
      this.open = true;
      this.unit = undefined;
      this.messages = [];
      this.count = this.failed = 0;
    } else if ((match = UNIT.exec(text))) {
      this.endUnit();
      this.unit = match[1];
    } else if ((match = ASSERT.exec(text))) this.messages.push(match[1]);
    else if ((match = RESULT.exec(text))) this.result(match[1], match[2], match[3]);
  }

  end(): Unit[] {
    this.endCase();
    return this.units;
  }

  /** What never came to its result has failed. */
  private endCase(): void {
    const { unit, messages, testcase, open } = this;
    if (unit !== undefined || messages.length > 0) {
      const name = this.name(unit ?? "unfinished");
      this.units.push({ name, status: "failed", messages: [...messages, "it did not end"] });
    } else if (open) {
      const why = "the case never came to its result";
      this.units.push({ name: testcase, status: "failed", messages: [why] });
    }
    this.unit = undefined;
    this.messages = [];
    this.open = false;
  }

  private result(word: string, level: string, name: string): void {
    const status = word === "PASSED" ? "passed" : word === "FAILED" ? "failed" : "skipped";
    if (level === "unit") {
      this.unit = undefined;
      this.add(name, status);
      return;
    }
    this.endUnit();
    this.open = false;
    if (this.count === 0 || (status === "failed" && this.failed === 0))
      this.units.push({ name, status, messages: this.messages });
    this.messages = [];
    this.testcase = "";
  }

  private endUnit(): void {
    if (this.unit !== undefined)
      this.add(this.unit, this.messages.length > 0 ? "failed" : "passed");
    this.unit = undefined;
  }

  private add(name: string, status: Unit["status"]): void {
    this.units.push({ name: this.name(name), status, messages: this.messages });
    this.messages = [];
    this.count++;
    if (status === "failed") this.failed++;
  }

  private name(unit: string): string {
    return this.testcase === "" ? unit : `${this.testcase}: ${unit}`;
  }
}
