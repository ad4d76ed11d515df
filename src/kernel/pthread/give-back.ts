import type { Kernel } from "../kernel.ts";

/** rt_free of what the library allocated; nothing happens when a guest freed it already or broke its header. */
export function giveBack(k: Kernel, address: number): void {
  if (address !== 0 && k.heap.owns(address)) k.heap.free(address);
}
