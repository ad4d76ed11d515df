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

/** Granules of a chunk, as a shift. */
const CHUNK_GRANULES = CHUNK_SHIFT - GRANULE_SHIFT;
const BOARD: MemoryMap = { base: 0x60000000, size: 0x800000 };

/**
 * The guest address space and who may do what in it: one WebAssembly memory in which a guest address is the index, so that engines need
 * no base to subtract. What lies below RAM is never accessible to the guest, and but for the rights, the engines' area and the
 * interpreter's code never committed.
 *
 * `u8`..`u32` are views of the whole memory for engines that check `rights` themselves.
 */
export class AddressSpace {
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
  protected readonly mapped: Uint8Array;
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

  /**
   * Calls `access` without the guards that begin at `starts`. It must not run translated code: that is not told, and keeps what it relies
   * on, which is so again behind it.
   */
  withoutGuards<T>(starts: readonly number[], access: () => T): T {
    const lifted = starts.flatMap((start) => this.guards.remove(start));
    for (const { start, end } of lifted) this.refreshAll(start, end);
    try {
      return access();
    } finally {
      for (const guard of lifted) {
        this.guards.add(guard);
        this.refreshAll(guard.start, guard.end);
      }
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
      const guards = this.guarded.get(g);
      if (guards) {
        for (const guard of guards) {
          if (access === "read" && !guard.reads) continue;
          if (address < guard.end && address + size > guard.start)
            throw new GuestFault(access, address, "guard");
        }
      }
      if (access === "write" && this.code.has(g)) this.writeCode(g, address, address + size);
    }
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

  /** Where an access of the host begins. One of no bytes touches nothing, wherever it points: NULL is usual. */
  protected host(address: number, length: number, access: AccessKind): number {
    if (length === 0) return address >>> 0;
    const a = this.inRam(address, length, access);
    if (access === "write") {
      this.checkWritable(a, length);
      this.touch(a, length);
      this.dropCode(a, length);
    }
    return a;
  }

  protected inRam(address: number, length: number, access: AccessKind): number {
    const a = address >>> 0;
    if (a < this.base || a + length > this.end) throw new GuestFault(access, a, "unmapped");
    return a;
  }

  /** What the guest may not write, the kernel does not write for it. */
  protected checkWritable(address: number, length: number): void {
    const origin = this.base >>> GRANULE_SHIFT;
    const last = (address + length - 1) >>> GRANULE_SHIFT;
    for (let g = address >>> GRANULE_SHIFT; g <= last; g++)
      if (!(this.mapped[g - origin] & WRITE))
        throw new GuestFault("write", Math.max(address, g * GRANULE), "read-only");
  }

  /** Something is stored to [address, address + length). */
  protected touch(address: number, length: number): void {
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

  protected dropCode(address: number, length: number): void {
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
