import { type Inst, NONE, Op } from "../ir/ops.ts";
import { writtenBy } from "./facts.ts";
import { Local, local } from "./layout.ts";
import { isAccess, singleOf } from "./shapes.ts";
import { W, type Writer } from "./wasm.ts";

// Iterations that wait for one another. A sum of two operands, one of which comes late, is an operand of the next sum: that can add the
// early one first, so that what is late is waited for once, for (late + early) + other is late + (early + other). It holds for exclusive
// or and or as well. A load of which the result is waited for gets the address of its table as a constant. When only the low byte of such an
// exclusive or is wanted and what is late is loaded, the byte is loaded once more by itself, so that nothing has to be cut off behind it. A
// CRC by a table has one exclusive or, one extension and one addition less between two loads.

/** An op whose operand is a sum, and the op that makes the sum. */
export interface Relay {
  readonly consumer: number;
  readonly producer: number;
  /** The operand of the consumer that is not the sum. */
  readonly other: number;
  /** Operands of the producer. */
  readonly late: number;
  readonly early: number;
  /** The sum is that of the iteration before: this register has it where the loop begins. */
  readonly carried: number | undefined;
  readonly low?: LowByte;
}

/** The low byte of what a relay's consumer makes, of which what is late is loaded: bits do not depend on one another. */
interface LowByte {
  /** The ops that load what is late, and that cut the byte off. */
  readonly load: number;
  readonly cut: number;
}

/** What can be added in any order, and how. */
const sums: Readonly<Record<number, number>> = { [Op.add]: W.add, [Op.eor]: W.xor, [Op.orr]: W.or };

/** Cycles until a result is there, as most hosts have it. */
const LOAD = 5;
const PRODUCT = 3;
const QUOTIENT = 20;
const products = new Set<number>([
  Op.mul,
  Op.mla,
  Op.mls,
  Op.umull,
  Op.smull,
  Op.umlal,
  Op.smlal,
  Op.umaal,
]);
const quotients = new Set<number>([Op.udiv, Op.sdiv]);
function cycles(x: Inst): number {
  if (isAccess(x)) return LOAD;
  if (products.has(x.op)) return PRODUCT;
  if (quotients.has(x.op)) return QUOTIENT;
  return x.op === Op.mov ? 0 : 1;
}

/** What an iteration waits for. */
export interface Chain {
  /** What makes it wait least; undefined: nothing makes it wait less. */
  readonly relay: Relay | undefined;
  /** Loads from tables without which it would wait less. */
  readonly loads: ReadonlySet<Inst>;
}

/** Of ops [0, branch), a loop; `conditional` says which of them may be skipped. */
export function chainOf(
  insts: readonly Inst[],
  branch: number,
  conditional: readonly boolean[],
): Chain {
  const loop = { insts, branch, conditional };
  const late: number[] = [];
  let least = waiting(loop, {}, late);
  let relay: Relay | undefined;
  for (let k = 0; k < branch; k++)
    for (const other of relaysAt(loop, k, late)) {
      const wait = waiting(loop, { relay: other });
      if (wait < least) [least, relay] = [wait, other];
      const low = lowByte(loop, other);
      if (!low) continue;
      const cut = { ...other, low };
      const shorter = waiting(loop, { relay: cut });
      if (shorter < least) [least, relay] = [shorter, cut];
    }
  const loads = new Set<Inst>();
  for (let k = 0; k < branch; k++) {
    const x = insts[k];
    const one = singleOf(x.op);
    if (one && !one.store && !x.ka && !x.kb && waiting(loop, { relay, sooner: k }) < least)
      loads.add(x);
  }
  return { relay, loads };
}

interface Loop {
  readonly insts: readonly Inst[];
  readonly branch: number;
  readonly conditional: readonly boolean[];
}

/** Relays of which op k is the consumer; `late` is the operand of each sum that was there last. */
function* relaysAt(
  { insts, branch, conditional }: Loop,
  k: number,
  late: readonly number[],
): Generator<Relay> {
  const x = insts[k];
  if (!isSum(x) || conditional[k]) return;
  for (const [r, other] of [
    [x.a, x.b],
    [x.b, x.a],
  ]) {
    if (r === other) continue;
    const before = lastWriter(insts, k, r);
    const producer = before ?? lastWriter(insts, branch, r);
    if (producer === undefined || producer === k || conditional[producer]) continue;
    const y = insts[producer];
    if (y.op !== x.op || !isSum(y)) continue;
    const [a, b] = late[producer] === y.a ? [y.a, y.b] : [y.b, y.a];
    const carried = before === undefined ? r : undefined;
    yield { consumer: k, producer, other, late: a, early: b, carried };
  }
}

/** Where a relay makes a number of which the low byte is wanted. */
function lowByte(
  { insts, branch, conditional }: Loop,
  { consumer, producer, late }: Relay,
): LowByte | undefined {
  const { op, d } = insts[consumer];
  if (op === Op.add) return undefined;
  const load = lastWriter(insts, producer, late);
  if (load === undefined || conditional[load] || !WIDE.has(insts[load].op)) return undefined;
  for (let k = consumer + 1; k < branch; k++) {
    const x = insts[k];
    if (x.op === Op.and && x.a === d && !x.ka && x.kb && x.b === 0xff && x.set === 0)
      return conditional[k] ? undefined : { load, cut: k };
    if (writtenBy(insts, k, k + 1) & (1 << d)) return undefined;
  }
  return undefined;
}
const WIDE = new Set([Op.ldr, Op.ldrh]);

const isSum = (x: Inst): boolean => sums[x.op] !== undefined && !x.ka && !x.kb && x.set === 0;

/** The op before k that wrote a register. */
function lastWriter(insts: readonly Inst[], k: number, r: number): number | undefined {
  for (let j = k - 1; j >= 0; j--) if (writtenBy(insts, j, j + 1) & (1 << r)) return j;
  return undefined;
}

/** Iterations until it is seen how long each waits. */
const SETTLED = 4;

/**
 * Cycles that an iteration waits for the one before, times SETTLED, with a relay and when a load takes one less. `late` becomes, for each
 * sum, the operand that was there last.
 */
function waiting(
  { insts, branch, conditional }: Loop,
  { relay, sooner }: { relay?: Relay; sooner?: number },
  late?: number[],
): number {
  const ready = new Array<number>(32).fill(0);
  const at = (r: number): number => (r === NONE ? 0 : ready[r]);
  let halfway = 0;
  let [lateAt, earlyAt, othersAt] = [0, 0, 0];
  for (let round = 0; round < 2 * SETTLED; round++) {
    for (let k = 0; k < branch; k++) {
      const x = insts[k];
      if (x.op === Op.skip) continue;
      let from = Math.max(x.ka ? 0 : at(x.a), x.kb ? 0 : at(x.b), at(x.c), at(x.s), at(x.t));
      if (relay?.low?.cut === k) from = othersAt;
      if (relay?.consumer === k) {
        from = Math.max(lateAt, Math.max(earlyAt, at(relay.other)) + 1);
        othersAt = Math.max(lateAt, Math.max(earlyAt, at(relay.other)) + 2);
      }
      if (relay?.producer === k) [lateAt, earlyAt] = [at(relay.late), at(relay.early)];
      if (late && isSum(x)) late[k] = at(x.a) > at(x.b) ? x.a : x.b;
      const written = writtenBy(insts, k, k + 1);
      for (let r = 0; r < 32; r++) {
        if (!(written & (1 << r))) continue;
        const kept = conditional[k] || r === x.e || accumulates(x) ? ready[r] : 0;
        ready[r] = Math.max(from, kept) + cycles(x) - (k === sooner ? 1 : 0);
      }
    }
    if (round === SETTLED - 1) halfway = Math.max(...ready);
  }
  return Math.max(...ready) - halfway;
}
const accumulates = (x: Inst): boolean =>
  x.op === Op.bfi || x.op === Op.umlal || x.op === Op.smlal || x.op === Op.umaal;

/** The loop begins. */
export function beginRelay(w: Writer, { carried, low }: Relay): void {
  if (carried === undefined) return;
  w.get(local(carried));
  w.set(Local.Late);
  w.const(0);
  w.set(Local.Early);
  if (!low) return;
  w.get(local(carried));
  w.const(0xff);
  w.op(W.and);
  w.set(Local.LateByte);
}
/** Before op k. Returns true when that has been written. */
export function emitRelay(w: Writer, relay: Relay, x: Inst, k: number): boolean {
  const { low } = relay;
  if (k === relay.producer) {
    w.get(local(relay.late));
    w.set(Local.Late);
    w.get(local(relay.early));
    w.set(Local.Early);
    if (low) {
      w.get(Local.LoadedByte);
      w.set(Local.LateByte);
    }
  }
  if (k === low?.cut) {
    w.get(Local.CutByte);
    w.set(local(x.d));
    return true;
  }
  if (k !== relay.consumer) return false;
  const op = sums[x.op];
  const others = (): void => {
    w.get(local(relay.other));
    w.get(Local.Early);
    w.op(op);
  };
  if (low) {
    others();
    w.const(0xff);
    w.op(W.and);
    w.get(Local.LateByte);
    w.op(op);
    w.set(Local.CutByte);
  }
  others();
  w.get(Local.Late);
  w.op(op);
  w.set(local(x.d));
  return true;
}
