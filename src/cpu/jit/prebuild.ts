import type { GuestMemory } from "../../memory/mod.ts";
import type { Fetch } from "../lift/mod.ts";
import { type State, stateWords } from "./flags-state.ts";
import { dominates, keyAt, type Node, targets } from "./graph.ts";
import { Head, Header, PREBUILT_MAGIC, wordsFor } from "./prebuilt.ts";
import { type Readable, readableRange } from "./readable.ts";
import { type Translation, translateRegion } from "./translation.ts";
import { Writer } from "./wasm.ts";

/**
 * Bytes of a large part of a function, which is about as large as all of it; and how many of them are made: those for which the
 * function is left in most places.
 */
const LARGE = 12_000;
const LARGE_PARTS = 2;
/** Candidates of one place, at most. */
const MAX_CANDIDATES = 4;

interface Made extends Translation {
  /** The addresses of its blocks. */
  readonly keys: readonly number[];
  /** Those at which loops begin. */
  readonly loops: readonly number[];
  readonly isLoop: boolean;
  readonly instructions: number;
}

/** What there is to translate. */
export interface Firmware {
  readonly memory: GuestMemory;
  /** Guest addresses (bit 0: Thumb) of its functions. */
  readonly functions: Iterable<number>;
  /** Blocks that programs execute; others are left out. */
  readonly executed: ReadonlySet<number>;
}

/**
 * Translates functions that were executed, and each loop in them once more by itself, so that a program which is in it already can go
 * on there. The result, for `PrebuiltRegions`, follows from the code and the sets alone.
 */
export function prebuildRegions({ memory, functions, executed }: Firmware): Uint8Array {
  const fetch: Fetch = (a) => (memory.contains(a, 2) ? memory.u16[a >>> 1] : undefined);
  const readable = readableRange(memory.rights, memory.base, memory.end);
  const hasRun = (key: number): boolean => executed.has(key);
  const writer = new Writer();
  const all = new Map<number, Made>();
  const translate = (key: number, isLoop: boolean): Made | undefined => {
    const region = translateRegion(writer, key, { fetch, readable, hasRun });
    if (!region) return undefined;
    const { nodes } = region.graph;
    const ranges = united(region.ranges);
    for (let k = 0; k < ranges.length; k += 2)
      if (!memory.isReadOnly(ranges[k], ranges[k + 1])) return undefined;
    const own = nodes.filter((n) => n.base === 0);
    const keys = own.map((n) => n.key);
    const loops = own.filter((n) => n.isLoop && isLoopOf(nodes, n)).map((n) => n.key);
    const instructions = nodes.reduce((sum, { ir }) => sum + ir.pcs.length - 1, 0);
    return { ...region, ranges, keys, loops, isLoop, instructions };
  };
  for (const key of [...new Set(functions)].filter(hasRun).sort((a, b) => a - b)) {
    const whole = translate(key, false);
    if (whole) all.set(key, whole);
  }
  for (const whole of [...all.values()]) {
    const left = leftFor(whole);
    const most = [...new Set(left)].sort((a, b) => count(left, b) - count(left, a) || a - b);
    const large = most.slice(0, LARGE_PARTS);
    const wholeIsLarge = whole.code.body.length > LARGE;
    const parts = new Set([...whole.loops, ...left].filter(hasRun));
    for (const key of parts) {
      if (all.has(key)) continue;
      const part = translate(key, true);
      if (!part) continue;
      const isLarge = part.code.body.length > LARGE;
      if (isLarge && !large.includes(key)) continue;
      all.set(key, part);
      if (!wholeIsLarge) for (const to of leftFor(part)) if (hasRun(to)) parts.add(to);
    }
  }
  const made = [...all.values()].sort((a, b) => a.key - b.key);
  return encode(made, memory, readable);
}

/** Its own blocks for which it is left, as often as that is so: loops that have several entries. */
function leftFor({ keys, code: { slots } }: Made): number[] {
  const found: number[] = [];
  for (let k = 1; k < slots.length; k += 2) if (keys.includes(slots[k])) found.push(slots[k]);
  return found;
}

/** Whether branches come back to a block; those of recursion.ts are of the function as a whole. */
function isLoopOf(nodes: readonly Node[], n: Node): boolean {
  if (!n.sites) return true;
  const leads = (from: Node): boolean =>
    from.base === n.base && [...targets(from)].some((to) => keyAt(from, to) === n.key);
  return nodes.some((from) => leads(from) && dominates(n, from));
}

const count = (list: readonly number[], item: number): number =>
  list.filter((other) => other === item).length;

/** Ranges that overlap or touch are one. */
function united(ranges: readonly number[]): number[] {
  const pairs: number[][] = [];
  for (let k = 0; k < ranges.length; k += 2) pairs.push([ranges[k], ranges[k + 1]]);
  const all: number[] = [];
  for (const [start, end] of pairs.sort((a, b) => a[0] - b[0])) {
    const last = all.length - 1;
    if (last > 0 && start <= all[last]) all[last] = Math.max(all[last], end);
    else all.push(start, end);
  }
  return all;
}

/** The best first: what begins there, then the function with the nearest beginning, then loops, the largest first. */
function preference(place: number): (a: Made, b: Made) => number {
  const distance = ({ key }: Made): number => (key <= place ? place - key : Infinity);
  return (a, b) => {
    if (a.key === place || b.key === place) return a.key === place ? -1 : 1;
    if (a.isLoop !== b.isLoop) return a.isLoop ? 1 : -1;
    if (a.isLoop) return b.instructions - a.instructions || a.key - b.key;
    const [da, db] = [distance(a), distance(b)];
    return da === db ? a.key - b.key : da - db;
  };
}

function encode(made: readonly Made[], memory: GuestMemory, readable: Readable): Uint8Array {
  const places = new Map<number, Made[]>();
  for (const region of made)
    for (const key of region.keys) {
      const list = places.get(key);
      if (list) list.push(region);
      else places.set(key, [region]);
    }
  const keys = [...places.keys()].sort((a, b) => a - b);
  const number = new Map(made.map((region, k) => [region, k]));
  const firsts = [0];
  const candidates: number[] = [];
  for (const key of keys) {
    const best = places.get(key)!.sort(preference(key)).slice(0, MAX_CANDIDATES);
    candidates.push(...best.map((region) => number.get(region)!));
    firsts.push(candidates.length);
  }
  // Numbers of states are those in the order of their first use.
  const states = new Map<string, number>();
  const stateRecords: number[][] = [];
  const numberOf = (state: State): number => {
    let found = states.get(state.key);
    if (found === undefined) {
      states.set(state.key, (found = states.size));
      stateRecords.push([]);
      stateRecords[found] = stateWords(state, numberOf);
    }
    return found;
  };
  const records = made.map((region) => record(region, memory, numberOf));
  const head = Header.Words + keys.length + firsts.length + candidates.length;
  let at = head + records.length + stateRecords.length;
  const offsets = (lists: readonly ArrayLike<number>[]): number[] =>
    lists.map((list) => {
      const here = at;
      at += list.length;
      return here;
    });
  const regionAt = offsets(records);
  const stateAt = offsets(stateRecords);
  const words = new Int32Array(at);
  const header = [
    PREBUILT_MAGIC,
    readable.start,
    readable.size,
    keys.length,
    candidates.length,
    records.length,
    stateRecords.length,
  ];
  words.set([...header, ...keys, ...firsts, ...candidates, ...regionAt, ...stateAt]);
  records.forEach((list, k) => words.set(list, regionAt[k]));
  stateRecords.forEach((list, k) => words.set(list, stateAt[k]));
  return new Uint8Array(words.buffer);
}

function record(
  { key, stub, isLoop, ranges, code }: Made,
  memory: GuestMemory,
  numberOf: (state: State) => number,
): Int32Array {
  const { body, unlikely, slots } = code;
  const states = code.states.flatMap(([at, state]) => [at, numberOf(state)]);
  const lists = [...ranges, ...Array.from(unlikely), ...Array.from(slots), ...states];
  const lengths = [ranges.length, unlikely.length, slots.length, states.length, body.length];
  let size = 0;
  for (let k = 0; k < ranges.length; k += 2) size += ranges[k + 1] - ranges[k];
  const start = Head.Words + lists.length;
  const words = new Int32Array(start + wordsFor(size) + wordsFor(body.length));
  words.set([key, stub, isLoop ? 1 : 0, ...lengths, ...lists]);
  const bytes = new Uint8Array(words.buffer);
  let at = start * 4;
  for (let k = 0; k < ranges.length; k += 2) {
    bytes.set(memory.u8.subarray(ranges[k], ranges[k + 1]), at);
    at += ranges[k + 1] - ranges[k];
  }
  bytes.set(body, (start + wordsFor(size)) * 4);
  return words;
}
