import { garbage, GRANULE_SHIFT, type GuestMemory } from "../../memory/mod.ts";
import type { CountingPlan } from "../counting.ts";
import type { Fetch } from "../lift/mod.ts";
import type { DirectCall, TranslationStats } from "../types.ts";
import { offeredRegions } from "../prebuilt-regions.ts";
import { FPSCR, REGISTERS, STATUS } from "../float/mod.ts";
import { MODES } from "./float-arithmetic.ts";
import type { FlagNumbers } from "./flags-state.ts";
import { Assumptions, isWritable, shareGranules } from "./assumed.ts";
import {
  CARE,
  cachedSlot,
  FIRST_SLOT,
  STUB_SHIFT,
  TARGET_MASK,
  targetEntry,
  TARGETS,
} from "./layout.ts";
import { writeRegionModule, writeRuntimeModule } from "./modules.ts";
import { type Readable, readableRange } from "./readable.ts";
import type { Candidate } from "./prebuilt.ts";
import type { Translation } from "./translation.ts";
import { Writer } from "./wasm.ts";

/** What is kept, after which everything is forgotten. */
export interface CacheLimits {
  /** Of modules that something leads to: those of regions, and those of which a stub is left. */
  readonly bytes: number;
  readonly regions: number;
  /** Guest addresses that regions branch to. */
  readonly targets: number;
  /** Of the flags, in which code is left: their numbers are constants of the code, of 20 bits. */
  readonly states: number;
}
const CACHE: CacheLimits = { bytes: 16 << 20, regions: 4096, targets: 16384, states: 32768 };
/** A region that guest code wrote over so often is left to the interpreter: its code changes all the time. */
const MAX_DROPS = 8;
/** The same where everything is translated: more often, for tests, but the host keeps what was made longer than it is of use. */
const MAX_EAGER_DROPS = 32;
const MAX_STRAYS = 16;
/** After so many of these it does not compare registers with what they held when it was made. */
const MOST_OTHERS = 4;
/** Garbage of a translation, in bytes, about: of any, and for each byte of its module. */
const GARBAGE = 64 << 10;
const GARBAGE_PER_BYTE = 256;

/** What translated code calls. */
export interface Host {
  svc(imm: number, next: number): number;
  step(pc: number, next: number): number;
  flags(): void;
  readonly flagNumbers: FlagNumbers;
  /** See `Cpu.answers`. */
  readonly answers: ((number: number) => number | undefined) | undefined;
  behind(units: number, next: number): number;
  /** See DirectCalls. */
  direct(number: number): DirectCall | undefined;
}

/** A translated piece of guest code, entered at one address. */
interface Region {
  readonly key: number;
  /** Guest ranges it was made from: start, end, ... */
  readonly ranges: readonly number[];
  /** A stub for a supervisor call and nothing else: one more than its number. */
  readonly stub: number;
  /** Bytes of its module that go when it goes: none when stubs of others are in it. */
  readonly size: number;
  /** Ranges that it relies on being able to store to: start, end, ... */
  readonly stores: readonly number[];
}

type Imports = ConstructorParameters<typeof WebAssembly.Instance>[1];
type Exports = Record<string, (a: number, b: number) => number>;
type Enter = (key: number, units: number) => number;

/** All regions of a core, and the table through which they call one another. */
export class Regions {
  readonly stats: TranslationStats = {
    regions: 0,
    prebuilt: 0,
    bytes: 0,
    milliseconds: 0,
    dropped: 0,
  };
  limits = CACHE;
  /** After meeting so often floating-point numbers which it was not made for, or loads beyond what can be read, a region is made for all. */
  mostStrays = MAX_STRAYS;
  /** Says what is counted in a block. */
  countingPlan: CountingPlan | undefined;
  /** Counts drops: what saw it change must not go on in a region. */
  version = 0;
  /** Told about regions that come and go. */
  onChange: (key: number, exists: boolean) => void = () => {};
  /**
   * Runs regions from `key` on until there is none for the next address, which is returned; 0 when the pc is in the register
   * file. Units are left at UNITS.
   */
  enter: Enter = () => 0;

  private readonly table = new WebAssembly.Table({ initial: FIRST_SLOT + 64, element: "anyfunc" });
  private used = 0;
  /** Bytes of all modules that something leads to. */
  private size = 0;
  private readonly slots = new Map<number, number>();
  /** For each slot the function that returns its guest address, and which is there while there is no region. */
  private readonly stubs: unknown[] = [];
  /** Guest addresses of slots that have no stub yet. */
  private pending: number[] = [];
  private readonly byKey = new Map<number, Region>();
  private readonly byGranule = new Map<number, Set<Region>>();
  private readonly drops = new Map<number, number>();
  /** Functions of supervisor calls that were asked for. */
  private readonly directs = new Map<number, DirectCall>();
  private readonly assumptions = new Assumptions<Region>();
  /** How often regions met floating-point numbers which they were not made for. */
  private readonly strays = new Map<number, number>();
  /** One for all, as a translation is made in one go: a megabyte for each machine of a process would be a lot of garbage. */
  private static writers: Writer | undefined;
  private readonly writer = (Regions.writers ??= new Writer());
  private readonly pages: number;
  private readableNow: Readable | undefined;
  /** Bytes of modules that were translated here. */
  translatedBytes = 0;

  constructor(
    private readonly memory: GuestMemory,
    private readonly fetch: Fetch,
    private readonly host: Host,
    private readonly hasRun: (key: number) => boolean,
    private readonly eager = false,
  ) {
    this.pages = memory.wasm.buffer.byteLength >>> 16;
    this.clearTargets();
    memory.onProtect = () => this.newRights();
    memory.onNarrow = (start, end) => {
      for (const region of this.assumptions.narrowed(start, end)) this.remove(region);
    };
  }

  private get readable(): Readable {
    const { rights, base, end } = this.memory;
    return (this.readableNow ??= readableRange(rights, base, end));
  }
  /** Code was written for the range that could be read. */
  private newRights(): void {
    const before = this.readableNow;
    if (!before) return;
    this.readableNow = undefined;
    const { start, size } = this.readable;
    if (start !== before.start || size !== before.size) this.clear();
  }

  has(key: number): boolean {
    return this.byKey.has(key >>> 0);
  }
  /** Whether a region was made from guest memory in a granule. */
  holds(granule: number): boolean {
    return this.byGranule.has(granule);
  }
  /** Makes sure that the cache of targets has the region. False when there is none. */
  find(key: number): boolean {
    const region = this.byKey.get(key >>> 0);
    if (!region) return false;
    if (this.memory.engine[targetEntry(key) >>> 2] !== (key | 0)) this.cacheTarget(region);
    return true;
  }
  /** The cache of targets has the region from now on. */
  private cacheTarget({ key, stub }: Region): void {
    const at = targetEntry(key) >>> 2;
    const { engine } = this.memory;
    const slot = this.slots.get(key)!;
    engine[at] = key | 0;
    engine[at + 1] = slot | (stub << STUB_SHIFT);
    this.table.set(cachedSlot(key), this.table.get(slot));
  }

  /** Translates the region that begins at `key`; false when that cannot be done. */
  translate(key: number): boolean {
    key >>>= 0;
    if ((this.drops.get(key) ?? 0) >= (this.eager ? MAX_EAGER_DROPS : MAX_DROPS)) return false;
    const start = performance.now();
    const { translateRegion } = require("./translation.ts") as typeof import("./translation.ts");
    const { fetch, readable, countingPlan } = this;
    const hasRun = this.eager ? undefined : this.hasRun;
    const loadsAnyway = (this.strays.get(key) ?? 0) < this.mostStrays;
    const ordinaryNumbers = this.calculatesOrdinarily && loadsAnyway;
    const holdsFloat =
      (this.strays.get(key) ?? 0) < MOST_OTHERS
        ? (word: number): number => this.memory.engine[REGISTERS + word]
        : undefined;
    const { answers } = this.host;
    const { isDirect } = this;
    const known = { fetch, readable, hasRun, guesses: true, answers, isDirect };
    const source = { ...known, holdsFloat, ordinaryNumbers, loadsAnyway, countingPlan };
    const canStore = (start: number, end: number): boolean => isWritable(this.memory, start, end);
    const holds = (r: number): number => this.memory.engine[r];
    const relies = this.assumptions.allows(key);
    let made = translateRegion(this.writer, key, relies ? { ...source, canStore, holds } : source);
    // Memory beside code of the region itself.
    if (made && shareGranules(made.stores, made.ranges))
      made = translateRegion(this.writer, key, source);
    const bytes = made ? this.install(made) : 0;
    this.translatedBytes += bytes;
    this.stats.milliseconds += performance.now() - start;
    garbage.made(GARBAGE + GARBAGE_PER_BYTE * bytes);
    return made !== undefined;
  }

  /** The best region that came with the program for who is at `key` and is not there yet. */
  readyFor(key: number): Candidate | undefined {
    if (this.eager || this.countingPlan) return undefined;
    const prebuilt = offeredRegions();
    if (!prebuilt?.isFor(this.readable)) return undefined;
    return prebuilt.find(key >>> 0, this.isLeft);
  }
  private readonly isLeft = (entry: number): boolean =>
    !this.byKey.has(entry) && !this.drops.has(entry) && !this.strays.has(entry);
  /** Whether the block at `key` is part of a region that came with the program and is there. */
  isWithinReady(key: number): boolean {
    if (this.eager || this.countingPlan) return false;
    return offeredRegions()?.find(key >>> 0, this.isThere) !== undefined;
  }
  private readonly isThere = (entry: number): boolean => this.byKey.has(entry);
  /** Makes it one of these. */
  useReady(candidate: Candidate): void {
    const found = offeredRegions()!.take(candidate, this.memory);
    if (!found) return void this.drops.set(candidate.entry, 1);
    this.install(found);
    this.stats.prebuilt++;
  }

  /** Makes a region of a translation; returns the size of its module. */
  private install({ key, ranges, stub, stores, code }: Translation): number {
    if (this.isFull) this.forgetAll();
    const old = this.byKey.get(key);
    if (old) this.remove(old);
    const { writer } = this;
    if (this.used === 0) {
      const runtime = this.instantiate(writeRuntimeModule(writer, this.pages));
      this.enter = runtime.enter as Enter;
    }
    const slot = this.slotOf(key);
    const { slots } = code;
    for (let k = 1; k < slots.length; k += 2) this.slotOf(slots[k]);
    const stubs = this.pending;
    this.pending = [];
    const bytes = writeRegionModule(
      writer,
      this.pages,
      code,
      stubs,
      (to) => this.slotOf(to),
      (state) => this.host.flagNumbers.numberOf(state),
    );
    const exports = this.instantiate(bytes, code.directs);
    stubs.forEach((target, k) => this.setStub(target, exports[`s${k}`]));
    this.table.set(slot, exports.r);
    this.size += bytes.length;
    this.add({ key, ranges, stub, stores, size: stubs.length === 0 ? bytes.length : 0 });
    this.stats.bytes += bytes.length;
    this.stats.regions++;
    return bytes.length;
  }

  /** Drops the regions made from guest memory in [start, end), which guest code or the host writes, frees or fills. */
  drop(start: number, end: number, byGuest: boolean): void {
    for (let g = start >>> GRANULE_SHIFT; g <= (end - 1) >>> GRANULE_SHIFT; g++) {
      const here = this.byGranule.get(g);
      if (!here) continue;
      for (const region of here) {
        if (!overlaps(region, start, end)) continue;
        this.remove(region);
        if (byGuest) this.drops.set(region.key, (this.drops.get(region.key) ?? 0) + 1);
        else this.drops.delete(region.key);
      }
    }
  }

  /** The region at `key` was entered with other registers than it was made for. */
  missed(key: number): void {
    const region = this.byKey.get(key >>> 0);
    if (!region) return;
    this.assumptions.distrust(region);
    this.remove(region);
  }

  /** The region at `key` met floating-point numbers which it was not made for, or did not come to an end with a load that it does always. */
  strayed(key: number): void {
    key >>>= 0;
    const count = (this.strays.get(key) ?? 0) + 1;
    this.strays.set(key, count);

    const region = this.byKey.get(key);
    if (region && (count === this.mostStrays || count === MOST_OTHERS)) this.remove(region);
  }
  private get calculatesOrdinarily(): boolean {
    return (this.memory.engine[STATUS] & (MODES | FPSCR.IXC)) === FPSCR.IXC;
  }

  private get isFull(): boolean {
    const { bytes, regions, targets, states } = this.limits;
    const full = this.size > bytes || this.byKey.size >= regions || this.used > targets;
    return full || this.host.flagNumbers.count > states;
  }
  /** What there is now. */
  get held(): CacheLimits {
    const states = this.host.flagNumbers.count;
    return { bytes: this.size, regions: this.byKey.size, targets: this.used, states };
  }
  /** The same as `clear` where no translated code is running, which might yet leave flags in a state by its number. */
  private forgetAll(): void {
    this.clear();
    this.host.flagNumbers.clear();
  }
  /** Forgets everything; no translated code is running, or it is told to unwind. */
  clear(): void {
    for (const region of this.byKey.values()) this.remove(region);
    this.drops.clear();
    this.assumptions.clear();
    this.strays.clear();
    this.slots.clear();
    this.stubs.length = 0;
    this.pending = [];
    this.used = 0;
    this.size = 0;
    for (let k = 0; k < this.table.length; k++) this.table.set(k, null);
  }

  private add(region: Region): void {
    this.byKey.set(region.key, region);
    for (let k = 0; k < region.ranges.length; k += 2) {
      const start = region.ranges[k];
      const end = region.ranges[k + 1];
      this.memory.markCode(start, end);
      for (let g = start >>> GRANULE_SHIFT; g <= (end - 1) >>> GRANULE_SHIFT; g++) {
        const set = this.byGranule.get(g);
        if (set) set.add(region);
        else this.byGranule.set(g, new Set([region]));
      }
    }
    this.assumptions.add(region);
    this.cacheTarget(region);
    this.onChange(region.key, true);
  }

  private remove(region: Region): void {
    const { key, ranges } = region;
    this.byKey.delete(key);
    this.assumptions.remove(region);
    this.size -= region.size;
    for (let k = 0; k < ranges.length; k += 2) {
      for (let g = ranges[k] >>> GRANULE_SHIFT; g <= (ranges[k + 1] - 1) >>> GRANULE_SHIFT; g++)
        this.forgetIn(g, region);
    }
    const slot = this.slots.get(key)!;
    this.table.set(slot, this.stubs[slot]);
    const at = targetEntry(key) >>> 2;
    if (this.memory.engine[at] === (key | 0)) {
      this.memory.engine[at] = notFor(at);
      this.table.set(cachedSlot(key), null);
    }
    this.version++;
    this.memory.engine[CARE >>> 2] = 1;
    this.stats.dropped++;
    this.onChange(key, false);
  }

  private forgetIn(granule: number, region: Region): void {
    const set = this.byGranule.get(granule);
    set?.delete(region);
    if (set?.size === 0) this.byGranule.delete(granule);
  }

  /** The slot of a guest address; a new one needs a stub in the next module. */
  private slotOf(key: number): number {
    let slot = this.slots.get(key);
    if (slot === undefined) {
      slot = FIRST_SLOT + this.used++;
      if (slot === this.table.length) this.table.grow(slot);
      this.slots.set(key, slot);
      this.pending.push(key);
    }
    return slot;
  }
  private setStub(key: number, stub: unknown): void {
    const slot = this.slots.get(key)!;
    this.stubs[slot] = stub;
    this.table.set(slot, stub);
  }

  private readonly isDirect = (number: number): boolean => this.directCall(number) !== undefined;
  private directCall(number: number): DirectCall | undefined {
    let call = this.directs.get(number);
    if (!call && (call = this.host.direct(number))) this.directs.set(number, call);
    return call;
  }

  private instantiate(bytes: Uint8Array<ArrayBuffer>, directs: readonly number[] = []): Exports {
    const { svc, step, flags, behind } = this.host;
    const { table } = this;
    const e: Record<string, unknown> = {
      svc,
      step,
      flags,
      behind,
      memory: this.memory.wasm,
      table,
    };
    for (const number of directs) e[`d${number}`] = this.directCall(number)!;
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { e } as Imports);
    return instance.exports as unknown as Exports;
  }

  private clearTargets(): void {
    const { engine } = this.memory;
    for (let k = 0; k <= TARGET_MASK; k++) {
      const at = (TARGETS >>> 2) + k * 2;
      engine[at] = notFor(at);
    }
  }
}

/** A guest address that is never looked for in the entry of the cache of targets at index `at`: it belongs into the next. */
function notFor(at: number): number {
  return (at + 2 - (TARGETS >>> 2)) & (TARGET_MASK << 1);
}

function overlaps({ ranges }: Region, start: number, end: number): boolean {
  for (let k = 0; k < ranges.length; k += 2)
    if (ranges[k] < end && ranges[k + 1] > start) return true;
  return false;
}
