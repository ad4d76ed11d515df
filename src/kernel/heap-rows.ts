import type { CallResult, ExportRow, Task } from "./call.ts";
import { MIN_SIZE } from "./heap.ts";
import { callHook, hookOf } from "./hook-rows.ts";
import type { Kernel } from "./kernel.ts";

const HEADER = "rtthread.h";
const POINTER = 4;

/** Tells who keeps account of the blocks of modules, and the guest's own hook. */
function given(k: Kernel, address: number, size: number): CallResult {
  if (address === 0) return 0;
  k.hooks.allocated?.(address, size >>> 0);
  return hookOf(k, "malloc") === 0 ? address : hooked(k, address, size);
}

function* hooked(k: Kernel, address: number, size: number): Task<number> {
  // The small heap of 4.0.4 tells the size of the block, 5.x what was asked for.
  yield* callHook(k, "malloc", address, k.five ? size : Math.max((size + 3) & ~3, MIN_SIZE));
  return address;
}

function free(k: Kernel, address: number): CallResult {
  if (address !== 0 && hookOf(k, "free") !== 0) return hookedFree(k, address);
  k.hooks.freed?.(address);
  k.heap.free(address);
}

function* hookedFree(k: Kernel, address: number): Task<void> {
  yield* callHook(k, "free", address);
  k.hooks.freed?.(address);
  k.heap.free(address);
}

export const heapRows: readonly ExportRow<Kernel>[] = [
  {
    name: "rt_malloc",
    proto: "void *rt_malloc(rt_size_t size);",
    header: HEADER,
    call: (k, size) => given(k, k.heap.alloc(size >>> 0), size),
  },
  {
    name: "rt_free",
    proto: "void rt_free(void *ptr);",
    header: HEADER,
    call: (k, address) => free(k, address >>> 0),
  },
  {
    name: "rt_realloc",
    proto: "void *rt_realloc(void *ptr, rt_size_t newsize);",
    header: HEADER,
    call: (k, address, size) => {
      const moved = k.heap.realloc(address >>> 0, size >>> 0);
      if (moved !== 0 || size === 0) k.hooks.freed?.(address >>> 0);
      return given(k, moved, size);
    },
  },
  {
    name: "rt_calloc",
    proto: "void *rt_calloc(rt_size_t count, rt_size_t size);",
    header: HEADER,
    call: (k, count, size) => given(k, k.heap.calloc(count >>> 0, size >>> 0), count * size),
  },
  {
    name: "rt_malloc_align",
    proto: "void *rt_malloc_align(rt_size_t size, rt_size_t align);",
    header: HEADER,
    call: (k, size, align) => {
      // The block's address is stored in the word before the aligned one, which therefore never is the block itself.
      const unit = Math.max(((align >>> 0) + POINTER - 1) & -POINTER, POINTER);
      const block = k.heap.alloc((((size >>> 0) + POINTER - 1) & -POINTER) + unit);
      if (block === 0) return 0;
      k.hooks.allocated?.(block, size >>> 0);
      const aligned = (block & (unit - 1)) === 0 ? block + unit : (block + unit - 1) & ~(unit - 1);
      k.memory.st32(aligned - POINTER, block);
      return aligned;
    },
  },
  {
    name: "rt_free_align",
    proto: "void rt_free_align(void *ptr);",
    header: HEADER,
    call: (k, address) => free(k, k.memory.ldu32(address - POINTER)),
  },
  {
    name: "rt_memory_info",
    proto: "void rt_memory_info(rt_uint32_t *total, rt_uint32_t *used, rt_uint32_t *max_used);",
    header: HEADER,
    call: (k, total, used, max) => {
      if (total !== 0) k.memory.st32(total, k.heap.total);
      if (used !== 0) k.memory.st32(used, k.heap.used);
      if (max !== 0) k.memory.st32(max, k.heap.max);
    },
  },
];
