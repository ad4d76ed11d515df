import { type ElfRelocations, type ElfSymbols, relocationName, SHN, STB, STT } from "../elf/mod.ts";
import { LoadError } from "./load-error.ts";
import { chosenFunction, type LoadPlan, type PlannedSegment } from "./plan-types.ts";
import { NEED, Need, SIZE, UNKNOWN, unknownTypes } from "./rows-arm.ts";
import { partAt } from "./segments.ts";
import { threadSafe } from "./thread-safe.ts";
import { Known, type Resolver, type Values } from "./values.ts";
import { Veneers } from "./veneers.ts";

/** The outcome of `bind`: everything relocation needs except the address of the block. */
export interface Bindings {
  readonly values: ReadonlyMap<ElfSymbols, Values>;
  /** Undefined symbols that nobody has; names in the order of their first record. */
  readonly missing: readonly string[];
  /** The same with one entry a record, up to the end of the first table that misses one, as 4.0.4 reports it. */
  readonly missingRecords: readonly string[];
  /** Names of undefined symbols that were found, each once. */
  readonly imports: readonly string[];
  /** Bytes of the block: the image and, behind it if it has no room, the global offset table and the veneers that the loader makes. */
  readonly size: number;
  /** Link-time address of the global offset table that the loader makes. */
  readonly got: number;
  readonly veneers: Veneers;
  /** Variables of others that the module has a copy of (R_ARM_COPY). */
  readonly copies: readonly VariableCopy[];
}

/** `size` bytes from the guest address `from` to the link-time address `to`. */
interface VariableCopy {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly size: number;
}

/** For the loop over the records: enums of other files are objects at run time. */
const NOT_ASKED = Known.No;
const MISSING = Known.Missing;
const NOTHING = Need.Nothing;

/** The linker's own name for the global offset table. */
const GOT_NAME = "_GLOBAL_OFFSET_TABLE_";
/** What a C++ object file names itself with when it registers a destructor; crtbegin.o of a linked file defines it. */
const HANDLE_NAME = "__dso_handle";

/**
 * Checks every record (type known, place inside the image, symbol exists) and looks up every symbol, before anything is
 * allocated. Throws ElfError or LoadError.
 */
export function bind(plan: LoadPlan, resolver: Resolver): Bindings {
  return new Binder(plan, resolver).bind();
}

class Binder {
  private readonly values = new Map<ElfSymbols, Values>();
  private readonly missing: string[] = [];
  private readonly missingRecords: string[] = [];
  private readonly imports: string[] = [];
  private readonly unknown = new Map<number, number>();
  private readonly got: number;
  private readonly veneers: Veneers;
  private readonly copies: VariableCopy[] = [];
  /** The first segment that may be written, and the first that may not. */
  private readonly firsts = new Map<boolean, PlannedSegment>();
  /** Definitions of the module that the system's are taken for. */
  private readonly replaced: ReadonlySet<string> | undefined;
  private slots = 0;
  private failed = false;

  constructor(
    private readonly plan: LoadPlan,
    private readonly resolver: Resolver,
  ) {
    this.got = plan.room?.vaddr ?? Math.ceil((plan.start + plan.size) / 4) * 4;
    this.veneers = new Veneers(plan);
    const replaced = resolver.compat404 ? undefined : threadSafe(plan);
    if (replaced?.size) this.replaced = replaced;
  }

  bind(): Bindings {
    const { plan, values, missing, missingRecords, imports, got, veneers, copies } = this;
    for (const table of plan.relocations)
      if (plan.original) this.names(table);
      else this.table(table);
    if (this.unknown.size > 0) throw new LoadError("", unknownTypes(this.unknown));
    veneers.begin = got + 4 * this.slots;
    const added = 4 * this.slots + veneers.bytes;
    const size = added === 0 || plan.room ? plan.size : got - plan.start + added;
    return { values, missing, missingRecords, imports, size, got, veneers, copies };
  }

  private table(table: ElfRelocations): void {
    const { plan, resolver } = this;
    const known = this.valuesOf(table.symbols);
    const { words, stride, count } = table;
    const { state } = known;
    const { start, size } = plan;
    const symbols = table.symbols.count;
    const first = !this.failed;
    const end = count * stride;
    for (let w = 0; w < end; w += stride) {
      w = checkWords(words, w, Math.min(w + CHUNK * stride, end), stride, start, size, state);
      if (w === end) break;
      const i = w / stride;
      const info = words[w + 1];
      const type = info & 0xff;
      const bytes = SIZE[type];
      if (bytes === UNKNOWN) {
        if (!resolver.compat404) this.unknown.set(type, (this.unknown.get(type) ?? 0) + 1);
        continue;
      }
      const symbol = info >>> 8;
      if (symbol !== 0 && symbol >= symbols) table.badSymbol(i, symbol);
      if (NEED[type] === Need.Copy && !resolver.compat404) this.copy(table, i);
      // R_ARM_NONE only keeps a symbol's definition in a link.
      if (bytes === 0) continue;
      const at = (words[w] - start) >>> 0;
      if (at + bytes > size) badPlace(table, i);
      if (state[symbol] === NOT_ASKED) this.lookUp(table.symbols, symbol, known);
      if (state[symbol] === MISSING) {
        this.failed = true;
        if (first) this.missingRecords.push(table.symbols.name(symbol));
      }
      const need = NEED[type];
      if (need === NOTHING || need === Need.Datum) continue;
      if (need === Need.Slot) this.giveSlot(known, symbol);
      else if (need === Need.Base) {
        if (!resolver.compat404) this.giveBase(table, i, known);
      } else this.veneers.consider(table, i, known, need);
    }
  }

  /** As 4.0.4 does it for an object file: every symbol is looked up, whatever its record's type and place. */
  private names(table: ElfRelocations): void {
    const known = this.valuesOf(table.symbols);
    for (let i = 0; i < table.count; i++) {
      const symbol = table.symbol(i);
      if (known.state[symbol] === NOT_ASKED) this.lookUp(table.symbols, symbol, known);
      if (known.state[symbol] === MISSING) this.missingRecords.push(table.symbols.name(symbol));
    }
  }

  private lookUp(symbols: ElfSymbols, i: number, known: Values): void {
    const { plan, resolver } = this;
    const { value, state } = known;
    const shndx = symbols.shndx(i);
    if (i === 0 || shndx !== SHN.UNDEF || symbols.bind(i) === STB.LOCAL) {
      if (this.replaced && this.replace(symbols, i, known)) return;
      if (symbols.type(i) === STT.GNU_IFUNC && !resolver.compat404)
        throw new LoadError("", chosenFunction(symbols.name(i)));
      // 4.0.4 adds the load address to absolute symbols as well.
      const absolute = shndx === SHN.ABS && !resolver.compat404;
      value[i] = symbols.value(i);
      state[i] = absolute ? Known.Absolute : Known.Relative;
      return;
    }
    const name = symbols.name(i);
    if (name === GOT_NAME && !resolver.compat404) {
      value[i] = this.got;
      state[i] = Known.Relative;
      return;
    }
    if (name === HANDLE_NAME && !resolver.compat404) {
      value[i] = plan.start;
      state[i] = Known.Relative;
      return;
    }
    const address = plan.linked ? 0 : resolver.lookup(name);
    value[i] = address;
    if (address !== 0) {
      state[i] = Known.Absolute;
      this.imports.push(name);
    } else if (plan.linked || (symbols.weak(i) && !resolver.compat404)) {
      state[i] = Known.Absolute;
    } else {
      state[i] = Known.Missing;
      this.missing.push(name);
    }
  }

  private replace(symbols: ElfSymbols, i: number, { value, state }: Values): boolean {
    if (symbols.bind(i) === STB.LOCAL || symbols.type(i) !== STT.FUNC) return false;
    const name = symbols.name(i);
    const address = this.replaced!.has(name) ? this.resolver.lookup(name) : 0;
    if (address === 0) return false;
    value[i] = address;
    state[i] = Known.Absolute;
    this.imports.push(name);
    return true;
  }

  private giveSlot(known: Values, symbol: number): void {
    known.slots ??= new Map();
    if (!known.slots.has(symbol)) known.slots.set(symbol, this.slots++);
  }

  /** The linker has made room for the variable, and gives its size: the definition of others is the one to copy. */
  private copy(table: ElfRelocations, i: number): void {
    const { plan, resolver } = this;
    const { symbols } = table;
    const symbol = table.symbol(i);
    const name = symbols.name(symbol);
    const to = table.offset(i);
    const size = symbols.size(symbol);
    const at = (to - plan.start) >>> 0;
    if (at + size > plan.size) badPlace(table, i);
    const from = plan.linked ? 0 : resolver.lookup(name) >>> 0;
    if (from !== 0) {
      this.imports.push(name);
      this.copies.push({ name, from, to, size });
    } else if (!plan.linked && !symbols.weak(symbol)) {
      this.failed = true;
      this.missing.push(name);
    }
  }

  /** As lld has it: where the part of the image begins that is read only, or may be written, as the symbol's is. */
  private giveBase(table: ElfRelocations, i: number, known: Values): void {
    const { segments, object } = this.plan;
    const symbol = table.symbol(i);
    const at = known.value[symbol] & (table.symbols.type(symbol) === STT.FUNC ? ~1 : ~0);
    const part = partAt(segments, at >>> 0);
    // Or at its end.
    const inside = part && at >>> 0 <= part.vaddr + part.memsz ? part : undefined;
    if (known.state[symbol] === Known.Missing) return;
    if (known.state[symbol] !== Known.Relative)
      throw new LoadError(
        "",
        `record ${i} of ${table.section} (${relocationName(table.type(i))}) counts from where the data of the module begins, and ${table.symbols.name(symbol) || "its target"} is no part of it`,
      );
    // Common symbols have no section; they lie behind the others.
    const writable = inside?.writable ?? true;
    // What a linker would make one segment of.
    const first = object ? this.firstOf(writable) : inside;
    known.bases ??= new Map();
    known.bases.set(symbol, first?.vaddr ?? this.plan.start);
  }

  private firstOf(writable: boolean): PlannedSegment | undefined {
    let first = this.firsts.get(writable);
    if (!first) {
      first = this.plan.segments.find((segment) => segment.writable === writable);
      if (first) this.firsts.set(writable, first);
    }
    return first;
  }

  private valuesOf(symbols: ElfSymbols): Values {
    let values = this.values.get(symbols);
    if (!values) {
      const count = Math.max(symbols.count, 1);
      values = { value: new Int32Array(count), state: new Uint8Array(count) };
      this.values.set(symbols, values);
    }
    return values;
  }
}

/** Records that are checked in one piece. */
const CHUNK = 2048;

/**
 * Passes over records of types that only take a word, with a place inside the image and a symbol that was found; gives the index
 * of the first one that needs more than that, or `end`.
 */
function checkWords(
  words: Uint32Array,
  from: number,
  end: number,
  stride: number,
  start: number,
  size: number,
  state: Uint8Array,
): number {
  const symbols = state.length;
  let w = from;
  for (; w < end; w += stride) {
    const info = words[w + 1];
    const type = info & 0xff;
    const symbol = info >>> 8;
    if (SIZE[type] !== 4 || NEED[type] !== NOTHING || symbol >= symbols) break;
    if (((words[w] - start) >>> 0) + 4 > size) break;
    const known = state[symbol];
    if (known === NOT_ASKED || known === MISSING) break;
  }
  return w;
}

function badPlace(table: ElfRelocations, i: number): never {
  throw new LoadError(
    "",
    `record ${i} of ${table.section} (${relocationName(table.type(i))}) patches 0x${table.offset(i).toString(16)}, outside the segments`,
  );
}
