import { CODE_BASE, ENGINE_BASE } from "../../memory/mod.ts";
import { CACHE_MASK } from "./loop.ts";

/**
 * Words of code that fit before everything is translated afresh: about 62,000 instructions. With 8 MiB the host collects garbage in
 * a short run.
 */
export const ARENA_WORDS = 1 << 19;
/** Where they lie in the wasm memory, and the cache of branch targets behind them: byte addresses. */
export const ARENA = CODE_BASE;
export const CACHE = ARENA + ARENA_WORDS * 4;
export const CACHE_WORDS = (CACHE_MASK + 1) * 2;

/**
 * What the loop and its core hand each other as LoopState when the loop is WebAssembly: words of the engines' area, between the
 * register file and the floating-point registers.
 */
export const LoopWord = {
  Units: 48,
  At: 49,
  Operand: 50,
  /** Two words: instructions, 64 bits. */
  Instructions: 52,
} as const;

type Element = "i32" | "u16" | "i16" | "u8" | "i8";

/** The arrays of LoopState: byte address in the wasm memory, and what an element is. */
export const loopArrays: Readonly<Record<string, readonly [at: number, element: Element]>> = {
  "core.file": [ENGINE_BASE, "i32"],
  "core.arena.words": [ARENA, "i32"],
  "core.arena.cache": [CACHE, "i32"],
  "core.memory.rights": [0, "u8"],
  "core.memory.i32": [0, "i32"],
  "core.memory.u16": [0, "u16"],
  "core.memory.i16": [0, "i16"],
  "core.memory.u8": [0, "u8"],
  "core.memory.i8": [0, "i8"],
};

/** Its numbers: byte address, and bits. */
export const loopNumbers: Readonly<Record<string, readonly [at: number, bits: 32 | 64]>> = {
  "core.units": [ENGINE_BASE + LoopWord.Units * 4, 32],
  "core.at": [ENGINE_BASE + LoopWord.At * 4, 32],
  "core.operand": [ENGINE_BASE + LoopWord.Operand * 4, 32],
  "core.stats.instructions": [ENGINE_BASE + LoopWord.Instructions * 4, 64],
};
