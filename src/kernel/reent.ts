import type { GuestLibrary } from "./options.ts";
import type { Kernel } from "./kernel.ts";
import type { ThreadState } from "./thread-state.ts";

/** Without a C library only errno is stored. */
const NO_LIBRARY_SIZE = 8;

/**
 * newlib's reentrancy structures: each thread has its own, taken from the system area when it first runs, so that errno, strtok and
 * friends do not mix. `_impure_ptr` of the firmware follows the running thread.
 */
export class Reents {
  private readonly free: number[] = [];
  private readonly library: GuestLibrary | undefined;

  constructor(private readonly k: Kernel) {
    const { reents, reentsEnd } = k.area;
    this.library = k.options.library;
    const size = this.library?.reentSize ?? NO_LIBRARY_SIZE;
    for (let at = reents; at + size <= reentsEnd; at += size) this.free.push(at);
    this.free.reverse();
  }

  /** The thread `main` uses the library's own. */
  adopt(state: ThreadState): void {
    state.reent = this.library?.globalReent ?? 0;
  }

  /** The thread starts to run. */
  activate(state: ThreadState): void {
    const { memory } = this.k;
    const { library } = this;
    if (state.reent === 0) state.reent = this.allocate();
    if (library === undefined) return;
    memory.st32(library.impurePtr, state.reent);
    memory.st32(library.current, state.thread);
  }

  /** Where the C library has the thread's handlers of signal(); 0 for none. */
  signalTable({ reent }: ThreadState): number {
    return reent === 0 ? 0 : (this.library?.state.signalTable(reent) ?? 0);
  }

  /** The thread is gone: gives back its area, heap blocks of the C library and locks it held. */
  release(state: ThreadState): void {
    const { k, library } = this;
    const { reent } = state;
    state.reent = 0;
    if (library !== undefined)
      for (const word of library.state.releaseLocks(state.thread)) k.futex.wake(word);
    if (reent === 0 || reent === library?.globalReent) return;
    if (library !== undefined)
      for (const block of library.state.reentBlocks(reent))
        if (k.heap.owns(block)) k.heap.free(block);
    this.free.push(reent);
  }

  private allocate(): number {
    const reent = this.free.pop();
    // More threads than areas: the last ones share the first one, as on a board every thread does.
    if (reent === undefined) return this.library?.globalReent ?? 0;
    this.library?.state.initReent(reent);
    return reent;
  }
}
