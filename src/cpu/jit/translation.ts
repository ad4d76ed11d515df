import type { CountingPlan } from "../counting.ts";
import type { Fetch } from "../lift/mod.ts";
import type { Readable } from "./readable.ts";
import { RegionCounters } from "./counters.ts";
import { RegionEmitter } from "./emit.ts";
import { MAX_INSTRUCTIONS } from "./blocks.ts";
import type { Graph } from "./graph.ts";
import { buildGraph } from "./inline.ts";
import { interpretedIn } from "./shapes.ts";
import { STUB_SIZE, stubNumber } from "./stub.ts";
import type { Code } from "./modules.ts";
import type { Writer } from "./wasm.ts";

/** Guest code as WebAssembly, before it is one of the regions of a core. */
export interface Translation {
  /** Guest address of its entry, bit 0: Thumb. */
  readonly key: number;
  /** Guest ranges it was made from: start, end, ... */
  readonly ranges: readonly number[];
  /** A stub for a supervisor call and nothing else: one more than its number. */
  readonly stub: number;
  /** Ranges that it relies on being able to store to: start, end, ... */
  readonly stores: readonly number[];
  readonly code: Code;
}

/** What a translation is made from and for. */
export interface Source {
  readonly fetch: Fetch;
  readonly readable: Readable;
  /** Blocks that it denies are left out; undefined: none, and nothing is left to the interpreter for being slow. */
  readonly hasRun: ((key: number) => boolean) | undefined;
  /** Whether what is in memory now may be taken for what will be there, where the code asks. */
  readonly guesses?: boolean;
  /** Whether all of a range can be stored to, which the translation may rely on; undefined: nobody says when that changes. */
  readonly canStore?: (start: number, end: number) => boolean;
  /** Code may rely on floating-point numbers and modes as programs have them; false: nobody says when that was wrong. */
  readonly ordinaryNumbers?: boolean;
  /** False: conditional loads are not done always, for some went beyond what can be read. */
  readonly loadsAnyway?: boolean;
  /** What a register holds now, where the region is about to be entered; undefined: nobody says when that was wrong. */
  readonly holds?: (r: number) => number;
  /** The same of words of the floating-point registers. */
  readonly holdsFloat?: (word: number) => number;
  /** See `Cpu.answers`. */
  readonly answers?: (number: number) => number | undefined;
  /** Whether there is a function for the supervisor call of a number: DirectCalls. */
  readonly isDirect?: (number: number) => boolean;
  /** Says what is counted in a block. */
  readonly countingPlan?: CountingPlan;
}

type Made = Translation & { readonly graph: Graph };

/** Instructions of a region whose code became too large: what was not taken becomes regions of its own. */
const FEWER_INSTRUCTIONS = MAX_INSTRUCTIONS >> 3;

/** Translates the region that begins at `key`; undefined when that cannot be done, or is not worth it. */
export function translateRegion(w: Writer, key: number, source: Source): Made | undefined {
  w.at = 0;
  const made = translateUpTo(MAX_INSTRUCTIONS, w, key, source);
  return made || !w.full ? made : translateUpTo(FEWER_INSTRUCTIONS, w, key, source);
}

function translateUpTo(
  most: number,
  w: Writer,
  key: number,
  {
    fetch,
    readable,
    hasRun,
    guesses = false,
    canStore,
    holds,
    holdsFloat,
    answers,
    isDirect,
    ordinaryNumbers,
    loadsAnyway,
    countingPlan,
  }: Source,
): Made | undefined {
  const counts = countingPlan !== undefined;
  const graph = buildGraph(fetch, key, hasRun, { counts, guesses, holds, answers, isDirect, most });
  if (!graph || (hasRun && isMostlyInterpreted(graph))) return undefined;
  const ranges: number[] = [];
  for (const { ir, table, target, stub } of graph.nodes) {
    ranges.push(ir.start, ir.end >>> 0);
    if (target && stub !== undefined) ranges.push(target - 1, target - 1 + STUB_SIZE);
    if (table && table.end) ranges.push(table.start, table.end);
  }
  const literals = new Map<number, number | undefined>();
  const literalAt = (address: number): number | undefined => {
    if (literals.has(address)) return literals.get(address);
    const value = readLiteral(address);
    literals.set(address, value);
    return value;
  };
  const readLiteral = (address: number): number | undefined => {
    const low = fetch(address);
    const high = fetch(address + 2);
    if (address & 3 || low === undefined || high === undefined) return undefined;
    ranges.push(address >>> 0, (address >>> 0) + 4);
    return low | (high << 16);
  };
  w.at = 0;
  w.forget();
  const counters = countingPlan && new RegionCounters(w, graph, countingPlan);
  const emitter = new RegionEmitter(
    w,
    graph,
    { literalAt, readable, canStore, holds, holdsFloat, ordinaryNumbers, loadsAnyway },
    counters,
  );
  emitter.write();
  if (w.full) return undefined;
  const { unlikely, slots, states, directs } = w;
  // What is counted in a stub is counted in its region only.
  const stub = countingPlan ? 0 : (stubNumber(fetch, key) ?? -1) + 1;
  const { stores } = emitter;
  const code = { body: w.take(), unlikely, slots, states, directs };
  return { key, ranges, stub, stores, code, graph };
}

/** An instruction that the interpreter has to execute costs translated code as much as some fifty others. */
const INTERPRETED_SHARE = 1 / 16;

function isMostlyInterpreted({ nodes }: Graph): boolean {
  let all = 0;
  let interpreted = 0;
  for (const { ir } of nodes) {
    all += ir.pcs.length - 1;
    interpreted += interpretedIn(ir.insts);
  }
  return interpreted > all * INTERPRETED_SHARE;
}
