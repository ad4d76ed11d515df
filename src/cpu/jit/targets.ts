import { type Inst, NONE, Op, TEMP, TEMPS } from "../ir/ops.ts";
import { writtenBy } from "./facts.ts";
import { behind, type Block, fallsThrough, isBranch, isCall } from "./graph.ts";

// Where calls through registers probably lead. Modules call through words that the loader wrote (the GOT): the address of the word follows from
// the code, and what is in it now is what will be in it. A register that a function keeps for its caller has what it had before a call.
// Nothing depends on its being true: the code asks before it goes there.

/** The word that is at an address now; undefined: none, or nobody looks. */
export type Words = (address: number) => number | undefined;

const REGISTERS = TEMP + TEMPS;
/** r4-r11 and sp: AAPCS 6.1.1. */
const KEPT = 0x2ff0;

type Values = (number | undefined)[];

/** For the keys of blocks that end with a call through a register, what is probably in it. `holds`: what registers hold at `entry` now. */
export function guessTargets(
  blocks: ReadonlyMap<number, Block>,
  entry: number,
  word: Words,
  holds: ((r: number) => number) | undefined,
): Map<number, number> {
  const found = new Map<number, number>();
  const before = new Map<number, Values>();
  const first: Values = Array.from({ length: REGISTERS }, (_, r) =>
    r < 15 ? holds?.(r) : undefined,
  );
  before.set(entry, first);
  const work = [entry];
  for (let key = work.pop(); key !== undefined; key = work.pop()) {
    const block = blocks.get(key);
    if (!block) continue;
    const go = (to: number, values: Values): void => {
      const known = before.get(to);
      const next = known ? known.map((v, r) => (v === values[r] ? v : undefined)) : [...values];
      if (known && known.every((v, r) => v === next[r])) return;
      before.set(to, next);
      work.push(to);
    };
    const target = follow(block, [...before.get(key)!], word, go);
    if (target === undefined) found.delete(key);
    else found.set(key, target);
  }
  return found;
}

/** Follows a block; returns what is in the register through which it calls at its end. */
function follow(
  { ir, table }: Block,
  values: Values,
  word: Words,
  go: (to: number, values: Values) => void,
): number | undefined {
  const { insts } = ir;
  const last = insts.length - 1;
  let skip: { label: number; values: Values } | undefined;
  const join = (k: number): void => {
    if (skip?.label !== k) return;
    for (let r = 0; r < REGISTERS; r++) if (values[r] !== skip.values[r]) values[r] = undefined;
    skip = undefined;
  };
  let target: number | undefined;
  for (let k = 0; k <= last; k++) {
    join(k);
    const x = insts[k];
    if (x.op === Op.skip) skip = { label: x.label, values: [...values] };
    else if (x.op === Op.svc || ((x.op === Op.br || x.op === Op.bx) && isCall(ir, k))) {
      if (k === last && x.op === Op.bx && !skip) target = values[x.a];
      for (let r = 0; r < REGISTERS; r++) if (!(KEPT & (1 << r))) values[r] = undefined;
    } else if (isBranch(x)) go(x.to >>> 0, values);
    else write(x, values, word);
  }
  join(last + 1);
  for (const to of table?.targets ?? []) go(to, values);
  if (fallsThrough(ir)) go(behind(ir), values);
  return target;
}

function write(x: Inst, values: Values, word: Words): void {
  const result = resultOf(x, values, word);
  const written = writtenBy([x], 0, 1);
  for (let r = 0; r < REGISTERS; r++) if (written & (1 << r)) values[r] = undefined;
  if (x.d !== NONE && x.e === NONE && x.op !== Op.ldm) values[x.d] = result;
}
function resultOf(x: Inst, values: Values, word: Words): number | undefined {
  const b = x.kb ? x.b : values[x.b];
  if (x.op === Op.mov) return b;
  const a = x.ka ? x.a : values[x.a];
  if (a === undefined || b === undefined) return undefined;
  switch (x.op) {
    case Op.add:
      return (a + b) | 0;
    case Op.sub:
      return (a - b) | 0;
    case Op.and:
      return a & b;
    case Op.orr:
      return a | b;
    case Op.lsl:
      return x.kb ? a << b : undefined;
    case Op.ldr:
      return word((a + (x.kb ? b : b << x.i)) >>> 0);
    default:
      return undefined;
  }
}
