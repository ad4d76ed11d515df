import { type Inst, NONE, NZCV, Op } from "../ir/ops.ts";
import { writtenBy } from "./facts.ts";
import { isTranslated } from "./shapes.ts";

// Branches that ask about numbers which follow from one comparison, as behind a function that says whether one value is less than, equal to
// or greater than another: CMP, MOVHI #1, MOVLS #0, CMP, SBC..., CMP #1, BEQ. For each of the three ways in which the comparison may end the
// numbers are calculated; the branch then asks how it ended, and waits for nothing else.

/** A branch is taken when the condition holds behind the comparison, of which the operands are what they were. */
export interface Decision {
  readonly compare: Inst;
  readonly cond: number;
}

/** For each condition behind a comparison whether it holds when the first operand is less, equal, greater. */
const UNSIGNED: Readonly<Record<number, string>> = {
  ...{ 0: "010", 1: "101", 2: "011", 3: "100", 8: "001", 9: "110" },
};
const SIGNED: Readonly<Record<number, string>> = {
  ...{ 0: "010", 1: "101", 10: "011", 11: "100", 12: "001", 13: "110" },
};

/** What decides the branch of op k; undefined: more than a comparison before it, or the comparison is its own. */
export function decisionOf(insts: readonly Inst[], k: number): Decision | undefined {
  if (insts[k].op !== Op.brc) return undefined;
  for (let at = k - 1, until = k; at >= 0; at--) {
    const x = insts[at];
    if (x.op === Op.skip) until = at;
    if (!isCompare(x) || until === k || x.ka || isSkipped(insts, at)) continue;
    for (const family of [UNSIGNED, SIGNED]) {
      const taken = ["0", "1", "2"].map((way) => ends(insts, at, k, family, Number(way)));
      if (taken.includes(undefined)) continue;
      const pattern = taken.map((t) => (t ? "1" : "0")).join("");
      const cond = Object.keys(family).find((c) => family[Number(c)] === pattern);
      if (cond !== undefined) return { compare: x, cond: Number(cond) };
    }
  }
  return undefined;
}

/** Whether op `at` is conditional; the shift of its operand may be an op between it and its skip. */
function isSkipped(insts: readonly Inst[], at: number): boolean {
  return insts.some((x, k) => x.op === Op.skip && k < at && at < x.label);
}

function isCompare(x: Inst): boolean {
  return x.op === Op.sub && x.d === NONE && x.set === NZCV;
}

const operations: Readonly<Record<number, (a: number, b: number) => number>> = {
  [Op.mov]: (_, b) => b,
  [Op.mvn]: (_, b) => ~b,
  [Op.add]: (a, b) => (a + b) | 0,
  [Op.sub]: (a, b) => (a - b) | 0,
  [Op.rsb]: (a, b) => (b - a) | 0,
  [Op.and]: (a, b) => a & b,
  [Op.orr]: (a, b) => a | b,
  [Op.eor]: (a, b) => a ^ b,
};

/** Whether the branch of op k is taken when the comparison of op `at` ended in one way; undefined when that is not all. */
function ends(
  insts: readonly Inst[],
  at: number,
  k: number,
  family: Readonly<Record<number, string>>,
  way: number,
): boolean | undefined {
  const first = insts[at];
  const operands = (first.ka ? 0 : 1 << first.a) | (first.kb ? 0 : 1 << first.b);
  const known = new Map<number, number>();
  /** The comparison, two numbers that were compared, or nothing that is known. */
  let flags: "first" | readonly [number, number] | undefined = "first";
  const holds = (cond: number): boolean | undefined => {
    if (flags === "first")
      return family[cond] === undefined ? undefined : family[cond][way] === "1";
    if (!flags) return undefined;
    const [a, b] = flags;
    const unsigned = UNSIGNED[cond];
    if (unsigned) return unsigned[1 + Math.sign((a >>> 0) - (b >>> 0))] === "1";
    const signed = SIGNED[cond];
    return signed === undefined ? undefined : signed[1 + Math.sign((a | 0) - (b | 0))] === "1";
  };
  for (let j = at + 1; j < k; j++) {
    const x = insts[j];
    if (x.op === Op.skip) {
      const skipped = holds(x.cond);
      if (skipped === undefined) return undefined;
      if (skipped) j = x.label - 1;
      continue;
    }
    if (!isTranslated(x) || writtenBy(insts, j, j + 1) & operands) return undefined;
    const a = x.ka ? x.a : known.get(x.a);
    const b = x.kb ? x.b : known.get(x.b);
    if (isCompare(x)) {
      const again = x.a === first.a && x.b === first.b && !x.ka && x.kb === first.kb;
      flags = again ? "first" : a === undefined || b === undefined ? undefined : [a, b];
      continue;
    }
    if (x.set) flags = undefined;
    const value = x.d === NONE || b === undefined ? undefined : operations[x.op];
    const isUnary = x.op === Op.mov || x.op === Op.mvn;
    for (let r = 0; r < 32; r++) if (writtenBy(insts, j, j + 1) & (1 << r)) known.delete(r);
    if (value && b !== undefined && (isUnary || a !== undefined)) known.set(x.d, value(a ?? 0, b));
  }
  return holds(insts[k].cond);
}
