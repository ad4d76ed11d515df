import { ALIGN_SIZE, RT_EOK } from "./abi/constants.ts";
import { OBJECT } from "./abi/layout.ts";
import type { ExportRow } from "./call.ts";
import { Heap } from "./heap.ts";
import type { Kernel } from "./kernel.ts";
import { describe, marksOf, SMALL_MEMORY } from "./memory-object.ts";
import { ObjectClass } from "./types.ts";

/**
 * Small-memory heaps of a program's own (rt_smem_*, RT-Thread 4.1 and later): the allocator of the system heap over memory of the
 * caller, with a struct rt_small_mem at its start.
 */

const HEADER = "rtthread.h";
/** struct rt_small_mem, two block headers and one block. */
const SMALLEST = SMALL_MEMORY.size + 2 * 16 + 12;

interface Area {
  readonly start: number;
  readonly end: number;
  readonly heap: Heap;
}

const areas = new WeakMap<Kernel, Map<number, Area>>();

const areasOf = (k: Kernel): Map<number, Area> => {
  let map = areas.get(k);
  if (!map) areas.set(k, (map = new Map()));
  return map;
};

function init(k: Kernel, name: string, begin: number, size: number): number {
  const start = (begin + ALIGN_SIZE - 1) & -ALIGN_SIZE;
  const end = (begin + size) & -ALIGN_SIZE;
  if (end - start < SMALLEST || !k.memory.contains(start, end - start)) return 0;
  const all = areasOf(k);
  // What was there before is overwritten.
  for (const [address, area] of all) {
    if (area.start >= end || start >= area.end) continue;
    all.delete(address);
    if (k.five && k.objects.classOf(address) === ObjectClass.Memory) k.objects.detach(address);
  }
  const heap = new Heap(k, start + SMALL_MEMORY.size, end, marksOf(k, start));
  describe(k, heap, start, name, false);
  all.set(start, { start, end, heap });
  return start;
}

/** Runs `call` on the heap of a struct rt_memory. */
function on<T>(k: Kernel, address: number, call: (heap: Heap) => T): T {
  const area = areasOf(k).get(address >>> 0);
  k.assert(
    area !== undefined,
    "rt_object_get_type(&m->parent) == RT_Object_Class_Memory",
    "rt_smem",
    0,
  );
  return call((area as Area).heap);
}

function free(k: Kernel, block: number): void {
  if (block === 0) return;
  const address = block >>> 0;
  const area = [...areasOf(k).values()].find(({ start, end }) => start <= address && address < end);
  k.assert(area !== undefined, "mem->pool_ptr", "rt_smem_free", 0);
  on(k, (area as Area).start, (heap) => heap.free(address));
}

export const smemRows: readonly ExportRow<Kernel>[] = [
  {
    name: "rt_smem_init",
    proto: "rt_smem_t rt_smem_init(const char *name, void *begin_addr, rt_size_t size);",
    header: HEADER,
    call: (k, name, begin, size) => init(k, k.name(name), begin >>> 0, size >>> 0),
  },
  {
    name: "rt_smem_detach",
    proto: "rt_err_t rt_smem_detach(rt_smem_t m);",
    header: HEADER,
    call: (k, address) => {
      on(k, address, () => {});
      if (k.five) k.objects.detach(address);
      else OBJECT.type.set(k.memory, address, 0);
      areasOf(k).delete(address >>> 0);
      return RT_EOK;
    },
  },
  {
    name: "rt_smem_alloc",
    proto: "void *rt_smem_alloc(rt_smem_t m, rt_size_t size);",
    header: HEADER,
    call: (k, address, size) => on(k, address, (heap) => heap.alloc(size >>> 0)),
  },
  {
    name: "rt_smem_realloc",
    proto: "void *rt_smem_realloc(rt_smem_t m, void *rmem, rt_size_t newsize);",
    header: HEADER,
    call: (k, address, block, size) =>
      on(k, address, (heap) => heap.realloc(block >>> 0, size >>> 0)),
  },
  {
    name: "rt_smem_free",
    proto: "void rt_smem_free(void *rmem);",
    header: HEADER,
    call: (k, block) => free(k, block),
  },
];
