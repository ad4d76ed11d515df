import { BlockMarks } from "./abi/block-marks.ts";
import { OBJECT_STATIC } from "./abi/constants.ts";
import { struct } from "./abi/field.ts";
import { OBJECT } from "./abi/layout.ts";
import type { Heap } from "./heap.ts";
import type { Kernel } from "./kernel.ts";
import { ObjectClass } from "./types.ts";

/**
 * struct rt_small_mem of mem.c, RT-Thread 4.1 and later: a struct rt_memory, which is an object, and the bounds of the heap behind
 * it.
 */
export const SMALL_MEMORY = struct(60, {
  algorithm: [24, "ptr"],
  address: [28, "ptr"],
  total: [32, "u32"],
  used: [36, "u32"],
  max: [40, "u32"],
  heap_ptr: [44, "ptr"],
  heap_end: [48, "ptr"],
  lfree: [52, "ptr"],
  mem_size_aligned: [56, "u32"],
});

/** How blocks of a heap begin whose struct rt_small_mem is at `address`. */
export function marksOf(k: Kernel, address: number): BlockMarks {
  return k.five ? BlockMarks.pool(address) : BlockMarks.magic;
}

/** Fills the struct at `address` for a heap behind it. For 5.x it is an object that is found and listed. */
export function describe(
  k: Kernel,
  heap: Heap,
  address: number,
  name: string,
  system: boolean,
): void {
  const { memory } = k;
  memory.fill(address, SMALL_MEMORY.size, 0);
  SMALL_MEMORY.address.set(memory, address, heap.begin);
  SMALL_MEMORY.total.set(memory, address, heap.total);
  SMALL_MEMORY.heap_ptr.set(memory, address, heap.begin);
  SMALL_MEMORY.heap_end.set(memory, address, heap.last);
  SMALL_MEMORY.lfree.set(memory, address, heap.lowestFree);
  SMALL_MEMORY.mem_size_aligned.set(memory, address, heap.total);
  heap.figures = address + SMALL_MEMORY.used.offset;
  if (k.five) {
    k.objects.init(address, ObjectClass.Memory, name, system);
    return;
  }
  OBJECT.name.set(memory, address, name);
  OBJECT.type.set(memory, address, ObjectClass.Memory | OBJECT_STATIC);
}
