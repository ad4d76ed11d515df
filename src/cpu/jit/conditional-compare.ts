import { type Inst, NONE, NZCV, Op } from "../ir/ops.ts";
import { flagReaders } from "./facts.ts";
import { canBeSource, meet, Place, type State } from "./flags-state.ts";
import type { Flags } from "./flags.ts";
import { type Graph, isCall, keyAt, keyBehind, type Node } from "./graph.ts";
import { dataEmitter } from "./data.ts";
import { Local } from "./layout.ts";
import { W, type Writer } from "./wasm.ts";

// A comparison that is made only when one before it says so, and a branch on both: CMP, CMPNE, BEQ. No flag of it needs to be computed:
// each comparison is a branch of the host, and which of them was the last is a number that nobody looks at but a way out.

/** What the branch is written with: blocks of the host, and the way to where it leads. */
interface Branch {
  open(): void;
  close(): void;
  taken(): void;
}

/** Finds and writes these. */
export class ConditionalCompares {
  private readers: ReadonlySet<number> | undefined;

  constructor(
    private readonly w: Writer,
    private readonly flags: Flags,
    private readonly graph: Graph,
  ) {}

  /** Writes the skip of op k, the comparison and the branch behind it; false when this is something else, and nothing is written. */
  emit(n: Node, k: number, { open, close, taken }: Branch): boolean {
    const { insts } = n.ir;
    const { cond, label } = insts[k];
    const [compare, branch] = [insts[k + 1], insts[label]];
    const { flags, w } = this;
    const first = flags.state;
    if (label !== k + 2 || branch?.op !== Op.brc || !isCompare(compare)) return false;
    if (!isKnown(first) || !this.die(n, label)) return false;
    dataEmitter(compare.op)!(compare, w, flags);
    const second = flags.state;
    const both = meet(first, second, false);
    /** Names the comparison that is the last one; its flags are what conditions are about. */
    const isLast = (state: State): void => {
      flags.state = state;
      if (!both.isSource) return;
      w.state(state);
      w.set(Local.Source);
    };
    const [TAKEN, BEHIND] = [0, 1];
    open();
    open();
    isLast(first);
    flags.condition(cond);
    // What is skipped leaves the branch to the first comparison.
    if (branch.cond === cond) w.brIf(TAKEN);
    else if (branch.cond === (cond ^ 1)) w.brIf(BEHIND);
    else {
      w.open(W.if);
      flags.condition(branch.cond);
      w.brIf(TAKEN + 1);
      w.br(BEHIND + 1);
      w.end();
    }
    isLast(second);
    flags.condition(branch.cond);
    w.op(W.eqz);
    w.brIf(BEHIND);
    close();
    flags.state = both;
    taken();
    close();
    flags.state = both;
    return true;
  }

  /** Whether all flags are written before one is read, on both ways of the branch. */
  private die(n: Node, branch: number): boolean {
    const { ir, callee, back, sites } = n;
    const { insts } = ir;
    const readers = (this.readers ??= flagReaders(this.graph));
    if (readers.has(keyAt(n, insts[branch].to))) return false;
    for (let k = branch + 1; k < insts.length; k++) {
      const x = insts[k];
      if (x.op === Op.brc || x.op === Op.skip) return false;
      // Other code finds them in the file.
      if (x.op === Op.bx && !isCall(ir, k))
        return (back === undefined ? (sites ?? []) : [back]).every((to) => !readers.has(to));
      if (x.op === Op.svc || x.op === Op.bx || (x.op === Op.br && isCall(ir, k)))
        return callee === undefined || k < insts.length - 1 || !readers.has(callee);
      if (x.op === Op.br) return !readers.has(keyAt(n, x.to));
      if (x.set === NZCV) return true;
      if (x.set || READERS.has(x.op)) return false;
    }
    const next = keyBehind(n);
    return next === undefined || !readers.has(next);
  }
}

const READERS = new Set([Op.adc, Op.sbc, Op.rsc, Op.rrx, Op.mrs, Op.vsel]);

function isCompare(x: Inst): boolean {
  return x.op === Op.sub && x.d === NONE && x.set === NZCV && !x.ka;
}

/** Flags that follow from registers as they are. */
function isKnown(s: State): boolean {
  const S = Place.Sum;
  return s.nz === S && s.c === S && s.v === S && canBeSource(s);
}
