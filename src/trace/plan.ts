import { counting } from "../cpu/mod.ts";

type IrBlock = counting.IrBlock;
const { Op } = counting;

/** What one counter stands for; addresses are those of instructions. */
export interface Counted {
  /** Instructions passed as often as it counts. */
  readonly passed: readonly number[];
  /** Instructions executed as often: without those whose condition had a say. */
  readonly executed: readonly number[];
  /** Conditional branches met as often. */
  readonly branches: readonly number[];
  /** The conditional branch that was not taken as often. */
  readonly fellThrough?: number;
  /** The conditional branch that was taken as often. */
  readonly taken?: number;
}

const BRANCHES = new Set([Op.brc, Op.brz, Op.brnz, Op.brcmp, Op.brtst]);
const SKIPS = new Set([Op.skip, Op.skipcmp, Op.skiptst]);
const LEAVES = new Set([Op.br, Op.bx]);

interface Draft {
  passed: number[];
  executed: number[];
  branches: number[];
  fellThrough?: number;
  taken?: number;
}

/**
 * Where a block needs counters, so that the execution of each instruction and the ways of each conditional branch follow: at its start,
 * behind a branch that may leave it, in front of conditional ops, and where those join again when they may have left. Keys are indices of
 * ops, with the number of ops for the end.
 */
export function planCounters({ insts, pcs }: IrBlock): Map<number, Counted> {
  const plan = new Map<number, Draft>();
  const draft = (k: number): Draft => {
    let found = plan.get(k);
    if (!found) plan.set(k, (found = { passed: [], executed: [], branches: [] }));
    return found;
  };
  let now = draft(0);
  /** The body under way: its counter, where it ends. */
  let body: { counter: Draft; end: number; leaves: boolean } | undefined;
  let next = 0;
  const pass = (to: number): void => {
    for (; next <= to; next++) now.passed.push(pcs[next]);
  };
  for (let k = 0; k < insts.length; k++) {
    const x = insts[k];
    if (body?.end === k) {
      if (body.leaves) now = draft(k);
      body = undefined;
    }
    const pc = pcs[x.at];
    pass(x.at);
    if (SKIPS.has(x.op)) {
      body = { counter: draft(k + 1), end: x.label, leaves: false };
      continue;
    }
    const counter: Draft = body?.counter ?? now;
    if (counter.executed.at(-1) !== pc) counter.executed.push(pc);
    if (BRANCHES.has(x.op)) {
      counter.branches.push(pc);
      const after = draft(k + 1);
      after.fellThrough = pc;
      if (body) body = { ...body, counter: after };
      else now = after;
    } else if (x.op === Op.svc) {
      // What follows is executed when the call comes back, if it does.
      if (body) body = { ...body, leaves: true, counter: draft(k + 1) };
      else now = draft(k + 1);
    } else if (body && LEAVES.has(x.op)) {
      // A conditional call or jump: met as often as the instruction is passed.
      now.branches.push(pc);
      body.counter.taken = pc;
      body.leaves = true;
    }
  }
  // Instructions without ops: NOP, ISB.
  pass(pcs.length - 2);
  addIdle(plan, insts, pcs);
  return plan;
}

/** Instructions without ops are executed whenever they are passed. */
function addIdle(plan: Map<number, Draft>, insts: IrBlock["insts"], pcs: readonly number[]): void {
  const busy = new Set(insts.map(({ at }) => pcs[at]));
  for (const draft of plan.values())
    for (const pc of draft.passed) if (!busy.has(pc)) draft.executed.push(pc);
}
