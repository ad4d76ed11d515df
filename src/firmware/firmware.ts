import { PF, PT } from "../elf/mod.ts";
import type { SymbolTable } from "../kernel/types.ts";
import type { GuestMemory } from "../memory/mod.ts";
import { FirmwareError } from "./error.ts";
import { floatEntries } from "./float-entries.ts";
import { FunctionTable } from "./functions.ts";
import { guarded, type PlacedImage, placeImage } from "./image.ts";
import { INFO_SIZE, readInfo } from "./info.ts";
import { LibraryState } from "./library-state.ts";
import { ExportTable } from "./symtab.ts";

/**
 * The guest C library in memory. It contains the table of symbols that modules are resolved against (`RTMSymTab`), the stubs of the
 * kernel's functions, and code that the kernel calls; its data are as the library's own start (guest/boot.c) leaves them:
 *
 * - `runExit`: `void _rtt_run_exit(struct rt_dlmodule *)`, when a module's main has returned or its library is closed, while its
 *   other threads still run. Runs the module's exit handlers, then writes out what is left in buffers.
 *
 * At every switch the kernel stores the running thread's area at `impurePtr` and its TCB at `current`.
 */
export class Firmware implements SymbolTable {
  /** [start, end) of the image in guest memory. */
  readonly start: number;
  readonly end: number;
  readonly runExit: number;
  /** Address of the word `_impure_ptr`. */
  readonly impurePtr: number;
  /** Address of the word `_rtt_current`. */
  readonly current: number;
  /** Address of `_rtt_gathered`: what was printed and is not written yet (guest/rtt.h). */
  readonly gathered: number;
  /** The area of the thread `main`, and of code outside threads; it owns the standard streams. */
  readonly globalReent: number;
  /** Bytes of a thread's area: newlib's `struct _reent`, then the C++ runtime's part. A multiple of 8. */
  readonly reentSize: number;
  /** What the kernel does to the library's data when a thread or a module is gone. */
  readonly state: LibraryState;

  private readonly image: PlacedImage;
  private readonly symbols: ExportTable;
  /** Guest addresses of the names in `SvcTab`. */
  private readonly svcTab: Uint32Array;
  private functions: FunctionTable | undefined;
  private floats: ReadonlyMap<string, number> | undefined;

  /**
   * Copies the image into memory and makes all but its data read-only. Throws FirmwareError when it is not an image of this
   * simulator's build.
   */
  constructor(
    private readonly memory: GuestMemory,
    file: Uint8Array,
  ) {
    this.image = guarded(() => placeImage(memory, file, INFO_SIZE));
    this.start = this.image.start;
    this.end = this.image.end;
    const info = readInfo(memory, this.image.info);
    this.checkTable("RTMSymTab", info.symtabStart, info.symtabEnd, 8);
    this.checkTable("SvcTab", info.svctabStart, info.svctabEnd, 4);
    for (const address of [info.runExit, info.impurePtr, info.current, info.streams, info.gathered])
      if (address < this.start || address >= this.end)
        throw new FirmwareError("section RttInfo has an address outside the image");
    this.runExit = info.runExit;
    this.impurePtr = info.impurePtr;
    this.current = info.current;
    this.gathered = info.gathered;
    this.globalReent = memory.ldu32(info.impurePtr);
    this.reentSize = (info.areaSize + 7) & ~7;
    this.state = new LibraryState(memory, info, this.image.elf);
    this.symbols = new ExportTable(memory, info.symtabStart, info.symtabEnd);
    this.svcTab = memory.u32.subarray(info.svctabStart >>> 2, info.svctabEnd >>> 2);
  }

  /** What the guest cannot write to is as it was placed: the host has not written there either. */
  get isIntact(): boolean {
    const { elf } = this.image;
    return elf.segments.every((segment) => {
      const { type, flags, vaddr, filesz } = segment;
      if (type !== PT.LOAD || flags & PF.W || filesz === 0) return true;
      return Buffer.compare(this.memory.read(vaddr, filesz), elf.contents(segment)) === 0;
    });
  }

  /** Whether the library has just made the text at this address, for standard output. */
  isOwnText(address: number): boolean {
    return this.memory.ldu32(this.gathered + 4) === address >>> 0;
  }

  lookup(name: string): number {
    return this.symbols.lookup(name);
  }

  floatEntry(name: string): number {
    this.floats ??= guarded(() => floatEntries(this.image.elf));
    return this.floats.get(name) ?? 0;
  }

  entries(): Iterable<{ readonly name: string; readonly address: number }> {
    return this.symbols.entries();
  }

  /** Name of the kernel function behind a number that a stub loads into ip; undefined when there is no such number. */
  svcName(number: number): string | undefined {
    const address = this.svcTab[number];
    return address === undefined ? undefined : guarded(() => this.memory.cstring(address));
  }

  /** The names of all numbers. */
  get svcNames(): readonly string[] {
    return Array.from(this.svcTab, (_, number) => this.svcName(number)!);
  }

  nearest(address: number): { readonly name: string; readonly offset: number } | undefined {
    if (address < this.start || address >= this.end) return undefined;
    this.functions ??= guarded(() => new FunctionTable(this.image.elf));
    return this.functions.before(address);
  }

  private checkTable(name: string, start: number, end: number, size: number): void {
    if (
      start < this.start ||
      end > this.end ||
      end < start ||
      start % 4 !== 0 ||
      (end - start) % size !== 0
    )
      throw new FirmwareError(`the table ${name} is malformed`);
  }
}
