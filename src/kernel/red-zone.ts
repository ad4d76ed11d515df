import { GRANULE_SHIFT, type GuestMemory } from "../memory/mod.ts";
import { HEAP_MEM } from "./abi/layout.ts";
import type { ThreadState } from "./thread-state.ts";

/**
 * Bytes below a program's stack that nobody may touch, so that an overflow by a function with that much of local variables is a fault at
 * its first store instead of the loss of what lies next on the heap. Larger frames are caught when they are made (IR op `reach`).
 */
export const RED_ZONE = 2048;
const GRANULE = 1 << GRANULE_SHIFT;

/**
 * Nothing but an overflow stores into the red zone, which begins the block of the heap, or into the header before it. The rest of the
 * first granule belongs to the block before, in which stores are to stay fast.
 */
export function guardStack(
  memory: GuestMemory,
  state: ThreadState,
  block: number,
  redZone: number,
): void {
  const stack = block + redZone;
  state.redZone = redZone;
  state.guard = redZone < GRANULE ? block - HEAP_MEM.size : (block + GRANULE - 1) & -GRANULE;
  memory.addGuard(state.guard, stack, { kind: "stack", thread: state.thread });
}
