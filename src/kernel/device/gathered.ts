import { SVC_UNITS } from "../../cpu/mod.ts";
import { Attention } from "../attention.ts";
import type { Kernel } from "../kernel.ts";

/** `struct rtt_gathered` of the C library (firmware/guest/rtt.h). */
const LIMIT = 0;
const AT = 4;

/** It stands behind the library's own calls of write(), and not in the function's stub. */
const NOP = 0xbf00;

/** Room for texts, and for the one that is made behind them: the library looks only when it is ready. */
const ROOM = 0x4000;
const LAST = 512;

/**
 * What programs print by the C library, which need not call the kernel for each line as long as nobody could tell the difference: from a
 * write to the console until the next call of the kernel, of whatever kind, or until the engine is left. At both the kernel takes what has
 * come together before it does anything else. Whether there is a call or not, the guest spends the same units: such a call costs none.
 */
export class Gathered {
  private isOpen = false;
  /** What was printed up to here is out. */
  private from = 0;
  private readonly words: number;
  /** 0: there is a call for each. */
  private readonly start: number = 0;

  constructor(
    private readonly k: Kernel,
    words: number,
  ) {
    this.words = words;
    this.open = false;
    if (!k.options.gathers) return;
    this.start = k.systemAlloc(ROOM);
    k.memory.st32(words + AT, this.start);
  }

  /** The library may go on without the kernel. */
  private get open(): boolean {
    return this.isOpen;
  }
  private set open(open: boolean) {
    this.isOpen = open;
    this.k.words.need(Attention.Gathered, open);
  }

  /** Whether the call being served is the library's own, with the text behind what it has gathered. */
  isNext(address: number): boolean {
    const { cpu, memory } = this.k;
    if (memory.ldu32(this.words + AT) !== address >>> 0) return false;
    return memory.ld16((cpu.r[15] & ~1) >>> 0) === NOP;
  }

  /** The text behind what was gathered has been written to the console, which descriptor 1 is. */
  resume(): void {
    const { cpu, memory } = this.k;
    cpu.units += SVC_UNITS;
    if (this.start === 0) return;
    this.open = true;
    this.from = this.start;
    memory.st32(this.words + AT, this.start);
    memory.st32(this.words + LIMIT, this.start + ROOM - LAST);
  }

  /** The kernel runs. */
  take(): void {
    if (this.open) this.close();
  }

  private close(): void {
    const { console, memory } = this.k;
    const { words, from, start } = this;
    this.open = false;
    memory.st32(words + LIMIT, 0);
    const end = memory.ldu32(words + AT);
    // Words that a program has overwritten say nothing.
    if (end <= from || end > start + ROOM) return;
    const place = memory.place(from, end - from);
    this.from = end;
    console.write(memory.u8, true, place, place + end - from);
  }
}
