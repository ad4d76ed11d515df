import type { SymbolFiles } from "../dwarf/mod.ts";
import type { Freed, Loader, Whereabouts } from "../dlmodule/mod.ts";
import { type BlockMarks, type Kernel, nameText, OBJECT, THREAD, trapAt } from "../kernel/mod.ts";
import type { KernelApi, SymbolTable } from "../kernel/types.ts";
import { callsOf, type KernelCall } from "./callback.ts";
import type { Details } from "./details.ts";

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
  readonly details?: Details;
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

const loaded = new WeakMap<ReportParts, Details>();

/** A run without reports does not pay for them. */
function detailsOf(parts: ReportParts): Details | undefined {
  if (!parts.files) return undefined;
  let details = loaded.get(parts);
  if (!details) {
    const { Details: Loaded } = require("./details.ts") as typeof import("./details.ts");
    details = new Loaded(parts, parts.files());
    loaded.set(parts, details);
  }
  details.refresh();
  return details;
}

/** Farther behind a symbol than this, an address has nothing to do with it. */
const SYMBOL_REACH = 0x10000;

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

export function viewOf(parts: ReportParts): MachineView {
  const { kernel, loader, symbols } = parts;
  const { memory, cpu } = kernel;
  const { floatContext } = cpu;
  return {
    registers: Array.from(cpu.r, (value) => value >>> 0),
    cpsr: cpu.cpsr >>> 0,
    details: detailsOf(parts),
    calls: callsOf(kernel as Kernel, (kernel as Kernel).runner.running?.thread ?? 0),
    float: floatContext,
    freedBlock: (address) => loader.freedBlock(address),
    heapMarks: kernel.heap.marks,
    heapBlocks: () => kernel.heap.blocks(),
    allocationSite: (address) => loader.allocationSite(address),
    ramStart: memory.base,
    ramEnd: memory.end,
    word: (address) => (memory.contains(address, 4) ? memory.ldu32(address) : undefined),
    half: (address) => (memory.contains(address, 2) ? memory.ld16(address) : undefined),
    place(address) {
      const at = loader.whereIs(address);
      if (at) return placeOf(at, address);
      const trap = trapAt((kernel as Kernel).area, address);
      if (trap)
        return {
          text: `${trap.name}+${hex(trap.offset)}`,
          symbol: trap.name,
          module: undefined,
          unloaded: false,
          start: (address - trap.offset) >>> 0,
        };
      const near = memory.contains(address) ? symbols.nearest(address) : undefined;
      if (!near || near.offset > SYMBOL_REACH) return undefined;
      return {
        text: `${near.name}+${hex(near.offset)}`,
        symbol: near.name,
        module: undefined,
        unloaded: false,
        start: (address - near.offset) >>> 0,
      };
    },
    thread(address) {
      const module = OBJECT.module_id.get(memory, address);
      const info = loader.module(module);
      return {
        address,
        name: nameText(kernel.objects.name(address)),
        stackStart: THREAD.stack_addr.get(memory, address),
        stackSize: THREAD.stack_size.get(memory, address),
        // Counted when it is asked for.
        get stackMax() {
          const start = THREAD.stack_addr.get(memory, address);
          const whole = memory.contains(start, THREAD.stack_size.get(memory, address));
          return whole ? kernel.threads.describe(address).stackMax : 0;
        },
        module: info && nameText(info.name),
        modulePath: info && nameText(info.path),
        isMain: info?.mainThread === address,
      };
    },
    heapBlock(address) {
      for (const block of kernel.heap.blocks())
        if (address >= block.address && address < block.address + block.size) return block;
      return undefined;
    },
  };
}

function placeOf(at: Whereabouts, address: number): Place {
  const module = nameText(at.module);
  const inModule = `${module}+${hex(at.offset)}`;
  const { symbolOffset, insideSymbol } = at;
  const symbol = at.symbol && nameText(at.symbol);
  const inSymbol = insideSymbol
    ? `${symbol}+${hex(symbolOffset)}`
    : `a static function behind ${symbol}`;
  return {
    text: symbol ? `${inModule} (${inSymbol})` : inModule,
    symbol: insideSymbol ? symbol : undefined,
    module,
    path: at.path,
    offset: at.offset,
    linkAddress: at.linkAddress,
    unloaded: at.unloaded,
    start: insideSymbol ? (address - symbolOffset) >>> 0 : undefined,
  };
}

const OBJECT_LIST = 24;
const LIST = 16;
const OBJECTS_MAX = 10000;

/** The objects in a module's list, newest first. */
export function* moduleObjects({ memory }: KernelApi, module: number): Generator<number> {
  const head = module + OBJECT_LIST;
  let node = memory.ldu32(head);
  for (let left = OBJECTS_MAX; node !== head && left > 0; left--) {
    if (!memory.contains(node, 8)) return;
    yield node - LIST;
    node = memory.ldu32(node);
  }
}
