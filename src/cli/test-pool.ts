import type { TestResult } from "../smoke/mod.ts";
import type { Signals } from "./signals.ts";
import { program } from "./test-parent.ts";
import type { TestRef } from "./test-discover.ts";
import type { TestSettings } from "./test-run.ts";

/** Tests that a process has been given beyond the one it runs, so that it need not wait. */
const AHEAD = 3;

export interface Task {
  readonly index: number;
  readonly ref: TestRef;
  readonly settings: TestSettings;
}
export interface Job extends Task {
  readonly firmware?: string;
}
export interface Answer {
  readonly index: number;
  readonly result: TestResult;
}

/** Another process of this program that runs tests. */
class Helper {
  readonly given: Task[] = [];
  private readonly child: Bun.Subprocess<"pipe", "pipe", "inherit">;

  constructor(
    private readonly firmware: string | undefined,
    private readonly answered: (helper: Helper, answer: Answer) => void,
    private readonly gone: (helper: Helper) => void,
  ) {
    this.child = Bun.spawn(program("run"), {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
    });
    void this.listen();
  }

  give(task: Task): void {
    this.given.push(task);
    const job: Job = { ...task, firmware: this.firmware };
    void this.write(`${JSON.stringify(job)}\n`);
  }

  stop(): void {
    this.child.kill();
  }

  /** One that has gone cannot be written to: `listen` notices. */
  private async write(text: string): Promise<void> {
    try {
      await this.child.stdin.write(text);
      await this.child.stdin.flush();
    } catch {}
  }

  private async listen(): Promise<void> {
    let rest = "";
    const decoder = new TextDecoder();
    try {
      for await (const piece of this.child.stdout) {
        const lines = (rest + decoder.decode(piece, { stream: true })).split("\n");
        rest = lines.pop()!;
        for (const line of lines) {
          const answer = JSON.parse(line) as Answer;
          this.given.splice(
            this.given.findIndex(({ index }) => index === answer.index),
            1,
          );
          this.answered(this, answer);
        }
      }
    } catch {
      // It says something that is no answer.
      this.child.kill();
    }
    this.gone(this);
  }
}

/** Milliseconds of work that pay for another process. */
const WORTH_MS = 400;
/** So many tests are worth one without a look at the first. */
const MANY = 20;

export interface PoolOptions {
  /** Processes; undefined: as many as there is work for, but no more than `cores`. */
  readonly jobs: number | undefined;
  readonly cores: number;
  /** Path of a firmware that is not the built-in one. */
  readonly firmware: string | undefined;
  readonly bail: boolean;
  /** Runs a test here; undefined: a signal came. */
  readonly here: (task: Task) => Promise<TestResult | undefined>;
  /** One that comes ends the run: what is not done by then is left. */
  readonly signals: Signals | undefined;
  /** The result of this task is of no use any more. */
  readonly needless: (task: Task) => boolean;
  /** A result came, in whatever order. */
  readonly done: (answer: Answer) => void;
}

/** Runs the tests in this process and in others. With `bail` none is begun after the first failure. */
export async function runAll(tasks: readonly Task[], options: PoolOptions): Promise<void> {
  const { firmware, bail, here, needless, done, signals } = options;
  const waiting = [...tasks];
  const next = (): Task | undefined => {
    for (let task = waiting.shift(); task; task = waiting.shift())
      if (task.index < end && !needless(task)) return task;
    return undefined;
  };
  const helpers = new Set<Helper>();
  /** With `bail`: the first task that failed. Those before it count, also when a process that had them broke down. */
  let end = Infinity;
  let wake: (() => void) | undefined;
  let failure: { readonly error: unknown } | undefined;
  const finish = (answer: Answer): void => {
    if (bail && answer.result.status === "failed") end = Math.min(end, answer.index);
    done(answer);
  };
  const give = (helper: Helper): void => {
    const task = next();
    if (task) helper.give(task);
  };
  /** Whether there is enough for all of them, so that one may have some ahead. */
  const plenty = (): boolean => waiting.length > helpers.size + 1;
  const feed = (helper: Helper): void => {
    if (helper.given.length === 0) give(helper);
    while (helper.given.length <= AHEAD && plenty()) give(helper);
  };
  const hire = (): void => {
    const helper = new Helper(
      firmware,
      (from, answer) => {
        try {
          finish(answer);
          feed(from);
        } catch (error) {
          // Nobody awaits this call: the loop throws it.
          failure ??= { error };
        }
        wake?.();
      },
      (from) => {
        // It broke down; what it had is done here.
        helpers.delete(from);
        waiting.unshift(...from.given.splice(0));
        wake?.();
      },
    );
    helpers.add(helper);
    give(helper);
  };
  const jobs = options.jobs ?? (tasks.length >= MANY ? Math.min(2, options.cores) : 1);
  for (let n = 1; n < Math.min(jobs, tasks.length); n++) hire();
  for (const helper of helpers) feed(helper);
  const limit = options.jobs === undefined ? options.cores : 0;
  let last = 0;
  if (signals) signals.heard = () => wake?.();
  try {
    for (;;) {
      if (failure) throw failure.error;
      if (signals?.code !== undefined) return;
      const task = next();
      if (task) {
        const started = performance.now();
        const result = await here(task);
        if (result === undefined) return;
        finish({ index: task.index, result });
        // The first tests of a process take longer than the others.
        last = Math.min(last || Infinity, performance.now() - started);
        while (helpers.size + 1 < limit && (waiting.length * last) / (helpers.size + 1) > WORTH_MS)
          hire();
        await new Promise((resolve) => setImmediate(resolve));
      } else if ([...helpers].some(({ given }) => given.some(({ index }) => index < end))) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        await promise;
      } else return;
    }
  } finally {
    for (const helper of helpers) helper.stop();
  }
}
