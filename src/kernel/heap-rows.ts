import type { ExportRow } from "./call.ts";
import type { Kernel } from "./kernel.ts";

const HEADER = "rtthread.h";
const POINTER = 4;

export const heapRows: readonly ExportRow<Kernel>[] = [
  {
    name: "rt_malloc",
    proto: "void *rt_malloc(rt_size_t size);",
    header: HEADER,
    call: (k, size) => k.heap.alloc(size >>> 0),
  },
  {
    name: "rt_free",
    proto: "void rt_free(void *ptr);",
    header: HEADER,
    call: (k, address) => k.heap.free(address >>> 0),
  },
  {
    name: "rt_realloc",
    proto: "void *rt_realloc(void *ptr, rt_size_t newsize);",
    header: HEADER,
    call: (k, address, size) => k.heap.realloc(address >>> 0, size >>> 0),
  },
  {
    name: "rt_calloc",
    proto: "void *rt_calloc(rt_size_t count, rt_size_t size);",
    header: HEADER,
    call: (k, count, size) => k.heap.calloc(count >>> 0, size >>> 0),
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
      const aligned = (block & (unit - 1)) === 0 ? block + unit : (block + unit - 1) & ~(unit - 1);
      k.memory.st32(aligned - POINTER, block);
      return aligned;
    },
  },
  {
    name: "rt_free_align",
    proto: "void rt_free_align(void *ptr);",
    header: HEADER,
    call: (k, address) => k.heap.free(k.memory.ldu32(address - POINTER)),
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
