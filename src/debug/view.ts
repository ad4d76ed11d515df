import type { Freed, Loader } from "../dlmodule/mod.ts";
import type { SymbolFiles } from "../dwarf/mod.ts";
import type { BlockMarks } from "../kernel/mod.ts";
import type { KernelApi, SymbolTable } from "../kernel/types.ts";

/** Where code or data is, in words a user knows. */
export interface Place {
  /** `hello+0x1a4 (main+0x1c)`, `printf+0x12`. */
  readonly text: string;
  /** Function or variable; undefined when there is no symbol. */
  readonly symbol: string | undefined;
  /** Module name; undefined for the firmware. */
  readonly module: string | undefined;
  /** Path of the module's file, bytes from the start of its memory, and what objdump shows; undefined for the firmware. */
  readonly path?: string;
  readonly offset?: number;
  readonly linkAddress?: number;
  readonly unloaded: boolean;
  /** Return address behind the call that has closed a library which is no longer loaded. */
  readonly closedAt?: number;
  /** Start address of the symbol, if it is known: tells whether two addresses are in the same function. */
  readonly start: number | undefined;
}

export interface ThreadView {
  readonly address: number;
  readonly name: string;
  readonly stackStart: number;
  readonly stackSize: number;
  readonly stackMax: number;
  /** Name of its module, if it has one. */
  readonly module: string | undefined;
  readonly modulePath: string | undefined;
  /** It is the thread that runs the module's main. */
  readonly isMain: boolean;
  /** The system's callback that runs instead of the thread's own code; in interrupt context the stack is the interrupt stack. */
  readonly callback?: { readonly text: string; readonly interrupt: boolean };
}

export interface HeapBlock {
  readonly address: number;
  readonly size: number;
  readonly used: boolean;
  readonly owner: string;
}

/** What the debugging information says of an address. */
export interface SourcePlace {
  readonly fn: string | undefined;
  readonly file: string;
  readonly line: number;
  readonly text: string | undefined;
}

export interface Unwound {
  readonly frames: readonly UnwoundFrame[];
  /** The first frame was reached, the thread's entry or what the kernel called: the trap word that it returns to. */
  readonly end: Pick<UnwoundFrame, "address" | "called"> | undefined;
}

export interface UnwoundFrame {
  /** Address of the instruction, or of the call. */
  readonly address: number;
  readonly thumb: boolean;
  readonly sp: number;
  /** The address is a trap word: what the kernel called, which returns there. */
  readonly called?: string;
}

/** An instruction near the pc. */
export interface CodeLine {
  readonly address: number;
  readonly text: string;
  /** It is the one at the pc. */
  readonly here: boolean;
}

/** A call from kernel to guest that is under way: what returns to its trap word goes on here. */
export interface KernelCall {
  /** What was called, when it has a name. */
  readonly called: string | undefined;
  /** r0-r15 and the state of whoever made the kernel call; undefined when nobody did, as in an interrupt or a thread of the system. */
  readonly caller: { readonly registers: readonly number[]; readonly cpsr: number } | undefined;
}

/** What costs more than a look at memory (details.ts). */
export interface CodeDetails {
  /** What of the debugging information was not there, or could not be read. */
  readonly problems: readonly string[];
  /** Function and line of an address in a module that was built with -g. */
  source(address: number): SourcePlace | undefined;
  /** The function that an address is in, of a module that was built with -g. */
  functionName(address: number): string | undefined;
  /** The instruction that a module's file has where another one is executed, in hexadecimal digits; undefined when it is the same. */
  overwritten(view: MachineView, address: number, thumb: boolean): string | undefined;
  /**
   * The frames below the innermost one, as far as they are certain: each return address follows a call, and the stack pointer goes up
   * and stays within [sp, stackTop].
   */
  unwind(view: MachineView, stackTop: number, start: readonly number[], thumb: boolean): Unwound;
  /** The instructions around the pc. */
  disassembly(view: MachineView, pc: number, thumb: boolean): CodeLine[];
}

/** What reports need to know of a machine; a picture at one moment, nothing is changed. */
export interface MachineView {
  readonly registers: readonly number[];
  readonly cpsr: number;
  readonly ramStart: number;
  readonly ramEnd: number;
  /** A word of memory; undefined where there is none. */
  word(address: number): number | undefined;
  half(address: number): number | undefined;
  /** Code or data of the firmware or of a module; undefined elsewhere. */
  place(address: number): Place | undefined;
  thread(address: number): ThreadView;
  heapBlock(address: number): HeapBlock | undefined;
  /** The block given back last that an address lies in. */
  freedBlock?(address: number): Freed | undefined;
  /** How the headers of blocks begin. */
  heapMarks?: BlockMarks;
  /** Every block, in the order of addresses; ends at a header that was overwritten. */
  heapBlocks?(): Iterable<HeapBlock>;
  /** Return address behind the call that asked for a block in use; 0: not known. */
  allocationSite?(address: number): number;
  /** The kernel's calls of guest code that the registers are those of, innermost first. */
  readonly calls?: readonly KernelCall[];
  /** Lines, unwinding, disassembly. */
  readonly details?: CodeDetails;
  /** s0-s31 and the FPSCR, when the thread has used them. */
  readonly float?: ArrayLike<number>;
}

export interface ReportParts {
  readonly kernel: KernelApi;
  readonly loader: Loader;
  readonly symbols: SymbolTable;
  /** The firmware's ELF file, for its unwind table. */
  readonly image?: Uint8Array;
  /** Where debugging information is looked for; called when the first report is made. */
  readonly files?: () => SymbolFiles;
}
