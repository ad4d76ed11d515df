import type { IrBlock } from "../ir/ops.ts";
import { type Fetch, isIdle, liftBlock } from "../lift/mod.ts";
import {
  behind,
  type Block,
  type Blocks,
  branchTargets,
  isBranch,
  isCall,
  targets,
} from "./graph.ts";
import { findJumpTable } from "./jump-table.ts";

/** Bounds of a region: what a translation may cost. */
const MAX_BLOCKS = 200;
export const MAX_INSTRUCTIONS = 2500;
/** Instructions of a loop of which a part is written twice, so that it is entered at its beginning only. */
const MAX_REPEATED = 64;

/**
 * Finds the blocks that can be reached from `entry` without calls; when `entry` is in a loop, those from which it is reached
 * again: what lies behind a loop has regions of its own. Blocks that `hasRun` denies, from its guest address (bit 0: Thumb), are left
 * out, and those behind `most` instructions. Undefined when nothing can be fetched there.
 */
export function findBlocks(
  fetch: Fetch,
  entry: number,
  hasRun: (key: number) => boolean,
  most = MAX_INSTRUCTIONS,
): Map<number, Block> | undefined {
  const thumb = (entry & 1) !== 0;
  // A32 instructions are words; the interpreter says what is wrong.
  if ((entry & 3) === 2) return undefined;
  const blocks = new Map<number, Block>();
  const add = (key: number, ir: IrBlock): Block => {
    const table = findJumpTable(ir, fetch);
    const none = { callee: undefined, back: undefined, sites: undefined, target: undefined };
    const block = {
      ir,
      table,
      base: 0,
      stub: undefined,
      answer: undefined,
      direct: false,
      ...none,
    };
    blocks.set(key, block);
    return block;
  };
  let instructions = 0;
  const work = [entry >>> 0];
  const leaders = new Set<number>(work);
  /** Leaders that are more than the place where a block became too long: other blocks end there. */
  const borders = new Set<number>(work);
  const known = (key: number): void => {
    if (leaders.has(key) || leaders.size >= MAX_BLOCKS || instructions > most) return;
    if (!hasRun(key)) return;
    leaders.add(key);
    work.push(key);
  };
  for (let key = work.pop(); key !== undefined; key = work.pop()) {
    if (isIdle(fetch, (key & ~1) >>> 0, 0)) continue;
    const ir = liftBlock(fetch, (key & ~1) >>> 0, thumb, 0);
    if ("address" in ir) continue;
    const block = add(key, ir);
    instructions += ir.pcs.length - 1;
    for (const target of branchTargets(ir, block.table)) borders.add(target);
    if (!ir.open) borders.add(behind(ir));
    for (const target of targets(block)) known(target);
  }
  if (!blocks.has(entry >>> 0)) return undefined;
  // A block ends where another begins.
  const starts = [...blocks.keys()]
    .filter((key) => borders.has(key))
    .map((key) => (key & ~1) >>> 0);
  for (const [key, { ir }] of blocks) {
    const start = (key & ~1) >>> 0;
    const inside = starts.filter((a) => a > start && a < ir.end >>> 0);
    const cuts = new Set(withoutEntries(ir, inside));
    if (cuts.size === 0) continue;
    const cut = liftBlock(
      (a) => (a >= ir.end >>> 0 || cuts.has(a >>> 0) ? undefined : fetch(a)),
      start,
      thumb,
      0,
    );
    // A branch into the middle of an instruction: keep the block as it is.
    if (!("address" in cut)) add(key, cut);
  }
  return loopOf(reachable(blocks, entry >>> 0), entry >>> 0);
}

/** Without blocks that only led to where others begin now, and so are no longer come to. */
function reachable(blocks: Map<number, Block>, entry: number): Map<number, Block> {
  const found = new Map<number, Block>();
  const work = [entry];
  for (let key = work.pop(); key !== undefined; key = work.pop()) {
    const block = blocks.get(key);
    if (!block || found.has(key)) continue;
    found.set(key, block);
    work.push(...targets(block));
  }
  return found;
}

/**
 * Of the addresses inside of a block where others begin, those at which it is to end. A loop of one block that is entered inside, as
 * compilers make them who put the test of a loop at its end, stays whole: what is behind the entry is another block, once more, from which the
 * loop is entered at its beginning.
 */
function withoutEntries(ir: IrBlock, inside: readonly number[]): readonly number[] {
  const key = (ir.start | (ir.thumb ? 1 : 0)) >>> 0;
  const back = ir.insts.find((x, k) => isBranch(x) && !isCall(ir, k) && x.to >>> 0 === key);
  if (!back || back.at > MAX_REPEATED) return inside;
  const own = new Set(ir.insts.filter(isBranch).map((x) => (x.to & ~1) >>> 0));
  const last = ir.pcs[back.at] >>> 0;
  if (inside.some((a) => a <= last && own.has(a))) return inside;
  return inside.filter((a) => a > last);
}

/** The blocks from which `entry` can be reached, or all blocks when it is in no loop. */
function loopOf(blocks: Map<number, Block>, entry: number): Map<number, Block> {
  const before = new Map<number, number[]>();
  for (const [key, block] of blocks) {
    for (const target of targets(block)) {
      const list = before.get(target);
      if (list) list.push(key);
      else before.set(target, [key]);
    }
  }
  const reaching = (latches: readonly number[]): Map<number, Block> => {
    const loop = new Map<number, Block>();
    const work = [...latches];
    for (let key = work.pop(); key !== undefined; key = work.pop()) {
      if (loop.has(key)) continue;
      loop.set(key, blocks.get(key)!);
      // A path back through the entry begins anew there.
      if (key !== entry || latches.length === all.length) work.push(...(before.get(key) ?? []));
    }
    return loop;
  };
  const all = before.get(entry) ?? [];
  if (all.length === 0) return blocks;
  const turning = loopAround(blocks, entry);
  // As compilers make them who enter loops in their middle.
  if (turning) {
    const loop = reaching(all.filter((key) => turning(key)));
    for (const key of loop.keys()) if (!turning(key)) loop.delete(key);
    if (loop.has(entry)) return loop;
  }
  const latches = all.filter((key) => (key & ~1) >>> 0 >= (entry & ~1) >>> 0);
  if (latches.length === 0 || latches.length === all.length) return reaching(all);
  const inner = reaching(latches);
  // Only when it is entered at its first block is it a loop in the loop.
  inner.set(entry, blocks.get(entry)!);
  return all.some((key) => !latches.includes(key) && inner.has(key)) ? reaching(all) : inner;
}

/**
 * Whether a block lies in the innermost loop around the entry, as the addresses of branches back say; undefined when it begins with the entry.
 * Loops that have addresses in common are one, unless one of them has all of the other's.
 */
function loopAround(blocks: Blocks, entry: number): ((key: number) => boolean) | undefined {
  const back: [to: number, from: number][] = [];
  for (const [key, block] of blocks)
    for (const target of targets(block)) if (target <= key) back.push([target, key]);
  let inner: [number, number] | undefined;
  for (const [to, from] of back)
    if (to <= entry && from >= entry && (!inner || from - to < inner[1] - inner[0]))
      inner = [to, from];
  if (!inner) return undefined;
  let [low, high] = inner;
  for (let changed = true; changed;) {
    changed = false;
    for (const [to, from] of back) {
      const crosses =
        (to < low && from >= low && from < high) || (to >= low && to <= high && from > high);
      if (!crosses) continue;
      low = Math.min(low, to);
      high = Math.max(high, from);
      changed = true;
    }
  }
  return low === entry ? undefined : (key) => key >= low && key <= high;
}
