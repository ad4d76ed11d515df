import type { GuestMemory } from "../memory/mod.ts";
import { STACK_FILL, THREAD_STAT_MASK } from "./abi/constants.ts";
import { THREAD } from "./abi/layout.ts";
import type { ThreadInfo } from "./types.ts";

/** What list_thread shows of one thread. The high-water mark ends at the first byte that is no longer the fill byte. */
export function describeThread(m: GuestMemory, thread: number): ThreadInfo {
  const stack = THREAD.stack_addr.get(m, thread);
  const size = THREAD.stack_size.get(m, thread);
  let low = 0;
  while (low < size && m.ld8(stack + low) === STACK_FILL) low++;
  return {
    thread,
    name: THREAD.name.get(m, thread),
    priority: THREAD.current_priority.get(m, thread),
    state: THREAD.stat.get(m, thread) & THREAD_STAT_MASK,
    stackInUse: (stack + size - THREAD.sp.get(m, thread)) >>> 0,
    stackSize: size,
    stackMax: size - low,
    remainingTicks: THREAD.remaining_tick.get(m, thread),
    error: THREAD.error.get(m, thread),
  };
}
