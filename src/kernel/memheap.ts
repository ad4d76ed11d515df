import type { GuestMemory } from "../memory/mod.ts";
import { ALIGN_SIZE, IPC_FLAG_FIFO, MEMHEAP_MAGIC, RT_EOK } from "./abi/constants.ts";
import { MEMHEAP as MH, MEMHEAP_ITEM as ITEM } from "./abi/layout.ts";
import type { ExportRow } from "./call.ts";
import { semInit } from "./ipc/sem.ts";
import type { Kernel } from "./kernel.ts";
import { BrokenList } from "./list.ts";
import { ObjectClass } from "./types.ts";

/**
 * Heaps in memory of the caller: src/memheap.c of RT-Thread 4.0.4 with RT_USING_MEMTRACE. Items are neighbours on a ring in address
 * order that ends with a used item of no size; free ones are on a second ring, newest first.
 */

const HEADER = ITEM.size;
const MIN_SIZE = 12;
const USED = 1;

const aligned = (size: number) => Math.max((size + ALIGN_SIZE - 1) & -ALIGN_SIZE, MIN_SIZE);

const sizeOf = (m: GuestMemory, item: number) => ITEM.next.get(m, item) - item - HEADER;
const isUsed = (m: GuestMemory, item: number) => (ITEM.magic.get(m, item) & USED) !== 0;

function mark(k: Kernel, item: number, used: boolean): void {
  const m = k.memory;
  ITEM.magic.set(m, item, MEMHEAP_MAGIC | (used ? USED : 0));
  const name = used ? k.threads.currentName.slice(0, 4) || "NONE" : "";
  for (let n = 0; n < 4; n++)
    m.st8(ITEM.owner_thread_name.at(item) + n, n < name.length ? name.charCodeAt(n) : 0x20);
}

function unlinkFree(m: GuestMemory, item: number): void {
  const next = ITEM.next_free.get(m, item);
  const prev = ITEM.prev_free.get(m, item);
  ITEM.prev_free.set(m, next, prev);
  ITEM.next_free.set(m, prev, next);
  ITEM.next_free.set(m, item, 0);
  ITEM.prev_free.set(m, item, 0);
}

function linkFree(m: GuestMemory, heap: number, item: number): void {
  const head = MH.free_list.get(m, heap);
  const first = ITEM.next_free.get(m, head);
  ITEM.next_free.set(m, item, first);
  ITEM.prev_free.set(m, item, head);
  ITEM.prev_free.set(m, first, item);
  ITEM.next_free.set(m, head, item);
}

/** Makes the rest of an item behind its first `size` bytes a free item of its own, not yet on the free ring. */
function split(k: Kernel, heap: number, item: number, size: number): number {
  const m = k.memory;
  const rest = item + HEADER + size;
  const next = ITEM.next.get(m, item);
  mark(k, rest, false);
  ITEM.pool_ptr.set(m, rest, heap);
  ITEM.next.set(m, rest, next);
  ITEM.prev.set(m, rest, item);
  ITEM.prev.set(m, next, rest);
  ITEM.next.set(m, item, rest);
  return rest;
}

/** Makes the item behind part of this one. */
function swallow(m: GuestMemory, item: number): void {
  const after = ITEM.next.get(m, ITEM.next.get(m, item));
  ITEM.next.set(m, item, after);
  ITEM.prev.set(m, after, item);
}

function addAvailable(m: GuestMemory, heap: number, bytes: number): void {
  const available = MH.available_size.get(m, heap) + bytes;
  MH.available_size.set(m, heap, available);
  const used = MH.pool_size.get(m, heap) - available;
  if (used > MH.max_used_size.get(m, heap)) MH.max_used_size.set(m, heap, used);
}

function memheapInit(k: Kernel, heap: number, name: string, start: number, size: number): number {
  const m = k.memory;
  k.assert(heap !== 0, "memheap != RT_NULL", "rt_memheap_init", 68);
  k.objects.init(heap, ObjectClass.MemHeap, name);
  const pool = size & -ALIGN_SIZE;
  const available = pool - 2 * HEADER;
  MH.start_addr.set(m, heap, start);
  MH.pool_size.set(m, heap, pool);
  MH.available_size.set(m, heap, available);
  MH.max_used_size.set(m, heap, pool - available);
  const head = MH.free_header.at(heap);
  const last = start + available + HEADER;
  mark(k, head, true);
  ITEM.pool_ptr.set(m, head, heap);
  ITEM.next.set(m, head, 0);
  ITEM.prev.set(m, head, 0);
  ITEM.next_free.set(m, head, head);
  ITEM.prev_free.set(m, head, head);
  MH.free_list.set(m, heap, head);
  MH.block_list.set(m, heap, start);
  for (const [item, other, used] of [
    [start, last, false],
    [last, start, true],
  ] as const) {
    mark(k, item, used);
    ITEM.pool_ptr.set(m, item, heap);
    ITEM.next.set(m, item, other);
    ITEM.prev.set(m, item, other);
    ITEM.next_free.set(m, item, 0);
    ITEM.prev_free.set(m, item, 0);
  }
  linkFree(m, heap, start);
  return semInit(k, MH.lock.at(heap), name, 1, IPC_FLAG_FIFO);
}

function memheapAlloc(k: Kernel, heap: number, size: number): number {
  const m = k.memory;
  k.assert(
    k.objects.classOf(heap) === ObjectClass.MemHeap,
    "rt_object_get_type(&heap->parent) == RT_Object_Class_MemHeap",
    "rt_memheap_alloc",
    184,
  );
  if (size > MH.available_size.get(m, heap)) return 0;
  const wanted = aligned(size);
  if (wanted >= MH.available_size.get(m, heap)) return 0;
  const head = MH.free_list.get(m, heap);
  let item = ITEM.next_free.get(m, head);
  let left = Math.min(MH.pool_size.get(m, heap), m.end - m.base) / HEADER;
  while (item !== head && sizeOf(m, item) < wanted) {
    if (left-- <= 0)
      throw new BrokenList(`the free list of the memory heap at 0x${heap.toString(16)} has no end`);
    item = ITEM.next_free.get(m, item);
  }
  if (item === head) return 0;
  const free = sizeOf(m, item);
  unlinkFree(m, item);
  if (free >= wanted + HEADER + MIN_SIZE) {
    linkFree(m, heap, split(k, heap, item, wanted));
    addAvailable(m, heap, -(wanted + HEADER));
  } else {
    addAvailable(m, heap, -free);
  }
  mark(k, item, true);
  return item + HEADER;
}

function memheapFree(k: Kernel, address: number): void {
  if (address === 0) return;
  const m = k.memory;
  let item = address - HEADER;
  k.assert(
    ITEM.magic.get(m, item) === (MEMHEAP_MAGIC | USED),
    "(header_ptr->magic & RT_MEMHEAP_MASK) == RT_MEMHEAP_MAGIC",
    "rt_memheap_free",
    542,
  );
  const heap = ITEM.pool_ptr.get(m, item);
  k.assert(
    k.objects.classOf(heap) === ObjectClass.MemHeap,
    "rt_object_get_type(&heap->parent) == RT_Object_Class_MemHeap",
    "rt_memheap_free",
    550,
  );
  mark(k, item, false);
  let gained = sizeOf(m, item);
  const prev = ITEM.prev.get(m, item);
  const joins = !isUsed(m, prev);
  if (joins) {
    swallow(m, prev);
    gained += HEADER;
    item = prev;
  }
  const next = ITEM.next.get(m, item);
  if (!isUsed(m, next)) {
    unlinkFree(m, next);
    swallow(m, item);
    gained += HEADER;
  }
  if (!joins) linkFree(m, heap, item);
  addAvailable(m, heap, gained);
}

function memheapRealloc(k: Kernel, heap: number, address: number, size: number): number {
  const m = k.memory;
  if (size === 0) {
    memheapFree(k, address);
    return 0;
  }
  if (address === 0) return memheapAlloc(k, heap, size);
  const wanted = aligned(size);
  const item = address - HEADER;
  const old = sizeOf(m, item);
  if (wanted > old) {
    const next = ITEM.next.get(m, item);
    if (!isUsed(m, next) && sizeOf(m, next) + old > wanted + MIN_SIZE) {
      unlinkFree(m, next);
      swallow(m, item);
      linkFree(m, heap, split(k, heap, item, wanted));
      addAvailable(m, heap, old - wanted);
      return address;
    }
    const moved = memheapAlloc(k, heap, wanted);
    if (moved === 0) return 0;
    m.write(moved, m.read(address, old).slice());
    memheapFree(k, address);
    return moved;
  }
  if (wanted + HEADER + MIN_SIZE >= old) return address;
  const rest = split(k, heap, item, wanted);
  let gained = sizeOf(m, rest);
  const next = ITEM.next.get(m, rest);
  if (!isUsed(m, next)) {
    unlinkFree(m, next);
    swallow(m, rest);
    gained += HEADER;
  }
  linkFree(m, heap, rest);
  addAvailable(m, heap, gained);
  return address;
}

function memheapDetach(k: Kernel, heap: number): number {
  k.objects.detach(MH.lock.at(heap));
  k.objects.detach(heap);
  return RT_EOK;
}

const RTTHREAD = "rtthread.h";

export const memheapRows: readonly ExportRow<Kernel>[] = [
  {
    name: "rt_memheap_init",
    proto:
      "rt_err_t rt_memheap_init(struct rt_memheap *memheap, const char *name, void *start_addr, rt_size_t size);",
    header: RTTHREAD,
    call: (k, heap, name, start, size) => memheapInit(k, heap, k.name(name), start, size >>> 0),
  },
  {
    name: "rt_memheap_detach",
    proto: "rt_err_t rt_memheap_detach(struct rt_memheap *heap);",
    header: RTTHREAD,
    call: (k, heap) => {
      k.assert(heap !== 0, "heap", "rt_memheap_detach", 161);
      k.assert(
        k.objects.classOf(heap) === ObjectClass.MemHeap,
        "rt_object_get_type(&heap->parent) == RT_Object_Class_MemHeap",
        "rt_memheap_detach",
        162,
      );
      return memheapDetach(k, heap);
    },
  },
  {
    name: "rt_memheap_alloc",
    proto: "void *rt_memheap_alloc(struct rt_memheap *heap, rt_size_t size);",
    header: RTTHREAD,
    call: (k, heap, size) => memheapAlloc(k, heap, size >>> 0),
  },
  {
    name: "rt_memheap_realloc",
    proto: "void *rt_memheap_realloc(struct rt_memheap *heap, void *ptr, rt_size_t newsize);",
    header: RTTHREAD,
    call: (k, heap, address, size) => memheapRealloc(k, heap, address >>> 0, size >>> 0),
  },
  {
    name: "rt_memheap_free",
    proto: "void rt_memheap_free(void *ptr);",
    header: RTTHREAD,
    call: (k, address) => memheapFree(k, address >>> 0),
  },
];
