import type { KernelApi } from "./types.ts";

type Heap = Pick<KernelApi, "heap" | "hooks">;

/** A block that a kernel function makes for its caller, who has to give it back; 0 without memory. */
export function lend({ heap, hooks }: Heap, size: number): number {
  const address = heap.alloc(size);
  if (address !== 0) hooks.allocated?.(address, size);
  return address;
}

/** Frees what `lend` gave. */
export function takeBack({ heap, hooks }: Heap, address: number): void {
  if (address !== 0) hooks.freed?.(address);
  heap.free(address);
}
