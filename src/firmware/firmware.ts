import type { SymbolTable } from "../kernel/types.ts";
import type { GuestMemory } from "../memory/mod.ts";
import { FirmwareError } from "./error.ts";
import { type PlacedImage, placeImage } from "./image.ts";
import { readLayout } from "./layout.ts";
import { LibraryState } from "./library-state.ts";

/** Longest symbol name that is read from guest memory; C++ names get long. */
const MAX_NAME = 4096;

/**
 * The guest C library in memory. It contains the table of symbols that modules are resolved against (`RTMSymTab`), the stubs of the
 * kernel's functions, and code that the kernel calls:
 *
 * - `boot`: `void _rtt_boot(int flags)`, once, before any other guest code, with `impurePtr` pointing to `globalReent`. Bit 0 of
 *   flags makes stdout line-buffered; otherwise it is unbuffered as on the board. Allocates nothing.
 * - `runExit`: `void _rtt_run_exit(struct rt_dlmodule *)`, when a module's main has returned or its library is closed, while its
 *   other threads still run. Runs the module's exit handlers, then writes out what is left in buffers.
 *
 * At every switch the kernel stores the running thread's area at `impurePtr` and its TCB at `current`.
 */
export class Firmware implements SymbolTable {
  /** [start, end) of the image in guest memory. */
  readonly start: number;
  readonly end: number;
  readonly boot: number;
  readonly runExit: number;
  /** Address of the word `_impure_ptr`. */
  readonly impurePtr: number;
  /** Address of the word `_rtt_current`. */
  readonly current: number;
  /** The area of the thread `main`, and of code outside threads; it owns the standard streams. */
  readonly globalReent: number;
  /** Bytes of a thread's area: newlib's `struct _reent`, then the C++ runtime's part. Aligned to 8. */
  readonly reentSize: number;
  /** Name of the kernel function behind each number that a stub loads into ip. */
  readonly svcNames: readonly string[];
  /** What the kernel does to the library's data when a thread or a module is gone. */
  readonly state: LibraryState;

  private readonly image: PlacedImage;
  private exports: Map<string, number> | undefined;

  /**
   * Copies the image into memory and makes all but its data read-only. Throws FirmwareError when it is not an image of this
   * simulator's build.
   */
  constructor(
    private readonly memory: GuestMemory,
    file: Uint8Array,
  ) {
    this.image = placeImage(memory, file);
    this.start = this.image.start;
    this.end = this.image.end;
    this.boot = this.address("_rtt_boot");
    this.runExit = this.address("_rtt_run_exit");
    this.impurePtr = this.address("_impure_ptr");
    this.current = this.address("_rtt_current");
    this.globalReent = memory.ldu32(this.impurePtr);
    const layout = readLayout(memory, this.address("_rtt_layout"));
    this.reentSize = (layout.areaSize + 7) & ~7;
    this.state = new LibraryState(memory, layout, {
      globalReent: this.globalReent,
      threadArea: this.address("_rtt_thread_area"),
      locks: this.address("_rtt_locks"),
      handlers: this.address("_rtt_handlers"),
      freeHandlers: this.address("_rtt_free_handlers"),
      streams: this.address("_rtt_streams"),
      reopened: this.address("_rtt_reopened"),
    });
    this.svcNames = this.records("__svctab", 4).map((at) => this.text(memory.ldu32(at)));
  }

  lookup(name: string): number {
    return this.exportTable().get(name) ?? 0;
  }

  *entries(): Iterable<{ readonly name: string; readonly address: number }> {
    for (const [name, address] of this.exportTable()) yield { name, address };
  }

  nearest(address: number): { readonly name: string; readonly offset: number } | undefined {
    const { functions } = this.image;
    if (address < this.start || address >= this.end) return undefined;
    let low = 0;
    let high = functions.address.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (functions.address[middle] <= address) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return undefined;
    return { name: functions.name[low - 1], offset: address - functions.address[low - 1] };
  }

  private exportTable(): Map<string, number> {
    this.exports ??= new Map(
      this.records("__rtmsymtab", 8).map((at) => [
        this.text(this.memory.ldu32(at + 4)),
        this.memory.ldu32(at),
      ]),
    );
    return this.exports;
  }

  /** Addresses of the records between `NAME_start` and `NAME_end`. */
  private records(name: string, size: number): number[] {
    const start = this.address(`${name}_start`);
    const end = this.address(`${name}_end`);
    if (start < this.start || end > this.end || end < start || (end - start) % size !== 0)
      throw new FirmwareError(`firmware image: the table ${name} is malformed`);
    return Array.from({ length: (end - start) / size }, (_, i) => start + i * size);
  }

  private text(address: number): string {
    if (address < this.start || address >= this.end)
      throw new FirmwareError(`firmware image: a symbol name lies outside the image`);
    return this.memory.cstring(address, MAX_NAME);
  }

  /** Value of any symbol of the image, exported or not; throws FirmwareError when there is none. */
  address(name: string): number {
    const value = this.image.symbols.get(name);
    if (value === undefined)
      throw new FirmwareError(
        `firmware image: the symbol ${name} is missing; build it with src/firmware/build.ts`,
      );
    return value;
  }
}
