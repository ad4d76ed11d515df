import { expect, test } from "bun:test";
import { HEAP_MEM, IPC, MEMHEAP, MEMHEAP_ITEM, TIMER } from "../../src/kernel/abi/layout.ts";
import type { Kernel, Task } from "../../src/kernel/mod.ts";
import { bench } from "./tasks.ts";

/**
 * Links that a module has bent so that a loop of the kernel never gets back to the list's head. Without a limit every one of these runs
 * for ever on the host, where no time-out can reach it.
 */

/** A node whose links lead to itself, entered as the first one of the list. */
function bend(k: Kernel, head: number, node: number): void {
  k.memory.st32(node, node);
  k.memory.st32(node + 4, node);
  k.memory.st32(head, node);
}

function said(body: (k: Kernel) => void): string {
  const b = bench(function* (k): Task<void> {
    body(k);
  });
  b.settle();
  return b.text();
}

test("waiters of a deleted semaphore", () => {
  const text = said((k) => {
    const sem = k.call("rt_sem_create", k.heap.alloc(8), 0, 0) as number;
    bend(k, IPC.suspend_thread.at(sem), k.heap.alloc(256) + 128);
    k.call("rt_sem_delete", sem);
  });
  expect(text).toContain("does not let go of its first entry");
});

test("who meets them is told, with a report", () => {
  const told: string[] = [];
  const text = said((k) => {
    k.hooks.kernelBroken = (message) => told.push(message);
    const sem = k.call("rt_sem_create", k.heap.alloc(8), 0, 0) as number;
    bend(k, IPC.suspend_thread.at(sem), k.heap.alloc(256) + 128);
    k.call("rt_sem_delete", sem);
  });
  expect(told).toHaveLength(1);
  expect(text).toContain(told[0]);
});

test("the free list of a memory heap", () => {
  const text = said((k) => {
    const heap = k.heap.alloc(MEMHEAP.size);
    k.call("rt_memheap_init", heap, k.heap.alloc(8), k.heap.alloc(4096), 4096);
    const item = k.heap.alloc(MEMHEAP_ITEM.size);
    MEMHEAP_ITEM.next.set(k.memory, item, item);
    MEMHEAP_ITEM.next_free.set(k.memory, item, item);
    MEMHEAP_ITEM.next_free.set(k.memory, MEMHEAP.free_list.get(k.memory, heap), item);
    k.call("rt_memheap_alloc", heap, 64);
  });
  expect(text).toContain("has no end");
});

test("due timers", () => {
  const text = said((k) => {
    const timer = k.call("rt_timer_create", k.heap.alloc(8), k.threadTimeout, 0, 1, 0) as number;
    k.call("rt_timer_start", timer);
    const head = k.memory.ldu32(TIMER.row.at(timer) + 4);
    const fake = k.heap.alloc(TIMER.size);
    k.memory.fill(fake, TIMER.size, 0);
    bend(k, head, TIMER.row.at(fake));
  });
  expect(text).toContain("does not let go of its first entry");
});

test("a heap block that says it is followed by itself", () => {
  const text = said((k) => {
    const first = k.heap.alloc(16);
    const second = k.heap.alloc(16);
    const begin = first - HEAP_MEM.size - HEAP_MEM.prev.get(k.memory, second - HEAP_MEM.size);
    k.heap.free(first);
    HEAP_MEM.next.set(k.memory, second - HEAP_MEM.size, second - HEAP_MEM.size - begin);
    k.heap.alloc(16);
    k.heap.alloc(64);
  });
  expect(text).toContain("the heap is corrupted");
});
