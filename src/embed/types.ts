import type { BlockDevice } from "../block/mod.ts";
import type { Engine } from "../cpu/mod.ts";
import type { Figures } from "../smoke/mod.ts";

export interface BootOptions {
  /** Bytes of a raw FAT image (not changed, and not to be changed while the machine is open), `"default"` for the disk that comes with rtt-sim; absent: an empty one of 64 MiB. */
  readonly disk?: Uint8Array | "default" | BlockDevice;
  /** Files to put on it before the first program starts, by their path. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** The serial console with its echo and prompt, for `type`; otherwise `run` and `execute` are for programs and lines. */
  readonly console?: boolean;
  /** What the guest prints, as it comes. */
  readonly onOutput?: (bytes: Uint8Array) => void;
  /** Simulated milliseconds since boot after which `run`, `execute` and `type` give up; default 60,000, 0 = none. */
  readonly timeout?: number;
  /** Host milliseconds after which they give up; default none. */
  readonly wallTimeout?: number;
  /** Of the one source of randomness; default 1. */
  readonly seed?: number;
  /** Another legal schedule than the board's, by its number (docs/smoke-tests.md). */
  readonly schedule?: number;
  readonly engine?: Engine;
  /** A firmware ELF instead of the built-in one. */
  readonly firmware?: Uint8Array;
  readonly compat404?: boolean;
  /** Whose headers programs were compiled with; default "4.0.4". */
  readonly abi?: "4.0.4" | "5.x";
  /** What programs leave behind: in `leaks` and `messages` (default), not looked for, or an error with exit code 138. */
  readonly leaks?: "report" | "ignore" | "error";
  /** End of the heap in bytes from 0x60000000, and the stack of a program that does not say. */
  readonly ram?: number;
  readonly stack?: number;
}

export interface RunOptions {
  readonly args?: readonly string[];
  /** What the program reads from the console; then it is at its end. */
  readonly stdin?: string | Uint8Array;
  /** File name on the disk, for a module given as bytes; default "program.mo". */
  readonly name?: string;
}

export interface RunResult extends Figures {
  /** What was printed meanwhile, with `\n` for line ends. */
  readonly output: string;
  /** What the simulator said: fault reports, leaks, why a module was not loaded. */
  readonly messages: string;
}

export interface ThreadState {
  readonly name: string;
  readonly priority: number;
  readonly state: "init" | "ready" | "suspended" | "running" | "closed" | "unknown";
  readonly stackSize: number;
  /** Bytes of stack at the worst moment so far. */
  readonly stackUsed: number;
  readonly error: number;
  /** The module that it belongs to; undefined: the system. */
  readonly module: string | undefined;
}
