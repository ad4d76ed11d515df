import type { KernelOptions } from "./types.ts";

/** What the kernel needs to know of the guest C library. */
export interface GuestLibrary {
  /** Address of `_impure_ptr`, the word that points at the running thread's struct _reent. */
  readonly impurePtr: number;
  /** Address of `_rtt_current`, the word that holds the running thread's TCB. */
  readonly currentPtr: number;
  /** Lays out a struct _reent for a new thread. */
  initReent(address: number): void;
  /** Heap blocks that belong to a struct _reent, to be freed with its thread. */
  reentBlocks(address: number): Iterable<number>;
  /** Frees the locks a dead thread held; yields the words whose waiters are to be woken. */
  releaseLocks(thread: number): Iterable<number>;
}

export interface BoardOptions extends KernelOptions {
  readonly library?: GuestLibrary;
  /** Text of the banner's date, `Nov 21 2026`. */
  readonly buildDate?: string;
}
