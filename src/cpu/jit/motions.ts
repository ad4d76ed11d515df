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

/**
 * Of which register the base of access `at` is a copy, as the iteration finds that register, and what was added to it; undefined when it is none.
 */
export function copyOf(
  insts: readonly Inst[],
  at: number,
  conditional: readonly boolean[],
): { readonly r: number; readonly more: number } | undefined {
  const base = 1 << insts[at].a;
  let k = at - 1;
  while (k >= 0 && !(writtenBy(insts, k, k + 1) & base)) k--;
  if (k < 0 || conditional[k]) return undefined;
  const { op, a, b, ka, kb } = insts[k];
  const adds = (op === Op.add || op === Op.sub) && !ka && kb;
  if (!adds && (op !== Op.mov || kb)) return undefined;
  const r = adds ? a : b;
  let more = adds ? amount(insts[k]) : 0;
  for (let j = 0; j < k; j++) if (insts[j].d === r) more += amount(insts[j]);
  return r === insts[at].a ? undefined : { r, more };
}
