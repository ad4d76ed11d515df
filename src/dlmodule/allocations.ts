import type { KernelApi, SymbolTable } from "../kernel/types.ts";
import { IntMap } from "../memory/mod.ts";
import type { Module } from "./module.ts";
import type { Registry } from "./registry.ts";
import { callBefore, type CodeReader } from "./return-address.ts";
import { ReturnAddresses } from "./return-addresses.ts";

/**
 * Functions of the C library whose caller gets the block and has to free it. What others allocate (buffers of streams, numbers in
 * conversion) belongs to the library.
 */
const FOR_CALLER = new Set(
  (
    "malloc calloc realloc reallocf memalign aligned_alloc posix_memalign valloc pvalloc strdup strndup wcsdup asprintf vasprintf " +
    "asiprintf vasiprintf asnprintf getline getdelim __getdelim __getline realpath operator_new " +
    "_malloc_r _calloc_r _realloc_r _reallocf_r _memalign_r _valloc_r _pvalloc_r _strdup_r _strndup_r _asprintf_r _vasprintf_r " +
    "_asiprintf_r _vasiprintf_r _svfprintf_r _svfiprintf_r __ssputs_r __ssprint_r " +
    "_Znwj _Znaj _ZnwjRKSt9nothrow_t _ZnajRKSt9nothrow_t"
  ).split(" "),
);

/** Words of the stack that are looked at for the caller. */
const SCAN_MAX = 96;
const [SP, LR] = [13, 14];

/** Where the memory of a C++ exception comes from: who catches it gives it back, and nobody when its thread is ended before. */
const EXCEPTION = new Set(["__cxa_allocate_exception", "__cxa_allocate_dependent_exception"]);

/** Functions that keep what they allocate in the environment, where the caller's name for it is. */
const ENVIRONMENT = new Set(["setenv", "_setenv_r", "putenv", "_putenv_r"]);

const enum Kind {
  /** Inside a function that allocates for its caller. */
  ForCaller = 1,
  /** Inside any other function of the firmware. */
  Library = 2,
  /** Inside a function that sets a variable of the environment. */
  Environment = 3,
  /** Inside what `throw` calls. */
  Exception = 4,
}

export interface Allocation {
  /** Counts allocations. */
  readonly order: number;
  readonly size: number;
  /** Return address behind the call in the module. */
  readonly site: number;
  /** What has to free it. */
  readonly module: Module;
  /** The program whose thread asked for it; undefined for a thread of the system, and while the module starts. */
  readonly program: Module | undefined;
  /** Function and offset of the call, when its module is gone. */
  readonly from?: string;
  /** A variable of the environment, or their table; an exception; what the program asked for itself. */
  readonly use: "environment" | "exception" | "own";
}

/** A block that was given back. */
export interface Freed {
  readonly address: number;
  readonly size: number;
  /** Return addresses behind the calls that asked for it and gave it back; 0 when a call is not known. */
  readonly site: number;
  readonly freedAt: number;
  /** By the call to rt_free that came last, which may be the one that found something wrong. */
  readonly justNow: boolean;
}

/** So many blocks that were given back are remembered, for reports about pointers into them. */
const FREED_MAX = 256;

/** Which module's code asked for which block of the heap; that module has to free it, whichever thread ran the code. */
export class Allocations {
  private readonly blocks = new IntMap<Allocation>();
  private order = 0;
  private readonly returns: ReturnAddresses;
  /** What return addresses in the firmware stand for. */
  private readonly kinds = new Map<number, Kind>();
  /** A ring, the newest before `nextFreed`. */
  private readonly gone: Omit<Freed, "justNow">[] = [];
  private nextFreed = 0;
  /** What the last call to rt_free gave back; undefined when that was no block of a module in use. */
  private latest: (typeof this.gone)[number] | undefined;

  /** What the block that is being attributed is for. */
  private use: Allocation["use"] = "own";
  private readonly code: CodeReader;

  constructor(
    private readonly kernel: KernelApi,
    private readonly symbols: SymbolTable,
    private readonly registry: Registry,
  ) {
    const { memory } = kernel;
    this.code = {
      word: (address) => (memory.contains(address, 4) ? memory.ldu32(address) : undefined),
      half: (address) => (memory.contains(address, 2) ? memory.ld16(address) : undefined),
    };
    this.returns = new ReturnAddresses(this.code, registry);
  }

  /** For KernelHooks.allocated. */
  allocated(address: number, size: number): void {
    if (this.registry.empty) return;
    this.use = "own";
    const { cpu, memory } = this.kernel;
    if (this.attribute(address, size, cpu.r[LR])) return;
    let at = (cpu.r[SP] + 3) & ~3;
    const end = Math.min(at + 4 * SCAN_MAX, memory.end);
    if (at < memory.base) return;
    // Most of a fresh stack is one word again and again.
    for (let last = 0; at < end; at += 4) {
      const word = memory.i32[at >>> 2];
      if (word === last) continue;
      if (this.attribute(address, size, word)) return;
      last = word;
    }
  }

  /** For KernelHooks.freed. */
  freed(address: number): void {
    const known = this.blocks.get(address);
    this.latest = undefined;
    if (!known) return;
    this.blocks.delete(address);
    const { size, site } = known;
    this.latest = { address, size, site, freedAt: this.caller() };
    this.gone[this.nextFreed] = this.latest;
    this.nextFreed = (this.nextFreed + 1) % FREED_MAX;
  }

  /** The block given back last that an address lies in. */
  freedBlock(address: number): Freed | undefined {
    const { gone } = this;
    for (let n = 1; n <= gone.length; n++) {
      const block = gone[(this.nextFreed - n + FREED_MAX) % FREED_MAX];
      if (block && address >= block.address && address < block.address + block.size)
        return { ...block, justNow: block === this.latest };
    }
    return undefined;
  }

  /** The return address in a module that is nearest on the stack; 0 when there is none. */
  caller(): number {
    if (this.registry.empty) return 0;
    const { cpu, memory } = this.kernel;
    const { low, high } = this.registry.span;
    const sp = (cpu.r[SP] + 3) & ~3;
    const end = Math.min(sp + 4 * SCAN_MAX, memory.end);
    for (let at = sp - 4; at < end; at += 4) {
      const word = (at < sp ? cpu.r[LR] : at < memory.base ? 0 : memory.i32[at >>> 2]) >>> 0;
      if (word >= low && word < high && this.returns.into(word)) return word;
    }
    return 0;
  }

  /** The return address behind the call that asked for a block in use; 0 when it is not known. */
  siteOf(address: number): number {
    return this.blocks.get(address)?.site ?? 0;
  }

  /** Whether an address lies in a block that the module has not freed; for many questions in a row. */
  holder(module: Module): (address: number) => boolean {
    const sizes = new Map<number, number>();
    for (const address of this.blocks.keys()) {
      const allocation = this.blocks.get(address)!;
      if (allocation.module === module) sizes.set(address, allocation.size);
    }
    const starts = [...sizes.keys()].sort((a, b) => a - b);
    return (address) => {
      let low = 0;
      let high = starts.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (starts[middle] <= address) low = middle + 1;
        else high = middle;
      }
      const start = starts[low - 1] ?? 0;
      return low > 0 && address < start + sizes.get(start)!;
    };
  }

  /**
   * A library is about to go: blocks that it was asked for by programs that go on are theirs, who may have the addresses and are to free
   * them (POSIX: dlclose takes no storage back). `name` gives function and offset of a call.
   */
  handOver(library: Module, name: (site: number) => string): void {
    for (const address of this.blocks.keys()) {
      const allocation = this.blocks.get(address)!;
      const { module, program, site } = allocation;
      if (module !== library || !program || program === library) continue;
      if (program.end || program.gone) continue;
      this.blocks.set(address, { ...allocation, module: program, from: name(site) });
    }
  }

  /** What a module has not freed, and is forgotten now; the oldest first. */
  take(module: Module): { readonly address: number; readonly allocation: Allocation }[] {
    const left = [];
    for (const address of this.blocks.keys()) {
      const allocation = this.blocks.get(address)!;
      if (allocation.module === module) left.push({ address, allocation });
    }
    for (const { address } of left) this.blocks.delete(address);
    return left.sort((a, b) => a.allocation.order - b.allocation.order);
  }

  /** True when the word has settled whose block it is, be it the library's. */
  private attribute(address: number, size: number, word: number): boolean {
    word >>>= 0;
    const module = this.returns.into(word);
    if (module) {
      const { use } = this;
      // What its constructors and module_init make is for the library itself.
      const program = module.ready ? this.registry.get(this.kernel.currentModule) : undefined;
      const order = this.order++;
      this.blocks.set(address, { order, size, site: word, module, program, use });
      return true;
    }
    // A word of a program's own that is no return address.
    if (this.registry.containing(word)) return false;
    let kind = this.kinds.get(word);
    if (kind === undefined) {
      const inside = this.symbols.nearest(word);
      if (!inside || callBefore(this.code, word) === undefined) return false;
      kind = kindOf(inside.name);
      this.kinds.set(word, kind);
    }
    if (kind === Kind.Environment) this.use = "environment";
    else if (kind === Kind.Exception) this.use = "exception";
    return kind === Kind.Library;
  }
}

function kindOf(name: string): Kind {
  if (ENVIRONMENT.has(name)) return Kind.Environment;
  if (EXCEPTION.has(name)) return Kind.Exception;
  return FOR_CALLER.has(name) ? Kind.ForCaller : Kind.Library;
}
