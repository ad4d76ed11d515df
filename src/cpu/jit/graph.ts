import { type Inst, type IrBlock, Op } from "../ir/ops.ts";
import { type Fetch, isIdle, liftBlock } from "../lift/mod.ts";
import { findJumpTable, type JumpTable } from "./jump-table.ts";

/** Bounds of a region: what a translation may cost. */
const MAX_BLOCKS = 200;
export const MAX_INSTRUCTIONS = 2500;
/** Instructions of a loop of which a part is written twice, so that it is entered at its beginning only. */
const MAX_REPEATED = 64;

/** A block of a region before it is known what is around it. */
export interface Block {
  readonly ir: IrBlock;
  /** The branch at its end goes through this table. */
  readonly table: JumpTable | undefined;
  /** Key minus guest address: 0, or another number for each call of which the code is part of the region. */
  readonly base: number;
  /** The block ends with such a call: where its code begins. */
  readonly callee: number | undefined;
  /** It ends with a call through a register: where that probably leads (targets.ts). */
  readonly target: number | undefined;
  /** There is a stub of the firmware: its number. */
  readonly stub: number | undefined;
  /** Its call has its result in this word of the engines' area (CallWord). */
  readonly answer: number | undefined;
  /** That has a function of its own (DirectCalls). */
  readonly direct: boolean;
  /** It is code of such a call: the key of the block to which that returns. */
  readonly back: number | undefined;
  /** The function calls itself by branches (recursion.ts): keys of the blocks to which returns lead. */
  readonly sites: readonly number[] | undefined;
}

/** A block of a region: straight code with branches out of it. */
export interface Node extends Block {
  /** Guest address (bit 0: Thumb) plus `base`. */
  readonly key: number;
  /** Keys of the blocks of the region it can go to, one for each branch. */
  readonly successors: number[];
  /** Place in reverse postorder. */
  order: number;
  /** Immediate dominator; the entry is its own. */
  dominator: Node;
  /** Blocks that it dominates immediately. */
  readonly children: Node[];
  /** Branches from blocks before it in order. */
  forward: number;
  /** A branch comes back from a block that it dominates. */
  isLoop: boolean;
}

export interface Graph {
  readonly entry: Node;
  /** In reverse postorder. */
  readonly nodes: readonly Node[];
  readonly byKey: ReadonlyMap<number, Node>;
}

/** True when branch k of the block puts the address behind the instruction into lr: a call. */
export function isCall(ir: IrBlock, k: number): boolean {
  const x = ir.insts[k];
  const next = ir.pcs[x.at + 1] | (ir.thumb ? 1 : 0);
  for (let j = k - 1; j >= 0 && ir.insts[j].at === x.at; j--) {
    const y = ir.insts[j];
    if (y.op === Op.mov && y.d === 14 && y.kb && y.b === next) return true;
  }
  return false;
}

export const isBranch = (x: Inst): boolean =>
  x.op === Op.br || x.op === Op.brc || x.op === Op.brz || x.op === Op.brnz;

/** The key of the code at a guest address to which a block branches. */
export function keyAt({ base }: Block, address: number): number {
  return base + (address >>> 0);
}
/** Of the code that comes behind a block; undefined when there is none, or that of a call comes in between for certain. */
export function keyBehind(block: Block): number | undefined {
  return (block.callee === undefined || block.target !== undefined) && fallsThrough(block.ir)
    ? block.base + behind(block.ir)
    : undefined;
}

type Blocks = ReadonlyMap<number, Block>;

/** Where a block can go: targets of branches, behind calls, its end. */
export function* targets({ ir, table }: Block): Generator<number> {
  yield* branchTargets(ir, table);
  if (fallsThrough(ir)) yield behind(ir);
}
export function* branchTargets(ir: IrBlock, table: JumpTable | undefined): Generator<number> {
  yield* new Set(table?.targets);
  const thumb = ir.thumb ? 1 : 0;
  const { insts } = ir;
  for (let k = 0; k < insts.length; k++) {
    const x = insts[k];
    if (isBranch(x) && !isCall(ir, k) && (x.to & 1) === thumb) yield x.to >>> 0;
  }
}
/** Where the call at the end of a block leads, if that is known or likely and no change of instruction sets. */
export function calledBy({ ir, target }: Block): number | undefined {
  const { insts, open, thumb } = ir;
  const last = insts.length - 1;
  if (open) return undefined;
  const { op, to } = insts[last];
  if ((op !== Op.br && op !== Op.bx) || !isCall(ir, last)) return undefined;
  const called = op === Op.br ? to >>> 0 : target;
  if (called === undefined || (called & 1) !== (thumb ? 1 : 0)) return undefined;
  return insts.some(({ op, label }) => op === Op.skip && label > last) ? undefined : called;
}

/** The address behind the block. */
export const behind = (ir: IrBlock): number => (ir.end | (ir.thumb ? 1 : 0)) >>> 0;

/** True when the code behind the block goes on from it: its end is open, or is a call that returns. */
export function fallsThrough(ir: IrBlock): boolean {
  if (ir.open) return ir.its[ir.its.length - 1] === 0;
  const last = ir.insts.length - 1;
  const { op } = ir.insts[last];
  return (op === Op.br || op === Op.bx) && isCall(ir, last);
}

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

/** Where a block goes within the region. */
function* successors(block: Block, blocks: Blocks): Generator<number> {
  const { ir, table, base, callee, back, sites } = block;
  let comesBack = false;
  for (const target of branchTargets(ir, table)) {
    const key = base + target;
    if (blocks.has(key)) yield key;
    // What is elsewhere returns there (Calls.goOnElsewhere).
    comesBack ||= !blocks.has(key) || target <= ir.start;
  }
  if (callee !== undefined) yield callee;
  const next = keyBehind(block);
  if (next !== undefined && blocks.has(next)) yield next;
  else if (next !== undefined) comesBack = true;
  if (!comesBack && !ir.insts.some((x, k) => x.op === Op.bx && !isCall(ir, k))) return;
  if (back !== undefined) yield back;
  yield* sites ?? [];
}

/** The graph of the blocks of a region. */
export function orderBlocks(blocks: Blocks, entry: number): Graph {
  const byKey = new Map<number, Node>();
  const post: Node[] = [];
  const node = (key: number): Node => {
    const block = blocks.get(key)!;
    const n: Node = {
      ...block,
      key,
      successors: [...successors(block, blocks)],
      order: 0,
      dominator: undefined as unknown as Node,
      children: [],
      forward: 0,
      isLoop: false,
    };
    byKey.set(key, n);
    return n;
  };
  const stack: { n: Node; next: number }[] = [{ n: node(entry), next: 0 }];
  while (stack.length) {
    const top = stack[stack.length - 1];
    if (top.next === top.n.successors.length) {
      post.push(top.n);
      stack.pop();
      continue;
    }
    const key = top.n.successors[top.next++];
    if (!byKey.has(key)) stack.push({ n: node(key), next: 0 });
  }
  const nodes = post.reverse();
  nodes.forEach((n, k) => (n.order = k));
  dominators(nodes, byKey);
  return { entry: nodes[0], nodes, byKey };
}

/** Cooper, Harvey, Kennedy: A Simple, Fast Dominance Algorithm. */
function dominators(nodes: readonly Node[], byKey: ReadonlyMap<number, Node>): void {
  const before: Node[][] = nodes.map(() => []);
  for (const n of nodes) for (const key of n.successors) before[byKey.get(key)!.order].push(n);
  nodes[0].dominator = nodes[0];
  const common = (a: Node, b: Node): Node => {
    while (a !== b) {
      while (a.order > b.order) a = a.dominator;
      while (b.order > a.order) b = b.dominator;
    }
    return a;
  };
  for (let changed = true; changed;) {
    changed = false;
    for (const n of nodes) {
      if (n.order === 0) continue;
      let found: Node | undefined;
      for (const p of before[n.order]) if (p.dominator) found = found ? common(found, p) : p;
      if (found !== n.dominator) {
        n.dominator = found!;
        changed = true;
      }
    }
  }
  for (const n of nodes) {
    if (n.order > 0) n.dominator.children.push(n);
    for (const p of before[n.order]) {
      if (p.order < n.order) n.forward++;
      else if (dominates(n, p)) n.isLoop = true;
    }
  }
}

export function dominates(a: Node, b: Node): boolean {
  while (b.order > a.order) b = b.dominator;
  return a === b;
}

/** Whether WebAssembly has a branch from one block to another: forward, or back in a loop. */
export function canGoTo(to: Node, from: Node): boolean {
  return to.order > from.order || dominates(to, from);
}

/** Whether all ways back lead to blocks by which they are dominated. */
export function isReducible({ nodes, byKey }: Graph): boolean {
  return nodes.every((n) => n.successors.every((key) => canGoTo(byKey.get(key)!, n)));
}

/** The blocks of each natural loop. */
export function loopBodies({ nodes, byKey }: Graph): Set<Node>[] {
  const before = new Map<Node, Node[]>(nodes.map((n) => [n, []]));
  for (const n of nodes) for (const key of n.successors) before.get(byKey.get(key)!)!.push(n);
  const bodies: Set<Node>[] = [];
  for (const head of nodes) {
    if (!head.isLoop) continue;
    const body = new Set([head]);
    const work = before.get(head)!.filter((n) => dominates(head, n));
    for (let n = work.pop(); n; n = work.pop()) {
      if (body.has(n)) continue;
      body.add(n);
      work.push(...before.get(n)!);
    }
    bodies.push(body);
  }
  return bodies;
}
