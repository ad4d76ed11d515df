import { type FormContext, readForm, type Value } from "./forms.ts";
import { type Budget, DwarfError, Reader, stringAt } from "./reader.ts";

/** The sections that are read. */
export interface Sections {
  readonly info: Uint8Array;
  readonly abbrev: Uint8Array;
  readonly line?: Uint8Array;
  readonly str?: Uint8Array;
  readonly lineStr?: Uint8Array;
  readonly addr?: Uint8Array;
  readonly strOffsets?: Uint8Array;
  /** .debug_ranges of DWARF 2 to 4, .debug_rnglists of DWARF 5. */
  readonly ranges?: Uint8Array;
  readonly rnglists?: Uint8Array;
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface FunctionRecord {
  readonly name: string;
  readonly ranges: readonly Range[];
  /** A copy in the place of a call. */
  readonly inlined: boolean;
  /** Where it is declared, 0 when that is not said. */
  readonly line: number;
  /** How deep it lies in the tree of entries: a function inlined in another one lies deeper. */
  readonly depth: number;
}

/** A unit whose entries are in a file of their own (DWARF 5, 3.1.2; GCC's -gsplit-dwarf before). */
export interface SplitReference {
  /** Name of that file as the compiler wrote it, and where the compiler ran. */
  readonly file: string;
  readonly folder: string | undefined;
  /** Both files have it. */
  readonly id: number;
  /** Where its part of .debug_addr begins, and of .debug_ranges. */
  readonly addresses: number;
  readonly ranges: number;
  readonly base: number;
}

export interface Unit {
  readonly name: string;
  readonly split?: SplitReference;
  readonly compDir: string | undefined;
  /** Offset of its table in .debug_line; undefined when it has none. */
  readonly lines: number | undefined;
  readonly ranges: readonly Range[];
  readonly functions: readonly FunctionRecord[];
}

const TAG = {
  compileUnit: 0x11,
  inlined: 0x1d,
  subprogram: 0x2e,
  partialUnit: 0x3c,
  skeletonUnit: 0x4a,
} as const;
const AT = {
  name: 0x03,
  stmtList: 0x10,
  lowPc: 0x11,
  highPc: 0x12,
  compDir: 0x1b,
  abstractOrigin: 0x31,
  declLine: 0x3b,
  specification: 0x47,
  ranges: 0x55,
  linkageName: 0x6e,
  strOffsetsBase: 0x72,
  addrBase: 0x73,
  rnglistsBase: 0x74,
  dwoName: 0x76,
  // Of GCC before DWARF 5.
  gnuDwoName: 0x2130,
  gnuDwoId: 0x2131,
  gnuRangesBase: 0x2132,
  gnuAddrBase: 0x2133,
} as const;

/** Limits of what is believed. */
const FUNCTIONS_MAX = 1 << 18;
const RANGES_MAX = 1 << 16;
const ORIGINS_MAX = 8;
/** What a part of a table or list costs of the budget: it is kept. */
const PIECE = 16;

interface Abbreviation {
  readonly tag: number;
  readonly children: boolean;
  /** Attribute, form, implicit constant. */
  readonly attributes: readonly number[];
}

type Attributes = Map<number, Value>;

interface FunctionDraft {
  readonly at: number;
  readonly attributes: Attributes;
  readonly inlined: boolean;
  readonly depth: number;
}

/** Reads every compilation unit of .debug_info: its lines, its functions. */
export function readUnits(sections: Sections, budget: Budget): Unit[] {
  return new UnitReader(sections, budget).all();
}

/** Reads the one unit of a .dwo file, or of its part of a .dwp; undefined when it is another one. */
export function readSplitUnit(
  sections: Sections,
  skeleton: SplitReference,
  budget: Budget,
): Unit | undefined {
  return new UnitReader(sections, budget, skeleton).all()[0];
}

class UnitReader {
  private functions = 0;
  private readonly tables = new Map<number, Map<number, Abbreviation>>();
  /** Names of functions by the offset of their entry, for copies that refer to it. */
  private readonly names = new Map<number, string | { readonly origin: number }>();
  private readonly lines = new Map<number, number>();

  constructor(
    private readonly s: Sections,
    private readonly budget: Budget,
    /** What the sections are split from. */
    private readonly skeleton?: SplitReference,
  ) {}

  all(): Unit[] {
    const reader = new Reader(this.s.info);
    const drafts: (() => Unit)[] = [];
    while (reader.left >= 11) {
      this.budget.spend(PIECE);
      const unit = reader.at;
      const { end, offsetSize } = reader.unitLength();
      const body = new Reader(this.s.info, reader.at, end);
      reader.at = end;
      const version = body.u16();
      if (version < 2 || version > 5) continue;
      let type = 1;
      let id: number | undefined;
      let addressSize: number;
      let abbrev: number;
      if (version >= 5) {
        type = body.u8();
        addressSize = body.u8();
        abbrev = body.offset(offsetSize);
        // Skeleton and split units carry an identifier, type units a signature and an offset.
        if (type === 4 || type === 5) id = body.u64();
        else if (type === 2 || type === 6) body.skip(8 + offsetSize);
      } else {
        abbrev = body.offset(offsetSize);
        addressSize = body.u8();
      }
      if (addressSize !== 4 && addressSize !== 8) throw new DwarfError("addresses of another size");
      const { str, lineStr } = this.s;
      const { budget } = this;
      const context = { version, offsetSize, addressSize, unit, str, lineStr, budget };
      const draft = this.unit(body, context, this.abbreviations(abbrev), id);
      if (draft) drafts.push(draft);
    }
    // Origins may lie in units behind.
    return drafts.map((draft) => draft());
  }

  private unit(
    reader: Reader,
    context: FormContext,
    abbreviations: Map<number, Abbreviation>,
    id: number | undefined,
  ): (() => Unit) | undefined {
    let root: Attributes | undefined;
    const functions: FunctionDraft[] = [];
    let depth = 0;
    while (reader.left > 0) {
      const at = reader.at;
      const code = reader.uleb();
      if (code === 0) {
        depth--;
        continue;
      }
      const abbreviation = abbreviations.get(code);
      if (!abbreviation) throw new DwarfError(`unknown abbreviation ${code}`);
      this.budget.spend(1 + abbreviation.attributes.length / 3);
      const { tag } = abbreviation;
      const wanted = root === undefined || tag === TAG.subprogram || tag === TAG.inlined;
      const attributes = this.attributes(reader, abbreviation, context, wanted);
      if (root === undefined) {
        root = attributes;
        if (tag !== TAG.compileUnit && tag !== TAG.partialUnit && tag !== TAG.skeletonUnit) {
          return undefined;
        }
        id ??= numberOf(root.get(AT.gnuDwoId));
        if (this.skeleton && id !== this.skeleton.id) return undefined;
      } else if (tag === TAG.subprogram || tag === TAG.inlined) {
        if (++this.functions > FUNCTIONS_MAX) throw new DwarfError("too many functions");
        functions.push({ at, attributes, inlined: tag === TAG.inlined, depth });
        this.note(at, attributes, root, context);
      }
      if (abbreviation.children) depth++;
    }
    if (!root) return undefined;
    const top = root;
    return () => this.finish(top, functions, context, id);
  }

  private attributes(
    reader: Reader,
    { attributes }: Abbreviation,
    context: FormContext,
    wanted: boolean,
  ): Attributes {
    const found: Attributes = new Map();
    for (let i = 0; i < attributes.length; i += 3) {
      const value = readForm(reader, attributes[i + 1], context, attributes[i + 2], wanted);
      if (wanted && value) found.set(attributes[i], value);
    }
    return found;
  }

  private note(at: number, attributes: Attributes, root: Attributes, context: FormContext): void {
    const line = numberOf(attributes.get(AT.declLine));
    if (line) this.lines.set(at, line);
    const own = this.text(attributes.get(AT.name), root, context);
    if (own !== undefined) {
      this.names.set(at, own);
      return;
    }
    const origin = attributes.get(AT.abstractOrigin) ?? attributes.get(AT.specification);
    if (origin?.kind === "reference") this.names.set(at, { origin: origin.value });
  }

  private nameOf(at: number): { name: string; line: number } {
    let line = 0;
    for (let n = 0; n < ORIGINS_MAX; n++) {
      line ||= this.lines.get(at) ?? 0;
      const name = this.names.get(at);
      if (name === undefined) break;
      if (typeof name === "string") return { name, line };
      at = name.origin;
    }
    return { name: "??", line };
  }

  private finish(
    root: Attributes,
    functions: readonly FunctionDraft[],
    context: FormContext,
    id: number | undefined,
  ): Unit {
    const base = this.address(root.get(AT.lowPc), root, context) ?? this.skeleton?.base ?? 0;
    const records: FunctionRecord[] = [];
    for (const { at, attributes, inlined, depth } of functions) {
      const ranges = this.rangesOf(attributes, root, context, base);
      if (ranges.length > 0) records.push({ ...this.nameOf(at), ranges, inlined, depth });
    }
    const lines = root.get(AT.stmtList);
    return {
      name: this.text(root.get(AT.name), root, context) ?? "??",
      compDir: this.text(root.get(AT.compDir), root, context),
      split: this.splitOf(root, context, id, base),
      lines: lines && "value" in lines ? lines.value : undefined,
      ranges: this.rangesOf(root, root, context, base),
      functions: records,
    };
  }

  /** Where the rest of a skeleton unit is. */
  private splitOf(
    root: Attributes,
    c: FormContext,
    id: number | undefined,
    base: number,
  ): SplitReference | undefined {
    const file = this.text(root.get(AT.dwoName) ?? root.get(AT.gnuDwoName), root, c);
    if (file === undefined || id === undefined || this.skeleton) return undefined;
    return {
      file,
      folder: this.text(root.get(AT.compDir), root, c),
      id,
      addresses: numberOf(root.get(AT.addrBase) ?? root.get(AT.gnuAddrBase)) ?? 0,
      ranges: numberOf(root.get(AT.gnuRangesBase)) ?? 0,
      base,
    };
  }

  private addressTable(root: Attributes, c: FormContext): number {
    return (
      numberOf(root.get(AT.addrBase) ?? root.get(AT.gnuAddrBase)) ??
      this.skeleton?.addresses ??
      2 * c.offsetSize
    );
  }

  private text(value: Value | undefined, root: Attributes, c: FormContext): string | undefined {
    if (value?.kind === "string") return value.text;
    if (value?.kind !== "stringIndex") return undefined;
    const { strOffsets, str } = this.s;
    if (!strOffsets || !str) return undefined;
    // The tables of GCC before DWARF 5 have no head.
    const base = numberOf(root.get(AT.strOffsetsBase)) ?? (c.version < 5 ? 0 : 2 * c.offsetSize);
    const offset = new Reader(strOffsets, base + value.value * c.offsetSize).offset(c.offsetSize);
    return stringAt(str, offset, this.budget);
  }

  private address(value: Value | undefined, root: Attributes, c: FormContext): number | undefined {
    if (value?.kind === "address") return value.value;
    if (value?.kind !== "addressIndex") return undefined;
    return this.indexedAddress(this.addressTable(root, c), value.value, c);
  }

  private indexedAddress(base: number, index: number, c: FormContext): number {
    const { addr } = this.s;
    if (!addr) throw new DwarfError("the address table is missing");
    const reader = new Reader(addr, base + index * c.addressSize);
    return c.addressSize === 8 ? reader.u64() : reader.u32();
  }

  private rangesOf(at: Attributes, root: Attributes, c: FormContext, base: number): Range[] {
    const start = this.address(at.get(AT.lowPc), root, c);
    const high = at.get(AT.highPc);
    if (start !== undefined && high) {
      const end =
        high.kind === "number" ? start + high.value : (this.address(high, root, c) ?? start);
      return end > start ? [{ start, end }] : [];
    }
    const list = at.get(AT.ranges);
    if (!list || !("value" in list)) return [];
    const own = this.skeleton?.ranges ?? 0;
    if (c.version < 5) return this.oldRanges(own + list.value, c, base);
    let offset = list.value;
    if (list.kind === "listIndex") {
      const table = numberOf(root.get(AT.rnglistsBase)) ?? 8 + c.offsetSize;
      if (!this.s.rnglists) return [];
      const entry = new Reader(this.s.rnglists, table + list.value * c.offsetSize);
      offset = table + entry.offset(c.offsetSize);
    }
    return this.newRanges(offset, root, c, base);
  }

  /** .debug_ranges (DWARF 4, 2.17.3). */
  private oldRanges(offset: number, c: FormContext, base: number): Range[] {
    if (!this.s.ranges) return [];
    const reader = new Reader(this.s.ranges, offset);
    const read = () => (c.addressSize === 8 ? reader.u64() : reader.u32());
    const most = c.addressSize === 8 ? 2 ** 64 : 2 ** 32 - 1;
    const found: Range[] = [];
    for (;;) {
      const start = read();
      const end = read();
      this.budget.spend(PIECE);
      if (start === 0 && end === 0) return found;
      if (start >= most) base = end;
      else if (end > start) found.push({ start: base + start, end: base + end });
      if (found.length > RANGES_MAX) throw new DwarfError("too many ranges");
    }
  }

  /** .debug_rnglists (DWARF 5, 2.17.3). */
  private newRanges(offset: number, root: Attributes, c: FormContext, base: number): Range[] {
    if (!this.s.rnglists) return [];
    const reader = new Reader(this.s.rnglists, offset);
    const read = () => (c.addressSize === 8 ? reader.u64() : reader.u32());
    const table = this.addressTable(root, c);
    const indexed = () => this.indexedAddress(table, reader.uleb(), c);
    const found: Range[] = [];
    const add = (start: number, end: number): void => {
      if (end > start) found.push({ start, end });
      if (found.length > RANGES_MAX) throw new DwarfError("too many ranges");
    };
    for (;;) {
      const kind = reader.u8();
      this.budget.spend(PIECE);
      switch (kind) {
        case 0:
          return found;
        case 1:
          base = indexed();
          break;
        case 2:
          add(indexed(), indexed());
          break;
        case 3: {
          const start = indexed();
          add(start, start + reader.uleb());
          break;
        }
        case 4: {
          const start = base + reader.uleb();
          add(start, base + reader.uleb());
          break;
        }
        case 5:
          base = read();
          break;
        case 6: {
          const start = read();
          add(start, read());
          break;
        }
        case 7: {
          const start = read();
          add(start, start + reader.uleb());
          break;
        }
        default:
          throw new DwarfError(`range list entry of kind ${kind}`);
      }
    }
  }

  private abbreviations(offset: number): Map<number, Abbreviation> {
    const known = this.tables.get(offset);
    if (known) return known;
    const reader = new Reader(this.s.abbrev, offset);
    const table = new Map<number, Abbreviation>();
    for (let code = reader.uleb(); code !== 0; code = reader.uleb()) {
      const tag = reader.uleb();
      const children = reader.u8() !== 0;
      const attributes: number[] = [];
      for (;;) {
        this.budget.spend(PIECE);
        const name = reader.uleb();
        const form = reader.uleb();
        const implicit = form === 0x21 ? reader.sleb() : 0;
        if (name === 0 && form === 0) break;
        attributes.push(name, form, implicit);
      }
      table.set(code, { tag, children, attributes });
    }
    this.tables.set(offset, table);
    return table;
  }
}

function numberOf(value: Value | undefined): number | undefined {
  return value && "value" in value ? value.value : undefined;
}
