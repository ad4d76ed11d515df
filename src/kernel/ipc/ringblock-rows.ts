import { RBB, RBB_BLK as BLK, RBB_BLK_QUEUE as QUEUE } from "../abi/layout.ts";
import type { ExportRow } from "../call.ts";
import type { Kernel } from "../kernel.ts";
import { lend, takeBack } from "../lent.ts";
import {
  blockAlloc,
  blockBuffer,
  blockFree,
  blocksOf,
  blocksToGet,
  blockSize,
  blockStatus,
  bytesOf,
  GET,
  INITED,
  PUT,
  queuedBlocks,
  ringInit,
  setBlockStatus,
} from "./ringblock.ts";

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
      ringInit(k, rbb, buf, size, set, k.stackArg(0));
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
      ringInit(k, rbb, buf, size, set, count);
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
      return blockAlloc(k, rbb, size >>> 0);
    },
  },
  {
    name: "rt_rbb_blk_put",
    proto: "void rt_rbb_blk_put(rt_rbb_blk_t block);",
    header: HEADER,
    call: (k, block) => {
      k.assert(block !== 0, "block", "rt_rbb_blk_put", 262);
      k.assert(
        blockStatus(k, block) === INITED,
        "block->status == RT_RBB_BLK_INITED",
        "rt_rbb_blk_put",
        263,
      );
      setBlockStatus(k, block, PUT);
    },
  },
  {
    name: "rt_rbb_blk_get",
    proto: "rt_rbb_blk_t rt_rbb_blk_get(rt_rbb_t rbb);",
    header: HEADER,
    call: (k, rbb) => {
      checkRing(k, rbb, "rt_rbb_blk_get", 282);
      const block = blocksOf(k, rbb).find((b) => blockStatus(k, b) === PUT);
      if (block === undefined) return 0;
      setBlockStatus(k, block, GET);
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
      blockFree(k, rbb, block);
    },
  },
  {
    name: "rt_rbb_blk_size",
    proto: "rt_size_t rt_rbb_blk_size(rt_rbb_blk_t block);",
    header: HEADER,
    call: (k, block) => {
      k.assert(block !== 0, "block", "rt_rbb_blk_size", 345);
      return blockSize(k, block);
    },
  },
  {
    name: "rt_rbb_blk_buf",
    proto: "rt_uint8_t *rt_rbb_blk_buf(rt_rbb_blk_t block);",
    header: HEADER,
    call: (k, block) => {
      k.assert(block !== 0, "block", "rt_rbb_blk_buf", 360);
      return blockBuffer(k, block);
    },
  },
  {
    name: "rt_rbb_blk_queue_get",
    proto:
      "rt_size_t rt_rbb_blk_queue_get(rt_rbb_t rbb, rt_size_t queue_data_len, rt_rbb_blk_queue_t blk_queue);",
    header: HEADER,
    call: (k, rbb, limit, queue) => {
      checkRing(k, rbb, "rt_rbb_blk_queue_get", 388);
      const found = blocksToGet(k, rbb, limit >>> 0);
      if (found.length === 0) return 0;
      QUEUE.blocks.set(k.memory, queue, found[0]);
      QUEUE.blk_num.set(k.memory, queue, found.length);
      for (const block of found) setBlockStatus(k, block, GET);
      return bytesOf(k, found);
    },
  },
  {
    name: "rt_rbb_blk_queue_len",
    proto: "rt_size_t rt_rbb_blk_queue_len(rt_rbb_blk_queue_t blk_queue);",
    header: HEADER,
    call: (k, queue) => {
      k.assert(queue !== 0, "blk_queue", "rt_rbb_blk_queue_len", 463);
      return bytesOf(k, queuedBlocks(k, queue));
    },
  },
  {
    name: "rt_rbb_blk_queue_buf",
    proto: "rt_uint8_t *rt_rbb_blk_queue_buf(rt_rbb_blk_queue_t blk_queue);",
    header: HEADER,
    call: (k, queue) => {
      k.assert(queue !== 0, "blk_queue", "rt_rbb_blk_queue_buf", 483);
      return blockBuffer(k, QUEUE.blocks.get(k.memory, queue));
    },
  },
  {
    name: "rt_rbb_blk_queue_free",
    proto: "void rt_rbb_blk_queue_free(rt_rbb_t rbb, rt_rbb_blk_queue_t blk_queue);",
    header: HEADER,
    call: (k, rbb, queue) => {
      checkRing(k, rbb, "rt_rbb_blk_queue_free", 501);
      for (const block of queuedBlocks(k, queue)) blockFree(k, rbb, block);
    },
  },
  {
    name: "rt_rbb_next_blk_queue_len",
    proto: "rt_size_t rt_rbb_next_blk_queue_len(rt_rbb_t rbb);",
    header: HEADER,
    call: (k, rbb) => {
      checkRing(k, rbb, "rt_rbb_next_blk_queue_len", 533);
      return bytesOf(k, blocksToGet(k, rbb, Infinity));
    },
  },
];
