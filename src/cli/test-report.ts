import { closeSync, constants, fstatSync, openSync, statSync } from "node:fs";
import type { SuiteResult, TestResult } from "../smoke/mod.ts";
import {
  ANSI,
  type Colours,
  githubReport,
  jsonReport,
  junitReport,
  PLAIN,
  summary,
  tapReport,
  testText,
  textReport,
} from "../smoke/mod.ts";
import { ExitCode, UserError } from "./exit-codes.ts";
import { OutputClosed, writeAll } from "./output.ts";
import { fileIdentity } from "./same-file.ts";
import { cannotWrite } from "./write-error.ts";

const REPORTERS: Readonly<Record<string, (suite: SuiteResult) => string>> = {
  text: (suite) => textReport(suite),
  junit: junitReport,
  tap: tapReport,
  json: jsonReport,
  github: githubReport,
};

/** Those that may be on stdout beside each other: the runner of GitHub picks its commands out of other text. */
const SOCIABLE = new Set(["text", "github"]);

interface Reporter {
  readonly name: string;
  /** Undefined: stdout. */
  readonly file: string | undefined;
}

/** Every --reporter of the command line. Text on stdout is written test by test, with a line of progress on a terminal. */
export class Reports {
  private readonly reporters: readonly Reporter[];
  private readonly opened = new Map<string, number>();
  private readonly live: boolean;
  private readonly terminal: boolean;
  private readonly colours: Colours;
  /** Why nothing more goes to stdout. The tests go on: their verdict and the other reports are wanted all the same. */
  private lost: unknown;

  constructor(given: readonly string[], json: boolean) {
    const names = given.length > 0 ? [...given] : json ? [] : ["text"];
    if (json) names.push("json");
    this.reporters = names.map(parse).map(onStdout);
    refuseTwice(this.reporters);
    const stdout = this.reporters.filter(({ file }) => file === undefined);
    const alone = stdout.find(
      ({ name }, n) =>
        !SOCIABLE.has(name) || stdout.slice(0, n).some((other) => other.name === name),
    );
    if (alone && stdout.length > 1)
      throw new UserError(
        ExitCode.Usage,
        `${stdout.map(({ name }) => name).join(" and ")} cannot both go to stdout`,
        `give one a file: --reporter ${alone.name}:FILE`,
      );
    this.live = stdout.some(({ name }) => name === "text");
    this.terminal = this.live && process.stdout.isTTY === true;
    this.colours = this.terminal && !process.env.NO_COLOR ? ANSI : PLAIN;
  }

  /** A test is over; to be called in the order of the tests. */
  test(result: TestResult, number: number, of: number): void {
    if (!this.live || result.notRun) return;
    this.clear();
    this.print(testText(result, this.colours));
    if (this.terminal && number < of) this.print(`${number} of ${of}`);
  }

  private clear(): void {
    if (this.terminal) this.print("\r\x1b[K");
  }

  private print(text: string): void {
    if (this.lost !== undefined) return;
    try {
      writeAll(1, new TextEncoder().encode(text), "the report to stdout");
    } catch (error) {
      this.lost = error;
    }
  }

  /**
   * Opens the files before anything runs: one that cannot be written is known at once, and what an earlier run left is gone. `read` are
   * those that the tests need, which must not be destroyed.
   */
  open(read: ReadonlySet<string>): void {
    const files = this.reporters.flatMap(({ file }) => file ?? []);
    if (files.length === 0) return;
    const needed = new Set([...read].map(fileIdentity));
    for (const file of files)
      if (needed.has(fileIdentity(file)))
        throw new UserError(
          ExitCode.Usage,
          `--reporter: ${file} is read by this run, writing to it would destroy it`,
          "give another file",
        );
    for (const file of files)
      this.opened.set(
        file,
        saving(file, () => openForReport(file)),
      );
  }

  /** Writes all of them; one that cannot be written keeps none of the others from it. A reader of stdout that has gone is no failure. */
  end(suite: SuiteResult): void {
    const failures: unknown[] = [];
    this.clear();
    for (const { name, file } of this.reporters) {
      try {
        if (file === undefined && name === "text") this.print(summary(suite, this.colours));
        else if (file === undefined) this.print(REPORTERS[name](suite));
        else this.save(file, REPORTERS[name](suite));
      } catch (error) {
        failures.push(error);
      }
    }
    if (this.lost !== undefined && !(this.lost instanceof OutputClosed)) failures.push(this.lost);
    if (failures.length > 0) throw failures[0];
  }

  private save(file: string, text: string): void {
    const fd = this.opened.get(file)!;
    saving(file, () => {
      try {
        writeAll(fd, new TextEncoder().encode(text));
      } finally {
        closeSync(fd);
      }
    });
  }
}

/** Two reports in one file would leave the last. */
function refuseTwice(reporters: readonly Reporter[]): void {
  const names = new Map<string, string>();
  for (const { name, file } of reporters) {
    if (file === undefined) continue;
    const place = fileIdentity(file);
    const other = names.get(place);
    if (other !== undefined)
      throw new UserError(
        ExitCode.Usage,
        `--reporter ${name}:${file}: the report ${other} goes to that file`,
        "give each a file of its own",
      );
    names.set(place, `${name}`);
  }
}

/** A file that is our stdout by another name, as /dev/stdout or where the shell sent it. What takes anything is none. */
function onStdout(reporter: Reporter): Reporter {
  const { name, file } = reporter;
  if (file === undefined || fileIdentity(file) === fileIdentity("/dev/null")) return reporter;
  try {
    const { dev, ino } = fstatSync(1, { bigint: true });
    return fileIdentity(file) === `${dev}:${ino}` ? { name, file: undefined } : reporter;
  } catch {
    // It is closed.
    return reporter;
  }
}

function parse(text: string): Reporter {
  const colon = text.indexOf(":");
  const name = colon < 0 ? text : text.slice(0, colon);
  const file = colon < 0 ? undefined : text.slice(colon + 1);
  if (!Object.hasOwn(REPORTERS, name) || file === "")
    throw new UserError(
      ExitCode.Usage,
      file === "" ? `--reporter ${text}: no file` : `--reporter: '${name}' is not known`,
      `choose one of: ${Object.keys(REPORTERS).join(", ")}; to a file: junit:report.xml`,
    );
  return { name, file };
}

/** A pipe that nobody reads would be waited for without end. */
function openForReport(file: string): number {
  const pipe = statSync(file, { throwIfNoEntry: false })?.isFIFO();
  return openSync(file, pipe ? constants.O_WRONLY | constants.O_NONBLOCK : "w");
}

function saving<T>(file: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof OutputClosed)
      throw new UserError(
        ExitCode.NoOutput,
        `cannot write the report ${file}: its reader has gone`,
      );
    if (error instanceof UserError)
      throw new UserError(ExitCode.NoOutput, `the report ${file}: ${error.message}`);
    throw cannotWrite(`the report ${file}`, error);
  }
}
