import { counting } from "../cpu/mod.ts";

type IrBlock = counting.IrBlock;
const { Op } = counting;

/** What one counter stands for; addresses are those of instructions. */
export interface Counted {
  /** -1: it takes back what others have counted. */
  readonly sign: 1 | -1;
  /** Instructions passed as often as it counts. */
  readonly passed: readonly number[];
  /** Instructions executed as often: without those whose condition had a say. */
  readonly executed: readonly number[];
  /** Conditional branches met as often, of which it is counted how often they were not taken. */
  readonly branches: readonly number[];
  /** The same of those of which it is counted how often they were taken. */
  readonly jumps: readonly number[];
  /** The conditional branch that was not taken as often. */
  readonly fellThrough?: number;
  /** The conditional branch that was taken as often. */
  readonly taken?: number;
}

const BRANCHES = new Set([Op.brc, Op.brz, Op.brnz, Op.brcmp, Op.brtst]);
const SKIPS = new Set([Op.skip, Op.skipcmp, Op.skiptst]);
const LINK = 14;
const LEAVES = new Set([Op.br, Op.bx]);

/** The counters of a block. */
export interface CounterPlan {
  /** By the index of the op in front of which they are, with the number of ops for the end. */
  readonly counters: ReadonlyMap<number, Counted>;
  /** For each op the counters that have counted it when it begins. */
  readonly active: readonly (readonly Counted[])[];
}

interface Draft {
  readonly sign: 1;
  passed: number[];
  executed: number[];
  branches: number[];
  jumps: number[];
  fellThrough?: number;
  taken?: number;
}

/**
 * Where a block needs counters, so that the execution of each instruction and the ways of each conditional branch follow: at its start,
 * behind a branch that may leave it, in front of conditional ops, and where those join again when they may have left.
 */
export function planCounters({ insts, pcs }: IrBlock): CounterPlan {
  const plan = new Map<number, Draft>();
  const active: Draft[][] = [];
  const draft = (k: number): Draft => {
    let found = plan.get(k);
    if (!found)
      plan.set(k, (found = { sign: 1, passed: [], executed: [], branches: [], jumps: [] }));
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
    active.push(body ? [now, body.counter] : [now]);
    const pc = pcs[x.at];
    pass(x.at);
    if (SKIPS.has(x.op)) {
      body = { counter: draft(k + 1), end: x.label, leaves: false };
      continue;
    }
    // A conditional jump is executed when its condition is looked at, in whatever form it is.
    const jump = x.op === Op.br && !insts.some(({ at, d }) => at === x.at && d === LINK);
    const counter: Draft = (jump ? undefined : body?.counter) ?? now;
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
      now.jumps.push(pc);
      body.counter.taken = pc;
      body.leaves = true;
    }
  }
  // Instructions without ops: NOP, ISB.
  pass(pcs.length - 2);
  addIdle(plan, insts, pcs);
  return { counters: plan, active };
}

/** What is to be taken back of the counters when the instructions at `pcs`, which they have counted, are not executed. */
export function takenBack(counters: readonly Counted[], pcs: ReadonlySet<number>): Counted {
  const of = (name: "passed" | "executed" | "branches" | "jumps"): number[] =>
    counters.flatMap((counter) => counter[name].filter((pc) => pcs.has(pc)));
  return {
    sign: -1,
    passed: of("passed"),
    executed: of("executed"),
    branches: of("branches"),
    jumps: of("jumps"),
    taken: counters.find(({ taken }) => taken !== undefined && pcs.has(taken))?.taken,
  };
}

/** Instructions without ops are executed whenever they are passed. */
function addIdle(plan: Map<number, Draft>, insts: IrBlock["insts"], pcs: readonly number[]): void {
  const busy = new Set(insts.map(({ at }) => pcs[at]));
  for (const draft of plan.values())
    for (const pc of draft.passed) if (!busy.has(pc)) draft.executed.push(pc);
}
