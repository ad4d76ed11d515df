import { NONE } from "../ir/ops.ts";
import { checkStores } from "./bulk.ts";
import { Local, local, WORK_SHIFT } from "./layout.ts";
import type { Readable } from "./readable.ts";
import type { Stream } from "./streams.ts";
import type { Operand, Sum } from "./streams-values.ts";
import { V } from "./vector-opcodes.ts";
import { vector } from "./vector-operations.ts";
import { W, type Writer } from "./wasm.ts";

/** Bytes that are gone through at once. */
const MOST = 4096;
/** Bytes of the host's vectors. */
const VECTOR = 16;
/** Leaves the block that encloses all of it. */
const OUT = 0;

const COUNT = Local.S0;
const FROM = Local.S1;
const TO = Local.S2;
/** While memory is looked at: where, its end, the way from there to what it is compared with. */
const AT = Local.S1;
const END = Local.S2;
const AWAY = Local.Address;

/**
 * Leaves out iterations of a loop, at its beginning, all but the last of those which certainly come: registers, memory, units and counts
 * are what they would be then, but for what every iteration writes. One must have been executed before.
 */
export function emitSkip(w: Writer, stream: Stream, readable: Readable): void {
  const { step, scan, loads, copy, fixed, carried, sums, counter, steps } = stream;
  const shift = 31 - Math.clz32(step);
  const push = ({ r, k }: Operand): void => (r === NONE ? w.const(k) : w.get(local(r)));
  const plus = (r: number, k: number): void => {
    w.get(local(r));
    if (!k) return;
    w.const(k);
    w.op(W.add);
  };
  const atMost = (limit: () => void): void => {
    limit();
    w.get(COUNT);
    limit();
    w.get(COUNT);
    w.op(W.ltU, W.select);
    w.set(COUNT);
  };
  w.open(W.block);
  for (const [r, value] of fixed) {
    push({ r, k: 0 });
    w.const(value);
    w.op(W.ne);
    w.brIf(OUT);
  }
  // All that might be loaded can be.
  for (const [r, { low, high }] of loads) {
    plus(r, low - readable.start);
    w.const(readable.size - (high - low) - MOST - VECTOR + 1);
    w.op(W.geU);
    w.brIf(OUT);
  }
  if (scan?.other) {
    const { base, delta } = scan.other;
    plus(base, scan.low + delta - readable.start);
    w.const(readable.size - MOST - 2 * VECTOR + 1);
    w.op(W.geU);
    w.brIf(OUT);
  }
  for (const [r, { base, at, size }] of carried) {
    plus(base, at);
    w.memory(LOADS[size], 0);
    push({ r, k: 0 });
    w.op(W.ne);
    w.brIf(OUT);
  }
  for (const [r, sum] of sums) {
    pushSum(w, sum);
    push({ r, k: 0 });
    w.op(W.ne);
    w.brIf(OUT);
  }
  w.get(Local.Work);
  w.const64(WORK_SHIFT);
  w.op(W.shrS64, W.wrap);
  w.set(COUNT);
  atMost(() => w.const(MOST >> shift));
  if (counter) {
    emitCounter(w, counter);
    atMost(() => w.get(AT));
  }
  if (scan) emitScan(w, stream, scan);
  w.get(COUNT);
  w.const(1);
  w.op(W.sub);
  w.tee(COUNT);
  w.const(1);
  w.op(W.ltS);
  w.brIf(OUT);
  const pushBytes = (): void => {
    w.get(COUNT);
    w.const(shift);
    w.op(W.shl);
  };
  if (copy) {
    plus(copy.to, copy.at);
    w.set(TO);
    const { low, high } = loads.get(copy.from)!;
    // Nothing is loaded that was stored by an iteration before.
    plus(copy.from, low);
    w.set(FROM);
    w.get(TO);
    w.get(FROM);
    w.op(W.sub);
    pushBytes();
    w.const(high - low);
    w.op(W.add, W.ltU);
    w.get(FROM);
    w.get(TO);
    w.op(W.sub);
    pushBytes();
    w.const(high - low);
    w.op(W.add, W.ltU, W.or);
    w.brIf(OUT);
    // The one behind them, too: where it faults, what it has not computed is left from those.
    checkStores(w, TO, () => {
      pushBytes();
      w.const(step);
      w.op(W.add);
    });
    w.get(TO);
    plus(copy.from, copy.at + copy.delta);
    pushBytes();
    w.op(...W.memoryCopy);
  }
  for (const [r, by] of steps) {
    w.get(local(r));
    w.get(COUNT);
    w.const(by);
    w.op(W.mul, W.add);
    w.set(local(r));
  }
  for (const [r, { base, at, size }] of carried) {
    plus(base, at);
    w.memory(LOADS[size], 0);
    w.set(local(r));
  }
  for (const [r, sum] of sums) {
    pushSum(w, sum);
    w.set(local(r));
  }
  w.get(Local.Work);
  w.get(COUNT);
  w.op(W.extendU);
  w.const64(stream.instructions - 2 ** WORK_SHIFT);
  w.op(W.mul64, W.add64);
  w.set(Local.Work);
  w.end();
}

function pushSum(w: Writer, { terms, c }: Sum): void {
  w.const(c);
  for (const [r, sign] of terms) {
    w.get(local(r));
    w.op(sign > 0 ? W.add : W.sub);
  }
}

/** Comparisons by condition. */
const COMPARES: Readonly<Record<number, number>> = {
  ...{ 2: W.geU, 3: W.ltU, 8: W.gtU, 9: W.leU, 10: W.geS, 11: W.ltS, 12: W.gtS, 13: W.leS },
};
/** CS, LS, GE, LE. */
const ALSO_EQUAL = [2, 9, 10, 13];

/** Sets AT to the iterations of which the condition holds. */
function emitCounter(w: Writer, { value, end, cond, step }: NonNullable<Stream["counter"]>): void {
  const shift = 31 - Math.clz32(Math.abs(step));
  const compare = COMPARES[cond];
  if (compare) {
    pushSum(w, value);
    pushSum(w, end);
    w.op(compare, W.eqz);
    w.brIf(OUT);
  }
  pushSum(w, step > 0 ? end : value);
  pushSum(w, step > 0 ? value : end);
  w.op(W.sub);
  if (compare && !ALSO_EQUAL.includes(cond)) {
    w.const(1);
    w.op(W.sub);
  }
  if (!compare) {
    w.tee(AT);
    w.const((1 << shift) - 1);
    w.op(W.and);
    w.brIf(OUT);
    w.get(AT);
  }
  w.const(shift);
  w.op(W.shrU);
  if (compare) {
    w.const(1);
    w.op(W.add);
  }
  w.set(AT);
}

const LOADS: Readonly<Record<number, number>> = { 1: W.load8u, 2: W.load16u, 4: W.load };
const SPLATS: Readonly<Record<number, number>> = { 1: V.splat[0], 2: V.splat[1], 4: V.splat[2] };
const ALL_TRUE: Readonly<Record<number, number>> = { 1: 99, 2: 131, 4: 163 };
const EQUAL_BYTES = 35;

/** Cuts COUNT to the iterations whose bytes are as they have to be. */
function emitScan(
  w: Writer,
  { step }: Stream,
  { base, low, high, unlike, other }: NonNullable<Stream["scan"]>,
): void {
  const shift = 31 - Math.clz32(step);
  const load = (): void => {
    vector(w, V.load);
    w.byte(0);
    w.unsigned(0);
  };
  w.get(local(base));
  w.const(low);
  w.op(W.add);
  w.tee(AT);
  w.get(COUNT);
  w.const(shift);
  w.op(W.shl, W.add);
  w.set(END);
  if (other) {
    w.get(local(other.base));
    w.get(local(base));
    w.op(W.sub);
    w.const(other.delta);
    w.op(W.add);
    w.set(AWAY);
  }
  w.open(W.block);
  w.open(W.loop);
  for (const { of, from, lane } of unlike) {
    w.get(AT);
    load();
    if (from.r !== NONE || from.k !== 0) {
      if (from.r === NONE) w.const(from.k);
      else w.get(local(from.r));
      vector(w, SPLATS[of.size]);
      vector(w, V.xor);
    }
    vector(w, ALL_TRUE[lane]);
    w.op(W.eqz);
    w.brIf(1);
  }
  if (other) {
    w.get(AT);
    load();
    w.get(AT);
    w.get(AWAY);
    w.op(W.add);
    load();
    vector(w, EQUAL_BYTES);
    vector(w, ALL_TRUE[1]);
    w.op(W.eqz);
    w.brIf(1);
  }
  w.get(AT);
  w.const(VECTOR);
  w.op(W.add);
  w.tee(AT);
  w.get(END);
  w.op(W.ltU);
  w.brIf(0);
  w.end();
  w.end();
  // Iterations that end before AT.
  w.get(AT);
  w.get(local(base));
  w.op(W.sub);
  w.const(step - high);
  w.op(W.add);
  w.const(shift);
  w.op(W.shrS);
  w.tee(AT);
  w.get(COUNT);
  w.get(AT);
  w.get(COUNT);
  w.op(W.ltS, W.select);
  w.set(COUNT);
}
