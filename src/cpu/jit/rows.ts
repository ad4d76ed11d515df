import { type Inst, NONE, Op } from "../ir/ops.ts";
import { Local, local, ORIGINS } from "./layout.ts";
import { amount, copyOf, type Motion, motionsOf } from "./motions.ts";
import type { Readable } from "./readable.ts";
import { accessOf, singleOf } from "./shapes.ts";
import { W, type Writer } from "./wasm.ts";

// Addresses of iterations that are written in a row. A base or an index that goes on by constants is, at each access, what it was where the
// row begins plus a constant: that is part of the access, so that one address serves all iterations. All of them may be made, and memory
// begins above the most that is added: none of the sums goes over the end of all addresses.

/** An address: what is pushed, plus a constant. */
export interface Address {
  readonly push: (w: Writer) => void;
  readonly offset: number;
}

/** What is added is less: memory that can be read begins there or above. */
const MOST = 1 << 14;

/** Where an access is in the first iteration, from the values of its registers where the row begins. */
interface Way {
  readonly base: number;
  readonly index: number;
  readonly shift: number;
  /** Added by an iteration. */
  readonly step: number;
  /** Added in the first, to `bias`. */
  readonly first: number;
  /** Of all accesses through these registers. */
  bias: number;
}

/** The addresses of a row of iterations, ops [0, branch) each. */
export class RowAddresses {
  private readonly ways = new Map<number, Way>();
  /** Locals that keep what registers were where the row begins. */
  private readonly origins = new Map<number, number>();

  constructor(
    insts: readonly Inst[],
    branch: number,
    conditional: readonly boolean[],
    row: number,
    readable: Readable,
  ) {
    if (row === 1 || readable.start < 2 * MOST) return;
    const motions = motionsOf(insts, branch, conditional);
    const added = new Map<number, number>();
    const least = new Map<string, number>();
    const all: [number, Omit<Way, "bias">, string][] = [];
    for (let k = 0; k < branch; k++) {
      const x = insts[k];
      const way = this.wayOf(insts, k, conditional, motions, added);
      if (way) {
        const name = `${way.base} ${way.index} ${way.shift}`;
        const low = way.first + Math.min(0, way.step * (row - 1));
        least.set(name, Math.min(low, least.get(name) ?? 0));
        all.push([k, way, name]);
      }
      if (motions.get(x.d)?.by === NONE) added.set(x.d, (added.get(x.d) ?? 0) + amount(x));
    }
    for (const [k, way, name] of all) {
      const bias = least.get(name)!;
      const most = way.first - bias + Math.max(0, way.step * (row - 1));
      if (bias > -MOST && most < MOST) this.ways.set(k, { ...way, bias });
    }
  }

  private wayOf(
    insts: readonly Inst[],
    k: number,
    conditional: readonly boolean[],
    motions: ReadonlyMap<number, Motion>,
    added: ReadonlyMap<number, number>,
  ): Omit<Way, "bias"> | undefined {
    const x = insts[k];
    const shape = accessOf(x);
    if (!shape || x.ka || x.op === Op.vldn || x.op === Op.vstn) return undefined;
    const index = shape.offset === undefined ? x.b : NONE;
    const shift = index !== NONE && singleOf(x.op) ? x.i : 0;
    let step = 0;
    let first = shape.offset ?? 0;
    const goes = (r: number, shift: number): boolean => {
      if (!motions.has(r)) return true;
      const motion = motions.get(r);
      if (motion?.by !== NONE) return false;
      step += motion.step * 2 ** shift;
      first += (added.get(r) ?? 0) * 2 ** shift;
      if (!this.origins.has(r) && this.origins.size === ORIGINS) return false;
      if (!this.origins.has(r)) this.origins.set(r, Local.Origins + this.origins.size);
      return true;
    };
    const copy = motions.has(x.a) && !motions.get(x.a) ? copyOf(insts, k, conditional) : undefined;
    const base = copy ? copy.r : x.a;
    if (copy) {
      const before = added.get(base) ?? 0;
      if (!goes(base, 0)) return undefined;
      first += copy.more - before;
    } else if (!goes(base, 0)) return undefined;
    if ((index !== NONE && !goes(index, shift)) || step === 0) return undefined;
    return { base, index, shift, step, first };
  }

  /** The row begins. */
  begin(w: Writer): void {
    for (const [r, origin] of this.origins) {
      w.get(local(r));
      w.set(origin);
    }
  }

  /** Where op k accesses memory in an iteration of the row; undefined: as the registers say. */
  of(k: number, iteration: number): Address | undefined {
    const way = this.ways.get(k);
    if (!way) return undefined;
    const { base, index, shift, bias, first, step } = way;
    const push = (w: Writer): void => {
      w.get(this.origins.get(base) ?? local(base));
      if (index !== NONE) {
        w.get(this.origins.get(index) ?? local(index));
        if (shift) {
          w.const(shift);
          w.op(W.shl);
        }
        w.op(W.add);
      }
      if (bias === 0) return;
      w.const(bias);
      w.op(W.add);
    };
    return { push, offset: first - bias + iteration * step };
  }
}
