import { Op } from "../ir/ops.ts";
import { isReturn } from "./facts.ts";
import {
  behind,
  type Block,
  branchTargets,
  calledBy,
  isCall,
  isReducible,
  orderBlocks,
  targets,
} from "./graph.ts";

// A function that calls itself is one region without calls of the host: a direct call of its own is a branch to its beginning, and a return
// compares the address with those behind these calls, which are blocks of the region, before it is left. The guest's frames are all there
// are, so it does not matter how deep it is, and who returns elsewhere (longjmp) leaves the region as if it had been called once.

/** Places that a return may be compared with, one after the other. */
const MAX_SITES = 6;

/** Keys of the code behind the calls where it is there twice. */
const TWICE = 2 ** 52;

/**
 * The blocks of the function at `entry`, with branches instead of the calls by which it calls itself. Undefined when there are none, when
 * only a part of the function is there (`entry` is in a loop, or no return is in the region), or when some way back would lead into a loop.
 */
export function withOwnCalls(
  blocks: ReadonlyMap<number, Block>,
  entry: number,
): Map<number, Block> | undefined {
  for (const twice of [false, true]) {
    const joined = joinOwnCalls(blocks, entry, twice);
    if (!joined) return undefined;
    if (isReducible(orderBlocks(joined, entry))) return joined;
  }
  return undefined;
}

/** `twice`: what can be reached from behind such a call is there once more, for that only. */
function joinOwnCalls(
  blocks: ReadonlyMap<number, Block>,
  entry: number,
  twice: boolean,
): Map<number, Block> | undefined {
  const isOwnCall = (block: Block): boolean =>
    block.target === undefined && calledBy(block) === entry && blocks.has(behind(block.ir));
  const all = [...blocks.values()];
  const behindCalls = [...new Set(all.filter(isOwnCall).map(({ ir }) => behind(ir)))];
  if (behindCalls.length === 0 || behindCalls.length > MAX_SITES) return undefined;
  for (const { ir, table } of all)
    for (const to of branchTargets(ir, table)) if (to === entry) return undefined;
  if (!all.some(returns)) return undefined;
  const base = twice ? TWICE : 0;
  const sites = behindCalls.map((key) => base + key);
  const joined = new Map<number, Block>();
  const add = (key: number, block: Block, base: number): void => {
    const callee = isOwnCall(block) ? entry : block.callee;
    joined.set(base + key, { ...block, base, sites, callee });
  };
  for (const [key, block] of blocks) add(key, block, 0);
  if (twice) for (const key of reached(blocks, behindCalls)) add(key, blocks.get(key)!, TWICE);
  return joined;
}

const returns = ({ ir }: Block): boolean =>
  ir.insts.some((x, k) => x.op === Op.bx && isReturn(ir.insts, k) && !isCall(ir, k));

function reached(blocks: ReadonlyMap<number, Block>, from: readonly number[]): Set<number> {
  const found = new Set<number>();
  const work = [...from];
  for (let key = work.pop(); key !== undefined; key = work.pop()) {
    const block = blocks.get(key);
    if (!block || found.has(key)) continue;
    found.add(key);
    work.push(...targets(block));
  }
  return found;
}
