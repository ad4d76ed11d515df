import type { CommandContext } from "../types.ts";

const hex = (n: number, digits = 8): string => (n >>> 0).toString(16).padStart(digits, "0");

export function memcheck({ kernel }: CommandContext): void {
  for (const { header, size } of kernel.heap.blocks()) {
    const word = kernel.memory.ldu32(header);
    if (kernel.heap.marks.isWhole(word)) continue;
    const said =
      kernel.options.abi === "5.x"
        ? `   name: heap\naddress: 0x${hex(header)}\n   pool: 0x${hex(word, 4)}\n   size: ${size}\n`
        : `address: 0x${hex(header)}\n  magic: 0x${hex(word & 0xffff, 4)}\n   used: ${word >>> 16}\n  size: ${size}\n`;
    kernel.console.print(`Memory block wrong:\n${said}`);
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
    const broken = !kernel.heap.marks.isSound(kernel.memory.ld32(header));
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
