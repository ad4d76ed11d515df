import { amount } from "../elf/mod.ts";
import type { KernelApi } from "../kernel/types.ts";

/** struct heap_mem of the small memory heap: what `magic`, its first member, holds. */
const HEAP_MAGIC = 0x1ea0;

const hex = (address: number): string => `0x${(address >>> 0).toString(16)}`;

/** A block of the heap whose header was overwritten, and what lies before it. */
export interface HeapDamage {
  readonly header: number;
  readonly text: string;
}

/**
 * Looks through the heap for the first header that is none any more: somebody stored beyond the end of the block before it. RT-Thread
 * finds that only when the block is freed, or never.
 *
 * @param site Where a block was asked for, when that is known.
 */
export function heapDamage(
  { heap, memory }: Pick<KernelApi, "heap" | "memory">,
  site: (address: number) => string | undefined,
): HeapDamage | undefined {
  let before: { readonly address: number; readonly size: number } | undefined;
  for (const block of heap.blocks()) {
    const sound = memory.ld16(block.header) === HEAP_MAGIC && block.size >= 0;
    if (sound && block.size <= heap.total) {
      before = block;
      continue;
    }
    const from = before && site(before.address);
    const culprit = before
      ? `, most likely by a store beyond the end of the block before it: ${amount(before.size, "byte")} at ${hex(before.address)}${from ? `, from ${from}` : ""}`
      : "";
    const { header } = block;
    return {
      header,
      text: `the header of the heap block at ${hex(block.address)} was overwritten${culprit}`,
    };
  }
  return undefined;
}
