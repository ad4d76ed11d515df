import { type Inst, NONE, Op } from "../ir/ops.ts";
import { writtenBy } from "./facts.ts";

// How registers go on from one iteration of a loop of one block to the next.

/** Bytes that an iteration may go forward or back. */
export const MAX_STEP = 4096;

/** What a loop does to a register: adds a constant, or a register; undefined: something else. */
export type Motion = { readonly step: number; readonly by: number } | undefined;

/** What an addition or subtraction of a constant adds. */
export const amount = (x: Inst): number => (x.op === Op.add ? x.b : -x.b) | 0;

/** What the loop, ops [0, branch), does to the registers that it writes. `conditional` says which ops may be skipped. */
export function motionsOf(
  insts: readonly Inst[],
  branch: number,
  conditional: readonly boolean[],
): Map<number, Motion> {
  const motions = new Map<number, Motion>();
  for (let k = 0; k < branch; k++) {
    const x = insts[k];
    const written = writtenBy(insts, k, k + 1);
    for (let r = 0; r < 32; r++) {
      if (!(written & (1 << r))) continue;
      const known = motions.has(r);
      const before = motions.get(r);
      let motion: Motion;
      if (!conditional[k] && (x.op === Op.add || x.op === Op.sub) && x.a === r && !x.ka) {
        if (x.kb && (!known || before?.by === NONE))
          motion = { step: (before?.step ?? 0) + amount(x), by: NONE };
        else if (!x.kb && !known && x.op === Op.add) motion = { step: 0, by: x.b };
      }
      motions.set(r, motion);
    }
  }
  for (const [r, motion] of motions) {
    if (!motion) continue;
    if (motion.by === NONE ? Math.abs(motion.step) > MAX_STEP : motions.has(motion.by))
      motions.set(r, undefined);
  }
  return motions;
}
