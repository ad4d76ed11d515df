import { FP, FP7, type FrameRegisters, LR, PC, SP, type StackMemory } from "./state.ts";

/** Instructions of a prologue that are looked at. */
const LENGTH_MAX = 64;
/** How far before the pc the beginning of a function without a symbol is looked for, in bytes. */
const SEARCH_MAX = 4096;

interface Frame {
  /** sp now, as bytes below sp at the entry. */
  depth: number;
  /** Registers saved at so many bytes below the entry's sp. */
  readonly saved: Map<number, number>;
  /** A frame pointer: which register, and how far below the entry's sp it points. */
  pointer: { register: number; depth: number } | undefined;
}

/**
 * The caller's registers by what the instructions from `start` to the pc do to the stack: PUSH, STMDB, STRD, VPUSH, SUB sp and the frame
 * pointer, as compilers write them (ARM ARM A8.8). `start` undefined: the nearest PUSH of lr before the pc begins the function.
 */
export function unwindPrologue(
  memory: StackMemory,
  start: number | undefined,
  thumb: boolean,
  registers: FrameRegisters,
): FrameRegisters | undefined {
  const pc = registers[PC] as number;
  const from = start ?? findPush(memory, pc, thumb);
  if (from === undefined) return undefined;
  const frame: Frame = { depth: 0, saved: new Map(), pointer: undefined };
  let at = from;
  for (let n = 0; n < LENGTH_MAX && at < pc; n++) {
    const size = thumb ? stepThumb(memory, at, frame) : stepA32(memory, at, frame);
    if (size === undefined) return undefined;
    at += size;
  }
  const { pointer } = frame;
  const held = pointer && registers[pointer.register];
  const sp = registers[SP];
  const entry =
    held !== undefined && pointer
      ? held + pointer.depth
      : sp === undefined
        ? undefined
        : sp + frame.depth;
  if (entry === undefined) return undefined;
  const next = registers.slice();
  for (const [register, depth] of frame.saved) next[register] = memory.word((entry - depth) >>> 0);
  next[SP] = entry >>> 0;
  next[PC] = next[LR];
  return next;
}

function push(frame: Frame, list: number): void {
  for (let n = 15; n >= 0; n--) {
    if (!(list & (1 << n))) continue;
    frame.depth += 4;
    frame.saved.set(n, frame.depth);
  }
}

/** STRD first, second, [sp, #-down]!, as the C library's assembly begins. */
function pushTwo(frame: Frame, first: number, second: number, down: number): void {
  frame.depth += down;
  frame.saved.set(first, frame.depth);
  frame.saved.set(second, frame.depth - 4);
}

/** A modified immediate constant of A32 (A5.2.4). */
function expandA32(bits: number): number {
  const rotate = (bits >>> 8) * 2;
  const value = bits & 255;
  return rotate === 0 ? value : ((value >>> rotate) | (value << (32 - rotate))) >>> 0;
}

function stepA32(memory: StackMemory, at: number, frame: Frame): number | undefined {
  const word = memory.word(at);
  if (word === undefined) return undefined;
  if (word >>> 16 === 0xe92d) push(frame, word & 0xffff);
  else if ((word & 0xffff0fff) >>> 0 === 0xe52d0004) push(frame, 1 << ((word >>> 12) & 15));
  else if ((word & 0xffff10f0) >>> 0 === 0xe16d00f0) {
    const first = (word >>> 12) & 15;
    pushTwo(frame, first, first + 1, ((word >>> 4) & 0xf0) | (word & 15));
  } else if (word >>> 12 === 0xe24dd) frame.depth += expandA32(word & 0xfff);
  else if (word >>> 16 === 0xe28d && ((word >>> 12) & 15) === FP)
    frame.pointer = { register: FP, depth: frame.depth - expandA32(word & 0xfff) };
  else if (word === 0xe1a0b00d) frame.pointer = { register: FP, depth: frame.depth };
  else if ((word & 0xffff0f00) >>> 0 === 0xed2d0b00) frame.depth += (word & 0xff) * 4;
  return 4;
}

function stepThumb(memory: StackMemory, at: number, frame: Frame): number | undefined {
  const first = memory.half(at);
  if (first === undefined) return undefined;
  if (first >>> 11 < 0x1d) {
    if ((first & 0xfe00) === 0xb400) push(frame, (first & 255) | (first & 0x100 ? 1 << LR : 0));
    else if ((first & 0xff80) === 0xb080) frame.depth += (first & 127) * 4;
    else if (first >>> 8 === 0xaf)
      frame.pointer = { register: FP7, depth: frame.depth - (first & 255) * 4 };
    else if (first === 0x466f) frame.pointer = { register: FP7, depth: frame.depth };
    return 2;
  }
  const second = memory.half(at + 2);
  if (second === undefined) return undefined;
  if (first === 0xe92d) push(frame, second);
  else if (first === 0xf84d && (second & 0x0fff) === 0x0d04) push(frame, 1 << (second >>> 12));
  else if (first === 0xe96d) pushTwo(frame, second >>> 12, (second >>> 8) & 15, (second & 255) * 4);
  else if ((first & 0xfbff) === 0xf2ad && (second & 0x0f00) === 0x0d00)
    // SUBW sp, sp, #imm12.
    frame.depth += ((first & 0x400) << 1) | ((second >>> 4) & 0x700) | (second & 255);
  else if ((first & 0xfbff) === 0xf1ad && (second & 0x0f00) === 0x0d00) {
    const constant = expandThumb(
      ((first & 0x400) << 1) | ((second >>> 4) & 0x700) | (second & 255),
    );
    frame.depth += constant;
  } else if (first === 0xed2d && (second & 0x0f00) === 0x0b00) frame.depth += (second & 255) * 4;
  return 4;
}

/** A modified immediate constant of T32 (A6.3.2), of the kinds that a stack frame's size has. */
function expandThumb(bits: number): number {
  if (bits >>> 10 === 0) return bits & 255;
  const value = 0x80 | (bits & 127);
  const rotate = bits >>> 7;
  return ((value >>> rotate) | (value << (32 - rotate))) >>> 0;
}

/** The nearest PUSH of lr before the pc, unless the function before has returned in between: then there is no frame yet. */
function findPush(memory: StackMemory, pc: number, thumb: boolean): number | undefined {
  const size = thumb ? 2 : 4;
  for (let at = pc - size; at >= pc - SEARCH_MAX; at -= size) {
    if (thumb) {
      const half = memory.half(at);
      if (half === undefined) return undefined;
      if ((half & 0xff00) === 0xb500) return at;
      if (half === 0xe92d && ((memory.half(at + 2) ?? 0) & 0x4000) !== 0) return at;
    } else {
      const word = memory.word(at);
      if (word === undefined) return undefined;
      if (word >>> 16 === 0xe92d && word & 0x4000) return at;
      if (word === 0xe52de004) return at;
    }
  }
  return undefined;
}
