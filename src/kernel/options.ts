import type { KernelOptions } from "./types.ts";

/** What the kernel needs to know of the guest C library; the firmware's object has this shape. */
export interface GuestLibrary {
  /** Address of `_impure_ptr`, the word that points at the running thread's area. */
  readonly impurePtr: number;
  /** Address of `_rtt_current`, the word that holds the running thread's TCB. */
  readonly current: number;
  /** The area of the thread `main`. */
  readonly globalReent: number;
  /** Address of `_rtt_gathered`. */
  readonly gathered?: number;
  /** Bytes of a thread's area, which begins with newlib's struct _reent (errno first). */
  readonly reentSize: number;
  readonly state: {
    /** Lays out the area of a new thread. */
    initReent(address: number): void;
    /** Heap blocks that belong to an area, to be freed with its thread. */
    reentBlocks(address: number): Iterable<number>;
    /** Table of the handlers of signal() in an area, a word for each signal; 0 before the first one. */
    signalTable(address: number): number;
    /** Frees the locks a dead thread held; gives the words whose waiters are to be woken. */
    releaseLocks(thread: number): Iterable<number>;
  };
}

export interface BoardOptions extends KernelOptions {
  readonly library?: GuestLibrary;
  /** Text of the banner's date, `Nov 21 2026`. */
  readonly buildDate?: string;
}
