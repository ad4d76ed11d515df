import { countNotRun, type SuiteResult, type TestResult } from "../smoke/mod.ts";
import { ExitCode, UserError } from "./exit-codes.ts";
import { message } from "./outcome.ts";
import type { OptionName } from "./options.ts";
import type { Parsed } from "./parse.ts";
import { active } from "./instruments.ts";
import { settingsOf } from "./settings.ts";
import { Signals } from "./signals.ts";
import { discover, located } from "./test-discover.ts";
import { inputsBelow } from "./test-inputs.ts";
import { diskOf, filesOf, modulesOf, placeOf } from "./test-files.ts";
import { Joined, partsOf } from "./test-parts.ts";
import { helpWanted } from "./test-parent.ts";
import { runAll } from "./test-pool.ts";
import { Reports } from "./test-report.ts";
import { keptOptions } from "./test-replay.ts";
import { withRest } from "./test-rest.ts";
import { execute, executeSteps, load, type Loaded, type TestSettings } from "./test-run.ts";
import { type Selection, selected, shardOf } from "./test-select.ts";
import { VERSION } from "./version.ts";

/** Simulated time of a test that does not say. */
const TIMEOUT = 10_000;
const JOBS_MAX = 256;
const SEED_MAX = 0xffffffff;
const TIMES_MAX = 1_000_000;

/** `rtt-sim test PATH...` */
export async function test(parsed: Parsed): Promise<number> {
  const wanted = helpWanted(parsed.operands);
  if (wanted === "match") return (await import("./test-match.ts")).answer();
  if (wanted === "run") return (await import("./test-worker.ts")).work();
  const paths = parsed.operands;
  if (paths.length === 0)
    throw new UserError(
      ExitCode.Usage,
      "which tests? rtt-sim test PATH ...",
      "a path is FILE.mo, FILE.smoke.toml, a folder, or a disk image with /tests",
    );
  const session = new Session(parsed);
  const watched = parsed.flag("watch");
  try {
    const code = await session.run();
    if (!watched || session.ended) return code;
  } catch (error) {
    // One may appear.
    const none = error instanceof UserError && error.code === ExitCode.NoTests;
    if (!watched || !none) throw error;
    message(error.message);
  }
  const { watchPaths } = await import("./test-watch.ts");
  return watchPaths(paths, session);
}

/** One command line. */
class Session {
  private readonly settings: TestSettings;
  private readonly firmware: Uint8Array;
  private readonly selection: Selection;
  /** Tests of all shards. */
  private found = 0;
  /** Those that were left out by --filter. */
  private filtered = 0;
  /** What --watch looks after. */
  files: ReadonlySet<string> = new Set();
  /** A signal ended the last run. */
  ended = false;
  private readonly shard: { readonly index: number; readonly of: number } | undefined;
  private readonly jobs: number | undefined;

  constructor(private readonly parsed: Parsed) {
    const settings = settingsOf(parsed);
    const { firmware, engine, wallTimeout, seed, timeout } = settings;
    this.firmware = firmware;
    const given = (name: OptionName): boolean => parsed.value(name) !== undefined;
    this.settings = {
      engine,
      timeout: given("timeout") ? timeout : TIMEOUT,
      wallTimeout,
      update: parsed.flag("update"),
      seed: given("seed") ? seed : undefined,
      explore: number(parsed, "explore", 1, TIMES_MAX) ?? 0,
      retry: number(parsed, "retry", 0, TIMES_MAX) ?? 0,
      wall: parsed.flag("wall"),
      again: keptOptions(parsed),
      board: {
        ram: settings.ram,
        stack: settings.stack,
        abi: settings.abi,
        compat404: settings.compat404,
        leaks: settings.leaks,
        mounts: parsed.values("mount"),
      },
    };
    const last = (this.settings.seed ?? 0) + this.settings.explore;
    if (last > SEED_MAX)
      throw new UserError(
        ExitCode.Usage,
        `--seed ${seed} --explore ${this.settings.explore}: the last schedule is ${SEED_MAX}`,
        "begin with a smaller one",
      );
    if (this.settings.update && (this.settings.seed !== undefined || this.settings.explore > 0))
      throw new UserError(
        ExitCode.Usage,
        "--update records what a test prints on the board: not with --seed or --explore",
        "record first, then try other schedules",
      );
    this.selection = selected(parsed.values("filter"));
    this.shard = shardOf(parsed.value("shard"));
    this.jobs = number(parsed, "jobs", 1, JOBS_MAX);
  }

  async run(): Promise<number> {
    const { parsed, settings, shard } = this;
    const started = performance.now();
    using reports = new Reports(parsed.values("reporter"), parsed.flag("json"));
    let tests: Loaded[];
    try {
      tests = this.tests();
    } finally {
      // Whatever is wrong with the tests: what an earlier run left would be taken for this one's.
      reports.open(this.files);
    }
    // More shards than tests: one without work is no failure.
    if (tests.length === 0 && !(shard && this.found > 0)) throw this.noTests();
    if (!reports.isRead)
      for (const { ref, problem } of tests)
        if (ref.damaged !== undefined) message(`${ref.id}: ${problem!.failures[0].message}`);
    const parts = partsOf(tests.length, settings.explore);
    const joined = new Joined(parts);
    const { results } = joined;
    let shown = 0;
    const show = (): void => {
      for (; results[shown] !== undefined; shown++)
        if (!this.cut(results, shown)) reports.test(results[shown], shown + 1, tests.length);
    };
    // A debugger that stands still hears no signals: they end the process as they always do.
    const signals = parsed.value("gdb") === undefined ? new Signals() : undefined;
    try {
      await runAll(
        parts.map(({ test, skip, count }, index) => ({
          index,
          ref: tests[test].ref,
          settings: { ...settings, skip, explore: count },
        })),
        {
          // What looks into machines does so in this process.
          jobs: active.instrument ? 1 : this.jobs,
          cores: navigator.hardwareConcurrency,
          firmware: parsed.value("firmware"),
          bail: parsed.flag("bail"),
          signals,
          here: async (task) => execution(tests[parts[task.index].test], task.settings, signals),
          needless: ({ index }) => joined.isNeedless(index),
          done: ({ index, result }) => {
            joined.add(index, result);
            show();
          },
        },
      );
    } finally {
      // From now on a signal ends the process at once.
      signals?.close();
    }
    const endedBy = signals?.code === undefined ? undefined : signals.name;
    this.ended = endedBy !== undefined;
    const suite: SuiteResult = {
      tests: withRest(tests, results, parsed.flag("bail"), endedBy),
      version: VERSION.trim(),
      seed: settings.seed,
      shard: shard && `${shard.index}/${shard.of}`,
      endedBy,
      wall: settings.wall ? Number((performance.now() - started).toFixed(3)) : undefined,
    };
    for (; shown < tests.length; shown++) reports.test(suite.tests[shown], shown + 1, tests.length);
    const failures = settings.update ? await recorded(tests, suite.tests) : [];
    failures.push(...reports.end(suite));
    // Not thrown: what --json puts on stdout is there already, and is one object.
    for (const { message: text, hint } of failures) message(hint ? `${text}\n  ${hint}` : text);
    if (endedBy !== undefined)
      message(`ended by ${endedBy}: ${countNotRun(suite.tests)} of ${tests.length} tests not run`);
    return failures[0]?.code ?? signals?.code ?? codeOf(suite);
  }

  private noTests(): UserError {
    if (this.found > 0 || this.filtered === 0)
      return new UserError(
        ExitCode.NoTests,
        "no tests were found",
        "a test is FILE.mo, FILE.smoke.toml, or one of them below a folder, in tests/ of it, or in /tests of a disk image",
      );
    const filters = this.parsed.values("filter").map((text) => `--filter ${text}`);
    return new UserError(
      ExitCode.NoTests,
      `no tests were found: of ${this.filtered} none fits ${filters.join(" or ")}`,
      "a filter is a part of the path or the name, /REGEX/, or tag:NAME",
    );
  }

  /** Read, filtered, and this shard's. A module that a scenario runs is no test of its own. */
  private tests(): Loaded[] {
    const paths = this.parsed.operands;
    let loaded: Loaded[];
    try {
      loaded = discover(paths).map((ref) => load(ref, this.firmware));
    } catch (error) {
      // The others are read all the same by a run that this one was meant to be.
      this.files = new Set(paths.flatMap(inputsBelow));
      throw error;
    }
    this.files = new Set(loaded.flatMap(filesOf));
    const named = new Set(this.parsed.operands.map(located));
    const used = new Set(loaded.flatMap(modulesOf));
    const disks = new Set(loaded.flatMap(diskOf));
    const all = loaded.filter(({ ref }) => {
      if (ref.damaged !== undefined) return !disks.has(placeOf(ref));
      return ref.kind === "scenario" || named.has(placeOf(ref)) || !used.has(placeOf(ref));
    });
    const fits = this.selection(all.map(({ ref: { id }, scenario }) => ({ id, scenario })));
    const wanted = all.filter((_, n) => fits[n]);
    const { shard } = this;
    this.filtered = all.length - wanted.length;
    this.found = wanted.length;
    const mine =
      shard === undefined ? wanted : wanted.filter((_, n) => n % shard.of === shard.index - 1);
    return mine;
  }

  /** With --bail: what comes after the first failure does not count, whatever order it came in. */
  private cut(results: readonly TestResult[], index: number): boolean {
    if (!this.parsed.flag("bail")) return false;
    return results.slice(0, index).some((result) => result?.status === "failed");
  }
}

/** --update; why it was not done. */
async function recorded(
  tests: readonly Loaded[],
  results: readonly TestResult[],
): Promise<UserError[]> {
  const { record } = await import("./test-record.ts");
  try {
    record(tests, results);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [error];
  }
}

/** Runs a test with an ear for signals; undefined: one came. */
async function execution(
  test: Loaded,
  settings: TestSettings,
  signals: Signals | undefined,
): Promise<TestResult | undefined> {
  if (!signals) return execute(test, settings);
  const steps = executeSteps(test, settings, () => signals.due);
  for (;;) {
    const { done, value } = steps.next();
    // One that came in the end may have changed the verdict: it ends helpers, too.
    await signals.listen();
    if (signals.code === undefined && !done) continue;
    if (signals.code === undefined) return value as TestResult;
    steps.return(undefined as never);
    return undefined;
  }
}

/** What cannot be used weighs more than what failed. */
export function codeOf({ tests }: Pick<SuiteResult, "tests">): number {
  const failed = tests.filter(({ status }) => status === "failed");
  const kinds = new Set(failed.flatMap(({ failures }) => failures.map(({ kind }) => kind)));
  if (kinds.has("internal")) return ExitCode.Internal;
  if (kinds.has("scenario")) return ExitCode.BadData;
  return failed.length > 0 ? ExitCode.TestFailed : ExitCode.Ok;
}

function number(parsed: Parsed, name: OptionName, min: number, max: number): number | undefined {
  const text = parsed.value(name);
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  throw new UserError(ExitCode.Usage, `--${name}: '${text}' is not a number from ${min} to ${max}`);
}
