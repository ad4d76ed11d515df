import { REENT_SIZE } from "./board.ts";
import type { GuestLibrary } from "./options.ts";
import type { Kernel } from "./kernel.ts";
import type { ThreadState } from "./thread-state.ts";

/**
 * newlib's reentrancy structures: each thread has its own, taken from the system area when it first runs, so that errno, strtok and
 * friends do not mix. `_impure_ptr` of the firmware follows the running thread.
 */
export class Reents {
  private readonly free: number[] = [];
  private readonly library: GuestLibrary | undefined;
  /** The structure the firmware starts with. */
  private readonly shared: number;

  constructor(private readonly k: Kernel) {
    const { area, memory } = k;
    this.library = k.options.library;
    for (let n = area.reentCount - 1; n >= 0; n--) this.free.push(area.reents + n * REENT_SIZE);
    this.shared = this.library === undefined ? 0 : memory.ldu32(this.library.impurePtr);
  }

  /** The thread starts to run. */
  activate(state: ThreadState): void {
    const { memory } = this.k;
    const { library } = this;
    if (state.reent === 0) state.reent = this.allocate();
    if (library === undefined) return;
    memory.st32(library.impurePtr, state.reent);
    memory.st32(library.currentPtr, state.thread);
  }

  /** The thread is gone: gives back its structure, heap blocks of the C library and locks it held. */
  release(state: ThreadState): void {
    const { k, library } = this;
    if (library !== undefined) {
      for (const word of library.releaseLocks(state.thread)) k.futex.wake(word);
      if (state.reent !== 0 && state.reent !== this.shared)
        for (const block of library.reentBlocks(state.reent)) k.heap.free(block);
    }
    if (state.reent !== 0 && state.reent !== this.shared) this.free.push(state.reent);
    state.reent = 0;
  }

  private allocate(): number {
    // More threads than structures: the last ones share the firmware's, as on a board every thread does.
    const reent = this.free.pop();
    if (reent === undefined) return this.shared;
    this.k.memory.fill(reent, REENT_SIZE, 0);
    this.library?.initReent(reent);
    return reent;
  }
}
