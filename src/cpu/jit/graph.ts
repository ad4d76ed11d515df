import { type Inst, type IrBlock, Op } from "../ir/ops.ts";
import type { JumpTable } from "./jump-table.ts";

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

export type Blocks = ReadonlyMap<number, Block>;

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
