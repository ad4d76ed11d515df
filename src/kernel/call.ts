import type { Answer } from "./attention.ts";

/**
 * How TypeScript code runs as part of a guest thread.
 *
 * A kernel call that cannot finish at once returns a Task: a generator that the kernel keeps with the calling thread and
 * resumes whenever that thread is scheduled. System threads (tshell, timer, idle) are Tasks from the start. A Task never
 * nests host loops; all waiting is a `yield`.
 */
export type Task<T> = Generator<Wait, T, number>;

/**
 * What a Task may yield:
 * - SCHEDULE: a scheduling point, as rt_schedule(). If the thread was suspended before, the Task goes on when the thread runs
 *   again; if a better thread is ready, after that one; else at once.
 * - GuestCall: call guest code on this thread's stack; `yield` gives r0 of its return. Use `yield* callGuest(pc, ...)`.
 */
export type Wait = typeof SCHEDULE | GuestCall;

export const SCHEDULE = Symbol("rt_schedule");

export interface GuestCall {
  /** Address of the function; bit 0 selects Thumb. */
  readonly pc: number;
  readonly args: readonly number[];
  /** What reports call the function; undefined where they find it out, or need not. */
  readonly what?: string;
}

/** Calls a guest function on the current thread's stack and returns its r0 (signed 32-bit). */
export function* callGuest(pc: number, ...args: number[]): Task<number> {
  return yield { pc, args };
}

/** The same of a function that reports cannot name by an object: `the destructor of pthread key 3`. */
export function* callNamed(what: string, pc: number, ...args: number[]): Task<number> {
  return yield { pc, args, what };
}

/** A number goes to r0; undefined leaves r0 alone (a void function); a Task is run to its end and gives one of the two. */
export type CallResult = number | void | Task<number | void>;

/** The calling thread was suspended by the call itself. */
export const isSuspended = (result: CallResult): result is Task<number> =>
  (result as unknown) instanceof Suspended;

/**
 * A Task whose one wait has begun: the calling thread is suspended, and `next` has the call's result when it runs again. One object
 * serves all threads, so that a call that waits makes nothing for the garbage collector.
 */
export class Suspended {
  private readonly step: IteratorReturnResult<number> = { done: true, value: 0 };

  private constructor(private readonly result: () => number) {}

  static task(result: () => number): Task<number> {
    return new Suspended(result) as unknown as Task<number>;
  }

  next(): IteratorReturnResult<number> {
    this.step.value = this.result();
    return this.step;
  }

  /** The thread ends while it waits: there is nothing to give back. */
  return(): void {}

  /** As part of another Task. */
  *[Symbol.iterator](): Task<number> {
    yield SCHEDULE;
    return this.result();
  }
}

/**
 * One exported kernel function. The first four words of arguments arrive as signed 32-bit numbers (AAPCS r0-r3: a 64-bit
 * argument takes an even pair); further ones with `Kernel.stackArg(n)`. A 64-bit result: return the low word and
 * set r1 with `Kernel.setHigh(word)`.
 */
export interface ExportRow<C> {
  readonly name: string;
  /** C prototype as in the header, used by docs, `list_symbols`, tracing. */
  readonly proto: string;
  readonly header: string;
  /** It has no effect, and this word is always what it returns. */
  readonly answer?: Answer;
  readonly call: (context: C, a0: number, a1: number, a2: number, a3: number) => CallResult;
}

/** A subsystem of which the code comes with the first call of a function that `names` matches; it has none that it does not match. */
export interface LaterGroup<C = unknown> {
  readonly names: RegExp;
  readonly load: () => ExportGroup<C>;
}

/** Rows of one subsystem bound to its context object: the form in which the machine collects the one table. */
export interface ExportGroup<C = unknown> {
  readonly rows: readonly ExportRow<C>[];
  readonly context: C;
}
