import { closeSync, fstatSync, openSync } from "node:fs";
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
import { fillPipes, isPipe, type Patience, PipeReport } from "./report-pipe.ts";
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

const PATIENCE: Patience = { come: 2000, take: 15_000 };

interface Reporter {
  readonly name: string;
  /** Undefined: stdout. */
  readonly file: string | undefined;
}

/** Every --reporter of the command line. Text on stdout is written test by test, with a line of progress on a terminal. */
export class Reports implements Disposable {
  private readonly reporters: readonly Reporter[];
  private readonly opened = new Map<string, number>();
  private readonly pipes = new Map<string, PipeReport>();
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

  /** One of them is on stdout, where somebody reads it. */
  get isRead(): boolean {
    return this.reporters.some(({ file }) => file === undefined);
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
   * those that the tests need, which must not be destroyed. A pipe may get its reader until its report is written.
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
    const failures: unknown[] = [];
    for (const file of files)
      try {
        saving(file, () => {
          if (isPipe(file)) this.pipes.set(file, new PipeReport(file));
          else this.opened.set(file, openSync(file, "w"));
        });
      } catch (error) {
        failures.push(error);
      }
    if (failures.length > 0) throw failures[0];
  }

  /**
   * Writes all of them: files first, then stdout, then pipes, so that a reader that is slow or has gone keeps none of the others from its
   * report. A reader of stdout that has gone is no failure. What could not be written, and why.
   */
  end(suite: SuiteResult): readonly UserError[] {
    const failures: UserError[] = [];
    const each = (wanted: (reporter: Reporter) => boolean, write: (r: Reporter) => void): void => {
      for (const reporter of this.reporters.filter(wanted))
        try {
          write(reporter);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          failures.push(error);
        }
    };
    const text = ({ name }: Reporter): string => REPORTERS[name](suite);
    const { opened, pipes } = this;
    each(
      ({ file }) => opened.has(file!),
      (reporter) => this.save(reporter.file!, text(reporter)),
    );
    this.clear();
    each(
      ({ file }) => file === undefined,
      (reporter) =>
        this.print(reporter.name === "text" ? summary(suite, this.colours) : text(reporter)),
    );
    if (this.lost instanceof UserError) failures.push(this.lost);
    each(
      ({ file }) => pipes.has(file!),
      (reporter) => pipes.get(reporter.file!)!.begin(new TextEncoder().encode(text(reporter))),
    );
    fillPipes(pipes.values(), PATIENCE, ({ file }, how) => {
      if (how !== "all") failures.push(unsent(file, how));
    });
    return failures;
  }

  /** Closes what is open, written or not. */
  [Symbol.dispose](): void {
    for (const fd of this.opened.values()) closeSync(fd);
    for (const pipe of this.pipes.values()) pipe.close();
    this.opened.clear();
    this.pipes.clear();
  }

  private save(file: string, text: string): void {
    const what = `the report ${file}`;
    saving(file, () => writeAll(this.opened.get(file)!, new TextEncoder().encode(text), what));
  }
}

/** Why a report is not all in its pipe. */
const READERS = {
  nobody: "nobody reads that pipe",
  gone: "its reader has gone",
  stuck: `its reader has taken nothing for ${PATIENCE.take / 1000} s`,
} as const;

function unsent(file: string, how: keyof typeof READERS | Error): UserError {
  const what = `the report ${file}`;
  if (how instanceof Error) return cannotWrite(what, how);
  return new UserError(ExitCode.NoOutput, `cannot write ${what}: ${READERS[how]}`);
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
  const given = colon < 0 ? undefined : text.slice(colon + 1);
  const file = given === "-" ? undefined : given;
  if (!Object.hasOwn(REPORTERS, name) || file === "")
    throw new UserError(
      ExitCode.Usage,
      file === "" ? `--reporter ${text}: no file` : `--reporter: '${name}' is not known`,
      `choose one of: ${Object.keys(REPORTERS).join(", ")}; to a file: junit:report.xml`,
    );
  return { name, file };
}

function saving<T>(file: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw unsent(file, error instanceof OutputClosed ? "gone" : (error as Error));
  }
}
