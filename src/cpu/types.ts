import type { FloatContext } from "./float/mod.ts";
import type { GuestMemory } from "../memory/mod.ts";

/** Why `Cpu.run` returned. */
export const Exit = {
  /** The budget of units is used up; call `run` again to go on. */
  Slice: 0,
  /** The supervisor-call hook asked to leave (the thread blocked, ended or was preempted). */
  Stop: 1,
  /** The guest did something the core refuses; see `Cpu.fault`. pc is that of the faulting instruction. */
  Fault: 2,
} as const;
export type Exit = (typeof Exit)[keyof typeof Exit];

/** What an ARM exception vector would have seen. */
export interface CpuFault {
  readonly kind: "undefined instruction" | "prefetch abort" | "data abort" | "breakpoint";
  /** Address of the instruction (for a prefetch abort: the address that could not be fetched). */
  readonly pc: number;
  /** The data address for a data abort. */
  readonly address?: number;
  readonly access?: "read" | "write";
  readonly why: string;
  /** Tag of the guard range that was hit (memory.addGuard). */
  readonly guard?: unknown;
}

/** The bit of the cpsr that tells Thumb from A32 (ARM ARM B1.3.3). */
export const CPSR_T = 0x20;

/**
 * One unit of execution is one *taken branch to an address not above its own* (a loop iteration, a call or return to a lower
 * address), plus `SVC_UNITS` for each supervisor call, plus `SLIDE_UNITS` for each page of straight code. Any endless execution consumes
 * units, for it has to come back, and any long one. Every engine counts alike, and virtual time derives from units, so that a run is
 * deterministic in every engine.
 */
export const SVC_UNITS = 4;
/**
 * That a program went astray into memory which is not code is noticed, whatever is there: a page of SLIDE_PAGE bytes that is
 * entered at its lower border and left at its upper one, both from one instruction to the next, costs so many units when none
 * were spent in between. Loops are not concerned, wherever they lie, nor is a function below the size of a page. The rule is about the
 * way that was taken, not about what memory holds: it does not matter what was executed or translated before. So many, because code
 * that is executed for the first time takes the host 0.7 us for each instruction: 100,000 units of it are a fifth of a second.
 */
export const SLIDE_UNITS = 1024;
/** Bytes. */
export const SLIDE_PAGE = 4096;

/** Serves a supervisor call with these registers; the result is r0 behind it. */
export type DirectCall = (r0: number, r1: number, r2: number, r3: number) => number;

/**
 * Supervisor calls one by one. A core may call such a function instead of `Cpu.onSvc`, with the same promises, when `CallWord.Attention` is 0 and
 * sp not below `CallWord.StackLow`. Guest code then goes on as behind a hook that returned true, unless `Attention` is not 0 any more:
 * then `behind` says what the hook would have returned.
 */
export interface DirectCalls {
  /** For a number in ip at svc #0; undefined: only the hook knows. */
  for(number: number): DirectCall | undefined;
  behind(): boolean;
}

/** Counters of one machine, printed by `--stats`. Deterministic. */
export interface CpuStats {
  instructions: number;
  blocks: number;
  translatedInstructions: number;
  invalidations: number;
  svcs: number;
  /** Of an engine that translates. */
  translation?: TranslationStats;
}

/** Pieces of guest code that became WebAssembly. Deterministic but for the time. */
export interface TranslationStats {
  /** So many were translated, and so many of them dropped: their code was written over, or there was no more room. */
  regions: number;
  dropped: number;
  /** So many of them came with the program. */
  prebuilt: number;
  /** Bytes of modules written. */
  bytes: number;
  milliseconds: number;
}

/**
 * The core as the kernel sees it. State is architectural: `r[0..15]` (r[15] = address of the next instruction, bit 0 clear),
 * `cpsr` (N Z C V Q GE T IT; mode bits read as SVC, 0x13).
 */
export interface Cpu {
  readonly memory: GuestMemory;
  readonly r: Int32Array;
  cpsr: number;
  /** Floating-point registers and FPSCR as a copy; undefined while nobody has used them since this was set to undefined. */
  floatContext: FloatContext | undefined;
  /** The same, in `context` if that is given and they were used. */
  floatsInto(context: FloatContext | undefined): FloatContext | undefined;
  /** Units left; `run` decrements it. May be lowered by the kernel inside a hook to leave early. */
  units: number;
  readonly fault: CpuFault | undefined;
  readonly stats: CpuStats;
  /**
   * Called for `svc #imm` with r, cpsr and units up to date and r[15] behind the instruction. Returns true to go on at r[15]
   * with the registers as they are now, false to leave `run` with Exit.Stop.
   */
  onSvc: (imm: number) => boolean;
  /**
   * For a number in ip at svc #0: the index in `memory.engine` of the word that is the result, of a call that does nothing else (CallWord).
   * A core may then do without the hook. Undefined, or not set: there is no such word.
   */
  answers?: (number: number) => number | undefined;
  /** Set by who serves supervisor calls: a core may do with it without the hook. */
  direct?: DirectCalls;
  /**
   * The hook may put the registers of another thread into the core and have it go on there. A core that watches what single threads do
   * has the kernel leave `run` first.
   */
  readonly takesSwitches?: boolean;
  /** Runs until the units are used up, a hook asks to leave, or a fault. */
  run(): Exit;
  /**
   * Executes the instruction at the pc and nothing behind it. Undefined when that was all; otherwise as `run`, where Slice and Stop
   * mean that the instruction was executed.
   */
  single(): Exit | undefined;
  /** Branch with interworking: sets r[15] and the T bit from bit 0 of `target`. */
  jump(target: number): void;
  /** Forgets translations of [start, end): a module was loaded there or freed. */
  invalidate(start: number, end: number): void;
  /** CLREX: a context switch clears the exclusive monitor. */
  clearExclusive(): void;
}
