import { GRANULE, GRANULE_SHIFT, READ, WRITE } from "./access.ts";
import { type AccessKind, GuestFault } from "./fault.ts";
import { Guards } from "./guards.ts";
import {
  CHUNK_SHIFT,
  CODE_BASE,
  CODE_SIZE,
  giveSpace,
  type MemoryMap,
  type Space,
  takeSpace,
} from "./space.ts";

/** Bytes of a short piece of memory. */
const SHORT = 256;
/** Granules of a chunk, as a shift. */
const CHUNK_GRANULES = CHUNK_SHIFT - GRANULE_SHIFT;
const BOARD: MemoryMap = { base: 0x60000000, size: 0x800000 };

/**
 * The guest address space: one WebAssembly memory in which a guest address is the index, so that engines need no base
 * to subtract. What lies below RAM is never accessible to the guest, and but for the rights, the engines' area and the interpreter's
 * code never committed.
 *
 * `u8`..`u32` are views of the whole memory for engines that check `rights` themselves; everybody else uses the checked
 * accessors (`ld8`..`st32`, `read`, `write`, `cstring`), which throw GuestFault.
 */
export class GuestMemory {
  /** Which of the layouts of kernel objects the programs in it were compiled for: an index of the kernel's tables. */
  layout: 0 | 1 = 0;
  readonly base: number;
  readonly size: number;
  readonly end: number;
  readonly wasm: WebAssembly.Memory;
  readonly u8: Uint8Array;
  readonly i8: Int8Array;
  readonly u16: Uint16Array;
  readonly i16: Int16Array;
  readonly i32: Int32Array;
  readonly u32: Uint32Array;
  /** READ | WRITE for each granule of the address space (index: address >>> GRANULE_SHIFT). */
  readonly rights: Uint8Array;
  /** ENGINE_SIZE bytes at ENGINE_BASE of the wasm memory, zero at first: state which translated code shares with its engine. */
  readonly engine: Int32Array;
  /**
   * Called before a store to [start, end), which lies in one granule marked as code; must forget translations that overlap it.
   * Returns true when the granule holds other translations: the mark stays, as for a variable between two functions.
   */
  onCodeWrite: (start: number, end: number) => boolean = () => false;

  /** Called when the rights of a range were set: an engine may rely on what can be read. */
  onProtect: () => void = () => {};
  /** Called when the guest may have lost the right to store to [start, end) at once: an engine may rely on it. */
  onNarrow: (start: number, end: number) => void = () => {};

  private readonly space: Space;
  private disposed = false;
  private readonly mapped: Uint8Array;
  /** For each chunk of RAM, whether anything was stored there since it was zero. */
  private readonly touched: Uint8Array;
  private readonly code = new Set<number>();
  private readonly guards = new Guards();
  /** Those of a granule. */
  private readonly guarded = this.guards.byGranule;

  constructor(map: MemoryMap = BOARD) {
    this.base = map.base;
    this.size = map.size;
    this.end = map.base + map.size;
    if (map.base < CODE_BASE + CODE_SIZE) throw new RangeError("guest RAM starts too low");
    const space = (this.space = takeSpace(map));
    ({ wasm: this.wasm, rights: this.rights, engine: this.engine } = space);
    ({ mapped: this.mapped, touched: this.touched } = space);
    ({ u8: this.u8, i8: this.i8, u16: this.u16, i16: this.i16 } = space);
    ({ i32: this.i32, u32: this.u32 } = space);
    this.protect(this.base, this.end, READ | WRITE);
  }

  /** Gives the memory back for the next machine of this process; the object must not be used afterwards. */
  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    giveSpace(this.space);
  }

  /** Sets the rights of every granule that overlaps [start, end). */
  protect(start: number, end: number, rights: number): void {
    const first = start >>> GRANULE_SHIFT;
    const last = (end + GRANULE - 1) >>> GRANULE_SHIFT;
    const origin = this.base >>> GRANULE_SHIFT;
    this.mapped.fill(rights, first - origin, last - origin);
    for (let from = first; from < last;) {
      const chunk = (from - origin) >>> CHUNK_GRANULES;
      const end = Math.min(last, origin + ((chunk + 1) << CHUNK_GRANULES));
      this.rights.fill(this.touched[chunk] ? rights : rights & ~WRITE, from, end);
      from = end;
    }
    for (const g of this.code) this.refresh(g);
    for (const g of this.guarded.keys()) this.refresh(g);
    this.onProtect();
    if (!(rights & WRITE)) this.onNarrow(start, end);
  }

  /** Marks [start, end) as translated: the next store into it calls `onCodeWrite`. */
  markCode(start: number, end: number): void {
    for (let g = start >>> GRANULE_SHIFT; g <= (end - 1) >>> GRANULE_SHIFT; g++) {
      this.code.add(g);
      this.refresh(g);
    }
    this.onNarrow(start, end);
  }

  /** Forgets the code mark of every granule that overlaps [start, end). */
  clearCode(start: number, end: number): void {
    for (let g = start >>> GRANULE_SHIFT; g <= (end - 1) >>> GRANULE_SHIFT; g++) {
      if (this.code.delete(g)) this.refresh(g);
    }
  }

  /**
   * Guest stores to [start, end), and loads when `reads`, become faults that carry `tag`; host accessors are not affected. Loads
   * cost: translated code relies on one range that can be read.
   */
  addGuard(start: number, end: number, tag: unknown, reads = false): void {
    this.guards.add({ start, end, tag, reads });
    this.refreshAll(start, end);
    if (reads) this.onProtect();
    this.onNarrow(start, end);
  }

  /** Takes away every guard that begins at `start`. */
  removeGuard(start: number): void {
    for (const { end, reads } of this.guards.remove(start)) {
      this.refreshAll(start, end);
      if (reads) this.onProtect();
    }
  }

  /** The tag of the guard that covers `address`, if any. */
  guardAt(address: number): unknown {
    return this.guards.at(address)?.tag;
  }

  /** The highest address of [start, end) to which a guard stops stores alone. */
  guardedIn(start: number, end: number): number | undefined {
    return this.guards.highest(start, end);
  }

  /** True when the guest may read all of [start, end), and write nothing of it. */
  isReadOnly(start: number, end: number): boolean {
    const origin = this.base >>> GRANULE_SHIFT;
    for (let g = start >>> GRANULE_SHIFT; g <= (end - 1) >>> GRANULE_SHIFT; g++)
      if (this.mapped[g - origin] !== READ) return false;
    return true;
  }

  /** True when [address, address + length) lies in RAM. */
  contains(address: number, length = 1): boolean {
    const offset = (address >>> 0) - this.base;
    return offset >= 0 && offset + length <= this.size;
  }

  /**
   * The slow path of an engine's access of `size` bytes: returns when the access may proceed, throws GuestFault when not.
   * A store into a granule marked as code first calls `onCodeWrite`. Alignment is the engine's business.
   */
  checkAccess(address: number, size: number, access: AccessKind): void {
    address >>>= 0;
    const first = address >>> GRANULE_SHIFT;
    // An access that runs over the end of the address space ends there.
    const last = Math.min(address + size - 1, 0xffffffff) >>> GRANULE_SHIFT;
    for (let g = first; g <= last; g++) {
      const allowed = this.mapped[g - (this.base >>> GRANULE_SHIFT)] ?? 0;
      if (allowed === 0) throw new GuestFault(access, address, "unmapped");
      if (access === "write" && !(allowed & WRITE))
        throw new GuestFault(access, address, "read-only");
      if (access === "execute") continue;
      if (access === "write") this.touch(address, size);
      for (const guard of this.guarded.get(g) ?? []) {
        if (access === "read" && !guard.reads) continue;
        if (address < guard.end && address + size > guard.start)
          throw new GuestFault(access, address, "guard");
      }
      if (access === "write" && this.code.has(g)) this.writeCode(g, address, address + size);
    }
  }

  // Where the rights allow an access no more is to be asked; what they hold back may still be the host's to read or write.

  ld8(address: number): number {
    const fast = address >>> 0;
    if (this.rights[fast >>> GRANULE_SHIFT] & READ) return this.u8[fast];
    return this.u8[this.host(address, 1, "read")];
  }
  ld16(address: number): number {
    const fast = address >>> 0;
    if ((fast & 1) === 0 && this.rights[fast >>> GRANULE_SHIFT] & READ) return this.u16[fast >>> 1];
    const a = this.host(address, 2, "read");
    return this.u8[a] | (this.u8[a + 1] << 8);
  }
  /** Signed 32-bit word; any alignment. */
  ld32(address: number): number {
    const fast = address >>> 0;
    if ((fast & 3) === 0 && this.rights[fast >>> GRANULE_SHIFT] & READ) return this.i32[fast >>> 2];
    const a = this.host(address, 4, "read");
    if ((a & 3) === 0) return this.i32[a >>> 2];
    return this.u8[a] | (this.u8[a + 1] << 8) | (this.u8[a + 2] << 16) | (this.u8[a + 3] << 24);
  }
  /** Unsigned 32-bit word; any alignment. */
  ldu32(address: number): number {
    return this.ld32(address) >>> 0;
  }
  st8(address: number, value: number): void {
    const fast = address >>> 0;
    if (this.rights[fast >>> GRANULE_SHIFT] & WRITE) {
      this.u8[fast] = value;
      return;
    }
    this.u8[this.host(address, 1, "write")] = value;
  }
  st16(address: number, value: number): void {
    const fast = address >>> 0;
    if ((fast & 1) === 0 && this.rights[fast >>> GRANULE_SHIFT] & WRITE) {
      this.u16[fast >>> 1] = value;
      return;
    }
    const a = this.host(address, 2, "write");
    this.u8[a] = value;
    this.u8[a + 1] = value >>> 8;
  }
  st32(address: number, value: number): void {
    const fast = address >>> 0;
    if ((fast & 3) === 0 && this.rights[fast >>> GRANULE_SHIFT] & WRITE) {
      this.i32[fast >>> 2] = value;
      return;
    }
    const a = this.host(address, 4, "write");
    if ((a & 3) === 0) {
      this.i32[a >>> 2] = value;
      return;
    }
    this.u8[a] = value;
    this.u8[a + 1] = value >>> 8;
    this.u8[a + 2] = value >>> 16;
    this.u8[a + 3] = value >>> 24;
  }

  /** A few words lie at their alignment in granules that have the right: `i32` may be used. */
  allows(at: number, words: number, right: number): boolean {
    const { rights } = this;
    const last = at + 4 * words - 1;
    return (
      (at & 3) === 0 &&
      4 * words <= GRANULE &&
      (rights[at >>> GRANULE_SHIFT] & rights[last >>> GRANULE_SHIFT] & right) !== 0
    );
  }

  /** A view (not a copy) of guest bytes. */
  read(address: number, length: number): Uint8Array {
    const a = this.host(address, length, "read");
    return this.u8.subarray(a, a + length);
  }
  /** Where guest bytes begin in `u8`, for who reads them at once: a view costs more than a short piece. */
  place(address: number, length: number): number {
    return this.host(address, length, "read");
  }
  /** A copy of guest bytes. */
  copy(address: number, length: number): Uint8Array {
    return this.copied(this.host(address, length, "read"), length);
  }
  write(address: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.u8.set(bytes, this.host(address, bytes.length, "write"));
  }
  /** The same for loaders and debuggers, also to what the guest cannot write. */
  poke(address: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const a = this.host(address, bytes.length, "read");
    this.touch(a, bytes.length);
    this.dropCode(a, bytes.length);
    this.u8.set(bytes, a);
  }
  /** Faults as a store of `length` bytes would; one of none does nothing. */
  checkStore(address: number, length: number): void {
    if (length > 0) this.checkWritable(this.inRam(address, length, "write"), length);
  }
  /** How many bytes from `address` on, at most `length`, the guest may write. */
  writable(address: number, length: number): number {
    const a = address >>> 0;
    const end = Math.min(a + length, this.end);
    const origin = this.base >>> GRANULE_SHIFT;
    let at = a;
    while (at < end && this.mapped[(at >>> GRANULE_SHIFT) - origin] & WRITE)
      at = ((at >>> GRANULE_SHIFT) + 1) * GRANULE;
    return Math.max(0, Math.min(at, end) - a);
  }
  fill(address: number, length: number, value: number): void {
    const a = this.host(address, length, "write");
    this.u8.fill(value, a, a + length);
  }

  /** Bytes of a NUL-terminated string (a view or a copy), without the NUL, at most `max`; faults when it runs out of RAM. */
  cbytes(address: number, max = 0x7fffffff): Uint8Array {
    if (max === 0) return new Uint8Array(0);
    const start = this.host(address, 1, "read");
    const limit = Math.min(this.end, start + max);
    const near = Math.min(limit, start + SHORT);
    for (let at = start; at < near; at++)
      if (this.u8[at] === 0) return this.copied(start, at - start);
    const nul = this.u8.subarray(start, limit).indexOf(0);
    if (nul >= 0) return this.u8.subarray(start, start + nul);
    if (limit === this.end && start + max > this.end)
      throw new GuestFault("read", this.end, "unmapped");
    return this.u8.subarray(start, limit);
  }
  /** Where a NUL-terminated string lies, without a view or a copy; faults when it runs out of RAM. */
  stringAt(address: number): {
    readonly bytes: Uint8Array;
    readonly at: number;
    readonly length: number;
  } {
    const at = this.host(address, 1, "read");
    const nul = this.u8.indexOf(0, at);
    if (nul < 0 || nul >= this.end) throw new GuestFault("read", this.end, "unmapped");
    return { bytes: this.u8, at, length: nul - at };
  }
  /** Views of so large a memory are dear to the host's garbage collector: a short piece is copied byte by byte. */
  private copied(start: number, length: number): Uint8Array {
    if (length > SHORT) return this.u8.slice(start, start + length);
    const bytes = new Uint8Array(length);
    for (let n = 0; n < length; n++) bytes[n] = this.u8[start + n];
    return bytes;
  }
  /** The same as text, one character per byte (latin-1), so that nothing is lost. */
  cstring(address: number, max = 0x7fffffff): string {
    if (max === 0) return "";
    const start = this.host(address, 1, "read");
    const limit = Math.min(this.end, start + max);
    let text = "";
    for (let at = start; at < limit; at++) {
      const byte = this.u8[at];
      if (byte === 0) return text;
      text += String.fromCharCode(byte);
    }
    if (start + max > this.end) throw new GuestFault("read", this.end, "unmapped");
    return text;
  }

  /** Where an access of the host begins. One of no bytes touches nothing, wherever it points: NULL is usual. */
  private host(address: number, length: number, access: AccessKind): number {
    if (length === 0) return address >>> 0;
    const a = this.inRam(address, length, access);
    if (access === "write") {
      this.checkWritable(a, length);
      this.touch(a, length);
      this.dropCode(a, length);
    }
    return a;
  }

  private inRam(address: number, length: number, access: AccessKind): number {
    const a = address >>> 0;
    if (a < this.base || a + length > this.end) throw new GuestFault(access, a, "unmapped");
    return a;
  }

  /** What the guest may not write, the kernel does not write for it. */
  private checkWritable(address: number, length: number): void {
    const origin = this.base >>> GRANULE_SHIFT;
    const last = (address + length - 1) >>> GRANULE_SHIFT;
    for (let g = address >>> GRANULE_SHIFT; g <= last; g++)
      if (!(this.mapped[g - origin] & WRITE))
        throw new GuestFault("write", Math.max(address, g * GRANULE), "read-only");
  }

  /** Something is stored to [address, address + length). */
  private touch(address: number, length: number): void {
    const last = Math.min(address + length, this.end) - 1 - this.base;
    for (let chunk = (address - this.base) >>> CHUNK_SHIFT; chunk <= last >>> CHUNK_SHIFT; chunk++)
      if (this.touched[chunk] === 0) this.open(chunk);
  }

  /** The first store to a chunk: from now on engines need not ask. */
  private open(chunk: number): void {
    this.touched[chunk] = 1;
    const first = chunk << CHUNK_GRANULES;
    const origin = this.base >>> GRANULE_SHIFT;
    const mapped = this.mapped.subarray(first, first + (1 << CHUNK_GRANULES));
    this.rights.set(mapped, origin + first);
    const { code, guarded } = this;
    const end = Math.min(origin + first + (1 << CHUNK_GRANULES), this.end >>> GRANULE_SHIFT);
    // Few granules of a young machine are special, and a chunk has thousands.
    if (code.size + guarded.size < end - origin - first) {
      for (const g of code) if (g >= origin + first && g < end) this.refresh(g);
      for (const g of guarded.keys()) if (g >= origin + first && g < end) this.refresh(g);
      return;
    }
    for (let g = origin + first; g < end; g++) if (code.has(g) || guarded.has(g)) this.refresh(g);
  }

  /** Whether code was translated in [start, end), to the granule. */
  holdsCode(start: number, end: number): boolean {
    for (let g = start >>> GRANULE_SHIFT; g <= (end - 1) >>> GRANULE_SHIFT; g++)
      if (this.code.has(g)) return true;
    return false;
  }

  private dropCode(address: number, length: number): void {
    if (this.code.size === 0) return;
    const first = address >>> GRANULE_SHIFT;
    const last = (address + length - 1) >>> GRANULE_SHIFT;
    for (let g = first; g <= last; g++) {
      // Cheap: a granule with translated code is never writable.
      if (this.rights[g] & WRITE || !this.code.has(g)) continue;
      this.writeCode(g, address, address + length);
    }
  }

  /** A store to [start, end) reaches granule g, which is marked as code. */
  private writeCode(g: number, start: number, end: number): void {
    const from = g * GRANULE;
    if (this.onCodeWrite(Math.max(start, from), Math.min(end, from + GRANULE))) return;
    this.code.delete(g);
    this.refresh(g);
  }

  private refreshAll(start: number, end: number): void {
    for (let g = start >>> GRANULE_SHIFT; g <= (end - 1) >>> GRANULE_SHIFT; g++) this.refresh(g);
  }

  private refresh(granule: number): void {
    let rights = this.mapped[granule - (this.base >>> GRANULE_SHIFT)] ?? 0;
    if (this.code.has(granule)) rights &= ~WRITE;
    const guards = this.guarded.get(granule);
    if (guards) {
      rights &= ~WRITE;
      for (const { reads } of guards) if (reads) rights = 0;
    }
    if (!this.touched[(granule - (this.base >>> GRANULE_SHIFT)) >>> CHUNK_GRANULES])
      rights &= ~WRITE;
    this.rights[granule] = rights;
  }
}
