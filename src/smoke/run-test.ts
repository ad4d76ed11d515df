import { Driver, Machine, type MachineMount, type Verdict } from "../machine/mod.ts";
import { LineFeeder } from "../serial/mod.ts";
import { commandLine } from "./command-line.ts";
import { boardOf, type TestHost, type TestOptions } from "./host.ts";
import { judgeBudget, judgeText } from "./judge.ts";
import { judgeExit } from "./judge-exit.ts";
import { judgeFile } from "./judge-file.ts";
import { modulePath, nameOf } from "./guest-path.ts";
import { Observer } from "./observer.ts";
import { Placement } from "./placement.ts";
import { fileFix } from "./reader.ts";
import type { Failure, TestResult } from "./result.ts";
import { NO_RULES, type Scenario, type Step, type TextRules } from "./scenario.ts";
import { scheduleOf } from "./schedule.ts";
import { onPlace, TestError } from "./test-error.ts";
import { utestUnits } from "./utest.ts";

const DEFAULT_SEED = 1;

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
  private readonly placement: Placement;
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
    this.placement = new Placement(this.machine.vfs, host);
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
    this.placement.all(scenario);
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

  /** Like a line of -c, or like `rtt-sim run`. */
  private *take(step: Step): Generator<void, void> {
    const { machine, driver } = this;
    const { action } = step;
    const mark = this.observer.mark;
    this.stdin = step.stdin === "" ? undefined : new TextEncoder().encode(step.stdin);
    machine.kernel.console.ended = false;
    if (action.kind === "msh") machine.execute(action.line);
    else {
      this.placement.ready(action);
      machine.runModule(modulePath(action.module), commandLine(nameOf(action.module), action.args));
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
    const { failures, observer, machine, verdict } = this;
    // A module has no lines.
    const line = step.at.line || undefined;
    const at = (failure: Failure): Failure => ({ ...failure, line: failure.line ?? line });
    const what = step.action.kind === "run" ? step.action.module : step.action.line;
    failures.push(...judgeExit(machine, verdict, step.exit, what).map(at));
    const text = observer.since(mark);
    failures.push(
      ...judgeText("output", `the output of '${what}'`, text, step.output, this.host.matches).map(
        at,
      ),
      ...this.transcript(step.output, text).map(at),
    );
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
      ...NO_RULES,
      lines: line === undefined ? undefined : { equals: line },
      equals: wanted,
    });
  }

  private input(): Uint8Array | undefined {
    const piece = this.stdin;
    this.stdin = undefined;
    return piece;
  }
}
