import { ENGINE_BASE } from "../../memory/mod.ts";

/**
 * What translated code shares with the host, as byte offsets from FILE, a constant address of the wasm memory: the register file
 * of the interpreter (one word for each Slot), then the following.
 */
export const FILE = ENGINE_BASE;

/** Pending flags: kind | mask of what is pending, 0: none; the operands of the comparison or addition. See flags.ts. */
export const PENDING = 160;
export const PENDING_X = 164;
export const PENDING_Y = 168;
/** Units left, while translated code calls the host and when it returns. */
export const UNITS = 172;
/** Instructions executed by translated code, 64 bits. */
export const COUNT = 176;

/**
 * Translated code keeps units and instructions in one 64-bit number, so that one addition does for both: (units - 1) << WORK_SHIFT |
 * instructions. It is negative when the units are used up.
 */
export const WORK_SHIFT = 30;
/** Units that translated code gets at once: its instructions must fit into WORK_SHIFT bits. */
export const MOST_UNITS = 100_000;

/** Direct-mapped cache of branch targets: guest address (bit 0: Thumb), index into the table of regions. */
export const TARGETS = 0x20000;
export const TARGET_MASK = 0x3fff;

/** Byte offset of the entry of a guest address. */
export function targetEntry(key: number): number {
  return TARGETS + ((key << 2) & (TARGET_MASK << 3));
}

/** How many guest calls nest as calls of the host before all of them return. */
export const MAX_DEPTH = 1000;

/** Locals of a region. 0 and 1 are its parameters. */
export const Local = {
  Work: 0,
  Depth: 1,
  /** r0-r14, then t0-t7. */
  R0: 2,
  N: 25,
  Z: 26,
  C: 27,
  V: 28,
  X: 29,
  Y: 30,
  /** Where to go on: guest address, bit 0: Thumb. */
  Key: 31,
  Address: 32,
  S0: 33,
  S1: 34,
  S2: 35,
  /** 64 bits. */
  Long: 36,
} as const;
/** Locals besides the parameters: words, then 64-bit ones. */
export const WORD_LOCALS = 34;
export const LONG_LOCALS = 1;

/** The local of a register or temporary of the IR. */
export function local(r: number): number {
  return r < 15 ? Local.R0 + r : Local.R0 + r - 1;
}
