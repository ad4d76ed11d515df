import { amount } from "../elf/mod.ts";
import type { BlockMarks } from "../kernel/mod.ts";
import type { KernelApi } from "../kernel/types.ts";

const hex = (address: number): string => `0x${(address >>> 0).toString(16)}`;

/** Offsets in the header of a block: `prev` counts from the first header. */
const PREV = 8;
const SIZE = 16;

/**
 * From which side a header was overwritten: `before` by a store beyond the end of the block before it, `own` by one before the beginning of
 * its own block.
 */
export type Side = "before" | "own" | "either";

/**
 * Looks at both ends of a header: the nearer one goes first.
 *
 * @param word of guest memory; undefined where there is none
 * @param begin address of the heap's first header
 * @param before address of the header of the block before; undefined for the first
 * @param marks how headers begin
 */
export function overwrittenFrom(
  word: (address: number) => number | undefined,
  header: number,
  begin: number,
  before: number | undefined,
  marks: BlockMarks,
): Side {
  const front = marks.isWhole(word(header) ?? 0);
  const back = word(header + PREV) === (before ?? begin) - begin;
  if (front !== back) return front ? "own" : "before";
  // All of it: what was stored there goes on at one side.
  const low = word(header - 4) === word(header);
  const high = word(header + SIZE - 4) === word(header + SIZE);
  return low === high || front ? "either" : low ? "before" : "own";
}

/** A block of the heap whose header was overwritten, and what lies before it. */
export interface HeapDamage {
  readonly header: number;
  readonly text: string;
}

/**
 * Looks through the heap for the first header that is none any more. RT-Thread finds that only when the block is freed, or never.
 *
 * @param site Where a block was asked for, when that is known.
 */
export function heapDamage(
  { heap, memory }: Pick<KernelApi, "heap" | "memory">,
  site: (address: number) => string | undefined,
): HeapDamage | undefined {
  if (heap.isWhole()) return undefined;
  let before:
    { readonly header: number; readonly address: number; readonly size: number } | undefined;
  let begin: number | undefined;
  for (const block of heap.blocks()) {
    const { header } = block;
    begin ??= header;
    const linked = memory.ldu32(header + PREV) === (before?.header ?? begin) - begin;
    const sound = heap.marks.isSound(memory.ld32(header)) && block.size >= 0 && linked;
    if (sound && block.size <= heap.total) {
      before = block;
      continue;
    }
    const word = (at: number) => (memory.contains(at, 4) ? memory.ldu32(at) : undefined);
    const side = overwrittenFrom(word, header, begin, before?.header, heap.marks);
    const from = (address: number) => {
      const name = site(address);
      return name === undefined ? "" : `, from ${name}`;
    };
    const other = before
      ? `beyond the end of the block before it: ${amount(before.size, "byte")} at ${hex(before.address)}${from(before.address)}`
      : undefined;
    const own = `before the beginning of that block itself${from(block.address)}`;
    const stores = { before: other ?? own, own, either: other ? `${other}; or ${own}` : own }[side];
    return {
      header,
      text: `the header of the heap block at ${hex(block.address)} was overwritten, most likely by a store ${stores}`,
    };
  }
  return undefined;
}
