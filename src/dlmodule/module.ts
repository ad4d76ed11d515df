import type { ElfSymbols } from "../elf/mod.ts";
import type { GuestMemory } from "../memory/mod.ts";
import { MODULE, NAME_MAX } from "./layout.ts";
import type { Exported, LoadPlan } from "./plan-types.ts";
import { CodeMap } from "./code-map.ts";
import type { LeftBehind } from "./left-behind.ts";
import type { ModuleFacts } from "./module-facts.ts";

export type HowEnded =
  "returned" | "exit" | "abort" | "assert" | "fault" | "stack overflow" | "killed" | "closed";

/** Libraries that need each other: they come and go together. */
export interface Circle {
  /** In the order in which they start: what is needed first, the one that was asked for last. */
  readonly members: readonly Module[];
}

/**
 * A loaded module as the host knows it. The guest's struct rt_dlmodule at `address` has the fields that guest code sees; what
 * is here cannot be damaged by guest code.
 */
export class Module {
  readonly name: string;
  /** Link-time addresses become guest addresses by this sum. */
  readonly bias: number;
  /** Opened with dlopen; a program otherwise. */
  library = false;
  /** Handles of a shared library by the module that opened it (0: a system thread). */
  readonly opens = new Map<number, number>();
  /** Return addresses of the calls of dlopen that these handles come from, for as many as are open. */
  readonly openedAt = new Map<number, number[]>();
  /** Libraries that its DT_NEEDED names. */
  needed: readonly Module[] = [];
  /** The libraries that need it and that it needs in turn. */
  circle: Circle | undefined;
  /** Its constructors and module_init have run: others may use it. */
  ready = false;
  /** struct rt_dlmodule of the program that loaded it, 0 for a system thread. */
  loader = 0;
  /** TCB of the thread that runs its constructors and module_init, or has run them. */
  startedBy = 0;
  /** Its memory was given back. */
  gone = false;
  /** Set when the end began. */
  end: { how: HowEnded; code: number } | undefined;
  /** module_cleanup was called, or must not be. */
  cleaned = false;
  /** What it was when its object was about to be given back. */
  facts: ModuleFacts | undefined;
  /** Objects of the system that its start has made, with their names. */
  readonly made = new Map<number, string>();
  /** Objects, libraries and programs that it left behind. */
  readonly left: LeftBehind[] = [];
  /** What it left behind was looked for. */
  audited = false;
  /** Constructors ran, so destructors are due. */
  constructed = false;
  /** TCB of the thread that destroys the module (0: none yet); no other one may start. */
  destroyer = 0;
  /** Its destruction has locked the scheduler and not unlocked it yet. */
  locks = false;
  readonly code: CodeMap;

  constructor(
    readonly address: number,
    /** Normalised absolute path. */
    readonly path: string,
    readonly plan: LoadPlan,
    /** Bytes of the image with what the loader added to it. */
    readonly size: number,
    /** The heap block. */
    readonly space: number,
    /** Where the image begins in it. */
    readonly block: number,
    symbols: ElfSymbols | undefined,
  ) {
    this.name = moduleName(path);
    this.bias = (block - plan.start) | 0;
    this.code = new CodeMap(symbols ?? plan.symbols, plan.start);
  }

  addressOf(symbol: Exported): number {
    return symbol.absolute ? symbol.value : (this.bias + symbol.value) >>> 0;
  }

  contains(address: number): boolean {
    const offset = (address >>> 0) - this.block;
    return offset >= 0 && offset < this.size;
  }
}

/** Guest words of struct rt_dlmodule. */
export class ModuleStruct {
  constructor(private readonly memory: GuestMemory) {}

  get(module: number, offset: number): number {
    return this.memory.ldu32(module + offset);
  }
  set(module: number, offset: number, value: number): void {
    this.memory.st32(module + offset, value);
  }
  get16(module: number, offset: number): number {
    return this.memory.ld16(module + offset);
  }
  set16(module: number, offset: number, value: number): void {
    this.memory.st16(module + offset, value);
  }
  stat(module: number): number {
    return this.memory.ld8(module + MODULE.STAT);
  }
  setStat(module: number, stat: number): void {
    this.memory.st8(module + MODULE.STAT, stat);
  }
  setName(module: number, name: string): void {
    for (let i = 0; i < NAME_MAX; i++)
      this.memory.st8(module + MODULE.NAME + i, i < name.length ? name.charCodeAt(i) : 0);
  }
}

/**
 * Name of a module: what follows the last slash of the path, up to the last dot of that; 8 characters. (4.0.4 takes the last dot of the
 * whole path and copies without end when that lies before the slash.)
 */
export function moduleName(path: string): string {
  const base = path.slice(path.lastIndexOf("/") + 1);
  const dot = base.lastIndexOf(".");
  return (dot < 0 ? base : base.slice(0, dot)).slice(0, NAME_MAX);
}
