import { CallWord } from "../cpu/mod.ts";

/** Why a call of the kernel has more to do than to give its result. */
export const Attention = {
  /** `Scheduler.requested`. */
  Schedule: 1,
  /** `Runner.leave`. */
  Leave: 2,
  /** `Gathered.take` is to be called. */
  Gathered: 4,
  /** Guest code does not go on behind the direct call being served. */
  Stop: 8,
} as const;
type Reason = (typeof Attention)[keyof typeof Attention];

/**
 * The kernel's words in the engines' area: why calls need it, and what some calls have as their result, which translated code takes
 * by itself (`Cpu.answers`).
 */
export class KernelWords {
  constructor(private readonly words: Int32Array) {}

  /** Nothing needs attention. */
  get quiet(): boolean {
    return this.words[CallWord.Attention] === 0;
  }
  has(reason: Reason): boolean {
    return (this.words[CallWord.Attention] & reason) !== 0;
  }
  need(reason: Reason, on: boolean): void {
    const { words } = this;
    const rest = words[CallWord.Attention] & ~reason;
    words[CallWord.Attention] = on ? rest | reason : rest;
  }

  /** A stack pointer below is that of an overflowed stack, as signed words compare. */
  get stackLow(): number {
    return this.words[CallWord.StackLow];
  }
  set stackLow(address: number) {
    this.words[CallWord.StackLow] = address;
  }

  setAnswer(word: Answer, value: number): void {
    this.words[word] = value;
  }
}

/** What calls have as their result and nothing else: indexes of words. */
export const Answer = {
  Tick: CallWord.First,
  Thread: CallWord.First + 1,
  Locks: CallWord.First + 2,
} as const;
export type Answer = (typeof Answer)[keyof typeof Answer];
