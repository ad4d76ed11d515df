import { ENGINE_BASE } from "../../memory/mod.ts";
import { TEMP, TEMPS } from "../ir/registers.ts";

/**
 * What translated code shares with the host, as byte offsets from FILE, a constant address of the wasm memory: the register file
 * of the interpreter (one word for each Slot), then the following.
 */
export const FILE = ENGINE_BASE;

/** Flags that follow from a sum: which, and whether it is a difference, 0: none; its operands. See flags-state.ts. */
export const PENDING = 160;
export const PENDING_X = 164;
export const PENDING_Y = 168;
export const PENDING_SUB = 1;
export const PENDING_ADD = 2;
export const PENDING_NZ = 4;
export const PENDING_C = 8;
export const PENDING_V = 16;
/** Units left, while translated code calls the host and when it returns. */
export const UNITS = 172;
/** Instructions executed by translated code, 64 bits. */
export const COUNT = 176;

/** Where code left the flags that it left to the host: the number of the state, and what states name. */
export const LEFT_STATE = 0x400;
export const LEFT_SOURCE = 0x404;
export const LEFT_N = 0x408;
export const LEFT_Z = 0x40c;
export const LEFT_C = 0x410;
export const LEFT_V = 0x414;
/** Saved registers, a word for each. */
export const LEFT_SAVED = 0x420;

/**
 * Ranges of granules that were found to be writable: first, how many, and EPOCH of that time. Rights change only while the host
 * runs: EPOCH is another one whenever it has run.
 */
export const EPOCH = 0x800;
/** The address of a region that was entered with other registers than it was made for; 0: none. */
export const MISSED = 0x804;
/** The same of a region that met floating-point numbers which it was not made for, or a load that it does always beyond what can be read. */
export const STRAYED = 0x808;
/** Not 0: the host has left the next pc in the register file for regions to go on there, as behind a switch of threads. */
export const GO_ON = 0x80c;
/** Not 0: the host changed registers or regions in a way that translated code, which called it, has to be told. */
export const CARE = 0xc10;
export const WINDOWS = 0x810;
export const WINDOW_SIZE = 16;
export const WINDOW_COUNT = 64;

/**
 * Translated code keeps units and instructions in one 64-bit number, so that one addition does for both: (units - 1) << WORK_SHIFT |
 * instructions. It is negative when the units are used up.
 */
export const WORK_SHIFT = 30;
/** Units that translated code gets at once: its instructions must fit into WORK_SHIFT bits. */
export const MOST_UNITS = 100_000;

/**
 * Direct-mapped cache of branch targets: guest address (bit 0: Thumb); index into the table of regions and, from STUB_SHIFT on, one more
 * than the number of the supervisor call when the region is a stub for that and nothing else.
 */
export const TARGETS = 0x20000;
export const TARGET_MASK = 0x3fff;
export const STUB_SHIFT = 16;
export const SLOT_MASK = 0xffff;

/**
 * The table of regions begins with the functions of the regions that are in the cache of targets, each at the index of its entry: a call
 * through a register need not wait for the index. The others' indexes begin here.
 */
export const FIRST_SLOT = TARGET_MASK + 1;
/** Index of the entry of a guest address. */
export function cachedSlot(key: number): number {
  return (key >>> 1) & TARGET_MASK;
}

/** Byte offset of the entry of a guest address. */
export function targetEntry(key: number): number {
  return TARGETS + ((key << 2) & (TARGET_MASK << 3));
}

/** How many guest calls nest as calls of the host before all of them return. */
export const MAX_DEPTH = 1000;

/** A register for results that nobody wants but for their flags, behind the temporaries. */
export const JUNK = TEMP + TEMPS;
/** Temporaries that keep what a comparison of floating point found, for the flags: 1 when it was so. */
export const GREATER = TEMP + 6;
export const LESS = TEMP + 7;

/** Locals of a region. 0 and 1 are its parameters. */
export const Local = {
  Work: 0,
  Depth: 1,
  /** r0-r14, then t0-t7 and JUNK. */
  R0: 2,
  N: 26,
  Z: 27,
  C: 28,
  V: 29,
  /** The number of the state of the flags where code came from (flags-state.ts), and of that in which it leaves. */
  Source: 30,
  Left: 31,
  /** Where to go on: guest address, bit 0: Thumb. */
  Key: 32,
  Address: 33,
  S0: 34,
  S1: 35,
  S2: 36,
  /**
   * The FPSCR, while floating-point registers are in use. Its NZCV are those of a comparison that is in locals: of singles when Compared is 1, of
   * doubles when it is 2; 0: there is none. Whether results need care.
   */
  Status: 37,
  Compared: 38,
  Unready: 39,
  /** How many bit patterns pass for normal numbers, of singles and of doubles: none while results need care. */
  SingleSpan: 40,
  DoubleSpan: 41,
  /** Operands of a sum that are added to another one in another order (relays.ts). */
  Late: 42,
  Early: 43,
  /** The low byte of the late one, of what is loaded for it, and of the sum. */
  LateByte: 44,
  LoadedByte: 45,
  CutByte: 46,
  /** Of conditional ops that are done always: what was there before, what the ops of the opposite condition made, whether they are skipped. */
  Before: 47,
  Other: 48,
  Skipped: 49,
  /** What registers were where a row of iterations began (rows.ts). */
  Origins: 50,
  /** 64 bits. */
  Long: 54,
  DoubleA: 55,
  DoubleB: 56,
  DoubleC: 57,
  DoubleR: 58,
  /** What was compared. */
  DoubleX: 59,
  DoubleY: 60,
  SingleA: 61,
  SingleB: 62,
  SingleR: 63,
  SingleX: 64,
  SingleY: 65,
  /** Floating-point registers, then registers that flags need, saved before they change, then counters. */
  Saved: 66,
} as const;
/** Locals besides the parameters: words, 64-bit numbers, doubles, singles, then words for saved registers. */
export const WORD_LOCALS = 52;
export const ORIGINS = 4;
export const LONG_LOCALS = 1;
export const DOUBLE_LOCALS = 6;
export const SINGLE_LOCALS = 5;

/** The local of a register or temporary of the IR. */
export function local(r: number): number {
  return r < 15 ? Local.R0 + r : Local.R0 + r - 1;
}
