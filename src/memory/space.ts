import { GRANULE, GRANULE_SHIFT } from "./access.ts";

/** Where guest RAM lies: [base, base + size). The reference board has 8 MiB at 0x60000000. */
export interface MemoryMap {
  readonly base: number;
  readonly size: number;
}

const PAGE = 0x10000;
/**
 * Pieces of RAM of which the first store is noticed, as they lack the right to write until then. A machine touches few of them, and
 * clearing all of RAM for the next one would take longer than to boot it.
 */
export const CHUNK_SHIFT = 16;
/**
 * The rights of the whole address space lie at the start of the wasm memory. Between them and what engines keep there it is
 * zero: translated code looks there for the rights of unaligned addresses.
 */
const RIGHTS_SIZE = 2 ** 32 / GRANULE;
export const ENGINE_BASE = RIGHTS_SIZE * 4;
export const ENGINE_SIZE = 0x40000;
/** Behind that, code of the interpreter. Not cleared for the next machine: it may be of use there. */
export const CODE_BASE = ENGINE_BASE + ENGINE_SIZE;
export const CODE_SIZE = 0x220000;

/** The wasm memory of a machine and the views of it, which are dear to the host's garbage collector. */
export class Space {
  readonly base: number;
  readonly size: number;
  readonly wasm: WebAssembly.Memory;
  readonly u8: Uint8Array;
  readonly i8: Int8Array;
  readonly u16: Uint16Array;
  readonly i16: Int16Array;
  readonly i32: Int32Array;
  readonly u32: Uint32Array;
  readonly rights: Uint8Array;
  readonly engine: Int32Array;
  readonly mapped: Uint8Array;
  readonly touched: Uint8Array;
  /** No machine had it yet. */
  fresh = true;

  constructor({ base, size }: MemoryMap) {
    this.base = base;
    this.size = size;
    const pages = Math.ceil((base + size) / PAGE);
    this.wasm = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const { buffer } = this.wasm;
    this.u8 = new Uint8Array(buffer);
    this.i8 = new Int8Array(buffer);
    this.u16 = new Uint16Array(buffer);
    this.i16 = new Int16Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.rights = new Uint8Array(buffer, 0, RIGHTS_SIZE);
    this.engine = new Int32Array(buffer, ENGINE_BASE, ENGINE_SIZE >>> 2);
    this.mapped = new Uint8Array(size >>> GRANULE_SHIFT);
    this.touched = new Uint8Array(((size - 1) >>> CHUNK_SHIFT) + 1);
  }

  /** Makes everything zero, where anything was stored. */
  clear(): void {
    if (this.fresh) return;
    const { u8, base, touched } = this;
    this.rights.fill(0, base >>> GRANULE_SHIFT, (base + this.size) >>> GRANULE_SHIFT);
    this.engine.fill(0);
    for (const [chunk, written] of touched.entries())
      if (written) u8.fill(0, base + (chunk << CHUNK_SHIFT), base + ((chunk + 1) << CHUNK_SHIFT));
    touched.fill(0);
  }
}

/**
 * Only a handful of large memories per process get the engine's fast bounds check, so a disposed one is used again. Cleared
 * then: a process that ends has no use for it.
 */
const idle: Space[] = [];
/** Of different sizes; the oldest goes first. */
const IDLE_MAX = 4;

/**
 * Makes the memory of the next machine. The host collects garbage when memory of this size is made, which takes 5 ms once a program
 * is loaded and nothing before (bench/boot).
 */
export function reserveMemory(map: MemoryMap): void {
  idle.push(new Space(map));
}

/** Gives the memory back for the next machine of this process. */
export function giveSpace(space: Space): void {
  idle.push(space);
  if (idle.length > IDLE_MAX) idle.shift();
}

/** Memory of that size, all zero. */
export function takeSpace(map: MemoryMap): Space {
  let at = 0;
  while (at < idle.length && (idle[at].base !== map.base || idle[at].size !== map.size)) at++;
  const [space] = at === idle.length ? [new Space(map)] : idle.splice(at, 1);
  space.clear();
  space.fresh = false;
  return space;
}
