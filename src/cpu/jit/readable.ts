import { GRANULE_SHIFT, READ } from "../../memory/mod.ts";

/** Guest addresses that can be read: start is a multiple of 4. */
export interface Readable {
  readonly start: number;
  readonly size: number;
}

/** The range of guest addresses whose granules can be read: the longest. */
export function readableRange(rights: Uint8Array, base: number, end: number): Readable {
  let best = { start: base, size: 0 };
  let from = -1;
  const last = end >>> GRANULE_SHIFT;
  for (let g = base >>> GRANULE_SHIFT; g <= last; g++) {
    const can = g < last && (rights[g] & READ) !== 0;
    if (can && from < 0) from = g;
    if (can || from < 0) continue;
    const size = (g - from) << GRANULE_SHIFT;
    if (size > best.size) best = { start: from << GRANULE_SHIFT, size };
    from = -1;
  }
  return best;
}
