import { RBB, RBB_BLK as BLK, RBB_BLK_QUEUE as QUEUE } from "../abi/layout.ts";
import type { ExportRow } from "../call.ts";
import type { Kernel } from "../kernel.ts";
import { lend, takeBack } from "../lent.ts";

/** rt_rbb, a ring of blocks of different sizes: components/drivers/src/ringblk_buf.c of RT-Thread 4.0.4. */

const UNUSED = 0;
const INITED = 1;
const PUT = 2;
const GET = 3;

/** A chain longer than this was broken by the guest. */
const CHAIN_LIMIT = 0x100000;

const statusOf = (k: Kernel, block: number) => BLK.status_size.get(k.memory, block) & 0xff;
const sizeOf = (k: Kernel, block: number) => BLK.status_size.get(k.memory, block) >>> 8;
const bufOf = (k: Kernel, block: number) => BLK.buf.get(k.memory, block);

function setStatus(k: Kernel, block: number, status: number): void {
  BLK.status_size.set(k.memory, block, (BLK.status_size.get(k.memory, block) & ~0xff) | status);
}

/** Blocks in the order they were allocated. */
function blocks(k: Kernel, rbb: number): number[] {
  const found: number[] = [];
  let node = RBB.blk_list.get(k.memory, rbb);
  while (node !== 0 && found.length < CHAIN_LIMIT) {
    const block = node - BLK.next.offset;
    found.push(block);
    node = BLK.next.get(k.memory, block);
  }
  return found;
}

function init(k: Kernel, rbb: number, buf: number, size: number, set: number, count: number): void {
  const m = k.memory;
  RBB.buf.set(m, rbb, buf);
  RBB.buf_size.set(m, rbb, size);
  RBB.blk_set.set(m, rbb, set);
  RBB.blk_max_num.set(m, rbb, count);
  RBB.blk_list.set(m, rbb, 0);
  for (let n = 0; n < count; n++) {
    setStatus(k, set + n * BLK.size, UNUSED);
    BLK.next.set(m, set + n * BLK.size, 0);
  }
}

/** The first unused block structure, 0 when all are in use. */
function unused(k: Kernel, rbb: number): number {
  const set = RBB.blk_set.get(k.memory, rbb);
  const count = RBB.blk_max_num.get(k.memory, rbb);
  for (let n = 0; n < count; n++) {
    if (statusOf(k, set + n * BLK.size) === UNUSED) return set + n * BLK.size;
  }
  return 0;
}

/** Address in the buffer for `size` bytes behind the newest block, 0 when there is no room. */
function room(k: Kernel, rbb: number, size: number): number {
  const list = blocks(k, rbb);
  const start = RBB.buf.get(k.memory, rbb);
  const end = start + RBB.buf_size.get(k.memory, rbb);
  if (list.length === 0) return size <= end - start ? start : 0;
  const head = bufOf(k, list[0]);
  const tail = list[list.length - 1];
  const behind = bufOf(k, tail) + sizeOf(k, tail);
  if (head > bufOf(k, tail)) return head - behind >= size ? behind : 0;
  if (end - behind >= size) return behind;
  return head - start >= size ? start : 0;
}

function alloc(k: Kernel, rbb: number, size: number): number {
  const m = k.memory;
  const block = unused(k, rbb);
  const buf = room(k, rbb, size);
  if (block === 0 || buf === 0) return 0;
  BLK.status_size.set(m, block, (size << 8) | INITED);
  BLK.buf.set(m, block, buf);
  BLK.next.set(m, block, 0);
  const last = blocks(k, rbb).at(-1);
  if (last === undefined) RBB.blk_list.set(m, rbb, block + BLK.next.offset);
  else BLK.next.set(m, last, block + BLK.next.offset);
  return block;
}

function free(k: Kernel, rbb: number, block: number): void {
  const m = k.memory;
  k.assert(
    statusOf(k, block) !== UNUSED,
    "block->status != RT_RBB_BLK_UNUSED",
    "rt_rbb_blk_free",
    318,
  );
  let before = 0;
  for (const other of blocks(k, rbb)) {
    if (other === block) {
      const next = BLK.next.get(m, block);
      if (before === 0) RBB.blk_list.set(m, rbb, next);
      else BLK.next.set(m, before, next);
      break;
    }
    before = other;
  }
  setStatus(k, block, UNUSED);
  BLK.next.set(m, block, 0);
}

/** The first run of put blocks that lie behind each other in the buffer, at most `limit` bytes (but at least one block). */
function run(k: Kernel, rbb: number, limit: number): number[] {
  const found: number[] = [];
  let bytes = 0;
  for (const block of blocks(k, rbb)) {
    const last = found.at(-1);
    if (last === undefined) {
      if (statusOf(k, block) !== PUT) continue;
    } else if (
      statusOf(k, block) !== PUT ||
      bufOf(k, last) > bufOf(k, block) ||
      bytes + sizeOf(k, block) > limit
    )
      break;
    found.push(block);
    bytes += sizeOf(k, block);
  }
  return found;
}

const total = (k: Kernel, list: readonly number[]) =>
  list.reduce((sum, block) => sum + sizeOf(k, block), 0);

/** The blocks of a queue structure, which follow each other on the list. */
function queued(k: Kernel, queue: number): number[] {
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

const HEADER = "rtdevice.h";

function checkRing(k: Kernel, rbb: number, fn: string, line: number): void {
  k.assert(rbb !== 0, "rbb", fn, line);
}

export const ringBlockRows: readonly ExportRow<Kernel>[] = [
  {
    name: "rt_rbb_init",
    proto:
      "void rt_rbb_init(rt_rbb_t rbb, rt_uint8_t *buf, rt_size_t buf_size, rt_rbb_blk_t block_set, rt_size_t blk_max_num);",
    header: HEADER,
    call: (k, rbb, buf, size, set) => {
      checkRing(k, rbb, "rt_rbb_init", 35);
      init(k, rbb, buf, size, set, k.stackArg(0));
    },
  },
  {
    name: "rt_rbb_create",
    proto: "rt_rbb_t rt_rbb_create(rt_size_t buf_size, rt_size_t blk_max_num);",
    header: HEADER,
    call: (k, size, count) => {
      const rbb = lend(k, RBB.size);
      const buf = rbb === 0 ? 0 : lend(k, size >>> 0);
      const set = buf === 0 ? 0 : lend(k, (BLK.size * count) >>> 0);
      if (set === 0) {
        if (buf !== 0) takeBack(k, buf);
        if (rbb !== 0) takeBack(k, rbb);
        return 0;
      }
      init(k, rbb, buf, size, set, count);
      return rbb;
    },
  },
  {
    name: "rt_rbb_destroy",
    proto: "void rt_rbb_destroy(rt_rbb_t rbb);",
    header: HEADER,
    call: (k, rbb) => {
      checkRing(k, rbb, "rt_rbb_destroy", 119);
      takeBack(k, RBB.buf.get(k.memory, rbb));
      takeBack(k, RBB.blk_set.get(k.memory, rbb));
      takeBack(k, rbb);
    },
  },
  {
    name: "rt_rbb_get_buf_size",
    proto: "rt_size_t rt_rbb_get_buf_size(rt_rbb_t rbb);",
    header: HEADER,
    call: (k, rbb) => {
      checkRing(k, rbb, "rt_rbb_get_buf_size", 63);
      return RBB.buf_size.get(k.memory, rbb);
    },
  },
  {
    name: "rt_rbb_blk_alloc",
    proto: "rt_rbb_blk_t rt_rbb_blk_alloc(rt_rbb_t rbb, rt_size_t blk_size);",
    header: HEADER,
    call: (k, rbb, size) => {
      checkRing(k, rbb, "rt_rbb_blk_alloc", 175);
      k.assert(size >>> 0 < 1 << 24, "blk_size < (1L << 24)", "rt_rbb_blk_alloc", 176);
      return alloc(k, rbb, size >>> 0);
    },
  },
  {
    name: "rt_rbb_blk_put",
    proto: "void rt_rbb_blk_put(rt_rbb_blk_t block);",
    header: HEADER,
    call: (k, block) => {
      k.assert(block !== 0, "block", "rt_rbb_blk_put", 262);
      k.assert(
        statusOf(k, block) === INITED,
        "block->status == RT_RBB_BLK_INITED",
        "rt_rbb_blk_put",
        263,
      );
      setStatus(k, block, PUT);
    },
  },
  {
    name: "rt_rbb_blk_get",
    proto: "rt_rbb_blk_t rt_rbb_blk_get(rt_rbb_t rbb);",
    header: HEADER,
    call: (k, rbb) => {
      checkRing(k, rbb, "rt_rbb_blk_get", 282);
      const block = blocks(k, rbb).find((b) => statusOf(k, b) === PUT);
      if (block === undefined) return 0;
      setStatus(k, block, GET);
      return block;
    },
  },
  {
    name: "rt_rbb_blk_free",
    proto: "void rt_rbb_blk_free(rt_rbb_t rbb, rt_rbb_blk_t block);",
    header: HEADER,
    call: (k, rbb, block) => {
      checkRing(k, rbb, "rt_rbb_blk_free", 316);
      k.assert(block !== 0, "block", "rt_rbb_blk_free", 317);
      free(k, rbb, block);
    },
  },
  {
    name: "rt_rbb_blk_size",
    proto: "rt_size_t rt_rbb_blk_size(rt_rbb_blk_t block);",
    header: HEADER,
    call: (k, block) => {
      k.assert(block !== 0, "block", "rt_rbb_blk_size", 345);
      return sizeOf(k, block);
    },
  },
  {
    name: "rt_rbb_blk_buf",
    proto: "rt_uint8_t *rt_rbb_blk_buf(rt_rbb_blk_t block);",
    header: HEADER,
    call: (k, block) => {
      k.assert(block !== 0, "block", "rt_rbb_blk_buf", 360);
      return bufOf(k, block);
    },
  },
  {
    name: "rt_rbb_blk_queue_get",
    proto:
      "rt_size_t rt_rbb_blk_queue_get(rt_rbb_t rbb, rt_size_t queue_data_len, rt_rbb_blk_queue_t blk_queue);",
    header: HEADER,
    call: (k, rbb, limit, queue) => {
      checkRing(k, rbb, "rt_rbb_blk_queue_get", 388);
      const found = run(k, rbb, limit >>> 0);
      if (found.length === 0) return 0;
      QUEUE.blocks.set(k.memory, queue, found[0]);
      QUEUE.blk_num.set(k.memory, queue, found.length);
      for (const block of found) setStatus(k, block, GET);
      return total(k, found);
    },
  },
  {
    name: "rt_rbb_blk_queue_len",
    proto: "rt_size_t rt_rbb_blk_queue_len(rt_rbb_blk_queue_t blk_queue);",
    header: HEADER,
    call: (k, queue) => {
      k.assert(queue !== 0, "blk_queue", "rt_rbb_blk_queue_len", 463);
      return total(k, queued(k, queue));
    },
  },
  {
    name: "rt_rbb_blk_queue_buf",
    proto: "rt_uint8_t *rt_rbb_blk_queue_buf(rt_rbb_blk_queue_t blk_queue);",
    header: HEADER,
    call: (k, queue) => {
      k.assert(queue !== 0, "blk_queue", "rt_rbb_blk_queue_buf", 483);
      return bufOf(k, QUEUE.blocks.get(k.memory, queue));
    },
  },
  {
    name: "rt_rbb_blk_queue_free",
    proto: "void rt_rbb_blk_queue_free(rt_rbb_t rbb, rt_rbb_blk_queue_t blk_queue);",
    header: HEADER,
    call: (k, rbb, queue) => {
      checkRing(k, rbb, "rt_rbb_blk_queue_free", 501);
      for (const block of queued(k, queue)) free(k, rbb, block);
    },
  },
  {
    name: "rt_rbb_next_blk_queue_len",
    proto: "rt_size_t rt_rbb_next_blk_queue_len(rt_rbb_t rbb);",
    header: HEADER,
    call: (k, rbb) => {
      checkRing(k, rbb, "rt_rbb_next_blk_queue_len", 533);
      return total(k, run(k, rbb, Infinity));
    },
  },
];
