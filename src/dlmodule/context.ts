import type { CallResult, Task } from "../kernel/call.ts";
import type { KernelApi, SymbolTable } from "../kernel/types.ts";
import type { VfsApi } from "../vfs/types.ts";
import type { HowEnded } from "./module.ts";

/** What the firmware offers to the loader; absent in tests without one. */
export interface FirmwareHooks {
  /** Address of `void _rtt_run_exit(struct rt_dlmodule *)`: exit handlers of a module, then flush; 0 when there is none. */
  readonly runExit: number;
  /** Drops the exit handlers of a module that was killed. */
  forgetModule(module: number): void;
  /** The FILE over a descriptor, 0 when there is none or it is a standard stream. */
  streamOf?(fd: number): number;
  /** Address of the variable `environ`, 0 when the firmware does not say. */
  environ?(): number;
}

/** error: reported, and `EndEvent.left` makes it a failure. */
export type LeakPolicy = "report" | "ignore" | "error";

export interface LoaderOptions {
  /** Messages of the simulator about modules, without a line end; never part of the guest's output. */
  readonly diagnostics?: (text: string) => void;
  /** Stack of a module's main thread when the module does not say, in bytes. */
  readonly stackSize?: number;
  /** What to say about the things that a module leaves behind; they are given back in any case. Default: report. */
  readonly leaks?: LeakPolicy;
  /** The firmware's C library passes floating-point values in VFP registers (EF_ARM_ABI_FLOAT_HARD). */
  readonly hardFloat?: boolean;
}

export interface LoaderParts {
  readonly kernel: KernelApi;
  readonly vfs: VfsApi;
  readonly symbols: SymbolTable;
  /** Calls an exported kernel function by its name, e.g. `call("rt_sem_delete", sem)`. */
  readonly call: (name: string, ...args: number[]) => CallResult;
  readonly firmware?: FirmwareHooks;
  readonly options?: LoaderOptions;
}

export interface StartEvent {
  readonly name: string;
  readonly path: string;
  /** Address of struct rt_dlmodule. */
  readonly address: number;
}
export interface EndEvent extends StartEvent {
  readonly how: HowEnded;
  /** Return value of main, argument of exit(), or what the kernel gave as ret_code. */
  readonly code: number;
  /** How many kinds of things it, or a library that it used, left behind; not counted when it ended by a fault. */
  readonly left: number;
  /** The same as text, one line for each. */
  readonly leaks: readonly string[];
  /** Its end, or that of a library that it used, found the heap overwritten. */
  readonly damaged: boolean;
}
export interface AbortEvent {
  /** TCB of the thread that called abort(). */
  readonly thread: number;
}
export interface RefusedEvent {
  readonly path: string;
  readonly reasons: readonly string[];
}

/** A listener list; `on` returns a function that takes the listener off again. */
export class Signal<E> {
  private readonly listeners = new Set<(event: E) => void>();
  on(listener: (event: E) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
  emit(event: E): void {
    for (const listener of this.listeners) listener(event);
  }
}

/** Waits for the result of an exported function; 0 for a void one. */
export function* finish(result: CallResult): Task<number> {
  if (typeof result === "object") return (yield* result) ?? 0;
  return result ?? 0;
}
