import { stepArm } from "./frame-arm.ts";
import { FrameState, type Step } from "./frame-state.ts";
import { itLength, stepThumb } from "./frame-thumb.ts";

/**
 * Bytes of stack that a function takes. computed: the amount is taken from a variable at run time; unknown: the stack pointer was not
 * followed, or the file takes too long to look through.
 */
export type StackUse = number | "computed" | "unknown";

/** Instructions that may be looked at for one file: files may name one piece of code a million times. */
export interface Budget {
  left: number;
}

export const STEPS_MAX = 4_000_000;

/**
 * The deepest that the stack pointer goes on any way through a function, with what is pushed, reserved and given back on it; numbers
 * for the pointer are followed through moves and literals. `code` begins at the function, `base` is its address.
 */
export function stackUse(
  code: DataView,
  thumb: boolean,
  base = 0,
  budget: Budget = { left: STEPS_MAX },
): StackUse {
  budget.left -= code.byteLength >>> 2;
  if (budget.left <= 0) return "unknown";
  const walk = new Walk(code, thumb, base, budget);
  walk.run();
  // Words beside the code that one way reads may lie where another seems to go on, behind a call that does not return.
  if (walk.crossed) {
    walk.again();
    walk.run();
  }
  if (budget.left <= 0) return "unknown";
  if (walk.computed) return "computed";
  return walk.lost ? "unknown" : walk.deepest;
}

interface Place {
  readonly at: number;
  readonly state: FrameState;
}

class Walk {
  deepest = 0;
  computed = false;
  lost = false;
  /** A literal was taken for an instruction. */
  crossed = false;
  private seen: Uint8Array;
  private readonly literals = new Set<number>();
  private open: Place[] = [];
  /** At the deepest jump whose targets are not known. */
  private jump: FrameState | undefined;

  constructor(
    private readonly code: DataView,
    private readonly thumb: boolean,
    private readonly base: number,
    private readonly budget: Budget,
  ) {
    this.seen = new Uint8Array(code.byteLength);
  }

  again(): void {
    this.deepest = 0;
    this.computed = this.lost = this.crossed = false;
    this.jump = undefined;
    this.seen = new Uint8Array(this.code.byteLength);
  }

  run(): void {
    this.lead(0, FrameState.atEntry());
    this.follow();
    const { jump, code, seen } = this;
    if (!jump) return;
    // What nothing seems to lead to is what such a jump leads to.
    const unit = this.thumb ? 2 : 4;
    for (let at = 0; at + unit <= code.byteLength; at += unit) {
      if (seen[at] || this.isLiteral(at)) continue;
      this.lead(at, jump.copy());
      this.follow();
    }
  }

  private isLiteral(at: number): boolean {
    return this.literals.has(((this.base + at) & ~3) - this.base);
  }

  private lead(at: number, state: FrameState): void {
    const unit = this.thumb ? 2 : 4;
    // A jump to another function: its frame is its own.
    if (at < 0 || at + unit > this.code.byteLength || this.seen[at]) return;
    this.seen[at] = 1;
    this.open.push({ at, state });
  }

  private follow(): void {
    for (let place = this.open.pop(); place; place = this.open.pop())
      this.way(place.at, place.state);
  }

  /** From one place on, up to where the way ends or comes to another. */
  private way(start: number, state: FrameState): void {
    const { code, seen, budget, thumb } = this;
    const unit = thumb ? 2 : 4;
    let conditional = 0;
    for (let at = start; at + unit <= code.byteLength;) {
      if (at !== start && seen[at]) return;
      if (--budget.left <= 0) return;
      if (this.isLiteral(at)) return;
      seen[at] = 1;
      const perhaps = thumb ? conditional > 0 : code.getUint32(at, true) >>> 28 < 14;
      const before = perhaps ? state.copy() : undefined;
      const step = thumb ? stepThumb(code, at, state, this.base) : stepArm(code, at, state);
      if (step.width === 4 && thumb && at + 2 < seen.length) seen[at + 2] = 1;
      this.note(step, state);
      if (before) {
        conditional--;
        // What may not be done gives nothing back.
        if (state.depth < before.depth) state = before;
      } else if (thumb) conditional = itLength(code.getUint16(at, true));
      for (const target of step.targets ?? []) this.lead(target, state.copy());
      if (step.ends && !before) return;
      at += step.width;
    }
  }

  private note(step: Step, state: FrameState): void {
    if (state.computed) this.computed = true;
    if (state.lost) this.lost = true;
    this.deepest = Math.max(this.deepest, state.depth);
    if (step.literal !== undefined) {
      this.literals.add(step.literal);
      if (this.seen[step.literal]) this.crossed = true;
    }
    if (step.unknown && (!this.jump || this.jump.depth < state.depth)) this.jump = state.copy();
  }
}
