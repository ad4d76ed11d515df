import { type FormContext, type Value } from "./forms.ts";
import { type Range, type RangeContext, readRangeList, readRanges } from "./ranges.ts";
import { DwarfError, Reader, stringAt } from "./reader.ts";
import type { Sections, SplitReference } from "./unit.ts";

/** DW_AT (DWARF 5, 7.5.4): the attributes that are looked at. */
export const AT = {
  name: 0x03,
  stmtList: 0x10,
  lowPc: 0x11,
  highPc: 0x12,
  compDir: 0x1b,
  abstractOrigin: 0x31,
  declLine: 0x3b,
  specification: 0x47,
  ranges: 0x55,
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

/** Values of an entry by attribute. */
export type Attributes = ReadonlyMap<number, Value>;

/** The number that a value carries, whatever it counts; undefined for a text or nothing. */
export function numberOf(value: Value | undefined): number | undefined {
  return value && "value" in value ? value.value : undefined;
}

/**
 * What the attributes of a unit's entries stand for. Many are indices into tables of other sections, and the unit's own first entry says
 * where its part of them begins (DWARF 5, 7.26 to 7.29).
 */
export class AttributeValues {
  constructor(
    private readonly sections: Sections,
    /** The unit's own entry. */
    readonly root: Attributes,
    private readonly context: FormContext,
    /** What the sections are split from. */
    private readonly skeleton: SplitReference | undefined,
  ) {}

  /** DW_AT_low_pc of the unit: what its lists of ranges count from. */
  get base(): number {
    return this.address(this.root.get(AT.lowPc)) ?? this.skeleton?.base ?? 0;
  }

  /** Where the unit says that its part of .debug_addr begins. */
  get addressBase(): number | undefined {
    return numberOf(this.root.get(AT.addrBase) ?? this.root.get(AT.gnuAddrBase));
  }

  text(value: Value | undefined): string | undefined {
    if (value?.kind === "string") return value.text;
    if (value?.kind !== "stringIndex") return undefined;
    const { strOffsets, str } = this.sections;
    if (!strOffsets || !str) return undefined;
    const { version, offsetSize, budget } = this.context;
    // The tables of GCC before DWARF 5 have no head.
    const base = numberOf(this.root.get(AT.strOffsetsBase)) ?? (version < 5 ? 0 : 2 * offsetSize);
    const offset = new Reader(strOffsets, base + value.value * offsetSize).offset(offsetSize);
    return stringAt(str, offset, budget);
  }

  address(value: Value | undefined): number | undefined {
    if (value?.kind === "address") return value.value;
    return value?.kind === "addressIndex" ? this.indexed(value.value) : undefined;
  }

  /** What an entry covers: DW_AT_low_pc and DW_AT_high_pc, or DW_AT_ranges, whose lists count from `base`. */
  ranges(entry: Attributes, base: number): Range[] {
    const start = this.address(entry.get(AT.lowPc));
    const high = entry.get(AT.highPc);
    if (start !== undefined && high) {
      const end = high.kind === "number" ? start + high.value : (this.address(high) ?? start);
      return end > start ? [{ start, end }] : [];
    }
    const list = entry.get(AT.ranges);
    if (!list || !("value" in list)) return [];
    const { version, offsetSize, addressSize, budget } = this.context;
    const { ranges, rnglists } = this.sections;
    const indexed = (index: number) => this.indexed(index);
    const context: RangeContext = { base, addressSize, indexed, budget };
    if (version < 5) {
      const own = this.skeleton?.ranges ?? 0;
      return ranges ? readRanges(new Reader(ranges, own + list.value), context) : [];
    }
    if (!rnglists) return [];
    let offset = list.value;
    if (list.kind === "listIndex") {
      const table = numberOf(this.root.get(AT.rnglistsBase)) ?? 8 + offsetSize;
      offset = table + new Reader(rnglists, table + list.value * offsetSize).offset(offsetSize);
    }
    return readRangeList(new Reader(rnglists, offset), context);
  }

  /** An entry of the unit's part of .debug_addr. */
  private indexed(index: number): number {
    const { addr } = this.sections;
    if (!addr) throw new DwarfError("the address table is missing");
    const { offsetSize, addressSize } = this.context;
    const base = this.addressBase ?? this.skeleton?.addresses ?? 2 * offsetSize;
    return new Reader(addr, base + index * addressSize).address(addressSize);
  }
}
