import { codeOf, Driver, Machine, type MachineMount, type Verdict } from "../machine/mod.ts";
import { LineFeeder } from "../serial/mod.ts";
import { VfsError } from "../vfs/mod.ts";
import { ArgumentError, commandLine, programName } from "./command-line.ts";
import { boardOf, type TestHost, type TestOptions } from "./host.ts";
import { judgeBudget, judgeText } from "./judge.ts";
import { judgeFile } from "./judge-file.ts";
import { fatName, modulePath, nameOf, pathText } from "./guest-path.ts";
import { Observer } from "./observer.ts";
import { fileFix } from "./reader.ts";
import type { Failure, TestResult } from "./result.ts";
import type { Scenario, Step, TextRules } from "./scenario.ts";
import { scheduleOf } from "./schedule.ts";
import { onPlace, TestError } from "./test-error.ts";
import type { Position } from "./toml.ts";
import { utestUnits } from "./utest.ts";

const DEFAULT_SEED = 1;

/** Time-out, not loadable, abort, fault, deadlock: what no test expects that does not say so. */
const CRASHES = new Set([124, 126, 134, 139, 140]);

/** Runs a scenario once on a fresh machine, under the board's schedule (seed undefined) or another; yields where `options.pause` says. */
export function* runOnce(
  id: string,
  scenario: Scenario,
  host: TestHost,
  options: TestOptions,
  seed: number | undefined,
): Generator<void, TestResult> {
  let run: Run | undefined;
  try {
    run = new Run(scenario, host, options, seed);
    yield* run.all();
    return run.result(id);
  } catch (error) {
    if (!(error instanceof TestError)) throw error;
    const { kind, message, fix, at } = error;
    const failure: Failure = {
      kind,
      message: at ? `${id}:${at.line}:${at.column}: ${message}` : message,
      details: at && fix ? `fix: ${fix}` : fix,
      line: at?.line,
    };
    return { ...base(id, scenario), status: "failed", failures: [failure] };
  } finally {
    run?.close();
    host.between?.();
  }
}

export function base(id: string, scenario: Scenario | undefined): TestResult {
  return {
    id,
    name: scenario?.name ?? id,
    status: "passed",
    tags: scenario?.tags ?? [],
    failures: [],
    units: [],
    output: "",
    messages: "",
  };
}

class Run {
  private readonly observer = new Observer();
  private readonly failures: Failure[] = [];
  private readonly recorded: { path: string; text: string }[] = [];
  private readonly machine: Machine;
  private readonly driver: Driver;
  private readonly mounts: readonly MachineMount[];
  /** Which module lies at a path. */
  private readonly placed = new Map<string, string>();
  private stdin: Uint8Array | undefined;
  private verdict: Verdict = "done";

  constructor(
    private readonly scenario: Scenario,
    private readonly host: TestHost,
    private readonly options: TestOptions,
    private readonly seed: number | undefined,
  ) {
    const schedule = seed === undefined ? undefined : scheduleOf(seed);
    const texts = options.board?.mounts ?? [];
    this.mounts = texts.length > 0 ? (host.mounts?.(texts) ?? []) : [];
    this.machine = new Machine({
      firmware: host.firmware,
      prepared: host.prepared,
      disk: onPlace(scenario.diskAt, fileFix("disk"), () => host.disk(scenario.disk)),
      engine: schedule === undefined ? options.engine : "interp",
      instrument: options.instrument,
      shared: true,
      seed: scenario.seed ?? seed ?? DEFAULT_SEED,
      schedule,
      ...boardOf(scenario, options.board),
      mounts: this.mounts,
      ...this.observer.options,
    });
    this.observer.attach(this.machine);
    this.driver = new Driver(this.machine, {
      input: { next: () => this.input() },
      look: host.look,
      check: host.check,
      busy: host.busy,
      pause: options.pause,
      timeout: scenario.timeout ?? options.timeout,
      wallTimeout: scenario.wallTimeout ?? options.wallTimeout,
    });
  }

  *all(): Generator<void, void> {
    const { machine, scenario } = this;
    machine.boot(scenario.console ? "shell" : "lines");
    this.verdict = yield* this.driver.settling();
    this.place();
    this.observer.begin();
    for (const [n, step] of scenario.steps.entries()) {
      if (this.verdict !== "done") {
        const left = scenario.steps.length - n;
        this.failures.push({
          kind: "exit",
          message: `${left} more ${left === 1 ? "step" : "steps"} could not be done: the system had come to a standstill (${this.verdict})`,
          line: step.at.line,
        });
        break;
      }
      yield* scenario.console ? this.type(step) : this.take(step);
    }
  }

  result(id: string): TestResult {
    const { scenario, observer, failures } = this;
    this.expectFiles();
    const figures = observer.figures(this.verdict);
    const output = observer.since();
    const units = utestUnits(output);
    failures.push(
      ...judgeText("output", "the output", output, scenario.output, this.host.matches),
      ...this.transcript(scenario.output, output),
      ...judgeText(
        "message",
        "what the simulator says",
        observer.messages,
        scenario.messages,
        this.host.matches,
      ),
      ...judgeBudget(scenario.budget, figures, this.seed === undefined),
    );
    for (const { name, messages } of units.filter(({ status }) => status === "failed"))
      failures.push({ kind: "unit", message: `${name} failed`, details: messages.join("\n") });
    return {
      ...base(id, scenario),
      status: failures.length > 0 ? "failed" : "passed",
      failures,
      units,
      output,
      messages: observer.messages,
      figures,
      seed: this.seed,
      recorded: this.recorded.length > 0 ? this.recorded : undefined,
    };
  }

  close(): void {
    this.machine.close();
    for (const { disk } of this.mounts) disk?.close();
  }

  /** The files of the scenario and the modules of its steps; of several with one name the first. */
  private place(): void {
    const { host, placed } = this;
    for (const { at, path, content } of this.scenario.files)
      onPlace(at, fileFix("from"), () =>
        this.write(
          path,
          "text" in content ? new TextEncoder().encode(content.text) : host.read(content.from),
        ),
      );
    for (const { action } of this.scenario.steps) {
      if (action.kind !== "run") continue;
      const { at } = action;
      const path = modulePath(action.module);
      onPlace(at, fileFix("run"), () => checkName(action.module));
      if (!placed.has(fatName(path))) this.placeModule(at, action.module);
      // The others may not be missing either.
      else onPlace(at, fileFix("run"), () => host.read(action.module));
    }
    // Found missing now, however the program ends.
    for (const { same, sameAt } of this.scenario.expectedFiles)
      if (same !== undefined) onPlace(sameAt, fileFix("same"), () => host.read(same));
  }

  private placeModule(at: Position, module: string): void {
    const path = modulePath(module);
    onPlace(at, fileFix("run"), () => this.write(path, this.host.read(module)));
    this.placed.set(fatName(path), module);
  }

  private write(path: string, bytes: Uint8Array): void {
    const { vfs } = this.machine;
    try {
      const folders = path.split("/").slice(1, -1);
      for (let n = 1; n <= folders.length; n++)
        makeFolder(vfs, `/${folders.slice(0, n).join("/")}`);
      vfs.writeFile(path, bytes);
    } catch (error) {
      if (!(error instanceof VfsError)) throw error;
      throw new TestError("disk", `cannot place ${pathText(path)} on the disk: ${error.message}`);
    }
  }

  /** Like a line of -c, or like `rtt-sim run`. */
  private *take(step: Step): Generator<void, void> {
    const { machine, driver } = this;
    const { action } = step;
    const mark = this.observer.mark;
    this.stdin = step.stdin === "" ? undefined : new TextEncoder().encode(step.stdin);
    machine.kernel.console.ended = false;
    if (action.kind === "msh") machine.execute(action.line);
    else {
      const path = modulePath(action.module);
      if (this.placed.get(fatName(path)) !== action.module)
        this.placeModule(action.at, action.module);
      machine.runModule(path, commandLine(nameOf(action.module), action.args));
    }
    this.verdict = yield* driver.running(() => machine.quiet);
    if (this.verdict === "done") yield* driver.settling();
    this.judgeStep(step, mark);
  }

  private *type(step: Step): Generator<void, void> {
    const { machine, driver } = this;
    const mark = this.observer.mark;
    const line = step.action.kind === "msh" ? step.action.line : "";
    const feeder = new LineFeeder(machine.kernel.console);
    feeder.push(new TextEncoder().encode(`${line}\n`));
    feeder.step(machine.kernel.tick);
    this.verdict = yield* driver.settling();
    if (this.verdict === "done") this.verdict = yield* driver.running(() => machine.quiet);
    if (this.verdict === "done") this.verdict = yield* driver.settling();
    this.judgeStep(step, mark);
  }

  private judgeStep(step: Step, mark: number): void {
    const { failures, observer } = this;
    // A module has no lines.
    const line = step.at.line || undefined;
    const at = (failure: Failure): Failure => ({ ...failure, line: failure.line ?? line });
    const what = step.action.kind === "run" ? step.action.module : step.action.line;
    failures.push(...this.judgeExit(step, what).map(at));
    const text = observer.since(mark);
    failures.push(
      ...judgeText("output", `the output of '${what}'`, text, step.output, this.host.matches).map(
        at,
      ),
      ...this.transcript(step.output, text).map(at),
    );
  }

  private judgeExit(step: Step, what: string): Failure[] {
    const { machine, verdict } = this;
    const code =
      verdict === "deadlock"
        ? 140
        : verdict === "timeout" || verdict === "wall-timeout"
          ? 124
          : verdict === "halted"
            ? codeOf(verdict, machine)
            : machine.outcome.code;
    const fine = step.exit === undefined ? !CRASHES.has(code) : step.exit === code;
    if (fine || step.exit === "any") return [];
    if (code === 140)
      return [
        {
          kind: "deadlock",
          message: `'${what}' never ends: nothing can ever run again`,
          details: this.withTraces(machine.reports.waiting()),
        },
      ];
    if (code === 124)
      return [
        {
          kind: "timeout",
          message: `'${what}' did not end in time`,
          details: this.withTraces(machine.reports.running()),
        },
      ];
    const { kind } = machine.outcome;
    const how = kind === "returned" || kind === "exit" || kind === "command" ? "" : ` (${kind})`;
    return [
      {
        kind: "exit",
        message: `'${what}' ended with exit code ${code}${how}${step.exit === undefined ? "" : `, not ${step.exit}`}`,
      },
    ];
  }

  /** A report with where the threads of modules stand. */
  private withTraces(report: string): string {
    const traces = this.machine.reports.threadTraces();
    return traces === "" ? report : `${report}\n${traces}`;
  }

  private expectFiles(): void {
    for (const rules of this.scenario.expectedFiles)
      this.failures.push(...judgeFile(this.machine.vfs, rules, this.host));
  }

  private transcript({ transcript: path, lines }: TextRules, text: string): Failure[] {
    const line = lines?.transcript;
    if (path === undefined) return [];
    if (this.options.update) {
      this.recorded.push({ path, text });
      return [];
    }
    let wanted: string;
    try {
      wanted = new TextDecoder().decode(this.host.read(path));
    } catch (error) {
      return [
        {
          kind: "transcript",
          message: `${(error as Error).message}; record it with --update`,
          line,
        },
      ];
    }
    return judgeText("transcript", `the transcript ${path}`, text, {
      lines: line === undefined ? undefined : { equals: line },
      equals: wanted,
      contains: [],
      ordered: [],
      absent: [],
      matches: [],
    });
  }

  private input(): Uint8Array | undefined {
    const piece = this.stdin;
    this.stdin = undefined;
    return piece;
  }
}

/** A module that cannot be started under its name. */
function checkName(module: string): void {
  try {
    programName(nameOf(module));
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    throw new TestError("scenario", `${module}: ${error.message}`, error.fix);
  }
}

function makeFolder(vfs: Machine["vfs"], path: string): void {
  if (!vfs.exists(path)) vfs.mkdir(path);
}
