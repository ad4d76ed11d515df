import { type Inst, NONE, Op, TEMP } from "../ir/ops.ts";
import { writtenBy } from "./facts.ts";
import { accessOf, isAccess, singleOf } from "./shapes.ts";

// Conditional instructions that only calculate, or load what can be loaded anyway: MOVHI, ADDNE, LDRHI. They are done always, and the
// condition chooses between the result and what was there before. Compilers write them where they do not know which way a branch would
// go; the host would not know it either, and a branch that was not foreseen costs as much as a dozen instructions.

/** Ops behind one skip that are done always. */
const MOST = 3;
/** Bytes between a load and an access that is made anyway. */
const NEAR = 64;
const SP = 13;

/** What takes a cycle, as a rule, and needs nothing but its operands. */
const calculations = new Set<number>([
  ...[Op.mov, Op.mvn, Op.add, Op.sub, Op.rsb, Op.and, Op.orr, Op.eor, Op.bic, Op.orn],
  ...[Op.lsl, Op.lsr, Op.asr, Op.ror, Op.ubfx, Op.sbfx, Op.sxtb, Op.sxth],
]);

/** Whether what the skip of op k jumps over is done always; `loads`: also when it loads. */
export function isChosen(insts: readonly Inst[], k: number, loads: boolean): boolean {
  const { label } = insts[k];
  if (label === k + 1 || label > k + 1 + MOST) return false;
  for (let j = k + 1; j < label; j++) {
    const x = insts[j];
    if (x.d === NONE || x.e !== NONE || x.set !== 0) return false;
    if (!calculations.has(x.op) && !(loads && isLoadedAnyway(insts, k, j))) return false;
  }
  return true;
}

/** Whether the load of op j, behind the skip of op k, has a base through which something near is loaded or stored under no condition. */
function isLoadedAnyway(insts: readonly Inst[], k: number, j: number): boolean {
  const x = insts[j];
  const own = accessOf(x);
  if (!own || own.store || !singleOf(x.op) || x.ka || own.offset === undefined) return false;
  const isWritten = (at: number): boolean => (writtenBy(insts, at, at + 1) & (1 << x.a)) !== 0;
  for (let at = k + 1; at < j; at++) if (isWritten(at)) return false;
  if (x.a === SP) return true;
  const near = (at: number): boolean => {
    const y = insts[at];
    const other = isAccess(y) && !y.ka && y.a === x.a ? accessOf(y) : undefined;
    return other?.offset !== undefined && Math.abs(other.offset - own.offset!) <= NEAR;
  };
  const skips: number[] = [];
  for (let at = 0; at < insts.length; at++) if (insts[at].op === Op.skip) skips.push(at);
  const isConditional = (at: number): boolean => skips.some((s) => s < at && at < insts[s].label);
  for (let at = k - 1; at >= 0; at--) {
    if (near(at) && !isConditional(at)) return true;
    if (isWritten(at)) break;
  }
  for (let at = j; at < insts.length && !leaves.has(insts[at].op); at++) {
    if (near(at) && !isConditional(at)) return true;
    if (isWritten(at)) break;
  }
  return false;
}
const leaves = new Set<number>([Op.br, Op.brc, Op.brz, Op.brnz, Op.bx, Op.svc]);

/** The register of the guest that the ops in [from, to), behind one skip, calculate, when it is one and is written last. */
export function onlyResult(insts: readonly Inst[], from: number, to: number): number | undefined {
  for (let k = from; k < to - 1; k++) if (insts[k].d < TEMP) return undefined;
  const { d, op } = insts[to - 1];
  return d < TEMP && calculations.has(op) ? d : undefined;
}
