import { NONE, NZCV, Op } from "../ir/ops.ts";
import { join, MAX_OPS, type Place, placeOf } from "./counted.ts";
import { isFloatOp } from "./float.ts";
import { type Graph, keyAt, type Node } from "./graph.ts";
import { hasVectors } from "./host-vectors.ts";
import { amount, type Motion, motionsOf } from "./motions.ts";
import { isAccess, isTranslated, namesAlignment } from "./shapes.ts";
import { type Stream, streamOf } from "./streams.ts";
import { isVectorOp } from "./vectors.ts";

// Loops of one block that end on data, or in several places: nobody knows how often they go round. A version without checks is
// entered for a number of iterations whose accesses certainly are allowed, then it is asked again.

export interface BoundedLoop {
  /** Index of the op that branches back. */
  readonly branch: number;
  readonly places: readonly Place[];
  /** Indices of the accesses of `places`. */
  readonly free: ReadonlySet<number>;
  /** Iterations at once. */
  readonly most: number;
  /** Nobody can see flags of the version without checks before it has set all of them. */
  readonly quiet: boolean;
  /** Iterations can be left out. */
  readonly stream: Stream | undefined;
}

/** Iterations at once; bytes that are asked about for what is loaded. */
const MOST_TIMES = 512;
export const MOST_LOADED = 4096;
/** So many bytes, wherever they begin, are in the granules whose rights are one load. */
export const MOST_STORED = 449;
/** With fewer, the questions cost more than what they save. */
const LEAST_TIMES = 8;
/** Bytes after which it is tried to leave out iterations. */
const BEFORE_SKIP = 64;

/** The block as such a loop. */
export function boundedLoop(graph: Graph, n: Node, readsFlags: boolean): BoundedLoop | undefined {
  // A return may lead to its own block (recursion.ts).
  if (!n.isLoop || n.table || n.sites?.includes(n.key)) return undefined;
  for (const p of graph.nodes)
    if (p !== n && p.order > n.order && p.successors.includes(n.key)) return undefined;
  const { insts } = n.ir;
  const branches = new Set<number>([Op.brc, Op.brz, Op.brnz]);
  const branch = insts.findIndex(
    (x) => (branches.has(x.op) || x.op === Op.br) && keyAt(n, x.to) === n.key,
  );
  if (branch < 0 || branch > MAX_OPS) return undefined;
  if (insts.slice(branch + 1).some((x) => keyAt(n, x.to) === n.key)) return undefined;
  const conditional: boolean[] = [];
  let until = 0;
  for (let k = 0; k < branch; k++) {
    const x = insts[k];
    conditional.push(k < until);
    if (x.op === Op.skip) until = Math.max(until, x.label);
    else if (branches.has(x.op)) {
      if (k < until) return undefined;
    } else if (!isTranslated(x)) return undefined;
  }
  if (until > branch) return undefined;
  const motions = motionsOf(insts, branch, conditional);
  const { places, free, accesses } = placesOf(insts, branch, conditional, motions);
  if (accesses === 0) return undefined;
  const stream = readsFlags || !hasVectors() ? undefined : streamOf(insts, branch);
  let most = MOST_TIMES;
  for (const { step, low, high, store } of places) {
    const room = (store ? MOST_STORED : MOST_LOADED) - (high - low);
    if (step) most = Math.min(most, Math.floor(room / Math.abs(step)) + 1);
  }
  if (stream) most = Math.min(most, Math.max(1, BEFORE_SKIP / stream.step));
  else if (most < LEAST_TIMES || free.size === 0) return undefined;
  const set = insts.findIndex((x, k) => x.set === NZCV && !conditional[k]);
  const left = insts.findIndex((x) => branches.has(x.op) || x.op === Op.br);
  const floats = insts
    .slice(0, branch)
    .some((x) => isFloatOp(x) || isVectorOp(x) || namesAlignment(x));
  const quiet = !readsFlags && !floats && free.size === accesses && set >= 0 && set < left;
  return { branch, places, free, most, quiet, stream };
}

/** What accesses before the branch go through. */
function placesOf(
  insts: Node["ir"]["insts"],
  branch: number,
  conditional: readonly boolean[],
  motions: ReadonlyMap<number, Motion>,
): { places: Place[]; free: Set<number>; accesses: number } {
  const places: Place[] = [];
  const free = new Set<number>();
  const added = new Map<number, number>();
  let accesses = 0;
  for (let k = 0; k < branch; k++) {
    const x = insts[k];
    if (isAccess(x)) {
      accesses++;
      const place = placeOf(insts, k, conditional, motions, added, NONE);
      if (place && place.step !== undefined) {
        const { low, high, store, shift } = place;
        const room = store ? MOST_STORED - ((place.most ?? 0) << shift) : MOST_LOADED;
        if (high - low <= room) {
          join(places, place, room);
          free.add(k);
        }
      }
    }
    const motion = motions.get(x.d);
    if (motion && motion.by === NONE) added.set(x.d, (added.get(x.d) ?? 0) + amount(x));
    else if (motion) added.set(x.d, Number.NaN);
  }
  return { places, free, accesses };
}
