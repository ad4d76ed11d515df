import type { CpuFault } from "../cpu/types.ts";
import type { AddressKind } from "./address.ts";
import type { Frame } from "./backtrace.ts";
import type { CodeLine, SourcePlace, ThreadView } from "./view.ts";

/** Why the report is made. */
export type Incident =
  | { readonly kind: "fault"; readonly fault: CpuFault; readonly guard?: ThreadView }
  | { readonly kind: "stack overflow"; readonly fault?: CpuFault }
  | { readonly kind: "abort" }
  | { readonly kind: "heap corruption"; readonly header: number; readonly by: string }
  | { readonly kind: "kernel corruption"; readonly message: string }
  | {
      readonly kind: "assertion";
      readonly expression: string;
      readonly fn: string;
      readonly line: number;
    };

/** What a user is told of it; `json.ts` gives the same to programs. */
export interface Report {
  readonly kind: Incident["kind"];
  /** One line: what happened, in which thread and module. */
  readonly title: string;
  readonly thread: string;
  /** The system's callback that ran; in interrupt context `thread` is the one that was interrupted, `stack` the interrupt stack. */
  readonly callback: ThreadView["callback"];
  /** The module of the thread or of the callback; of a thread of the system, the one whose code it ran. */
  readonly module: string | undefined;
  readonly pc: number;
  /** What the core refused, for a fault and for an overflow that a fault revealed. */
  readonly fault: CpuFault | undefined;
  /** What was there, and what was done to it: sentences. */
  readonly what: readonly string[];
  /** What was at the address that the core refused. */
  readonly there: AddressKind | undefined;
  /** RT_ASSERT that failed. */
  readonly assertion:
    { readonly expression: string; readonly fn: string; readonly line: number } | undefined;
  /** Function and line of the innermost frame that has debugging information. */
  readonly source: SourcePlace | undefined;
  /** Disassembly around the pc. */
  readonly code: readonly CodeLine[];
  readonly registers: readonly number[];
  readonly cpsr: number;
  readonly backtrace: readonly Frame[];
  /** Bytes of the thread's stack: now, at the worst moment, and all; `used` is undefined when sp is outside. */
  readonly stack: {
    readonly used?: number;
    /** What a function would have taken, that there was no room for. */
    readonly needed?: number;
    readonly max: number;
    readonly size: number;
  };
  /** s0-s31 and the FPSCR as words, when the thread has used them. */
  readonly float: ArrayLike<number> | undefined;
  readonly hint: string | undefined;
  /** Address of the header of the heap that the report says was overwritten. */
  readonly heapHeader: number | undefined;
  /** What of the debugging information was not there, or could not be read. */
  readonly notes: readonly string[];
  /** The whole report, lines without a last line end. */
  readonly text: string;
}
