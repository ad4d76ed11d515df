import type { ExportRow } from "./call.ts";
import { THREAD } from "./abi/layout.ts";
import type { Kernel } from "./kernel.ts";

/** d8-d15 among the words of a FloatContext: what a callee keeps (AAPCS 5.1.2.1). */
const FIRST = 16;
const LAST = 32;

/** So many are looked through for those that nobody can jump to any more. */
const SOME = 16;
const MOST = 65_536;

interface Jump {
  readonly sp: number;
  readonly words: Int32Array;
}

/** The memory that a thread was given for its stack: [start, end). */
interface Stack {
  readonly start: number;
  readonly end: number;
}

/**
 * Floating-point registers of the setjmps of one thread, by the address of the jmp_buf, which has no room for them. Of a thread that
 * has not used any there are none.
 */
export class JumpFloats {
  private readonly jumps = new Map<number, Jump>();
  private limit = SOME;

  get size(): number {
    return this.jumps.size;
  }

  keep(buffer: number, sp: number, words: Int32Array | undefined, stack: Stack): void {
    this.jumps.delete(buffer);
    if (words === undefined) return;
    if (this.jumps.size >= this.limit) this.prune(sp, stack);
    this.jumps.set(buffer, { sp, words: words.slice(FIRST, LAST) });
  }

  get(buffer: number): Int32Array | undefined {
    return this.jumps.get(buffer)?.words;
  }

  /**
   * Functions below `sp` on the stack have returned. A coroutine on memory of its own says nothing about the stack of the thread, nor
   * that about it.
   */
  private prune(sp: number, stack: Stack): void {
    // The stack may be empty: then sp is its end.
    if (sp >= stack.start && sp <= stack.end)
      for (const [buffer, jump] of this.jumps)
        if (jump.sp >= stack.start && jump.sp < sp) this.jumps.delete(buffer);
    // The oldest half goes when there are too many, so that not each of the next ones looks through all.
    const keep = this.jumps.size < MOST ? MOST : MOST / 2;
    for (const buffer of this.jumps.keys()) {
      if (this.jumps.size <= keep) break;
      this.jumps.delete(buffer);
    }
    this.limit = Math.max(SOME, Math.min(2 * this.jumps.size, MOST));
  }
}

/** setjmp and longjmp of the firmware (guest/setjmp.c). */
export const jumpRows: readonly ExportRow<Kernel>[] = [
  {
    name: "_rtt_keep_floats",
    proto: "int _rtt_keep_floats(void *jump);",
    header: "",
    call: (k, buffer) => {
      const state = k.runner.running;
      const floats = k.cpu.floatContext;
      if (state === undefined || (floats === undefined && state.jumps === undefined)) return 0;
      const start = THREAD.stack_addr.get(k.memory, state.thread) >>> 0;
      const end = start + (THREAD.stack_size.get(k.memory, state.thread) >>> 0);
      (state.jumps ??= new JumpFloats()).keep(buffer, k.cpu.r[13] >>> 0, floats, { start, end });
      return 0;
    },
  },
  {
    name: "_rtt_return_floats",
    proto: "void _rtt_return_floats(void *jump);",
    header: "",
    call: (k, buffer) => {
      const words = k.runner.running?.jumps?.get(buffer);
      if (words === undefined) return;
      const floats = k.cpu.floatContext;
      if (floats === undefined) return;
      floats.set(words, FIRST);
      k.cpu.floatContext = floats;
    },
  },
];
