import {
  a32Decoder,
  asA32,
  isThumb32,
  neonDecoder,
  thumb16Decoder,
  thumb32Decoder,
} from "../decode/mod.ts";
import { BLOCK_LIMIT, Builder } from "../ir/builder.ts";
import { AL, type IrBlock } from "../ir/ops.ts";
import type { Fetch, FetchFault } from "./fetch.ts";
import { isIdle } from "./idle.ts";
import { SLIDE_PAGE } from "../types.ts";
import { liftA32, liftNeon, liftThumb16, liftThumb32 } from "./handlers.ts";

/** ITAdvance (A2.5.2). */
function itAdvance(it: number): number {
  return (it & 7) === 0 ? 0 : (it & 0xe0) | ((it << 1) & 0x1f);
}

/** Instructions of an IT block. */
const IT_LENGTH = 4;
const PAGE_OF = -SLIDE_PAGE;

/**
 * Lifts the block that starts at `start` with the given instruction set and ITSTATE. A block ends behind an unconditional
 * branch, before an address that cannot be fetched, or after `limit` instructions; not inside an IT block unless limit is 1 or IT
 * blocks are nested, which is UNPREDICTABLE (A8.8.54): here, as under QEMU, the inner one begins whatever its condition. An idle
 * instruction (idle.ts) is a block of its own.
 */
export function liftBlock(
  fetch: Fetch,
  start: number,
  thumb: boolean,
  it: number,
  limit = BLOCK_LIMIT,
): IrBlock | FetchFault {
  const ir = new Builder(thumb);
  ir.it = it;
  let pc = start;
  if (isIdle(fetch, start, it)) limit = 1;
  const most = limit > 1 ? limit + IT_LENGTH : 1;
  do {
    const fault = thumb ? thumbInstruction(ir, fetch, pc) : a32Instruction(ir, fetch, pc);
    if (fault !== undefined) {
      if (pc === start) return { address: fault };
      break;
    }
    if (ir.wroteFlags) ir.separate();
    if (!ir.ended && ((pc ^ ir.next) & PAGE_OF) !== 0) ir.cross(ir.next & PAGE_OF);
    pc = ir.next;
  } while (!ir.ended && (ir.pcs.length < limit || (ir.it !== 0 && ir.pcs.length < most)));
  ir.finish();
  return {
    start,
    end: pc,
    thumb,
    insts: ir.insts,
    pcs: ir.pcs,
    its: ir.its,
    open: !ir.ended,
  };
}

function thumbInstruction(ir: Builder, fetch: Fetch, pc: number): number | undefined {
  const first = fetch(pc);
  if (first === undefined) return pc;
  const it = ir.it;
  // What would be 1111 is UNPREDICTABLE (A8.8.54), and always here: execution may come to it that has gone astray.
  const cond = it ? Math.min(it >>> 4, AL) : AL;
  if (!isThumb32(first)) {
    ir.begin(pc, 2, cond);
    itStep(ir, it);
    const found = thumb16Decoder.decode(first);
    if (found) liftThumb16(ir, found);
    else ir.undefined();
    return undefined;
  }
  const second = fetch(pc + 2);
  if (second === undefined) return pc + 2;
  ir.begin(pc, 4, cond);
  itStep(ir, it);
  const word = (first << 16) | second;
  const found = thumb32Decoder.decode(word);
  if (found) liftThumb32(ir, found);
  else simdInstruction(ir, asA32(word));
  return undefined;
}

function itStep(ir: Builder, it: number): void {
  ir.inIT = it !== 0;
  ir.it = itAdvance(it);
}

function a32Instruction(ir: Builder, fetch: Fetch, pc: number): number | undefined {
  const low = fetch(pc);
  const high = fetch(pc + 2);
  if (low === undefined || high === undefined) return pc;
  const word = (high << 16) | low;
  ir.begin(pc, 4, word >>> 28 === 15 ? AL : word >>> 28);
  const found = a32Decoder.decode(word);
  if (found) liftA32(ir, found);
  else simdInstruction(ir, word);
  return undefined;
}

function simdInstruction(ir: Builder, word: number): void {
  const found = neonDecoder.decode(word);
  if (found) liftNeon(ir, found);
  else ir.undefined();
}
