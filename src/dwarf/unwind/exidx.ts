import { type FrameRegisters, LR, PC, SP, type StackMemory } from "./state.ts";

/** A table of .ARM.exidx in guest memory. */
export interface ExidxTable {
  readonly address: number;
  readonly entries: number;
}

/** Bytes of unwinding instructions; more is no table. */
const CODE_MAX = 1024;
const CANT_UNWIND = 1;

/**
 * The caller's registers by the exception handling ABI for the Arm architecture (EHABI32, sections 6, 7 and 10.3). Undefined: the table
 * does not know the function or says that it cannot be unwound.
 */
export function unwindExidx(
  memory: StackMemory,
  table: ExidxTable,
  registers: FrameRegisters,
): FrameRegisters | undefined {
  const entry = find(memory, table, registers[PC] as number);
  if (entry === undefined) return undefined;
  const word = memory.word(entry + 4);
  if (word === undefined || word === CANT_UNWIND) return undefined;
  const code =
    word & 0x80000000 ? compact(memory, entry + 4) : generic(memory, prel31(entry + 4, word));
  return code && execute(memory, code, registers);
}

/** The last entry whose function begins at or before the pc. */
function find(memory: StackMemory, table: ExidxTable, pc: number): number | undefined {
  const start = (n: number): number | undefined => {
    const at = table.address + 8 * n;
    const word = memory.word(at);
    return word === undefined ? undefined : prel31(at, word);
  };
  let low = 0;
  let high = table.entries - 1;
  const first = start(0);
  if (first === undefined || pc < first) return undefined;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    const at = start(middle);
    if (at === undefined) return undefined;
    if (at <= pc) low = middle;
    else high = middle - 1;
  }
  return table.address + 8 * low;
}

function prel31(at: number, word: number): number {
  return (at + ((word << 1) >> 1)) >>> 0;
}

/** Instructions of the personalities 0 to 2 whose first word is at `at`. */
function compact(memory: StackMemory, at: number): number[] | undefined {
  const word = memory.word(at);
  if (word === undefined) return undefined;
  const personality = (word >>> 24) & 15;
  if (personality === 0) return [(word >>> 16) & 255, (word >>> 8) & 255, word & 255];
  if (personality > 2) return undefined;
  return more(memory, at, [(word >>> 8) & 255, word & 255], (word >>> 16) & 255);
}

function generic(memory: StackMemory, at: number): number[] | undefined {
  const word = memory.word(at);
  if (word === undefined) return undefined;
  if (word & 0x80000000) return compact(memory, at);
  // A personality routine of the language; GNU's have the compact form of model 1 behind it.
  const next = memory.word(at + 4);
  if (next === undefined) return undefined;
  return more(memory, at + 4, [(next >>> 16) & 255, (next >>> 8) & 255, next & 255], next >>> 24);
}

/** The bytes of the `words` words behind `at`, most significant first. */
function more(
  memory: StackMemory,
  at: number,
  code: number[],
  words: number,
): number[] | undefined {
  for (let n = 1; n <= words && code.length < CODE_MAX; n++) {
    const word = memory.word(at + 4 * n);
    if (word === undefined) return undefined;
    code.push(word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255);
  }
  return code;
}

/** Table 4 of EHABI32, 10.3. */
function execute(
  memory: StackMemory,
  code: readonly number[],
  registers: FrameRegisters,
): FrameRegisters | undefined {
  const r = registers.slice();
  r[PC] = undefined;
  let sp = r[SP];
  let at = 0;
  const pop = (mask: number): boolean => {
    let loaded: number | undefined;
    for (let n = 0; n < 16; n++) {
      if (!(mask & (1 << n))) continue;
      if (sp === undefined) return false;
      const word = memory.word(sp);
      if (word === undefined) return false;
      if (n === SP) loaded = word;
      else r[n] = word;
      sp = (sp + 4) >>> 0;
    }
    if (loaded !== undefined) sp = loaded;
    return true;
  };
  while (at < code.length) {
    const op = code[at++];
    if ((op & 0xc0) === 0) sp = add(sp, ((op & 0x3f) << 2) + 4);
    else if ((op & 0xc0) === 0x40) sp = add(sp, -(((op & 0x3f) << 2) + 4));
    else if ((op & 0xf0) === 0x80) {
      const mask = ((op & 15) << 8) | (code[at++] ?? 0);
      if (mask === 0 || !pop(mask << 4)) return undefined;
    } else if ((op & 0xf0) === 0x90) {
      const n = op & 15;
      if (n === SP || n === PC) return undefined;
      sp = r[n];
    } else if ((op & 0xf0) === 0xa0) {
      const mask = ((1 << ((op & 7) + 1)) - 1) << 4;
      if (!pop(mask | (op & 8 ? 1 << LR : 0))) return undefined;
    } else if (op === 0xb0) break;
    else if (op === 0xb1) {
      const mask = code[at++] ?? 0;
      if (mask === 0 || mask & 0xf0 || !pop(mask)) return undefined;
    } else if (op === 0xb2) {
      let value = 0;
      let shift = 0;
      for (;;) {
        const byte = code[at++];
        if (byte === undefined || shift > 28) return undefined;
        value |= (byte & 127) << shift;
        shift += 7;
        if (byte < 128) break;
      }
      sp = add(sp, 0x204 + (value << 2));
    } else if (op === 0xb3) sp = add(sp, 8 * ((code[at++] & 15) + 1) + 4);
    else if ((op & 0xf8) === 0xb8) sp = add(sp, 8 * ((op & 7) + 1) + 4);
    else if (op === 0xc8 || op === 0xc9) sp = add(sp, 8 * ((code[at++] & 15) + 1));
    else if ((op & 0xf8) === 0xd0) sp = add(sp, 8 * ((op & 7) + 1));
    else return undefined;
    if (sp === undefined) return undefined;
  }
  r[SP] = sp;
  r[PC] ??= r[LR];
  return r;
}

function add(sp: number | undefined, bytes: number): number | undefined {
  return sp === undefined ? undefined : (sp + bytes) >>> 0;
}
