export const SP = 13;
export const LR = 14;
export const PC = 15;

/** Registers that a called function may change (AAPCS 6.1.1): r0-r3, ip, lr. */
const SCRATCH = 0x500f;

/** What is known of the registers at one instruction: numbers, and distances from the stack pointer that the function began with. */
export class FrameState {
  /** The stack pointer was moved by an amount that the code does not show. */
  computed = false;
  /** The stack pointer was given a value that was not followed. */
  lost = false;
  private constructor(
    private readonly values: Int32Array,
    private numbers: number,
    private onStack: number,
    /** Registers that hold the stack pointer moved by an amount that the code does not show. */
    private moved = 0,
  ) {}

  static atEntry(): FrameState {
    return new FrameState(new Int32Array(16), 0, 1 << SP);
  }

  copy(): FrameState {
    const copy = new FrameState(this.values.slice(), this.numbers, this.onStack, this.moved);
    copy.computed = this.computed;
    copy.lost = this.lost;
    return copy;
  }

  /** Bytes between the stack pointer and where it was at the entry. */
  get depth(): number {
    return Math.max(0, -this.values[SP]);
  }

  number(register: number): number | undefined {
    return this.numbers & (1 << register) ? this.values[register] : undefined;
  }

  forget(register: number): void {
    this.numbers &= ~(1 << register);
    this.moved &= ~(1 << register);
    if (register === SP) this.lost = true;
    else this.onStack &= ~(1 << register);
  }

  set(register: number, value: number | undefined): void {
    this.forget(register);
    if (value === undefined || register === SP) return;
    this.values[register] = value;
    this.numbers |= 1 << register;
  }

  /** `to` = `from` + `amount`; undefined: an amount that is not known. */
  add(to: number, from: number, amount: number | undefined): void {
    const value = this.values[from];
    const bit = 1 << to;
    if (amount !== undefined && this.onStack & (1 << from)) {
      this.numbers &= ~bit;
      this.moved &= ~bit;
      this.onStack |= bit;
      this.values[to] = value + amount;
    } else if ((this.onStack | this.moved) & (1 << from)) {
      if (to === SP) this.computed = true;
      else {
        this.forget(to);
        this.moved |= bit;
      }
    } else {
      const number = this.number(from);
      this.set(to, number === undefined || amount === undefined ? undefined : number + amount);
    }
  }

  /** `to` = `a` ± `b`. */
  addRegisters(to: number, a: number, b: number, sign: 1 | -1 = 1): void {
    const amount = this.number(b);
    if (amount === undefined && sign === 1 && this.number(a) !== undefined)
      this.add(to, b, this.number(a));
    else this.add(to, a, amount === undefined ? undefined : sign * amount);
  }

  called(): void {
    this.numbers &= ~SCRATCH;
    this.onStack &= ~SCRATCH;
    this.moved &= ~SCRATCH;
  }

  forgetAll(mask: number): void {
    for (let register = 0; mask >>> register !== 0; register++)
      if (mask & (1 << register)) this.forget(register);
  }
}

/** What an instruction does to the way through a function. Places are offsets from its beginning. */
export interface Step {
  readonly width: number;
  /** The next instruction is not come to. */
  readonly ends?: boolean;
  /** Places that a branch or table leads to. */
  readonly targets?: readonly number[];
  /** Words that it reads beside the code. */
  readonly literal?: number;
  /** A jump whose targets the code does not show. */
  readonly unknown?: boolean;
}

/** An instruction of `width` bytes that loads register `rt` from the word at `literal`, which lies beside the code. */
export function loadLiteral(
  code: DataView,
  literal: number,
  rt: number,
  width: number,
  state: FrameState,
): Step {
  const inside = literal >= 0 && literal + 4 <= code.byteLength;
  state.set(rt, inside ? code.getInt32(literal, true) : undefined);
  return { width, literal };
}

export function ones(mask: number): number {
  let count = 0;
  for (let bits = mask; bits !== 0; bits &= bits - 1) count++;
  return count;
}
