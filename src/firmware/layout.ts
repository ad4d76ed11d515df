import type { GuestMemory } from "../memory/mod.ts";

/** Names of `_rtt_layout` (guest/layout.c), in its order. */
const NAMES = [
  "areaSize",
  "result",
  "p5s",
  "freelist",
  "cvtbuf",
  "sigFunc",
  "sglue",
  "sf",
  "fileSize",
  "p",
  "r",
  "w",
  "flags",
  "file",
  "bf",
  "lbfsize",
  "nbuf",
  "lock",
] as const;

/**
 * Offsets of newlib's structures as this firmware was compiled, in bytes: `result`..`sf` in `struct _reent`, `p`..`lock` in
 * `FILE`; `areaSize` is the size of what a thread has, `fileSize` that of FILE.
 */
export type Layout = Readonly<Record<(typeof NAMES)[number], number>>;

export function readLayout(memory: GuestMemory, address: number): Layout {
  const layout: Record<string, number> = {};
  NAMES.forEach((name, i) => {
    layout[name] = memory.ld16(address + 2 * i);
  });
  return layout as Layout;
}

/** `struct __lock` (guest/rtt.h). */
export const Lock = { owner: 0, count: 4, waiters: 8, next: 12 } as const;

/** `struct handler` (guest/exit.c). */
export const Handler = { next: 0, module: 4 } as const;

/** `struct _glue`: a row of FILE structures. */
export const Glue = { next: 0, count: 4, files: 8 } as const;

/** Bits of FILE._flags (newlib's <stdio.h>). */
export const Stream = { lineBuffered: 0x0001, unbuffered: 0x0002, allocated: 0x0080 } as const;
