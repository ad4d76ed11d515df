import { ALIGN_SIZE, RT_EOK, RT_ETIMEOUT } from "../abi/constants.ts";
import { MEMPOOL as MP, THREAD } from "../abi/layout.ts";
import { SCHEDULE, type ExportRow, type Task } from "../call.ts";
import type { Kernel } from "../kernel.ts";
import { listInit } from "../list.ts";
import { ObjectClass } from "../types.ts";
import { assertDynamic, assertStatic, objectCheck } from "./check.ts";
import { Deadline } from "./deadline.ts";

/** Pools of blocks of one size: src/mempool.c of RT-Thread 4.0.4. A block's header holds the next free block, or its pool. */

const HEADER_SIZE = 4;
const aligned = (size: number) => (size + ALIGN_SIZE - 1) & -ALIGN_SIZE;

const checkPool = objectCheck("MemPool", "mp", "&mp->parent");

function setup(
  k: Kernel,
  mp: number,
  start: number,
  size: number,
  blockSize: number,
  count: number,
): void {
  const m = k.memory;
  MP.start_address.set(m, mp, start);
  MP.sizeField.set(m, mp, size);
  MP.block_size.set(m, mp, blockSize);
  MP.block_total_count.set(m, mp, count);
  MP.block_free_count.set(m, mp, count);
  listInit(m, MP.suspend_thread.at(mp));
  const pitch = blockSize + HEADER_SIZE;
  for (let n = 0; n < count; n++)
    m.st32(start + n * pitch, n + 1 < count ? start + (n + 1) * pitch : 0);
  MP.block_list.set(m, mp, count > 0 ? start : 0);
}

function poolInit(
  k: Kernel,
  mp: number,
  name: string,
  start: number,
  size: number,
  blockSize: number,
): number {
  k.assert(mp !== 0, "mp != RT_NULL", "rt_mp_init", 89);
  k.assert(name !== "" || mp !== 0, "name != RT_NULL", "rt_mp_init", 90);
  k.assert(start !== 0, "start != RT_NULL", "rt_mp_init", 91);
  k.assert(size > 0 && blockSize > 0, "size > 0 && block_size > 0", "rt_mp_init", 92);
  k.objects.init(mp, ObjectClass.MemPool, name);
  const bytes = size & -ALIGN_SIZE;
  const block = aligned(blockSize);
  setup(k, mp, start, bytes, block, Math.floor(bytes / (block + HEADER_SIZE)));
  return RT_EOK;
}

function poolCreate(k: Kernel, name: string, count: number, blockSize: number): number {
  k.notInInterrupt("rt_mp_create", 184);
  k.assert(count > 0 && blockSize > 0, "block_count > 0 && block_size > 0", "rt_mp_create", 188);
  const mp = k.objects.allocate(ObjectClass.MemPool, name);
  if (mp === 0) return 0;
  const block = aligned(blockSize);
  const bytes = (block + HEADER_SIZE) * count;
  const start = bytes > k.heap.total ? 0 : k.heap.alloc(bytes);
  if (start === 0) {
    k.objects.delete(mp);
    return 0;
  }
  setup(k, mp, start, bytes, block, count);
  return mp;
}

/** Takes the first free block. */
function take(k: Kernel, mp: number): number {
  const m = k.memory;
  const block = MP.block_list.get(m, mp);
  MP.block_free_count.set(m, mp, MP.block_free_count.get(m, mp) - 1);
  MP.block_list.set(m, mp, m.ldu32(block));
  m.st32(block, mp);
  return block + HEADER_SIZE;
}

function poolAlloc(k: Kernel, mp: number, timeout: number): number | Task<number> {
  const m = k.memory;
  if (MP.block_free_count.get(m, mp) > 0) return take(k, mp);
  if (timeout === 0) {
    k.setErrno(-RT_ETIMEOUT);
    return 0;
  }
  k.notInInterrupt("rt_mp_alloc", 329);
  return wait(k, mp, timeout);
}

function* wait(k: Kernel, mp: number, timeout: number): Task<number> {
  const m = k.memory;
  const thread = k.scheduler.current;
  const deadline = new Deadline(k, timeout);
  while (MP.block_free_count.get(m, mp) === 0) {
    if (deadline.left === 0) {
      k.setErrno(-RT_ETIMEOUT);
      return 0;
    }
    THREAD.result.set(m, thread, RT_EOK);
    k.threads.suspend(thread);
    // The newest waiter goes first.
    k.threads.enqueue(MP.suspend_thread.at(mp), thread);
    if (deadline.left > 0) k.threads.armTimer(thread, deadline.left);
    yield SCHEDULE;
    if (THREAD.result.get(m, thread) !== RT_EOK) return 0;
    deadline.spend();
  }
  return take(k, mp);
}

function poolFree(k: Kernel, block: number): void {
  if (block === 0) return;
  const m = k.memory;
  const header = block - HEADER_SIZE;
  const mp = m.ldu32(header);
  MP.block_free_count.set(m, mp, MP.block_free_count.get(m, mp) + 1);
  m.st32(header, MP.block_list.get(m, mp));
  MP.block_list.set(m, mp, header);
  const list = MP.suspend_thread.at(mp);
  const thread = k.waits.first(list);
  if (thread === 0) return;
  THREAD.result.set(m, thread, RT_EOK);
  k.threads.resume(thread);
  k.scheduler.schedule();
}

function poolDetach(k: Kernel, mp: number): number {
  k.waits.resumeAll(MP.suspend_thread.at(mp));
  k.objects.detach(mp);
  return RT_EOK;
}

function poolDelete(k: Kernel, mp: number): number {
  k.waits.resumeAll(MP.suspend_thread.at(mp));
  k.heap.free(MP.start_address.get(k.memory, mp));
  k.objects.delete(mp);
  return RT_EOK;
}

const HEADER = "rtthread.h";

export const mempoolRows: readonly ExportRow<Kernel>[] = [
  {
    name: "rt_mp_init",
    proto:
      "rt_err_t rt_mp_init(struct rt_mempool *mp, const char *name, void *start, rt_size_t size, rt_size_t block_size);",
    header: HEADER,
    call: (k, mp, name, start, size) =>
      poolInit(k, mp, k.name(name), start, size >>> 0, k.stackArg(0) >>> 0),
  },
  {
    name: "rt_mp_detach",
    proto: "rt_err_t rt_mp_detach(struct rt_mempool *mp);",
    header: HEADER,
    call: (k, mp) => {
      checkPool(k, mp, "rt_mp_detach", 141);
      assertStatic(k, mp, "mp->parent", "rt_mp_detach", 143);
      return poolDetach(k, mp);
    },
  },
  {
    name: "rt_mp_create",
    proto: "rt_mp_t rt_mp_create(const char *name, rt_size_t block_count, rt_size_t block_size);",
    header: HEADER,
    call: (k, name, count, size) => poolCreate(k, k.name(name), count >>> 0, size >>> 0),
  },
  {
    name: "rt_mp_delete",
    proto: "rt_err_t rt_mp_delete(rt_mp_t mp);",
    header: HEADER,
    call: (k, mp) => {
      k.notInInterrupt("rt_mp_delete", 250);
      checkPool(k, mp, "rt_mp_delete", 253);
      assertDynamic(k, mp, "mp->parent", "rt_mp_delete", 255);
      return poolDelete(k, mp);
    },
  },
  {
    name: "rt_mp_alloc",
    proto: "void *rt_mp_alloc(rt_mp_t mp, rt_int32_t time);",
    header: HEADER,
    call: (k, mp, timeout) => {
      k.assert(mp !== 0, "mp != RT_NULL", "rt_mp_alloc", 305);
      return poolAlloc(k, mp, timeout);
    },
  },
  {
    name: "rt_mp_free",
    proto: "void rt_mp_free(void *block);",
    header: HEADER,
    call: (k, block) => poolFree(k, block >>> 0),
  },
];
