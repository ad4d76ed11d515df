import type { Cpu, FloatContext } from "../cpu/mod.ts";
import { type Kernel, THREAD } from "../kernel/mod.ts";

/** The frame of a switched-out thread: cpsr, r0-r12, lr, pc. */
const FRAME_BYTES = 64;

const CORE_BYTES = 68;
const FLOAT_BYTES = 256;
/** r0-r15, cpsr, d0-d31, fpscr, as the target description lists them. */
export const REGISTER_BYTES = CORE_BYTES + FLOAT_BYTES + 4;
/** Word of the FPSCR in a FloatContext. */
const FPSCR = 72;
const CONTEXT_WORDS = 73;

/** Where register `n` of the target description lies. */
export function registerAt(n: number): { offset: number; size: number } | undefined {
  if (n >= 0 && n <= 16) return { offset: 4 * n, size: 4 };
  if (n >= 17 && n <= 48) return { offset: CORE_BYTES + 8 * (n - 17), size: 8 };
  if (n === 49) return { offset: CORE_BYTES + FLOAT_BYTES, size: 4 };
  return undefined;
}

/** The registers of any thread: of the running one in the core, of another one in the frame on its stack. */
export class ThreadRegisters {
  constructor(
    private readonly kernel: Kernel,
    private readonly cpu: Cpu,
  ) {}

  read(tcb: number): Uint8Array | undefined {
    const { kernel } = this;
    const out = new Uint8Array(REGISTER_BYTES);
    const words = new Uint32Array(out.buffer);
    const live = this.isLive(tcb);
    if (live) {
      words.set(this.cpu.r);
      words[16] = this.cpu.cpsr;
    } else {
      const frame = this.frame(tcb);
      if (frame === undefined) return undefined;
      const context = this.context(tcb);
      const saved = (n: number) => (context ? context[n] : kernel.memory.ldu32(frame + 4 * n));
      for (let n = 0; n <= 12; n++) words[n] = saved(n + 1);
      words[13] = frame + FRAME_BYTES;
      words[14] = saved(14);
      words[15] = saved(15);
      words[16] = saved(0);
    }
    const float = this.float(tcb, live);
    if (float) {
      words.set(float.subarray(0, 64), CORE_BYTES / 4);
      words[(CORE_BYTES + FLOAT_BYTES) / 4] = float[FPSCR];
    }
    return out;
  }

  write(tcb: number, bytes: Uint8Array): boolean {
    const { kernel } = this;
    const words = new Int32Array(bytes.slice().buffer);
    const live = this.isLive(tcb);
    if (live) {
      this.cpu.r.set(words.subarray(0, 16));
      this.cpu.r[15] &= ~1;
      this.cpu.cpsr = words[16];
    } else {
      const frame = this.frame(tcb);
      // Its sp says where the frame is: it cannot be another one.
      if (frame === undefined || words[13] !== frame + FRAME_BYTES) return false;
      const context = this.context(tcb);
      const save = (n: number, word: number) => {
        if (context) context[n] = word;
        else kernel.memory.st32(frame + 4 * n, word);
      };
      for (let n = 0; n <= 12; n++) save(n + 1, words[n]);
      save(14, words[14]);
      save(15, words[15] & ~1);
      save(0, words[16]);
    }
    this.writeFloat(tcb, live, words.subarray(CORE_BYTES / 4));
    return true;
  }

  private isLive(tcb: number): boolean {
    return this.kernel.runner.running?.thread === tcb;
  }

  private frame(tcb: number): number | undefined {
    const { memory } = this.kernel;
    if (!memory.contains(tcb, THREAD.sizeIn(memory))) return undefined;
    const frame = THREAD.sp.get(memory, tcb) >>> 0;
    return memory.contains(frame, FRAME_BYTES) ? frame : undefined;
  }

  /** The frame of a thread on whose stack there was no room for it: the kernel keeps it. */
  private context(tcb: number): Int32Array | undefined {
    return this.kernel.threads.states.get(tcb)?.context;
  }

  private float(tcb: number, live: boolean): FloatContext | undefined {
    if (live) return this.cpu.floatContext;
    const state = this.kernel.threads.states.get(tcb);
    return state?.float;
  }

  private writeFloat(tcb: number, live: boolean, words: Int32Array): void {
    const now = this.float(tcb, live);
    const next = new Int32Array(CONTEXT_WORDS);
    if (now) next.set(now);
    next.set(words.subarray(0, 64));
    next[FPSCR] = words[64];
    // A thread that has not used the unit is not made to.
    if (!now && next.every((word) => word === 0)) return;
    if (live) this.cpu.floatContext = next;
    else {
      const state = this.kernel.threads.states.get(tcb);
      if (state) state.float = next;
    }
  }
}

/** The target description (GDB manual, appendix G): ARM core and VFP; osabi none, because no system's conventions hold here. */
export function targetDescription(): string {
  const reg = (name: string, bits: number, type: string) =>
    `<reg name="${name}" bitsize="${bits}" type="${type}"/>`;
  const core = Array.from({ length: 13 }, (_, n) => reg(`r${n}`, 32, "uint32"));
  core.push(reg("sp", 32, "data_ptr"), reg("lr", 32, "int"), reg("pc", 32, "code_ptr"));
  core.push(reg("cpsr", 32, "int"));
  const vfp = Array.from({ length: 32 }, (_, n) => reg(`d${n}`, 64, "ieee_double"));
  vfp.push(reg("fpscr", 32, "int"));
  return [
    '<?xml version="1.0"?><!DOCTYPE target SYSTEM "gdb-target.dtd"><target version="1.0">',
    "<architecture>arm</architecture><osabi>none</osabi>",
    `<feature name="org.gnu.gdb.arm.core">${core.join("")}</feature>`,
    `<feature name="org.gnu.gdb.arm.vfp">${vfp.join("")}</feature></target>`,
  ].join("");
}
