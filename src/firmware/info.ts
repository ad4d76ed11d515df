import type { GuestMemory } from "../memory/mod.ts";

/** Names of the words of section RttInfo (guest/info.c), in its order. */
const NAMES = [
  "symtabStart",
  "symtabEnd",
  "svctabStart",
  "svctabEnd",
  "runExit",
  "impurePtr",
  "globalImpurePtr",
  "current",
  "threadArea",
  "locks",
  "handlers",
  "freeHandlers",
  "streams",
  "reopened",
  "gathered",
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

export const INFO_SIZE = 4 * NAMES.length;

/**
 * Addresses of the image's tables, functions and variables, then the layout of newlib's structures as it was compiled:
 * `areaSize` and `fileSize` are sizes in bytes, `result`..`sf` offsets in `struct _reent`, `p`..`lock` offsets in `FILE`.
 */
export type Info = Readonly<Record<(typeof NAMES)[number], number>>;

export function readInfo(memory: GuestMemory, address: number): Info {
  const info: Record<string, number> = {};
  for (let n = 0; n < NAMES.length; n++) info[NAMES[n]] = memory.ldu32(address + 4 * n);
  return info as Info;
}

/** `struct __lock` (guest/rtt.h). */
export const Lock = { owner: 0, count: 4, waiters: 8, next: 12 } as const;

/** `struct handler` (guest/exit.c). */
export const Handler = { next: 0, module: 4 } as const;

/** `struct _glue`: a row of FILE structures. */
export const Glue = { next: 0, count: 4, files: 8 } as const;

/** Bits of FILE._flags (newlib's <stdio.h>). */
export const Stream = { lineBuffered: 0x0001, unbuffered: 0x0002, allocated: 0x0080 } as const;
