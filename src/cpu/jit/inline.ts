import { type Inst, Op } from "../ir/ops.ts";
import type { Fetch } from "../lift/mod.ts";
import { findBlocks } from "./blocks.ts";
import { isBackward, isReturn } from "./facts.ts";
import {
  behind,
  type Block,
  calledBy,
  fallsThrough,
  type Graph,
  isBranch,
  isCall,
  isReducible,
  orderBlocks,
} from "./graph.ts";
import { withOwnCalls } from "./recursion.ts";
import { interpretedIn } from "./shapes.ts";
import { stubNumber } from "./stub.ts";
import { guessTargets } from "./targets.ts";

// Small functions become part of the regions that call them: the call is a branch to a copy of their blocks, a return that comes to
// the address it was called from a branch to the block behind. Registers and flags stay where they are. Instructions, units and ways out are
// the guest's, as addresses are, so that a fault or the end of a slice within is what it would be elsewhere. A copy is watched as the rest of the
// region is.

/** Instructions of a function that is small, and of all copies in a region. */
const MAX_CALLEE = 24;
const MAX_COPIES = 160;
/** Copies in copies, as of what calls itself. */
const MAX_DEPTH = 2;
/** Blocks of a small function. */
const MAX_BLOCKS = 8;
/** What keys of one copy have in common. */
const COPY = 2 ** 32;

/** What buildGraph may go by besides the code. */
interface Now {
  /** Counters are of the code that has them: there are no copies, and stubs are called as what they are. */
  readonly counts: boolean;
  /** Whether it may look into memory for where calls lead, and what registers hold at the entry. */
  readonly guesses: boolean;
  readonly holds: ((r: number) => number) | undefined;
  /** See `Cpu.answers`. */
  readonly answers?: (number: number) => number | undefined;
  /** Whether there is a function for the supervisor call of a number: DirectCalls. */
  readonly isDirect?: (number: number) => boolean;
  /** Instructions behind which it takes no more blocks; undefined: as many as a region may have. */
  readonly most?: number;
}

/** The region that begins at `entry`, as a graph; undefined when nothing can be fetched there. See `findBlocks`. */
export function buildGraph(
  fetch: Fetch,
  entry: number,
  hasRun: (key: number) => boolean = () => true,
  now?: Now,
): Graph | undefined {
  const found = findBlocks(fetch, entry, hasRun, now?.most);
  if (!found) return undefined;
  if (now?.guesses) guess(found, entry >>> 0, fetch, now);
  const joined = now?.counts ? undefined : withOwnCalls(found, entry >>> 0);
  const blocks = joined ?? found;
  const own = joined && entry >>> 0;
  if (!now?.counts)
    inlineCalls(own, blocks, fetch, hasRun, (callee, to) => {
      if (now?.guesses) guess(callee, to, fetch, { ...now, holds: undefined });
    });
  return orderBlocks(blocks, entry >>> 0);
}

/** Finds out where calls through registers probably lead. */
function guess(blocks: Map<number, Block>, entry: number, fetch: Fetch, now: Now): void {
  const word = (address: number): number | undefined => {
    const low = fetch(address);
    const high = fetch(address + 2);
    return address & 3 || low === undefined || high === undefined ? undefined : low | (high << 16);
  };
  for (const [key, to] of guessTargets(blocks, entry, word, now.holds)) {
    const isCode = (to & 3) !== 2 && fetch((to & ~1) >>> 0) !== undefined;
    if (!isCode) continue;
    const stub = now.counts ? undefined : stubNumber(fetch, to);
    const answer = stub === undefined ? undefined : now.answers?.(stub);
    const direct = stub !== undefined && now.isDirect?.(stub) === true;
    blocks.set(key, { ...blocks.get(key)!, target: to >>> 0, stub, answer, direct });
  }
}

function inlineCalls(
  own: number | undefined,
  blocks: Map<number, Block>,
  fetch: Fetch,
  hasRun: (key: number) => boolean,
  prepare: (callee: Map<number, Block>, entry: number) => void,
): void {
  /** Functions that are not copied. */
  const large = new Set(own === undefined ? [] : [own]);
  let copies = 0;
  let left = MAX_COPIES;
  // Calls of the function itself first, then those of its copies.
  const work = [...blocks].map(([key, block]) => ({ key, block, depth: 0, alone: own }));
  for (const { key, block, depth, alone } of work) {
    const target = calledBy(block);
    if (target === undefined || large.has(target) || !hasRun(target)) continue;
    if (target === alone) continue;
    const back = block.base + behind(block.ir);
    if (!blocks.has(back)) continue;
    const callee = findBlocks(fetch, target, hasRun, MAX_CALLEE);
    if (!callee || !isSmall(callee, target)) {
      large.add(target);
      continue;
    }
    const size = instructionsOf(callee);
    if (size > left) continue;
    left -= size;
    prepare(callee, target);
    // Where its own calls are branches, a copy is for those calls of it in which it does not call itself.
    const noMore = withOwnCalls(callee, target) && target;
    const base = ++copies * COPY;
    blocks.set(key, { ...block, callee: base + target });
    for (const [at, copy] of callee) {
      const own = { ...copy, base, back };
      blocks.set(base + at, own);
      if (depth + 1 < MAX_DEPTH)
        work.push({ key: base + at, block: own, depth: depth + 1, alone: noMore });
    }
  }
}

const instructionsOf = (blocks: ReadonlyMap<number, Block>): number =>
  [...blocks.values()].reduce((sum, { ir }) => sum + ir.pcs.length - 1, 0);

/** Whether the blocks of a function may be copied: they do nothing that leaves for good but return. */
function isSmall(blocks: ReadonlyMap<number, Block>, entry: number): boolean {
  if (blocks.size > MAX_BLOCKS || instructionsOf(blocks) > MAX_CALLEE) return false;
  const returns = [...blocks.values()].some(({ ir }) =>
    ir.insts.some((x, k) => x.op === Op.bx && isReturn(ir.insts, k) && !isCall(ir, k)),
  );
  if (!returns || ![...blocks.values()].every(isPlain) || isLoop(blocks)) return false;
  // A copy in a copy could not go back into a loop that is entered in two places.
  return isReducible(orderBlocks(blocks, entry));
}
/** A loop that calls nothing is better by itself: regions do more about those (counted.ts, streams.ts). */
function isLoop(blocks: ReadonlyMap<number, Block>): boolean {
  const all = [...blocks.values()];
  if (all.some(({ ir }) => !ir.open && fallsThrough(ir))) return false;
  return all.some(({ ir }) => ir.insts.some((x) => isBranch(x) && isBackward(x.to, ir.start)));
}
function isPlain({ ir, table }: Block): boolean {
  const { insts, its } = ir;
  if (table || its[its.length - 1] || interpretedIn(insts)) return false;
  return insts.every(
    (x, k) => !leaves(x) && (x.op !== Op.bx || isCall(ir, k) || isReturn(insts, k)),
  );
}
const leaves = ({ op }: Inst): boolean => op === Op.svc || op === Op.bkpt || op === Op.udf;
