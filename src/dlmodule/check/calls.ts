/** What the call graph needs to know of a file. Addresses are link-time addresses. */
export interface CodeImage {
  /** The word at an address, undefined outside of the file. */
  word(address: number): number | undefined;
  half(address: number): number | undefined;
  /**
   * What a relocation record makes of the word at an address: the address of something in the module, null for something of others;
   * undefined without a record.
   */
  relocated(address: number): number | null | undefined;
  /** So much was read that nothing more is: what is found from then on is not complete. */
  exhausted(): boolean;
  /** A function is known to begin there. */
  starts(address: number): boolean;
}

/** A call in a function's code. */
export interface Call {
  /** Where it leads, without bit 0; null: to another module or the kernel; undefined: through a pointer that the code does not give away. */
  readonly target: number | null | undefined;
  /** A jump to another function: the frame is gone already. */
  readonly tail: boolean;
  /** What code is there, when the target is known. */
  readonly thumb?: boolean;
}

const PC = 15;
const LR = 14;
/** Registers that one value is computed from in a row. */
const DEPTH_MAX = 4;
/** A slot's address is not read from a slot. */
const SLOT_DEPTH = 1;
/** Instructions in front of a call that are looked at for one of them. */
const BACK_MAX = 256;

/** The calls in a function of `size` bytes at `start`: BL, BLX, jumps to other functions, and calls through registers that literals fill. */
export function callsOf(image: CodeImage, start: number, size: number, thumb: boolean): Call[] {
  const calls = (thumb ? thumbCalls : armCalls)(image, start, start + size);
  if (image.exhausted()) calls.push({ target: undefined, tail: false });
  return calls;
}

const signed = (value: number, bits: number): number => (value << (32 - bits)) >> (32 - bits);

/** Of a branch: a record that names another target counts, and then the table of procedure linkage. */
function direct(image: CodeImage, at: number, target: number): number | null {
  const named = image.relocated(at);
  if (named === null) return null;
  return plt(image, (named ?? target) & ~1);
}

/** Behind an entry of the procedure linkage table (ADD ip, pc; ADD ip, ip; LDR pc, [ip, #]!) lies what its slot is filled with. */
function plt(image: CodeImage, target: number): number | null {
  let at = target;
  const cortexM = thumbPlt(image, at);
  if (cortexM !== undefined) return cortexM;
  // BX pc in front of an entry for Thumb code.
  if (image.half(at) === 0x4778) at += 4;
  let ip = 0;
  for (let n = 0; n < 4; n++, at += 4) {
    const insn = image.word(at) ?? 0;
    if ((insn & 0xfffff000) >>> 0 === 0xe28fc000) ip = at + 8 + rotated(insn);
    else if ((insn & 0xfffff000) >>> 0 === 0xe28cc000) ip += rotated(insn);
    else if ((insn & 0xfffff000) >>> 0 === 0xe5bcf000)
      return without(image.relocated(ip + (insn & 0xfff)) ?? null);
    else break;
  }
  return target;
}

/** The entry of processors without A32 code: MOVW ip; MOVT ip; ADD ip, pc; LDR.W pc, [ip]. */
function thumbPlt(image: CodeImage, at: number): number | null | undefined {
  const [a, b, c, d] = [at, at + 4, at + 8, at + 10].map((place) => image.half(place) ?? 0);
  if ((a & 0xfbf0) !== 0xf240 || (b & 0xfbf0) !== 0xf2c0 || c !== 0x44fc || d !== 0xf8dc)
    return undefined;
  if (image.half(at + 12) !== 0xf000) return undefined;
  const ip = wide16(a, image.half(at + 2) ?? 0) | (wide16(b, image.half(at + 6) ?? 0) << 16);
  return without(image.relocated((ip + at + 12) | 0) ?? null);
}

/** imm16 of MOVW and MOVT. */
const wide16 = (high: number, low: number): number =>
  ((high & 15) << 12) | ((high & 0x400) << 1) | ((low & 0x7000) >>> 4) | (low & 0xff);

const without = (address: number | null): number | null => address && address & ~1;

function rotated(insn: number): number {
  const by = (insn >>> 7) & 30;
  const imm = insn & 0xff;
  return ((imm >>> by) | (imm << ((32 - by) & 31))) >>> 0;
}

/** Of a register's value: bit 0 is that of Thumb code. */
function reached(value: number | null | undefined): Pick<Call, "target" | "thumb"> {
  return typeof value === "number"
    ? { target: value & ~1, thumb: (value & 1) !== 0 }
    : { target: value };
}

function armCalls(image: CodeImage, start: number, end: number): Call[] {
  const calls: Call[] = [];
  for (let at = start; at + 4 <= end && !image.exhausted(); at += 4) {
    const insn = image.word(at) ?? 0;
    const always = insn >>> 28 === 15;
    if ((insn & 0x0e000000) === 0x0a000000) {
      const target = (at + 8 + signed(insn & 0xffffff, 24) * 4) | 0;
      const link = always || (insn & 0x01000000) !== 0;
      const to = direct(image, at, target);
      if (link || to === null || to < start || to >= end)
        calls.push({ target: to, tail: !link, thumb: always });
    } else if ((insn & 0x0f7ff000) === 0x051ff000 && !always) {
      // LDR pc, [pc, #imm]: what a linker puts between a branch and a function that is too far away.
      const literal = at + 8 + (insn & 0x00800000 ? insn & 0xfff : -(insn & 0xfff));
      const to = literalAt(image, literal);
      calls.push({ ...reached(to), tail: true });
    } else if ((insn & 0x0fffffd0) === 0x012fff10 && !always) {
      const link = (insn & 0x20) !== 0;
      const register = insn & 15;
      if (link || register !== LR)
        calls.push({ ...reached(armValue(image, at, start, register, 0)), tail: !link });
    }
  }
  return calls;
}

/** Nothing goes on behind it: B, BX, a load of the program counter. */
function armEnds(insn: number): boolean {
  if (insn >>> 28 !== 14) return false;
  return (
    (insn & 0x0f000000) === 0x0a000000 ||
    (insn & 0x0ffffff0) === 0x012fff10 ||
    (insn & 0x0e108000) === 0x08108000 ||
    (insn & 0x0c10f000) === 0x0410f000
  );
}

function armBranch(image: CodeImage, at: number): number | undefined {
  const insn = image.word(at) ?? 0;
  if (insn >>> 28 === 15 || (insn & 0x0f000000) !== 0x0a000000) return undefined;
  return at + 8 + signed(insn & 0xffffff, 24) * 4;
}

/** What a register holds at `at`, from the instructions in front of it that only move and add; undefined when they do more. */
function armValue(
  image: CodeImage,
  at: number,
  start: number,
  register: number,
  depth: number,
): number | null | undefined {
  if (depth > DEPTH_MAX) return undefined;
  start = Math.max(start, at - 4 * BACK_MAX);
  for (let from = at - 4; from >= start; from -= 4) {
    const insn = image.word(from) ?? 0;
    if (armEnds(insn)) {
      // What follows is only come to by a branch.
      const end = from;
      for (from -= 4; from >= start; from -= 4) {
        const target = armBranch(image, from);
        if (target !== undefined && target > end && target <= at) break;
      }
      continue;
    }
    if (insn >>> 28 === 15 || ((insn >>> 12) & 15) !== register) continue;
    const value = (other: number) => armValue(image, from, start, other, depth + 1);
    const base = (insn >>> 16) & 15;
    // LDR rd, [pc, #imm]
    if ((insn & 0x0f7f0000) === 0x051f0000) {
      const literal = from + 8 + (insn & 0x00800000 ? insn & 0xfff : -(insn & 0xfff));
      return literalAt(image, literal);
    }
    // LDR rd, [rn, rm]
    if ((insn & 0x0ff00ff0) === 0x07900000)
      return depth > SLOT_DEPTH ? undefined : slot(image, value(base), value(insn & 15));
    // ADD rd, pc, rm and ADD rd, rn, pc
    if ((insn & 0x0fe00ff0) === 0x00800000 && (base === PC || (insn & 15) === PC))
      return sum(value(base === PC ? insn & 15 : base), from + 8);
    // MOV rd, rm
    if ((insn & 0x0fef0ff0) === 0x01a00000) return value(insn & 15);
    const compares = (insn & 0x0d900000) === 0x01100000;
    const stores = (insn & 0x0c100000) === 0x04000000;
    if (compares || stores || (insn & 0x08000000) !== 0) continue;
    return undefined;
  }
  return undefined;
}

function literalAt(image: CodeImage, address: number): number | null | undefined {
  const named = image.relocated(address);
  return named === undefined ? image.word(address) : named;
}

/** The slot of the global offset table at a sum of both. */
function slot(
  image: CodeImage,
  a: number | null | undefined,
  b: number | null | undefined,
): number | null | undefined {
  if (typeof a !== "number" || typeof b !== "number") return undefined;
  const to = image.relocated((a + b) | 0);
  return to === undefined ? undefined : without(to);
}

function sum(a: number | null | undefined, b: number): number | null | undefined {
  return typeof a === "number" ? (a + b) | 0 : a;
}

function thumbCalls(image: CodeImage, start: number, end: number): Call[] {
  const calls: Call[] = [];
  const places: number[] = [];
  for (let at = start, width = 2; at + 2 <= end && !image.exhausted(); at += width) {
    const high = image.half(at) ?? 0;
    places.push(at);
    width = high >>> 11 >= 0x1d ? 4 : 2;
    if (width === 4 && at + 4 <= end) {
      const low = image.half(at + 2) ?? 0;
      const link = (low & 0x4000) !== 0;
      // BL, BLX and B.W (T4).
      if ((high & 0xf800) === 0xf000 && (link ? (low & 0x8000) !== 0 : (low & 0xd000) === 0x9000)) {
        const s = (high >>> 10) & 1;
        const i1 = ~((low >>> 13) ^ s) & 1;
        const i2 = ~((low >>> 11) ^ s) & 1;
        const imm = (s << 24) | (i1 << 23) | (i2 << 22) | ((high & 0x3ff) << 12);
        const offset = signed(imm | ((low & 0x7ff) << 1), 25);
        const exchange = link && (low & 0x1000) === 0;
        const to = direct(image, at, (exchange ? (at + 4) & ~3 : at + 4) + offset);
        if (link || to === null || to < start || to >= end)
          calls.push({ target: to, tail: !link, thumb: !exchange });
      } else leave(image, at, start, end, calls);
    } else if ((high & 0xff07) === 0x4700) {
      const link = (high & 0x80) !== 0;
      const register = (high >>> 3) & 15;
      // BX pc: A32 code goes on behind it.
      const target =
        register === PC ? (at + 4) & ~3 : thumbValue(image, places, places.length - 1, register, 0);
      if (link) calls.push({ ...reached(target), tail: false });
      // Functions of Thumb-1 return by BX to a register that POP has filled.
      else if (register !== LR && target !== undefined)
        calls.push({ ...reached(target), tail: true });
    } else leave(image, at, start, end, calls);
  }
  return calls;
}

/** B and B<c> of little reach to another function; literals look like them: only where one is known to begin. */
function leave(image: CodeImage, at: number, start: number, end: number, calls: Call[]): void {
  const target = thumbBranch(image, at);
  if (target === undefined || (target >= start && target < end)) return;
  const to = direct(image, at, target);
  if (to !== null && image.starts(to)) calls.push({ target: to, tail: true });
}

/** B, BX, POP {pc}. */
function thumbEnds(image: CodeImage, at: number): boolean {
  const high = image.half(at) ?? 0;
  if (high === 0xe8bd) return ((image.half(at + 2) ?? 0) & 0x8000) !== 0;
  if ((high & 0xf800) === 0xf000) return ((image.half(at + 2) ?? 0) & 0xd000) === 0x9000;
  return (high & 0xf800) === 0xe000 || (high & 0xff87) === 0x4700 || (high & 0xff00) === 0xbd00;
}

/** Where B<c>, B, CBZ and CBNZ lead. */
function thumbBranch(image: CodeImage, at: number): number | undefined {
  const high = image.half(at) ?? 0;
  if ((high & 0xf000) === 0xd000 && (high & 0xf00) < 0xe00)
    return at + 4 + signed(high & 0xff, 8) * 2;
  if ((high & 0xf800) === 0xe000) return at + 4 + signed(high & 0x7ff, 11) * 2;
  if ((high & 0xf500) === 0xb100) return at + 4 + (((high >>> 3) & 0x40) | ((high >>> 2) & 0x3e));
  const low = image.half(at + 2) ?? 0;
  if ((high & 0xf800) === 0xf000 && (low & 0xd000) === 0x8000 && (high & 0x380) !== 0x380) {
    const upper = ((high & 0x400) << 10) | ((low & 0x800) << 8) | ((low & 0x2000) << 5);
    return at + 4 + signed(upper | ((high & 0x3f) << 12) | ((low & 0x7ff) << 1), 21);
  }
  return undefined;
}

/** The same as `armValue`; `places` are the addresses of the instructions, of which the first `count` are looked at. */
function thumbValue(
  image: CodeImage,
  places: readonly number[],
  count: number,
  register: number,
  depth: number,
): number | null | undefined {
  if (depth > DEPTH_MAX) return undefined;
  const reached = places[count];
  const first = Math.max(0, count - BACK_MAX);
  for (let n = count - 1; n >= first; n--) {
    const at = places[n];
    const high = image.half(at) ?? 0;
    if (thumbEnds(image, at)) {
      for (n--; n >= first; n--) {
        const target = thumbBranch(image, places[n]);
        if (target !== undefined && target > at && target <= reached) break;
      }
      continue;
    }
    const value = (other: number) => thumbValue(image, places, n, other, depth + 1);
    const pc = (at + 4) & ~3;
    if (high >>> 11 >= 0x1d) {
      const low = image.half(at + 2) ?? 0;
      if (low >>> 12 !== register) continue;
      // LDR.W rt, [pc, #imm] and LDR.W rt, [rn, rm]
      if ((high & 0xff7f) === 0xf85f)
        return literalAt(image, pc + (high & 0x80 ? low & 0xfff : -(low & 0xfff)));
      if ((high & 0xfff0) === 0xf850 && (low & 0x0ff0) === 0)
        return depth > SLOT_DEPTH ? undefined : slot(image, value(high & 15), value(low & 15));
      continue;
    }
    const low = high & 7;
    if (high >>> 11 === 9 && ((high >>> 8) & 7) === register)
      return literalAt(image, pc + (high & 0xff) * 4);
    if ((high & 0xfe00) === 0x5800 && low === register)
      return depth > SLOT_DEPTH
        ? undefined
        : slot(image, value((high >>> 3) & 7), value((high >>> 6) & 7));
    const full = low | ((high >>> 4) & 8);
    if ((high & 0xff00) === 0x4400 && full === register && ((high >>> 3) & 15) === PC)
      return sum(value(register), at + 4);
    if ((high & 0xff00) === 0x4600 && full === register) return value((high >>> 3) & 15);
    // Loads, moves of numbers, sums: the value is not from a literal.
    const computes =
      high >>> 13 === 1 ? high >>> 11 !== 5 && ((high >>> 8) & 7) === register : false;
    const loads = high >>> 11 === 0xd && low === register;
    if (computes || loads) return undefined;
  }
  return undefined;
}
