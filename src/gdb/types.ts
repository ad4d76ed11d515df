/** Thrown by a target through a session, to whoever runs the system. What lies between knows it by its name. */
export abstract class Leave extends Error {
  override readonly name = "Leave";
}

/** Signals of the protocol (GDB's own numbers). */
export const Signal = { INT: 2, ILL: 4, TRAP: 5, ABRT: 6, BUS: 10, SEGV: 11 } as const;

/** Why the target stopped. */
export interface Stop {
  readonly thread: number;
  readonly signal: number;
  /** A reason that no signal says. */
  readonly why?: "swbreak" | "hwbreak" | "library" | WatchKind;
  /** The watched address. */
  readonly address?: number;
}

export type WatchKind = "watch" | "rwatch" | "awatch";
/** A breakpoint in the code, of the kind that debuggers call hardware, or a watched range. */
export type BreakKind = "code" | "hardware" | WatchKind;

/** A breakpoint or watched range as a debugger inserted it. `size`: bytes, and of code the kind of instruction. */
export interface Inserted {
  readonly kind: BreakKind;
  readonly address: number;
  readonly size: number;
}

/** What is to happen next. Absent `step`: everything runs. */
export interface Resume {
  /** Stop when this thread has executed an instruction and its pc is outside [start, end). */
  readonly step?: { readonly thread: number; readonly start: number; readonly end: number };
  /** A signal for the thread that stopped: the fault it stopped for takes its course. */
  readonly signal: boolean;
}

export interface ThreadEntry {
  readonly id: number;
  readonly name: string;
  /** State, priority, stack use, what it waits for. */
  readonly extra: string;
}

/** What a session debugs. Everything is looked at while the target stands still. */
export interface Target {
  /** Description documents by their names. */
  document(object: string, annex: string): string | undefined;
  threads(): readonly ThreadEntry[];
  /** The thread that stopped, or runs. */
  readonly current: number;
  /** All registers in the order of the target description; undefined when there is no such thread. */
  readRegisters(thread: number): Uint8Array | undefined;
  writeRegisters(thread: number, bytes: Uint8Array): boolean;
  /** Where register `n` lies in what readRegisters gives. */
  register(n: number): { readonly offset: number; readonly size: number } | undefined;
  readMemory(address: number, length: number): Uint8Array | undefined;
  writeMemory(address: number, bytes: Uint8Array): boolean;
  /** Undefined: this kind is unknown. */
  insert(kind: BreakKind, address: number, size: number): boolean | undefined;
  remove(kind: BreakKind, address: number, size: number): boolean | undefined;
  resume(how: Resume): void;
  /** Asks for a stop as soon as possible. */
  interrupt(): void;
  /** The debugger goes away; everything it inserted is removed and the target runs on. */
  detach(): void;
  /** Ends the run; with `stay` the debugger may start another one. */
  kill(stay: boolean): void;
  /** Starts the program again, with another one when `program` is given; false when that cannot be done. */
  restart(program: readonly string[]): boolean;
  /** How far the first program that is loaded was moved from its link-time addresses. */
  readonly slide: number | undefined;
  /** The debugger expects to hear of a watched access when it is made; else before that. */
  watchesAfter: boolean;
  /** A file as the target sees it; undefined when there is none. */
  file(path: string): Uint8Array | undefined;
  /** The text that a command prints; undefined when there is no such command. */
  monitor(command: string): string | undefined;
}
