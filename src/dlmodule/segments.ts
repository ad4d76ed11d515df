/** Something that begins at an address. */
interface Placed {
  readonly vaddr: number;
}

/**
 * The last of `parts`, which are sorted and do not overlap, that begins at or before the address; it may end before it. Object files have
 * as many parts as sections, and records and calls as many again: each is found by halving.
 */
export function partAt<T extends Placed>(parts: readonly T[], address: number): T | undefined {
  let [low, high] = [0, parts.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (parts[middle].vaddr <= address) low = middle + 1;
    else high = middle;
  }
  return parts[low - 1];
}

/** Ranges of addresses that may overlap, as sorted ones that do not. */
export function merged(ranges: Iterable<Placed & { readonly size: number }>): {
  readonly vaddr: number;
  readonly size: number;
}[] {
  const parts: { vaddr: number; size: number }[] = [];
  for (const { vaddr, size } of [...ranges].sort((a, b) => a.vaddr - b.vaddr)) {
    const last = parts.at(-1);
    if (last && vaddr <= last.vaddr + last.size)
      last.size = Math.max(last.size, vaddr + size - last.vaddr);
    else parts.push({ vaddr, size });
  }
  return parts;
}
