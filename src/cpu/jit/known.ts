import type { Readable } from "./readable.ts";

// What is known of registers at a place of a region: which bytes around the address in it have been tested, how it is aligned, and
// between which numbers it lies.
//
// What has been tested stays true as long as rights do. Those change only while the host runs: loading, freeing and guarding memory
// (GuestMemory.protect, addGuard, removeGuard), code that becomes translated and so loses the right to be stored to (markCode), another
// thread's turn. The host runs when the region calls: supervisor calls, instructions that the interpreter executes, other regions. All
// of them come back with registers loaded anew, of which nothing is known. A store that is refused leaves the region for good.

const FULL = 2 ** 32;

/** Facts of one register; intervals of bytes [low, high) are relative to its value, empty ones are 0 to 0. */
export class Known {
  constructor(
    readonly readLow: number,
    readonly readHigh: number,
    /** Can be stored to, and so read. */
    readonly storeLow: number,
    readonly storeHigh: number,
    /** The address modulo 4; -1: unknown. */
    readonly phase: number,
    /** The unsigned number is one of these. */
    readonly least: number,
    readonly most: number,
  ) {}

  /** Of what this plus a constant is. */
  plus(k: number): Known {
    if (k === 0) return this;
    const { readLow, readHigh, storeLow, storeHigh, phase } = this;
    const [least, most] = sum(this.least, this.most, k >>> 0, k >>> 0);
    const reads = readLow < readHigh;
    const stores = storeLow < storeHigh;
    return new Known(
      reads ? readLow - k : 0,
      reads ? readHigh - k : 0,
      stores ? storeLow - k : 0,
      stores ? storeHigh - k : 0,
      phase < 0 ? phase : (phase + k) & 3,
      least,
      most,
    );
  }

  /** With a test that has been passed. */
  tested(low: number, high: number, store: boolean, aligned: boolean): Known {
    let { readLow, readHigh, storeLow, storeHigh, phase } = this;
    const apart = (from: number, to: number): boolean => low > to || high < from || from === to;
    if (store && apart(storeLow, storeHigh)) [storeLow, storeHigh] = [low, high];
    else if (store) [storeLow, storeHigh] = [Math.min(storeLow, low), Math.max(storeHigh, high)];
    else if (apart(readLow, readHigh)) [readLow, readHigh] = [low, high];
    else [readLow, readHigh] = [Math.min(readLow, low), Math.max(readHigh, high)];
    if (aligned) phase = -low & 3;
    const { least, most } = this;
    return new Known(readLow, readHigh, storeLow, storeHigh, phase, least, most);
  }

  /** Whether an access of [low, high) needs no test. */
  allows(low: number, high: number, store: boolean, words: boolean, readable: Readable): boolean {
    if (words && (this.phase < 0 || ((this.phase + low) & 3) !== 0)) return false;
    if (low >= this.storeLow && high <= this.storeHigh) return true;
    if (store) return false;
    if (low >= this.readLow && high <= this.readHigh) return true;
    return within(this.least + low, this.most + high, readable);
  }
}

export const UNKNOWN = new Known(0, 0, 0, 0, -1, 0, FULL - 1);

/** Of a number that is one of these. */
export function between(least: number, most: number): Known {
  return new Known(0, 0, 0, 0, least === most ? least & 3 : -1, least, most);
}
export const exactly = (value: number): Known => between(value >>> 0, value >>> 0);

export function within(low: number, high: number, { start, size }: Readable): boolean {
  return low >= start && high <= start + size;
}

/** The numbers that sums of two are; all when some of them are beyond 32 bits and others are not. */
export function sum(
  least: number,
  most: number,
  otherLeast: number,
  otherMost: number,
): readonly [number, number] {
  const low = least + otherLeast;
  const high = most + otherMost;
  if (high < FULL) return [low, high];
  return low >= FULL ? [low - FULL, high - FULL] : [0, FULL - 1];
}

/** What is known on both of two ways. */
function meetKnown(a: Known, b: Known): Known {
  if (a === b) return a;
  const [readLow, readHigh] = common(a.readLow, a.readHigh, b.readLow, b.readHigh);
  const [storeLow, storeHigh] = common(a.storeLow, a.storeHigh, b.storeLow, b.storeHigh);
  const phase = a.phase === b.phase ? a.phase : -1;
  const least = Math.min(a.least, b.least);
  const most = Math.max(a.most, b.most);
  return new Known(readLow, readHigh, storeLow, storeHigh, phase, least, most);
}
function common(a: number, b: number, c: number, d: number): readonly [number, number] {
  const low = Math.max(a, c);
  const high = Math.min(b, d);
  return low < high ? [low, high] : [0, 0];
}

/**
 * What is left of `before` when a look at more ways gave `now`; `before` itself when that is all. What changed is given up, or a loop
 * would shrink it byte by byte; what was given up stays so.
 */
function settle(before: Known, now: Known): Known {
  if (before === now) return before;
  const reads = same(before.readLow, before.readHigh, now.readLow, now.readHigh);
  const stores = same(before.storeLow, before.storeHigh, now.storeLow, now.storeHigh);
  const all = before.least === 0 && before.most === FULL - 1;
  const numbers = all || (before.least === now.least && before.most === now.most);
  const phase = before.phase < 0 || before.phase === now.phase;
  if (reads && stores && numbers && phase) return before;
  return new Known(
    reads ? before.readLow : 0,
    reads ? before.readHigh : 0,
    stores ? before.storeLow : 0,
    stores ? before.storeHigh : 0,
    phase ? before.phase : -1,
    numbers ? before.least : 0,
    numbers ? before.most : FULL - 1,
  );
}
const same = (low: number, high: number, nowLow: number, nowHigh: number): boolean =>
  low === high || (low === nowLow && high === nowHigh);

const REGISTERS = 32;

/** The place a + (b << shift) as a number. */
export const pairOf = (a: number, b: number, shift: number): number => a | (b << 5) | (shift << 10);

/** Bytes of a pair that were tested. */
interface Tested {
  readonly read: number;
  readonly store: number;
}

/** Facts of all registers, and of sums of two of them. */
export class Knowledge {
  private constructor(
    private readonly registers: Known[],
    private readonly pairs: Map<number, Tested>,
  ) {}

  static nothing(): Knowledge {
    return new Knowledge(new Array<Known>(REGISTERS).fill(UNKNOWN), new Map());
  }
  copy(): Knowledge {
    return new Knowledge([...this.registers], new Map(this.pairs));
  }

  of(r: number): Known {
    return this.registers[r];
  }
  pair(key: number): Tested | undefined {
    return this.pairs.get(key);
  }
  /** The register is written: this is known of it. */
  write(r: number, known: Known): void {
    this.registers[r] = known;
    if (this.pairs.size === 0) return;
    for (const key of this.pairs.keys())
      if ((key & 31) === r || ((key >> 5) & 31) === r) this.pairs.delete(key);
  }
  /** More is known of what is in the register. */
  learn(r: number, known: Known): void {
    this.registers[r] = known;
  }
  learnPair(key: number, size: number, store: boolean): void {
    const { read = 0, store: stored = 0 } = this.pairs.get(key) ?? {};
    this.pairs.set(key, {
      read: store ? read : Math.max(read, size),
      store: store ? Math.max(stored, size) : stored,
    });
  }
  forget(): void {
    this.registers.fill(UNKNOWN);
    this.pairs.clear();
  }

  /** What is known on both of two ways. */
  meet(other: Knowledge): Knowledge {
    const registers = this.registers.slice();
    for (let r = 0; r < REGISTERS; r++)
      if (registers[r] !== other.registers[r])
        registers[r] = meetKnown(registers[r], other.registers[r]);
    const pairs = new Map<number, Tested>();
    for (const [key, a] of this.pairs) {
      const b = other.pairs.get(key);
      if (b) pairs.set(key, { read: Math.min(a.read, b.read), store: Math.min(a.store, b.store) });
    }
    return new Knowledge(registers, pairs);
  }
  /** What is left of this when a look at more ways gave `now`; this itself when that is all. */
  settle(now: Knowledge): Knowledge {
    let registers = this.registers;
    for (let r = 0; r < REGISTERS; r++) {
      const known = settle(this.registers[r], now.registers[r]);
      if (known === this.registers[r]) continue;
      if (registers === this.registers) registers = registers.slice();
      registers[r] = known;
    }
    const pairs = new Map<number, Tested>();
    for (const [key, a] of this.pairs) {
      const b = now.pairs.get(key);
      if (b && a.read === b.read && a.store === b.store) pairs.set(key, a);
    }
    const same = pairs.size === this.pairs.size && registers === this.registers;
    return same ? this : new Knowledge(registers, pairs);
  }
}
