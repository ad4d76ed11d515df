import { type Inst, NONE, Op } from "../ir/ops.ts";
import * as ranges from "./float-ranges.ts";
import { isBranch } from "./graph.ts";
import type { FloatRegisters } from "./float-registers.ts";
import { contains, isNormal, isTested, passed, type Range, tested, union } from "./float-ranges.ts";

/** What is to be done for an op, so that all results are normal numbers or exact zeros. */
export interface Step {
  /** Registers, of the size of the op, that are tested before it. */
  readonly tests: readonly number[];
  /** No test of the result; of an accumulation: of the product. */
  readonly sure: boolean;
  /** The same of the sum of an accumulation. */
  readonly sureSum: boolean;
  /** The test of a sum only asks whether it is a number. */
  readonly isNumber?: boolean;
}
const NO_REGISTERS: readonly number[] = [];
const CERTAIN: Step = { tests: NO_REGISTERS, sure: true, sureSum: true };

/** Whether somebody calculates with a register (its first word) where an op branches to, or behind all of them. */
export type Wanted = (at: number, branch?: Inst) => boolean;

/** [negate product, negate what is added to] of an accumulation. */
const accumulations = new Map<number, readonly [boolean, boolean]>(
  [Op.vmla, Op.vmls, Op.vnmls, Op.vnmla, Op.vfma, Op.vfms, Op.vfnms, Op.vfnma].map((op, k) => [
    op,
    [(k & 1) === 1, (k & 2) === 2],
  ]),
);
const binary = new Set([Op.vadd, Op.vsub, Op.vmul, Op.vnmul, Op.vdiv]);

type Known = Range | undefined;

/** What is known of the floating-point registers of a region at one place. By first words. */
export class FloatFacts {
  private known: Known[] = [];

  constructor(private readonly registers: FloatRegisters) {}

  nothing(): FloatFacts {
    return new FloatFacts(this.registers);
  }
  copy(): FloatFacts {
    const facts = this.nothing();
    facts.known = this.known.slice();
    return facts;
  }
  isSame({ known }: FloatFacts): boolean {
    const most = Math.max(known.length, this.known.length);
    for (let at = 0; at < most; at++) {
      const a = this.known[at];
      const b = known[at];
      if (a !== b && !(a && b && ranges.isSame(a, b))) return false;
    }
    return true;
  }
  /** Without what is known of other registers than these, by first words. */
  only(registers: ReadonlySet<number>): FloatFacts {
    if (this.known.every((known, at) => !known || registers.has(at))) return this;
    const facts = this.copy();
    facts.known.forEach((_, at) => {
      if (!registers.has(at)) facts.known[at] = undefined;
    });
    return facts;
  }
  /** A register passed the test. */
  pass(size: number, v: number): void {
    const at = this.registers.at(size, v);
    if (at !== undefined) this.known[at] = passed(size, this.known[at]);
  }
  /** A register has this value; returns false when nothing is said of it. */
  holds(size: number, v: number, value: number): boolean {
    const range = ranges.rangeOf(value);
    if (range) this.put(size, v, range);
    return range !== undefined;
  }

  /** Registers, by first words, of which less is known than in the other facts, or another thing. */
  unlike(other: FloatFacts): number[] {
    return other.known.flatMap((b, at) => {
      const a = this.known[at];
      return b && !(a && contains(b, a)) ? [at] : [];
    });
  }
  /**
   * What is known on both of two ways; this, when that is all. With `grows`, numbers that became larger are those that pass the test, and
   * the registers of others are added to it.
   */
  meet(other: FloatFacts, grows?: Set<number>): FloatFacts {
    let result: FloatFacts | undefined;
    for (let at = 0; at < this.known.length; at++) {
      const a = this.known[at];
      const b = other.known[at];
      if (!a || (b && contains(a, b))) continue;
      result ??= this.copy();
      result.known[at] = b && this.either(at, a, b, grows);
    }
    return result ?? this;
  }
  private either(at: number, a: Range, b: Range, grows: Set<number> | undefined): Known {
    const both = union(a, b);
    if (!grows) return both;
    const size = this.registers.sizeAt(at);
    const all = tested(size, both.sign, both.zero);
    if (contains(all, both)) return contains(a, all) ? a : all;
    grows.add(at);
    return undefined;
  }

  /**
   * Executes op k of a block; `grows` names registers that are tested where they were written last, `wanted` says of which something has to be
   * known behind them; undefined: all.
   */
  op(
    insts: readonly Inst[],
    k: number,
    grows: ReadonlySet<number>,
    literalAt: (address: number) => number | undefined,
    wanted?: Wanted,
  ): Step | undefined {
    const x = insts[k];
    if (x.op < Op.vadd || x.op > Op.vmsr) return CERTAIN;
    const { registers } = this;
    const size = x.i & 1;
    const how = accumulations.get(x.op);
    if (how) return this.accumulate(insts, k, size, how, grows, wanted);
    if (binary.has(x.op)) return this.binary(insts, k, size, grows, wanted);
    switch (x.op) {
      case Op.vcmp:
        return { ...CERTAIN, sure: !!this.of(size, x.va) && !!this.of(size, x.vb) };
      case Op.vsqrt:
        return this.result(insts, k, size, ranges.root(size, this.of(size, x.va)), [], grows);
      case Op.vcvt: {
        const from = this.of(size ? 0 : 1, x.va);
        if (!size) return this.result(insts, k, 0, ranges.rounded(from), [], grows);
        this.put(1, x.vd, from);
        return { ...CERTAIN, sure: from !== undefined };
      }
      case Op.vcvtf:
        this.put(size, x.vd, ranges.integer((x.i & 2) !== 0));
        return CERTAIN;
      case Op.vmov:
        return this.move(size, x, this.of(size, x.va));
      case Op.vneg:
        return this.move(size, x, ranges.negated(this.of(size, x.va)));
      case Op.vabs:
        return this.move(size, x, ranges.magnitude(this.of(size, x.va)));
      default:
        for (const at of registers.written(x)) this.known[at] = undefined;
        this.constant(insts, k, literalAt);
        return CERTAIN;
    }
  }

  private of(size: number, v: number): Known {
    const at = this.registers.at(size, v);
    return at === undefined ? undefined : this.known[at];
  }
  private put(size: number, v: number, known: Known): void {
    const at = this.registers.at(size, v);
    if (at !== undefined) this.known[at] = known;
  }
  private move(size: number, x: Inst, known: Known): Step {
    this.put(size, x.vd, known);
    return CERTAIN;
  }

  private binary(
    insts: readonly Inst[],
    k: number,
    size: number,
    grows: ReadonlySet<number>,
    wanted: Wanted | undefined,
  ): Step {
    const x = insts[k];
    const tests = this.operands(insts, k, size, [x.va, x.vb]);
    const a = this.of(size, x.va);
    const b = this.of(size, x.vb);
    const isSum = x.op === Op.vadd || x.op === Op.vsub;
    if (isSum && ranges.isFinite(size, a, b) && this.isLast(insts, k, size, grows, wanted))
      return this.number(size, x, { tests, sure: false, sureSum: true, isNumber: true });
    let result: Known;
    if (x.op === Op.vadd) result = ranges.sum(a, b);
    else if (x.op === Op.vsub) result = ranges.sum(a, ranges.negated(b));
    else if (x.op === Op.vdiv) result = ranges.quotient(size, a, b);
    else result = ranges.product(size, a, b, x.va === x.vb);
    if (x.op === Op.vnmul) result = ranges.negated(result);
    return this.result(insts, k, size, result, tests, grows);
  }
  private accumulate(
    insts: readonly Inst[],
    k: number,
    size: number,
    [negateProduct, negateSum]: readonly [boolean, boolean],
    grows: ReadonlySet<number>,
    wanted: Wanted | undefined,
  ): Step {
    const x = insts[k];
    const fused = x.op >= Op.vfma;
    const tests = this.operands(insts, k, size, [x.va, x.vb]);
    // The product of singles is exact when it is not rounded.
    const by = fused ? 1 : size;
    let product = ranges.product(by, this.of(size, x.va), this.of(size, x.vb), x.va === x.vb);
    const sure = fused || isNormal(size, product);
    if (!sure) product = passed(size, product, true);
    if (negateProduct) product = ranges.negated(product);
    const to = this.of(size, x.vd);
    if (!fused && ranges.isFinite(size, to, product) && this.isLast(insts, k, size, grows, wanted))
      return this.number(size, x, { tests, sure, sureSum: false, isNumber: true });
    let sum = ranges.sum(negateSum ? ranges.negated(to) : to, product);
    if (fused) sum = ranges.rounded(sum);
    const step = this.result(insts, k, size, sum, tests, grows);
    return { tests, sure: fused ? step.sure : sure, sureSum: step.sure };
  }
  /**
   * Tests operands of which nothing is known, when all of these are used again, and so the result need not be tested: of a single one, and
   * of a number that is multiplied by itself, as much is known for one test when it is the operand's.
   */
  private operands(
    insts: readonly Inst[],
    k: number,
    size: number,
    operands: readonly number[],
  ): readonly number[] {
    if (operands.every((v) => this.of(size, v))) return NO_REGISTERS;
    const unknown = [...new Set(operands)].filter((v) => !this.of(size, v));
    const isOnly = unknown.length === 1 && operands.every((v) => this.isModerate(size, v));
    const often = unknown.every((v) => {
      const at = this.registers.at(size, v);
      if (at === undefined) return false;
      if (isOnly && !insts.some((x, j) => j >= k && this.registers.written(x).includes(at)))
        return true;
      return usesBehind(this.registers, insts, k, size, v, at) > 1;
    });
    if (!often) return NO_REGISTERS;
    for (const v of unknown) this.pass(size, v);
    return unknown;
  }
  /** Whether nothing is known of the register, or that it is of moderate size. */
  private isModerate(size: number, v: number): boolean {
    const known = this.of(size, v);
    return !known || isTested(size, known);
  }
  /** Whether nobody calculates with the result of op k, so that nothing has to be known of it. */
  private isLast(
    insts: readonly Inst[],
    k: number,
    size: number,
    grows: ReadonlySet<number>,
    wanted: Wanted | undefined,
  ): boolean {
    const { vd } = insts[k];
    const at = this.registers.at(size, vd);
    if (at === undefined || grows.has(at) || !wanted) return false;
    let guarded = 0;
    for (let j = k + 1; j < insts.length; j++) {
      const x = insts[j];
      if (x.op === Op.skip) guarded = Math.max(guarded, x.label);
      if ((isBranch(x) || x.op === Op.bx) && wanted(at, x)) return false;
      if (this.registers.reads(x, at)) return false;
      if (j >= guarded && this.registers.written(x).includes(at)) return true;
    }
    return !wanted(at);
  }
  /** Nothing is known of the result. */
  private number(size: number, { vd }: Inst, step: Step): Step {
    this.put(size, vd, undefined);
    return step;
  }
  /** The result of op k is in this range. */
  private result(
    insts: readonly Inst[],
    k: number,
    size: number,
    range: Known,
    tests: readonly number[],
    grows: ReadonlySet<number>,
  ): Step {
    const { vd } = insts[k];
    const at = this.registers.at(size, vd);
    let sure = isNormal(size, range);
    if (sure && at !== undefined && grows.has(at) && !isTested(size, range!))
      sure = insts.some((x, j) => j > k && computesInto(x, size, vd));
    this.put(size, vd, sure ? range : passed(size, range, isProduct(insts[k])));
    return { tests, sure, sureSum: true };
  }

  /** VMOV of a constant, or a load of one that stays. */
  private constant(
    insts: readonly Inst[],
    k: number,
    literalAt: (address: number) => number | undefined,
  ): void {
    const x = insts[k];
    const { registers } = this;
    if (x.op !== Op.vimm && x.op !== Op.vldm) return;
    const words: (number | undefined)[] = [];
    let first = x.vd;
    if (x.op === Op.vimm) {
      words.push(x.i);
      const y = insts[k - 1];
      if (registers.at(0, x.vd) === undefined) {
        if (k === 0 || y.op !== Op.vimm || y.vd !== x.vd - 1 || y.at !== x.at) return;
        words.unshift(y.i);
        first--;
      }
    } else {
      const y = insts[k - 1];
      // Of the same instruction: ADRNE before it may not have been executed.
      if (k === 0 || y.op !== Op.mov || y.at !== x.at || !y.kb || y.d !== x.a) return;
      if (!x.kb || x.i > 2) return;
      for (let j = 0; j < x.i; j++) words.push(literalAt((y.b + x.b + 4 * j) | 0));
    }
    if (words.includes(undefined)) return;
    const size = words.length - 1;
    const at = registers.at(size, first >> size);
    if (at === undefined || first & size) return;
    this.known[at] = ranges.rangeOf(valueOf(words as number[]));
  }
}

/** The number in one word or two. */
export function valueOf(words: readonly number[]): number {
  const bits = Int32Array.from(words).buffer;
  return (words.length > 1 ? new Float64Array(bits) : new Float32Array(bits))[0];
}

/** Whether the result of the op is a product, which is tested as such. */
export function isProduct({ op }: Inst): boolean {
  return op === Op.vmul || op === Op.vnmul;
}
function computesInto(x: Inst, size: number, v: number): boolean {
  return (binary.has(x.op) || accumulations.has(x.op)) && (x.i & 1) === size && x.vd === v;
}

/** How many ops from k on compute with register v before it is written. */
function usesBehind(
  registers: FloatRegisters,
  insts: readonly Inst[],
  k: number,
  size: number,
  v: number,
  at: number,
): number {
  let uses = 0;
  for (; k < insts.length; k++) {
    const x = insts[k];
    const computes = binary.has(x.op) || accumulations.has(x.op);
    if (computes && (x.i & 1) === size && (x.va === v || x.vb === v)) uses++;
    if (x.vd !== NONE && registers.written(x).includes(at)) break;
  }
  return uses;
}
