import type { CommandContext } from "../types.ts";

/** struct heap_mem of the small memory heap: what `magic` holds in a sound block, and where it lies. */
const HEAP_MAGIC = 0x1ea0;
const Offset = { magic: 0, used: 2 } as const;

const hex = (n: number, digits = 8): string => (n >>> 0).toString(16).padStart(digits, "0");

export function memcheck({ kernel }: CommandContext): void {
  for (const { header, size } of kernel.heap.blocks()) {
    const magic = kernel.memory.ld16(header + Offset.magic);
    const used = kernel.memory.ld16(header + Offset.used);
    if (magic === HEAP_MAGIC && used <= 1) continue;
    kernel.console.print(
      `Memory block wrong:\naddress: 0x${hex(header)}\n  magic: 0x${hex(magic, 4)}\n   used: ${used}\n  size: ${size}\n`,
    );
    return;
  }
}

export function memtrace({ kernel, lists }: CommandContext): void {
  const blocks = [...kernel.heap.blocks()];
  const first = blocks[0];
  const last = blocks.at(-1);
  if (!first || !last) return;
  const end = last.address + last.size;
  const lowestFree = blocks.find((block) => !block.used)?.header ?? end;
  kernel.console.print(
    `${lists("free")}\nmemory heap address:\nheap_ptr: 0x${hex(first.header)}\nlfree   : 0x${hex(lowestFree)}\nheap_end: 0x${hex(end)}\n\n--memory item information --\n`,
  );
  for (const { header, size, owner } of blocks) {
    const broken = kernel.memory.ld16(header + Offset.magic) !== HEAP_MAGIC;
    kernel.console.print(
      `[0x${hex(header)} - ${blockSize(size)}] ${owner.slice(0, 4).padEnd(4)}${broken ? ": ***" : ""}\n`,
    );
  }
}

function blockSize(bytes: number): string {
  if (bytes < 1024) return String(bytes).padStart(5);
  const kib = Math.floor(bytes / 1024);
  return kib < 1024 ? `${String(kib).padStart(4)}K` : `${String(kib >> 10).padStart(4)}M`;
}
