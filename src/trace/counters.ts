import { counting } from "../cpu/mod.ts";
import type { Cpu } from "../cpu/types.ts";
import { BlockCounters } from "./block-counters.ts";
import type { Counted } from "./plan.ts";
import type { TraceParts } from "./types.ts";

/** Where code is: a module's file and link-time address, or the firmware's address (path empty). */
export interface CodePlace {
  readonly path: string;
  readonly address: number;
}

/** A module while it is loaded. */
interface Loaded {
  readonly path: string;
  readonly image: number;
  readonly size: number;
  readonly bias: number;
}

/** How often an instruction was passed and executed, and what its branch did. */
export interface Execution {
  passed: number;
  executed: number;
  /** Times that a conditional branch was met, and that it was taken. */
  branches: number;
  taken: number;
}

/** Executions by link-time address. */
export type CodeCounts = Map<number, Execution>;

/** Counters lie between the engines' area and guest RAM, in pages of the wasm memory that nothing else uses. */
const BASE = 0x20000000;
/** Words of a thread's counters; a program of 100,000 pieces of straight code fits. Pages that are not written to cost nothing. */
const AREA_WORDS = 1 << 18;
const AREAS_MAX = (0x60000000 - BASE) / (AREA_WORDS * 4);

/**
 * Counts executed instructions by module and thread. The code counts by itself; what is here gives each piece of code a counter and
 * reads them whenever the modules change.
 */
export class ExecutionCounters {
  /** By thread name (empty when threads are not told apart), then by path. */
  readonly counts = new Map<string, Map<string, CodeCounts>>();
  private readonly meanings: (Counted | undefined)[] = [undefined];
  private readonly known = new Map<string, BlockCounters>();
  /** Areas by thread. */
  private readonly areas = new Map<string, number>();
  private modules: readonly Loaded[] = [];
  /** Every module that was there, by its path. */
  readonly paths = new Set<string>();
  private seen = 0;
  /** Some code has no counters: there were too many pieces. */
  overflowed = false;

  constructor(
    private readonly cpu: Cpu,
    private readonly parts: () => TraceParts,
    private readonly perThread: boolean,
  ) {}

  /** False: the engine cannot count. */
  start(core: Cpu): boolean {
    counting.countersAt(this.cpu, BASE / 4);
    return counting.countExecution(core, (block) => this.plan(block));
  }

  /** A thread is about to run. */
  switched(name: string): void {
    if (this.perThread)
      counting.countersAt(this.cpu, (BASE + this.area(name) * AREA_WORDS * 4) / 4);
  }

  /** Modules have come or gone since `look`. */
  get stale(): boolean {
    return this.parts().loader.changes !== this.seen;
  }

  /** Called before guest code runs: what was counted so far belongs to the modules that were there. */
  look(): void {
    if (!this.stale) return;
    const { loader } = this.parts();
    this.harvest();
    this.seen = loader.changes;
    this.modules = loader
      .modules()
      .filter(({ image }) => image !== 0)
      .map(({ path, image, size, address }) => ({
        path,
        image,
        size,
        bias: loader.find(address)?.bias ?? image,
      }));
    for (const { path } of this.modules) this.paths.add(path);
  }

  /** Adds what was counted since the last time. */
  harvest(): void {
    const { i32 } = this.cpu.memory;
    const areas = this.perThread ? this.areas : new Map([["", 0]]);
    for (const [thread, area] of areas) {
      const base = BASE / 4 + area * AREA_WORDS;
      for (let n = 1; n < this.meanings.length; n++) {
        const value = i32[base + n] >>> 0;
        if (value === 0) continue;
        i32[base + n] = 0;
        this.add(thread, this.meanings[n] as Counted, value);
      }
    }
  }

  private add(thread: string, meaning: Counted, times: number): void {
    const value = times * meaning.sign;
    const record = (pc: number): Execution => {
      const { path, address } = this.place(pc);
      let byPath = this.counts.get(thread);
      if (!byPath) this.counts.set(thread, (byPath = new Map()));
      let code = byPath.get(path);
      if (!code) byPath.set(path, (code = new Map()));
      let found = code.get(address);
      if (!found) {
        found = { passed: 0, executed: 0, branches: 0, taken: 0 };
        code.set(address, found);
      }
      return found;
    };
    for (const pc of meaning.passed) record(pc).passed += value;
    for (const pc of meaning.executed) record(pc).executed += value;
    for (const pc of [...meaning.branches, ...meaning.jumps]) record(pc).branches += value;
    // Blocks that overlap may count the same branch in both ways.
    for (const pc of meaning.branches) record(pc).taken += value;
    if (meaning.fellThrough !== undefined) record(meaning.fellThrough).taken -= value;
    if (meaning.taken !== undefined) record(meaning.taken).taken += value;
  }

  place(pc: number): CodePlace {
    const address = pc >>> 0;
    for (const { image, size, path, bias } of this.modules)
      if (address >= image && address < image + size)
        return { path, address: (address - bias) >>> 0 };
    return { path: "", address };
  }

  private plan(block: counting.IrBlock): BlockCounters {
    const key = `${block.start}:${block.end}:${block.its[0]}:${shapeOf(block)}`;
    let known = this.known.get(key);
    if (!known) {
      known = new BlockCounters(block, (meaning) => this.word(meaning));
      this.known.set(key, known);
    }
    return known;
  }

  /** A counter; 0 when there is nothing to count, or no room. */
  private word(meaning: Counted): number {
    const { passed, executed, branches, jumps, fellThrough, taken } = meaning;
    // A profile needs no more than how often instructions were passed.
    if (passed.length === 0 && this.perThread) return 0;
    const ways = fellThrough !== undefined || taken !== undefined;
    if (!ways && passed.length + executed.length + branches.length + jumps.length === 0) return 0;
    if (this.meanings.length >= AREA_WORDS) {
      this.overflowed = true;
      return 0;
    }
    return this.meanings.push(meaning) - 1;
  }

  private area(name: string): number {
    let area = this.areas.get(name);
    if (area === undefined) {
      area = Math.min(this.areas.size, AREAS_MAX - 1);
      this.areas.set(name, area);
    }
    return area;
  }

  /** The counters are zero again, as they were; nothing is executed any more. */
  end(): void {
    this.harvest();
    counting.countersAt(this.cpu, 0);
  }
}

/** Tells the code of blocks apart that are at the same place: the engines optimise differently, and code may be written over. */
function shapeOf({ insts, pcs }: counting.IrBlock): number {
  let hash = insts.length;
  for (const pc of pcs) hash = (Math.imul(hash, 31) + pc) | 0;
  for (const { op, at, to, label } of insts)
    for (const part of [op, at, to, label]) hash = (Math.imul(hash, 31) + part) | 0;
  return hash;
}
