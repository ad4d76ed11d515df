import { amount } from "../elf/mod.ts";
import { HEAP_BEGIN, HEAP_MEM } from "../kernel/mod.ts";
import { memorySize, RAM_BASE, SYSTEM_AREA } from "../memory/mod.ts";
import { MODULE, STACK_404, STACK_404_MAX, THREAD_SIZE } from "./layout.ts";
import type { LoadPlan } from "./plan-types.ts";

/** RT_ALIGN_SIZE: what rt_malloc gives. */
const HEAP_ALIGN = 4;
/** No heap has as much. */
const STACK_MAX = 1 << 30;
/**
 * At the prompt the heap is free in two pieces, bytes with their headers: one below what the start has made and kept (threads of the
 * shell and of idle, the file system's state), which are `KEPT` bytes, and everything behind that.
 */
const PIECE = 4264;
const KEPT = 12876;
/** What a main thread's stack has beyond its size, for the calls that the kernel makes on it. */
const RED_ZONE = 2048;
/** MIN_SIZE of mem.c. */
const BLOCK_MIN = 12;
const MIB = 1048576;
const RAM_MAX = 512 * MIB;

/** Bytes of the block for an image of `size` bytes: as many more as its place may have to be moved for its alignment. */
export function blockSize(plan: LoadPlan, size: number): number {
  return size + plan.align - HEAP_ALIGN;
}

/** Bytes of a main thread's stack, from what the module object says. */
export function stackGiven(wanted: number, compat404: boolean): number {
  if (compat404) return wanted < STACK_404 || wanted > STACK_404_MAX ? STACK_404 : wanted;
  return (Math.min(Math.max(wanted >>> 0, STACK_404), STACK_MAX) + 3) & ~3;
}

/** What a load asks the heap for: bytes of the blocks, without their headers. */
export interface HeapNeed {
  /** The whole file, which is kept while it is loaded. */
  readonly file: number;
  /** struct rt_dlmodule, the image and the table of its functions. */
  readonly module: readonly number[];
  /** The main thread: command line, thread, stack; empty for a library. The place of the file is free again by then. */
  readonly thread: readonly number[];
  /** Of the libraries that are loaded with it, while its file is held. */
  readonly libraries?: readonly HeapNeed[];
}

/**
 * `size`: bytes of the image with what the loader adds to it; `stack`: of the main thread when the module does not say; `stock`: as a
 * 4.0.4 gives it.
 */
export function heapNeed(
  file: number,
  plan: LoadPlan,
  size: number,
  stack: number,
  stock = false,
): HeapNeed {
  const { functions } = plan;
  const table = functions.map(({ name }) => name.length + 1);
  if (table.length > 0) table.unshift(8 * functions.length);
  return {
    file,
    module: [MODULE.SIZE, blockSize(plan, size), ...table],
    thread: plan.program
      ? [
          BLOCK_MIN,
          THREAD_SIZE,
          // 4.0.4 takes only sizes that it then replaces by its own: what the module says never counts.
          stock
            ? stackGiven(stack, true)
            : stackGiven(stackWanted(plan) || stack, false) + RED_ZONE,
        ]
      : [],
  };
}

/** Bytes of a heap in one piece that all of it but its libraries takes, with the headers of the blocks. */
export function heapTaken({ file, module, thread }: HeapNeed): number {
  const loading = taken(file) + sum(module.map(taken));
  const later = sum(thread.map(taken));
  return later <= taken(file) ? loading : loading + later;
}

/** Bytes of the heap behind what the start has made, on a board with `ram` bytes of RAM: nothing is loaded. */
function heapFree(ram?: number): number {
  const heap = memorySize(ram) - SYSTEM_AREA - (HEAP_BEGIN - RAM_BASE);
  // The header of no block at its end, and the last word, which mem.c's search never gives.
  return heap - HEAP_MEM.size - HEAP_ALIGN - PIECE - KEPT;
}

/** Why a load that takes so much has no place on a board with `ram` bytes of RAM, at its prompt; undefined when it has one. */
export function noRoom(need: HeapNeed, ram?: number): string | undefined {
  if (fits(need, heapFree(ram))) return undefined;
  const libraries = sum((need.libraries ?? []).map(libraryTaken));
  const all = heapTaken(need) + libraries;
  const free = heapFree(ram);
  const [, image] = need.module;
  const stack = need.thread.at(-1);
  const parts = [
    `${image} for its image`,
    `${need.file} for the file while it is loaded`,
    ...(stack === undefined ? [] : [`${stack} for the stack of its main thread`]),
    ...(libraries === 0 ? [] : [`${libraries} for the libraries that it needs`]),
  ];
  const more =
    all <= heapFree(RAM_MAX)
      ? `give it more memory with --ram ${Math.ceil((all - free + memorySize(ram) - SYSTEM_AREA) / MIB)}M`
      : "that is more than the largest board has (--ram 512M)";
  return `it needs ${amount(all, "byte")} of heap (${parts.join(", ")}), and the board has ${free} free in one piece: ${more}`;
}

/** A library and those that it needs in turn. */
function libraryTaken(need: HeapNeed): number {
  return heapTaken(need) + sum((need.libraries ?? []).map(libraryTaken));
}

/** The blocks in the order in which they are asked for, each in the first piece that has room, as mem.c does it. */
function fits({ thread, ...need }: HeapNeed, rest: number): boolean {
  const heap = new Pieces(rest);
  return loads(heap, need) && thread.every((bytes) => heap.place(bytes) !== undefined);
}

function loads(heap: Pieces, { file, libraries, module }: Omit<HeapNeed, "thread">): boolean {
  const home = heap.place(file);
  if (home === undefined) return false;
  if (!(libraries ?? []).every((library) => loads(heap, library))) return false;
  if (module.some((bytes) => heap.place(bytes) === undefined)) return false;
  heap.release(home, file);
  return true;
}

/** What is free, by address. */
class Pieces {
  private readonly free: { at: number; size: number }[];

  constructor(rest: number) {
    this.free = [
      { at: 0, size: PIECE },
      { at: PIECE + KEPT, size: rest },
    ];
  }

  /** Where the block lies; undefined when there is no room for it. */
  place(bytes: number): number | undefined {
    const all = taken(bytes);
    const piece = this.free.find(({ size }) => size >= all);
    if (!piece) return undefined;
    const { at } = piece;
    piece.at += all;
    piece.size -= all;
    return at;
  }

  release(at: number, bytes: number): void {
    const { free } = this;
    const size = taken(bytes);
    const behind = free.find((piece) => piece.at === at + size);
    if (behind) {
      behind.at = at;
      behind.size += size;
      return;
    }
    const next = free.findIndex((piece) => piece.at > at);
    free.splice(next < 0 ? free.length : next, 0, { at, size });
  }
}

function taken(size: number): number {
  return HEAP_MEM.size + Math.max(Math.ceil(size / HEAP_ALIGN) * HEAP_ALIGN, BLOCK_MIN);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

/** The first value of dlmodule_thread_stacksize, 0 when there is none. */
function stackWanted({ exports, segments }: LoadPlan): number {
  const symbol = exports.get("dlmodule_thread_stacksize");
  if (!symbol || symbol.absolute) return 0;
  for (const { vaddr, bytes } of segments) {
    const at = symbol.value - vaddr;
    if (at >= 0 && at + 4 <= bytes.length)
      return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(at, true);
  }
  return 0;
}
