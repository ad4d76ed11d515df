import { GRANULE_SHIFT, READ, WRITE } from "../../memory/mod.ts";
import { Op } from "../ir/ops.ts";
import type { Core } from "./core.ts";
import { CACHE_MASK, Code, loop } from "./loop.ts";
import { Slot } from "./state.ts";

/**
 * Rounds through every code: JavaScriptCore compiles a path that has never run as "leave the compiled code", so a loop that got
 * hot on one program would be thrown away and compiled again, a quarter of a second each time, whenever another program
 * uses a new op. Chosen with bench/dispatch: fewer rounds leave profiles empty, more cost start-up time.
 */
const ROUNDS = 4;

/** Data addresses: an ordinary granule, and one without rights, for the slow paths. */
const DATA = 0x40;
const GUARDED = 0x80;
const MEMORY = 0x100;

const WORDS = 0x1000;
const PROGRAM = 0x100;

/** Address of the indirect branch that ends a round. */
const AWAY = 0x1000;

let primed = false;

/** Runs each case of the loop once per round, with slow paths that do nothing, the first time it is called. */
export function prime(): void {
  if (primed) return;
  primed = true;
  const words = new Int32Array(WORDS);
  const last = writeProgram(words);
  const core = scratchCore(words, last);
  for (let round = 0; round < ROUNDS; round++) loop(core as unknown as Core, PROGRAM);
}

/** What the loop asks of a core. */
function scratchCore(words: Int32Array, last: number) {
  const buffer = new ArrayBuffer(MEMORY);
  const rights = new Uint8Array(MEMORY >>> GRANULE_SHIFT);
  rights[DATA >>> GRANULE_SHIFT] = READ | WRITE;
  return {
    file: new Int32Array(Slot.Count),
    arena: { words, cache: new Int32Array((CACHE_MASK + 1) * 2) },
    memory: {
      rights,
      u8: new Uint8Array(buffer),
      i8: new Int8Array(buffer),
      u16: new Uint16Array(buffer),
      i16: new Int16Array(buffer),
      i32: new Int32Array(buffer),
    },
    stats: { instructions: 0 },
    fault: undefined,
    units: 1000,
    link: (_key: number, place: number): number => words[place],
    leave: (ip: number): number => ip + 1,
    find: (): number => last,
    access: (ip: number): number => ip + 2,
    multiple: (): boolean => true,
    svc: (ip: number): number => (ip === last ? -1 : ip),
  };
}

/** Every code but those that end a run; returns the arena index of the supervisor call at the end. */
function writeProgram(words: Int32Array): number {
  let ip = PROGRAM;
  const put = (code: number, d: number, a: number, b: number, ...rest: number[]): void => {
    for (const word of [code | (d << 8) | (a << 16) | (b << 24), ...rest]) words[ip++] = word;
  };
  const set = (d: number, value: number): void => put(Code.MovI, d, 0, 0, value);
  for (let code: number = Code.B; code <= Code.Stm; code++) {
    if (ending.has(code)) continue;
    set(1, DATA);
    set(2, 4);
    if (code === Code.BL) put(code, 0, 0, 0, ip + 3, 0);
    else if (code < Code.CmpBeqI || code === Code.TstBeqR || code === Code.TstBneR)
      put(code, 0, 1, 0, ip + 2);
    else if (code <= Code.SubsBne) put(code, 0, 1, 0, 0, ip + 3);
    else if (code === Code.Ldm || code === Code.Stm) {
      put(code, 0, 1, 2, 0, 0, 3, 4);
      set(1, GUARDED);
      put(code, 0, 1, 2, 0, 0, 3, 4);
    } else if (code === Code.LdrAbs) put(code, 0, 0, 0, DATA);
    else if (code >= Code.LdrI) {
      put(code, 3, 1, 2, 0);
      set(1, GUARDED);
      put(code, 3, 1, 2, 0);
    } else put(code, ...dataOperands(code));
  }
  put(Code.Rare, Op.rbit, 0, 0, 3, 0, 1, 2, 0, 0, 0);
  put(Code.Leave, 0, 0, 0);
  // A link: the word behind it holds the index of what follows.
  put(Code.Exit, 0, 0, 0, ip + 2, ip + 3);
  put(Code.Svc, 0, 0, 0, 0, 0, 0);
  set(1, AWAY);
  put(Code.Bx, 0, 1, 0, 0);
  put(Code.Svc, 0, 0, 0, 0, 0, 0);
  return ip - 4;
}

/** Codes that end the run or go where no program is. */
const ending = new Set<number>([Code.Bx, Code.Blx, Code.Svc, Code.Udf, Code.Bkpt]);

/** Operands of a data processing op, with a second word where it takes one. */
function dataOperands(code: Code): [number, number, number, ...number[]] {
  return takesConstant(code) ? [3, 1, 2, 5] : [3, 1, 2];
}

function takesConstant(code: Code): boolean {
  return code in constantCodes;
}

const constantCodes: Record<number, true> = Object.fromEntries(
  [
    Code.MovI,
    Code.MovsI,
    Code.AddI,
    Code.RsbI,
    Code.AdcI,
    Code.SbcI,
    Code.AndI,
    Code.OrrI,
    Code.EorI,
    Code.AddsI,
    Code.SubsI,
    Code.RsbsI,
    Code.AdcsI,
    Code.SbcsI,
    Code.AndsI,
    Code.OrrsI,
    Code.EorsI,
    Code.CmpI,
    Code.CmnI,
    Code.TstI,
    Code.TeqI,
    Code.AddLsl,
    Code.AddLsr,
    Code.AddAsr,
    Code.SubLsl,
    Code.OrrLsl,
    Code.OrrLsr,
    Code.EorLsl,
    Code.EorLsr,
    Code.Mla,
    Code.Mls,
    Code.Umull,
    Code.Smull,
    Code.Umlal,
    Code.Smlal,
    Code.Ubfx,
    Code.Sbfx,
    Code.Bfi,
  ].map((code) => [code, true]),
);
