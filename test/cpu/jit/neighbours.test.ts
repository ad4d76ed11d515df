/** What lies before the stack of a thread is ordinary memory, also in the granule in which the block of the stack begins. */
import { expect, test } from "bun:test";
import { GRANULE_SHIFT, WRITE } from "../../../src/memory/mod.ts";
import { guestBench } from "../../kernel/guest.ts";

/** Of a block of the guest's heap (struct heap_mem). */
const HEADER = 16;

for (const shift of [0, 12, 28, 44])
  test(`stores to the block before a thread's stack are fast, those to its red zone faults: ${shift}`, () => {
    const { kernel, memory, code, thread } = guestBench();
    kernel.heap.alloc(100 + shift);
    const { guard, redZone } = kernel.threads.state(thread("next", code(0xe12fff1e)));
    let stack = guard;
    while (memory.guardAt(stack) !== undefined) stack += 4;
    const last = stack - redZone - HEADER - 4;
    memory.st32(last, memory.ld32(last));
    expect(memory.rights[last >>> GRANULE_SHIFT] & WRITE).toBe(WRITE);
    for (const address of [stack - 4, stack - redZone + 64])
      expect(memory.rights[address >>> GRANULE_SHIFT] & WRITE).toBe(0);
  });
