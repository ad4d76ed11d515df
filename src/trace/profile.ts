import { backtrace, type ReportParts, viewOf } from "../debug/mod.ts";
import { type Cpu, Exit } from "../cpu/types.ts";
import { type CodePlace, ExecutionCounters } from "./counters.ts";
import type { FunctionName, FunctionNames } from "./names.ts";
import { nameText } from "./quote.ts";
import type { TraceParts } from "./types.ts";
import { WrappedCore } from "./wrapped-core.ts";

/** The first samples of the stack are taken at each unit: short programs are seen whole. */
const FIRST_SAMPLES = 240;
/** Then the interval is doubled after so many, so that long runs do not pay for them. */
const SAMPLES_BEFORE_DOUBLING = 24;
const FRAMES_MAX = 64;
/** Instructions between the end of a slice and its sample. */
const WALK_MAX = 24;

/** Instructions spent with this stack, outermost function first. */
export interface StackCount {
  readonly stack: readonly FunctionName[];
  count: number;
}

export interface ThreadProfile {
  readonly name: string;
  /** Instructions of the thread. */
  readonly total: number;
  readonly stacks: readonly StackCount[];
}

export interface Profile {
  readonly threads: readonly ThreadProfile[];
  readonly total: number;
  /** Instructions by function, most first; exact. */
  readonly functions: readonly { readonly fn: FunctionName; readonly count: number }[];
  /** Instructions by function and line; exact. */
  readonly lines: ReadonlyMap<FunctionName, ReadonlyMap<number, number>>;
}

interface Sample {
  readonly frames: readonly CodePlace[];
  weight: number;
}

/**
 * The core of a machine that is profiled. How many instructions each function and line took is counted exactly; by whom it was called is
 * found out by samples of the stack, at fixed numbers of units, so that two runs give the same profile.
 */
export class ProfileCore extends WrappedCore {
  /** The engine counts. */
  readonly counting: boolean;
  private readonly counters: ExecutionCounters;
  private parts!: TraceParts;
  private view!: ReportParts;
  private readonly samples = new Map<string, Map<string, Sample>>();
  private interval = 1;
  private taken = 0;
  /** Units to the next sample. */
  private left = 1;
  /** Units that the engine was given, and those it was not. */
  private part = 0;
  private reserve = 0;
  private thread = "boot";

  constructor(inner: Cpu) {
    super(inner);
    this.counters = new ExecutionCounters(inner, () => this.parts, true);
    this.counting = this.counters.start(inner);
    this.counters.switched(this.thread);
  }

  override get units(): number {
    return this.inner.units + this.reserve;
  }
  override set units(value: number) {
    this.part += value - this.inner.units;
    this.inner.units = value;
    this.reserve = 0;
  }

  attach(parts: TraceParts, view: ReportParts): void {
    this.parts = parts;
    this.view = view;
    const { hooks, objects } = parts.kernel;
    const { switched } = hooks;
    hooks.switched = (thread) => {
      switched?.(thread);
      this.thread = nameText(objects.name(thread));
      this.counters.switched(this.thread);
    };
  }

  /** There were more pieces of code than counters: the counts are not complete. */
  get overflowed(): boolean {
    return this.counters.overflowed;
  }

  protected override looks(): boolean {
    return this.counters.stale;
  }

  override run(): Exit {
    this.counters.look();
    const { inner } = this;
    for (;;) {
      const all = this.units;
      this.part = Math.min(all, this.left);
      this.reserve = all - this.part;
      inner.units = this.part;
      const exit = inner.run();
      this.left -= this.part - inner.units;
      if (exit !== Exit.Slice || this.units <= 0) return exit;
      if (this.left > 0) continue;
      const next = this.walk();
      this.sample();
      if (next !== undefined && (next !== Exit.Slice || this.units <= 0)) return next;
    }
  }

  /**
   * Executes a few instructions: a slice ends at a branch backwards, where many functions never are. How many is drawn, always in the same
   * way.
   */
  private walk(): Exit | undefined {
    this.random = (Math.imul(this.random, 1664525) + 1013904223) | 0;
    this.part = this.inner.units = this.units;
    this.reserve = 0;
    for (let n = (this.random >>> 16) % WALK_MAX; n > 0; n--) {
      const exit = this.inner.single();
      if (exit !== undefined) return exit;
    }
    return undefined;
  }
  private random = 1;

  private sample(): void {
    const weight = this.interval;
    if (++this.taken >= FIRST_SAMPLES && this.taken % SAMPLES_BEFORE_DOUBLING === 0)
      this.interval *= 2;
    this.left = this.interval;
    const thread = this.parts.kernel.runner.running?.thread ?? 0;
    if (thread === 0) return;
    const view = viewOf(this.view);
    const { stackStart, stackSize } = view.thread(thread);
    const frames = backtrace(view, this.r[15] >>> 0, stackStart + stackSize)
      .filter(({ from }) => from !== "stack")
      .slice(0, FRAMES_MAX)
      .map(({ address }) => this.counters.place(address));
    const key = frames.map(({ path, address }) => `${path}:${address}`).join(" ");
    let byStack = this.samples.get(this.thread);
    if (!byStack) this.samples.set(this.thread, (byStack = new Map()));
    const known = byStack.get(key);
    if (known) known.weight += weight;
    else byStack.set(key, { frames, weight });
  }

  /** The machine will not run any more. */
  finish(names: FunctionNames): Profile {
    this.counters.end();
    const threads: ThreadProfile[] = [];
    const functions = new Map<FunctionName, number>();
    const lines = new Map<FunctionName, Map<number, number>>();
    for (const [name, byPath] of this.counters.counts) {
      const own = new Map<FunctionName, number>();
      // In an order that is not that in which an engine met the code.
      for (const [path, code] of [...byPath].sort(([a], [b]) => (a < b ? -1 : 1))) {
        for (const [address, { passed }] of [...code].sort(([a], [b]) => a - b)) {
          const place = { path, address };
          const fn = names.of(place);
          own.set(fn, (own.get(fn) ?? 0) + passed);
          functions.set(fn, (functions.get(fn) ?? 0) + passed);
          let byLine = lines.get(fn);
          if (!byLine) lines.set(fn, (byLine = new Map()));
          const line = names.line(place);
          byLine.set(line, (byLine.get(line) ?? 0) + passed);
        }
      }
      const samples = [...(this.samples.get(name)?.values() ?? [])].map(({ frames, weight }) => ({
        stack: frames.map((place) => names.of(place)).reverse(),
        weight,
      }));
      const stacks = distribute(own, samples);
      threads.push({ name, total: sum(own.values()), stacks });
    }
    threads.sort((a, b) => b.total - a.total);
    return {
      threads,
      total: sum(threads.map(({ total }) => total)),
      functions: [...functions]
        .map(([fn, count]) => ({ fn, count }))
        .sort((a, b) => b.count - a.count || (a.fn.name < b.fn.name ? -1 : 1)),
      lines,
    };
  }
}

/**
 * Spreads the exact count of each function over the stacks it was seen on, in proportion to their samples. The counts of a function add
 * up to its own.
 */
function distribute(
  own: ReadonlyMap<FunctionName, number>,
  samples: readonly { readonly stack: readonly FunctionName[]; readonly weight: number }[],
): StackCount[] {
  const byLeaf = new Map<FunctionName, Map<string, { stack: FunctionName[]; weight: number }>>();
  const ids = new Map<FunctionName, number>();
  const keyOf = (stack: readonly FunctionName[]) =>
    stack
      .map((fn) => {
        if (!ids.has(fn)) ids.set(fn, ids.size);
        return ids.get(fn);
      })
      .join(" ");
  const note = (stack: readonly FunctionName[], weight: number): void => {
    const leaf = stack[stack.length - 1];
    let stacks = byLeaf.get(leaf);
    if (!stacks) byLeaf.set(leaf, (stacks = new Map()));
    const key = keyOf(stack);
    const known = stacks.get(key);
    if (known) known.weight += weight;
    else stacks.set(key, { stack: [...stack], weight });
  };
  for (const { stack, weight } of samples) if (stack.length > 0) note(stack, weight);
  // A function that was never at the top of a sample: where it was seen as a caller.
  for (const fn of own.keys()) {
    if (byLeaf.has(fn)) continue;
    for (const { stack, weight } of samples) {
      const at = stack.lastIndexOf(fn);
      if (at >= 0) note(stack.slice(0, at + 1), weight);
    }
  }
  const result: StackCount[] = [];
  for (const [fn, count] of own) {
    const stacks = [...(byLeaf.get(fn)?.values() ?? [{ stack: [fn], weight: 1 }])];
    let left = count;
    let weight = sum(stacks.map((entry) => entry.weight));
    for (const entry of stacks) {
      const share = Math.round((left * entry.weight) / weight);
      left -= share;
      weight -= entry.weight;
      if (share > 0) result.push({ stack: entry.stack, count: share });
    }
  }
  return result;
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const n of numbers) total += n;
  return total;
}
