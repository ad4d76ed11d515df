import { SVC_UNITS } from "../../cpu/mod.ts";
import { Attention } from "../attention.ts";
import { GATHERED } from "../board.ts";
import type { Kernel } from "../kernel.ts";

/** `struct rtt_gathered` of the C library (firmware/guest/rtt.h). */
const LIMIT = 0;
const AT = 4;

/** It stands behind the library's own calls of write(), and not in the function's stub. */
const NOP = 0xbf00;

/** Room for the text that is made behind the others: the library looks only when it is ready. */
const LAST = 512;

/**
 * What programs print by the C library, which need not call the kernel for each line as long as nobody could tell the difference: from a
 * write to the console until the next call of the kernel, of whatever kind, or until the engine is left. At both the kernel takes what has
 * come together before it does anything else. Whether there is a call or not, the guest spends the same units: such a call costs none.
 *
 * Where each text is written by itself, it is made where it would be if they were gathered: registers show that when a program faults.
 */
export class Gathered {
  /** A write by the library was the last thing that happened: if texts are gathered, it may go on without the kernel. */
  private open = false;
  /** It was so until the call that is being served. */
  private goesOn = false;
  /** What was printed up to here is out. */
  private from = 0;
  private readonly start: number;
  private readonly limit: number;
  private readonly gathers: boolean;

  constructor(
    private readonly k: Kernel,
    private readonly words: number,
  ) {
    this.start = k.area.gathered;
    this.limit = this.start + GATHERED - LAST;
    this.gathers = k.options.gathers === true;
    k.words.need(Attention.Gathered, false);
    k.memory.st32(words + AT, this.start);
  }

  /** Whether the call being served is the library's own, with the text behind what it has gathered. */
  isNext(address: number): boolean {
    const { cpu, memory } = this.k;
    if (memory.ldu32(this.words + AT) !== address >>> 0) return false;
    return memory.ld16((cpu.r[15] & ~1) >>> 0) === NOP;
  }

  /** The text behind what was gathered, so many bytes, has been written to the console, which descriptor 1 is. */
  resume(size: number): void {
    const { cpu, memory, words: attention } = this.k;
    const { words, start, limit, gathers } = this;
    cpu.units += SVC_UNITS;
    const end = memory.ldu32(words + AT) + size;
    this.open = true;
    attention.need(Attention.Gathered, true);
    this.from = start;
    memory.st32(words + AT, !gathers && this.goesOn && end <= limit ? end : start);
    if (gathers) memory.st32(words + LIMIT, limit);
  }

  /** The kernel runs. To be called for each call as long as something is open, and for the one behind it. */
  take(): void {
    const { open, gathers } = this;
    if (!open && !this.goesOn) return;
    this.goesOn = open && !gathers;
    this.open = false;
    this.k.words.need(Attention.Gathered, this.goesOn);
    if (gathers) this.close();
  }

  private close(): void {
    const { console, memory } = this.k;
    const { words, from, start } = this;
    memory.st32(words + LIMIT, 0);
    const end = memory.ldu32(words + AT);
    // Words that a program has overwritten say nothing.
    if (end <= from || end > start + GATHERED) return;
    const place = memory.place(from, end - from);
    this.from = end;
    console.write(memory.u8, true, place, place + end - from);
  }
}
