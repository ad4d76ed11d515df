import type { BlockCounts, CountingPlan } from "../counting.ts";
import { dropDeadFlags, fuseCompareBranch } from "../ir/passes.ts";
import { type Fetch, type FetchFault, isIdle, liftBlock } from "../lift/mod.ts";
import { Code } from "./loop.ts";
import { Encoder } from "./encode.ts";
import type { PlacedBlock } from "./prepared.ts";

/** A block in the arena. */
export interface TranslatedBlock extends PlacedBlock {
  readonly counts?: BlockCounts;
}

/** How a block that is not left at its end by a linked branch is translated. */
export interface TranslateOptions {
  /** ITSTATE at the start. */
  readonly it?: number;
  /** One instruction. */
  readonly single?: boolean;
  /** One instruction that nothing is executed behind. */
  readonly alone?: boolean;
  readonly plan?: CountingPlan;
}

/** Makes code of the interpreter from guest code: lifts, simplifies, encodes. */
export class Translator {
  private readonly encoder: Encoder;

  constructor(
    private readonly fetch: Fetch,
    arena: Int32Array,
  ) {
    this.encoder = new Encoder(arena);
  }

  /** Writes the block at a guest address (bit 0: Thumb) into the arena from word `first` on. */
  translate(
    key: number,
    first: number,
    { it = 0, single, alone, plan }: TranslateOptions = {},
  ): TranslatedBlock | FetchFault {
    const start = (key & ~1) >>> 0;
    const ir = liftBlock(this.fetch, start, (key & 1) !== 0, it, single ? 1 : undefined);
    if ("address" in ir) return ir;
    dropDeadFlags(ir.insts);
    fuseCompareBranch(ir.insts);
    const counts = plan?.(ir);
    const slide = isIdle(this.fetch, start, it);
    const end = slide ? Code.Slide : single ? Code.Pause : undefined;
    const { map, last } = this.encoder.encode(ir, first, end, alone, counts?.words);
    return { end: ir.end, last, map, counts };
  }
}
