import { type Inst, NZCV, Op, TEMP } from "../ir/ops.ts";
import { Branches } from "./branches.ts";
import { isChosen, onlyResult } from "./choices.ts";
import { dataEmitter } from "./data.ts";
import { writtenBy } from "./facts.ts";
import { isCall, type Node } from "./graph.ts";
import { Local, local } from "./layout.ts";
import { isTranslated } from "./shapes.ts";
import { W } from "./wasm.ts";

/** Conditional instructions: those that are done always, of whose results one is chosen (choices.ts), and those in two branches. */
export abstract class Conditionals extends Branches {
  /** Conditional loads may be done always. */
  protected abstract readonly loadsAnyway: boolean;
  /** The op is done also when its condition does not hold. */
  protected anyway = false;

  /** Op k is reached, or the end. */
  protected abstract at(n: Node, k: number): void;
  /** Writes op k. */
  protected abstract inst(n: Node, k: number, conditional: boolean): void;

  /** Writes what is behind the skip of op k, and what is behind that for the opposite condition, without a branch; returns where that ends. */
  protected choose(n: Node, k: number, to: number): number {
    const { w, flags } = this;
    const { insts } = n.ir;
    const { cond, label } = insts[k];
    const next = insts[label];
    const both = label < to && next.op === Op.skip && next.cond === (cond ^ 1);
    const end = both && isChosen(insts, label, this.loadsAnyway) ? next.label : label;
    flags.beforeWrite(writtenBy(insts, k + 1, end));
    flags.condition(cond);
    w.set(Local.Skipped);
    const d = onlyResult(insts, k + 1, label);
    if (end > label && d !== undefined && d === onlyResult(insts, label + 1, end)) {
      const at = local(d);
      w.get(at);
      w.set(Local.Before);
      for (let j = k + 1; j < label; j++) this.always(n, j);
      w.get(at);
      w.set(Local.Other);
      w.get(Local.Before);
      w.set(at);
      for (let j = label + 1; j < end; j++) this.always(n, j);
      this.chosen(at, Local.Other, at);
      return end;
    }
    for (let j = k + 1; j < end; j++) {
      if (j === label) continue;
      const at = local(insts[j].d);
      if (insts[j].d < TEMP) {
        w.get(at);
        w.set(Local.Before);
      }
      this.always(n, j);
      if (insts[j].d >= TEMP) continue;
      if (j < label) this.chosen(at, at, Local.Before);
      else this.chosen(at, Local.Before, at);
    }
    return end;
  }
  private always(n: Node, k: number): void {
    this.at(n, k);
    this.anyway = true;
    this.inst(n, k, false);
    this.anyway = false;
  }
  /** One of two locals. */
  private chosen(to: number, executed: number, skipped: number): void {
    const { w } = this;
    w.get(skipped);
    w.get(executed);
    w.get(Local.Skipped);
    w.op(W.select);
    w.set(to);
  }

  /**
   * Where the code ends that is executed when that behind the skip of op k is not, as in MOVLS, MOVHI; k when there is no such code, or it
   * does more than to calculate.
   */
  protected otherwise(insts: readonly Inst[], k: number, to: number): number {
    const { cond, label } = insts[k];
    const next = insts[label];
    if (this.counters || label >= to || next.op !== Op.skip || next.cond !== (cond ^ 1)) return k;
    for (let j = k + 1; j < next.label; j++)
      if (j !== label && (!isCalculation(insts[j]) || insts[j].set & NZCV)) return k;
    return next.label > to ? k : next.label;
  }

  protected changesFlags(ir: Node["ir"], from: number, to: number): boolean {
    for (let k = from; k < to; k++) {
      const x = ir.insts[k];
      // A way out for good: nothing comes behind it.
      if ((x.op === Op.br || x.op === Op.bx) && !isCall(ir, k)) continue;
      if (x.set & NZCV || x.op === Op.svc || !isTranslated(x)) return true;
    }
    return false;
  }
}

const isCalculation = (x: Inst): boolean => dataEmitter(x.op) !== undefined && isTranslated(x);
