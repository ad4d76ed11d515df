import { AL, conditionReads, type Inst, NONE, NZCV, Op, opRows } from "./ops.ts";

const shifts = new Set([Op.lsl, Op.lsr, Op.asr, Op.ror]);

/**
 * Dead flag elimination: a flag write goes when every flag is written again before it can be seen. Everything that may
 * fault or leave the block sees all flags, so that cpsr is exact at every fault and exit. Writes are kept or dropped whole.
 */
export function dropDeadFlags(insts: readonly Inst[]): void {
  const before = new Uint8Array(insts.length + 1);
  let live = NZCV;
  before[insts.length] = live;
  for (let k = insts.length - 1; k >= 0; k--) {
    const x = insts[k];
    const row = opRows[x.op];
    if (row.leaves) live = NZCV;
    else {
      if ((x.set & live) === 0) x.set = 0;
      if (x.set === 0 && x.d === NONE && isPure(x)) x.op = Op.nop;
      // A shift by a register that is zero leaves C alone.
      const kept = shifts.has(x.op) && !x.kb ? x.set & ~2 : x.set;
      live = (live & ~kept) | row.reads;
      if (x.op === Op.skip) live |= before[x.label] | conditionReads[x.cond];
    }
    before[k] = live;
  }
}

/** Has no effect but its flags. */
function isPure(x: Inst): boolean {
  return opRows[x.op].sets !== 0 && x.e === NONE && x.op !== Op.msr;
}

/** Conditions which follow from comparing two numbers, without C and V. */
const compareConditions = new Set([0, 1, 2, 3, 8, 9, 10, 11, 12, 13]);
const testConditions = new Set([0, 1]);

/** Compare and branch fusion: CMP or TST followed by a branch or skip becomes one op, which still writes the flags. */
export function fuseCompareBranch(insts: readonly Inst[]): void {
  const targets = new Set<number>();
  for (const x of insts) if (x.op === Op.skip) targets.add(x.label);
  for (let k = 1; k < insts.length; k++) {
    const x = insts[k];
    const p = insts[k - 1];
    if ((x.op !== Op.brc && x.op !== Op.skip) || p.d !== NONE || p.ka || targets.has(k)) continue;
    const compares = p.op === Op.sub && compareConditions.has(x.cond);
    if (!compares && !(p.op === Op.and && testConditions.has(x.cond))) continue;
    if (p.set === 0 || x.cond === AL) continue;
    if (x.op === Op.brc) x.op = compares ? Op.brcmp : Op.brtst;
    else x.op = compares ? Op.skipcmp : Op.skiptst;
    x.a = p.a;
    x.b = p.b;
    x.kb = p.kb;
    x.set = p.set;
    p.op = Op.nop;
    p.set = 0;
  }
}
