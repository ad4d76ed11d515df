import { counting } from "../cpu/mod.ts";
import { type Counted, type CounterPlan, planCounters, takenBack } from "./plan.ts";

/** The counters of one block as an engine wants them. */
export class BlockCounters implements counting.BlockCounts {
  readonly words: Int32Array;
  private readonly plan: CounterPlan;
  private readonly undos = new Map<string, number>();

  /** `word` makes a counter. */
  constructor(
    private readonly block: counting.IrBlock,
    private readonly word: (meaning: Counted) => number,
  ) {
    this.plan = planCounters(block);
    this.words = new Int32Array(block.insts.length + 1);
    for (const [k, meaning] of this.plan.counters) this.words[k] = word(meaning);
  }

  undo(k: number, from: number, to: number): number {
    return this.takeBack(this.plan.active[k] ?? [], from, to);
  }

  undoAt(index: number, reached: boolean): number {
    const { insts, pcs } = this.block;
    let k = insts.findIndex(({ at }) => at >= index);
    if (k < 0) return 0;
    // Conditional ops are behind their skip.
    // The border of a page is behind all of them.
    const own = (j: number): boolean => insts[j]?.at === index && insts[j].op !== counting.Op.cross;
    if (reached) while (own(k + 1)) k++;
    const { active, counters } = this.plan;
    const counted = reached ? active[k] : active[k].filter((c) => c !== counters.get(k));
    return this.takeBack(counted, index, pcs.length - 1);
  }

  private takeBack(counted: readonly Counted[], from: number, to: number): number {
    const { pcs } = this.block;
    const key = `${counted.map((c) => c.executed[0] ?? c.passed[0]).join(",")}:${from}:${to}`;
    let word = this.undos.get(key);
    if (word === undefined) {
      word = this.word(takenBack(counted, new Set(pcs.slice(from, to))));
      this.undos.set(key, word);
    }
    return word;
  }
}
