import { RBB, RBB_BLK as BLK, RBB_BLK_QUEUE as QUEUE } from "../abi/layout.ts";
import type { Kernel } from "../kernel.ts";

/** rt_rbb, a ring of blocks of different sizes: components/drivers/src/ringblk_buf.c of RT-Thread 4.0.4. */

const UNUSED = 0;
export const INITED = 1;
export const PUT = 2;
export const GET = 3;

/** A chain longer than this was broken by the guest. */
const CHAIN_LIMIT = 0x100000;

export const blockStatus = (k: Kernel, block: number) =>
  BLK.status_size.get(k.memory, block) & 0xff;
export const blockSize = (k: Kernel, block: number) => BLK.status_size.get(k.memory, block) >>> 8;
export const blockBuffer = (k: Kernel, block: number) => BLK.buf.get(k.memory, block);

export function setBlockStatus(k: Kernel, block: number, status: number): void {
  BLK.status_size.set(k.memory, block, (BLK.status_size.get(k.memory, block) & ~0xff) | status);
}

/** Blocks in the order they were allocated. */
export function blocksOf(k: Kernel, rbb: number): number[] {
  const found: number[] = [];
  let node = RBB.blk_list.get(k.memory, rbb);
  while (node !== 0 && found.length < CHAIN_LIMIT) {
    const block = node - BLK.next.offset;
    found.push(block);
    node = BLK.next.get(k.memory, block);
  }
  return found;
}

export function ringInit(
  k: Kernel,
  rbb: number,
  buf: number,
  size: number,
  set: number,
  count: number,
): void {
  const m = k.memory;
  RBB.buf.set(m, rbb, buf);
  RBB.buf_size.set(m, rbb, size);
  RBB.blk_set.set(m, rbb, set);
  RBB.blk_max_num.set(m, rbb, count);
  RBB.blk_list.set(m, rbb, 0);
  for (let n = 0; n < count; n++) {
    setBlockStatus(k, set + n * BLK.size, UNUSED);
    BLK.next.set(m, set + n * BLK.size, 0);
  }
}

/** The first unused block structure, 0 when all are in use. */
function unused(k: Kernel, rbb: number): number {
  const set = RBB.blk_set.get(k.memory, rbb);
  const count = RBB.blk_max_num.get(k.memory, rbb);
  for (let n = 0; n < count; n++) {
    if (blockStatus(k, set + n * BLK.size) === UNUSED) return set + n * BLK.size;
  }
  return 0;
}

/** Address in the buffer for `size` bytes behind the newest block, 0 when there is no room. */
function room(k: Kernel, rbb: number, size: number): number {
  const list = blocksOf(k, rbb);
  const start = RBB.buf.get(k.memory, rbb);
  const end = start + RBB.buf_size.get(k.memory, rbb);
  if (list.length === 0) return size <= end - start ? start : 0;
  const head = blockBuffer(k, list[0]);
  const tail = list[list.length - 1];
  const behind = blockBuffer(k, tail) + blockSize(k, tail);
  if (head > blockBuffer(k, tail)) return head - behind >= size ? behind : 0;
  if (end - behind >= size) return behind;
  return head - start >= size ? start : 0;
}

export function blockAlloc(k: Kernel, rbb: number, size: number): number {
  const m = k.memory;
  const block = unused(k, rbb);
  const buf = room(k, rbb, size);
  if (block === 0 || buf === 0) return 0;
  BLK.status_size.set(m, block, (size << 8) | INITED);
  BLK.buf.set(m, block, buf);
  BLK.next.set(m, block, 0);
  const last = blocksOf(k, rbb).at(-1);
  if (last === undefined) RBB.blk_list.set(m, rbb, block + BLK.next.offset);
  else BLK.next.set(m, last, block + BLK.next.offset);
  return block;
}

export function blockFree(k: Kernel, rbb: number, block: number): void {
  const m = k.memory;
  k.assert(
    blockStatus(k, block) !== UNUSED,
    "block->status != RT_RBB_BLK_UNUSED",
    "rt_rbb_blk_free",
    318,
  );
  let before = 0;
  for (const other of blocksOf(k, rbb)) {
    if (other === block) {
      const next = BLK.next.get(m, block);
      if (before === 0) RBB.blk_list.set(m, rbb, next);
      else BLK.next.set(m, before, next);
      break;
    }
    before = other;
  }
  setBlockStatus(k, block, UNUSED);
  BLK.next.set(m, block, 0);
}

/** The first run of put blocks that lie behind each other in the buffer, at most `limit` bytes (but at least one block). */
export function blocksToGet(k: Kernel, rbb: number, limit: number): number[] {
  const found: number[] = [];
  let bytes = 0;
  for (const block of blocksOf(k, rbb)) {
    const last = found.at(-1);
    if (last === undefined) {
      if (blockStatus(k, block) !== PUT) continue;
    } else if (
      blockStatus(k, block) !== PUT ||
      blockBuffer(k, last) > blockBuffer(k, block) ||
      bytes + blockSize(k, block) > limit
    )
      break;
    found.push(block);
    bytes += blockSize(k, block);
  }
  return found;
}

export const bytesOf = (k: Kernel, list: readonly number[]) =>
  list.reduce((sum, block) => sum + blockSize(k, block), 0);

/** The blocks of a queue structure, which follow each other on the list. */
export function queuedBlocks(k: Kernel, queue: number): number[] {
  const found: number[] = [];
  let block = QUEUE.blocks.get(k.memory, queue);
  const count = Math.min(QUEUE.blk_num.get(k.memory, queue), CHAIN_LIMIT);
  while (found.length < count) {
    found.push(block);
    const next = BLK.next.get(k.memory, block);
    if (next === 0) break;
    block = next - BLK.next.offset;
  }
  return found;
}
