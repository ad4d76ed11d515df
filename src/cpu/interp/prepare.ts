import type { GuestMemory } from "../../memory/mod.ts";
import type { Fetch } from "../lift/mod.ts";
import { PREPARED_MAGIC } from "./prepared.ts";
import { Translator } from "./translate.ts";

/** Room for the largest block, twice. */
const SCRATCH_WORDS = 1 << 14;
/** A second place in the scratch arena: what changes between the two is an arena index. */
const MOVED = 64;

/** Translates the blocks at the given guest addresses (bit 0: Thumb) for `PreparedCode`; those that cannot be are left out. */
export function prepareCode(memory: GuestMemory, keys: Iterable<number>): Int32Array {
  const fetch: Fetch = (address) =>
    memory.contains(address, 2) ? memory.u16[address >>> 1] : undefined;
  const blocks: { key: number; words: number[] }[] = [];
  for (const key of [...new Set(keys)].sort((a, b) => a - b)) {
    const words = prepareBlock(memory, fetch, key);
    if (words) blocks.push({ key, words });
  }
  const offsets: number[] = [];
  let at = 2 + blocks.length * 2;
  for (const { words } of blocks) {
    offsets.push(at);
    at += words.length;
  }
  return Int32Array.from([
    PREPARED_MAGIC,
    blocks.length,
    ...blocks.map(({ key }) => key),
    ...offsets,
    ...blocks.flatMap(({ words }) => words),
  ]);
}

function prepareBlock(memory: GuestMemory, fetch: Fetch, key: number): number[] | undefined {
  const start = (key & ~1) >>> 0;
  const encoded = [0, MOVED].map((first) => {
    const arena = new Int32Array(SCRATCH_WORDS);
    const made = new Translator(fetch, arena).translate(key, first);
    if ("address" in made) return undefined;
    return { end: made.end, map: made.map, code: arena.subarray(first, made.last) };
  });
  const [here, there] = encoded;
  if (!here || !there) return undefined;
  const moved: number[] = [];
  here.code.forEach((word, k) => {
    const difference = there.code[k] - word;
    if (difference === MOVED) moved.push(k);
    else if (difference !== 0)
      throw new Error(`the block at 0x${start.toString(16)} depends on its place in the arena`);
  });
  const guest: number[] = [];
  for (let a = start; a < here.end; a += 4)
    guest.push(memory.u16[a >>> 1] | (a + 2 < here.end ? memory.u16[(a >>> 1) + 1] << 16 : 0));
  return [
    here.end,
    here.code.length,
    moved.length,
    here.map.length,
    ...guest,
    ...here.code,
    ...moved,
    ...here.map,
  ];
}
