import { Op } from "../ir/ops.ts";
import { type Fetch, liftBlock } from "../lift/mod.ts";

/** A stub of the firmware, in Thumb: movw ip, #n (4 bytes); svc #0; bx lr. */
export const STUB_SVC_END = 6;
export const STUB_SIZE = 8;

/** The number that the stub at a guest address (bit 0: Thumb) puts into ip for its supervisor call; undefined when there is none. */
export function stubNumber(fetch: Fetch, key: number): number | undefined {
  if ((key & 1) === 0) return undefined;
  const ir = liftBlock(fetch, (key & ~1) >>> 0, true, 0);
  if ("address" in ir || ir.insts.length !== 3 || ir.pcs.length !== 4) return undefined;
  const [number, call, back] = ir.insts;
  if (number.op !== Op.mov || number.d !== 12 || !number.kb || number.b >>> 15) return undefined;
  if (call.op !== Op.svc || call.i !== 0 || ir.pcs[2] !== ir.start + STUB_SVC_END) return undefined;
  return back.op === Op.bx && back.a === 14 ? number.b : undefined;
}
