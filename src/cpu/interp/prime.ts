import { GRANULE_SHIFT, READ, WRITE } from "../../memory/mod.ts";
import { CACHE_MASK, Code, Long, loop, type LoopState } from "./loop.ts";
import { Slot } from "./state.ts";

/**
 * Rounds through every code: JavaScriptCore compiles a path that has never run as "leave the compiled code", so a loop that got
 * hot on one program would be thrown away and compiled again, a quarter of a second each time, whenever another program
 * uses a new op. Chosen with bench/dispatch: fewer rounds leave profiles empty, more cost start-up time.
 */
const ROUNDS = 2;

/** Data addresses: an ordinary granule, and one without rights, for the slow paths. */
const DATA = 0x40;
const GUARDED = 0x80;
const MEMORY = 0x100;

const WORDS = 0x1000;

let primed = false;

/** Runs each case of the loop once per round, the first time it is called. */
export function prime(): void {
  if (primed) return;
  primed = true;
  const words = new Int32Array(WORDS);
  const starts = writeProgram(words);
  const core = scratchCore(words);
  for (let round = 0; round < ROUNDS; round++) {
    for (const start of starts) {
      // Enough for all but the branches that are to end a slice.
      core.units = 1;
      loop(core, start);
    }
  }
}

function scratchCore(words: Int32Array): LoopState {
  const buffer = new ArrayBuffer(MEMORY);
  const rights = new Uint8Array(MEMORY >>> GRANULE_SHIFT);
  // A known target of indirect branches: the call for help at word 0.
  const cache = new Int32Array((CACHE_MASK + 1) * 2);
  cache[DATA] = DATA;
  rights[DATA >>> GRANULE_SHIFT] = READ | WRITE;
  return {
    file: new Int32Array(Slot.Count),
    arena: { words, cache },
    memory: {
      rights,
      u8: new Uint8Array(buffer),
      i8: new Int8Array(buffer),
      u16: new Uint16Array(buffer),
      i16: new Int16Array(buffer),
      i32: new Int32Array(buffer),
    },
    stats: { instructions: 0 },
    units: 1,
    at: 0,
    operand: 0,
  };
}

/** Every code by itself, ended by a call for help; returns where each begins. */
function writeProgram(words: Int32Array): number[] {
  const starts: number[] = [];
  let ip = 0;
  const put = (code: number, d: number, a: number, b: number, ...rest: number[]): void => {
    for (const word of [code | (d << 8) | (a << 16) | (b << 24), ...rest]) words[ip++] = word;
  };
  const start = (address: number): void => {
    put(Code.Halt, 0, 0, 0);
    starts.push(ip);
    put(Code.MovI, 1, 0, 0, address);
    put(Code.MovI, 2, 0, 0, 4);
  };
  for (let code: number = Code.B; code <= Code.Stm; code++) {
    start(DATA);
    if (code === Code.B) {
      put(code, 0, 0, 0, ip + 2);
      start(DATA);
      put(code, 0, 0, 1, ip + 2);
    } else if (code === Code.BL) put(code, 0, 0, 0, ip + 3, 0);
    else if (code === Code.Bx || code === Code.Blx) {
      put(code, 0, 1, 0, 0, 0);
      start(DATA);
      put(code, 0, 1, 0, -1, 0);
      start(GUARDED);
      put(code, 0, 1, 0, 0, 0);
    } else if (code < Code.CmpBeqI || code === Code.TstBeqR || code === Code.TstBneR)
      put(code, 0, 1, 0, ip + 2);
    else if (code <= Code.SubsBne) put(code, 0, 1, 0, 0, ip + 3);
    else if (code === Code.Ldm || code === Code.Stm) put(code, 0, 1, 2, 0, 0, 3, 4);
    else if (code === Code.LdrAbs) put(code, 0, 0, 0, DATA);
    else if (code >= Code.LdrI) {
      put(code, 3, 1, 2, 0);
      start(GUARDED);
      put(code, 3, 1, 2, 0);
    } else if (code === Code.Long) put(code, 3, 1, 2, 5 | Long.Signed | Long.Accumulate);
    else put(code, ...dataOperands(code));
  }
  put(Code.Halt, 0, 0, 0);
  return starts;
}

/** Operands of a data processing op, with a second word where it takes one. */
function dataOperands(code: Code): [number, number, number, ...number[]] {
  return takesConstant(code) ? [3, 1, 2, 5] : [3, 1, 2];
}

function takesConstant(code: Code): boolean {
  constantCodes ??= new Set([
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
    Code.Ubfx,
    Code.Sbfx,
    Code.Bfi,
    Code.Cross,
  ]);
  return constantCodes.has(code);
}

let constantCodes: ReadonlySet<Code> | undefined;
