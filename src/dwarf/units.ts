import { type Abbreviation, Abbreviations } from "./abbreviations.ts";
import { AT, type Attributes, AttributeValues, numberOf } from "./attributes.ts";
import { type FormContext, readForm, type Value } from "./forms.ts";
import { type Budget, DwarfError, PIECE, Reader } from "./reader.ts";
import type { FunctionRecord, Sections, SplitReference, Unit } from "./unit.ts";

/** DW_TAG (DWARF 5, 7.5.3). */
const TAG = {
  compileUnit: 0x11,
  inlined: 0x1d,
  subprogram: 0x2e,
  partialUnit: 0x3c,
  skeletonUnit: 0x4a,
} as const;
/** DW_UT (DWARF 5, 7.5.1). */
const UT = { type: 2, skeleton: 4, splitCompile: 5, splitType: 6 } as const;

/** Limits of what is believed. */
const FUNCTIONS_MAX = 1 << 18;
const ORIGINS_MAX = 8;

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

interface UnitHeader {
  readonly version: number;
  readonly addressSize: number;
  /** Offset of its abbreviations. */
  readonly abbreviations: number;
  /** Of skeleton and split units. */
  readonly id: number | undefined;
}

/** The rest of a unit's head, behind its length (DWARF 5, 7.5.1); undefined for a version that is not known. */
function readHeader(reader: Reader, offsetSize: 4 | 8): UnitHeader | undefined {
  const version = reader.u16();
  if (version < 2 || version > 5) return undefined;
  let id: number | undefined;
  let addressSize: number;
  let abbreviations: number;
  if (version >= 5) {
    const type = reader.u8();
    addressSize = reader.u8();
    abbreviations = reader.offset(offsetSize);
    // Skeleton and split units carry an identifier, type units a signature and an offset.
    if (type === UT.skeleton || type === UT.splitCompile) id = reader.u64();
    else if (type === UT.type || type === UT.splitType) reader.skip(8 + offsetSize);
  } else {
    abbreviations = reader.offset(offsetSize);
    addressSize = reader.u8();
  }
  if (addressSize !== 4 && addressSize !== 8) throw new DwarfError("addresses of another size");
  return { version, addressSize, abbreviations, id };
}

class UnitReader {
  private functions = 0;
  private readonly abbreviations: Abbreviations;
  /** Names of functions by the offset of their entry, for copies that refer to it. */
  private readonly names = new Map<number, string | { readonly origin: number }>();
  private readonly lines = new Map<number, number>();

  constructor(
    private readonly s: Sections,
    private readonly budget: Budget,
    /** What the sections are split from. */
    private readonly skeleton?: SplitReference,
  ) {
    this.abbreviations = new Abbreviations(s.abbrev, budget);
  }

  all(): Unit[] {
    const reader = new Reader(this.s.info);
    const drafts: (() => Unit)[] = [];
    while (reader.left >= 11) {
      this.budget.spend(PIECE);
      const unit = reader.at;
      const { end, offsetSize } = reader.unitLength();
      const body = new Reader(this.s.info, reader.at, end);
      reader.at = end;
      const header = readHeader(body, offsetSize);
      if (!header) continue;
      const { version, addressSize } = header;
      const { str, lineStr } = this.s;
      const { budget } = this;
      const context = { version, offsetSize, addressSize, unit, str, lineStr, budget };
      const draft = this.unit(
        body,
        context,
        this.abbreviations.at(header.abbreviations),
        header.id,
      );
      if (draft) drafts.push(draft);
    }
    // Origins may lie in units behind.
    return drafts.map((draft) => draft());
  }

  private unit(
    reader: Reader,
    context: FormContext,
    abbreviations: ReadonlyMap<number, Abbreviation>,
    id: number | undefined,
  ): (() => Unit) | undefined {
    let values: AttributeValues | undefined;
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
      const wanted = values === undefined || tag === TAG.subprogram || tag === TAG.inlined;
      const attributes = readAttributes(reader, abbreviation, context, wanted);
      if (values === undefined) {
        values = new AttributeValues(this.s, attributes, context, this.skeleton);
        if (tag !== TAG.compileUnit && tag !== TAG.partialUnit && tag !== TAG.skeletonUnit) {
          return undefined;
        }
        id ??= numberOf(attributes.get(AT.gnuDwoId));
        if (this.skeleton && id !== this.skeleton.id) return undefined;
      } else if (tag === TAG.subprogram || tag === TAG.inlined) {
        if (++this.functions > FUNCTIONS_MAX) throw new DwarfError("too many functions");
        functions.push({ at, attributes, inlined: tag === TAG.inlined, depth });
        this.note(at, attributes, values);
      }
      if (abbreviation.children) depth++;
    }
    if (!values) return undefined;
    const known = values;
    return () => this.finish(known, functions, id);
  }

  private note(at: number, attributes: Attributes, values: AttributeValues): void {
    const line = numberOf(attributes.get(AT.declLine));
    if (line) this.lines.set(at, line);
    const own = values.text(attributes.get(AT.name));
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
    values: AttributeValues,
    functions: readonly FunctionDraft[],
    id: number | undefined,
  ): Unit {
    const { root, base } = values;
    const records: FunctionRecord[] = [];
    for (const { at, attributes, inlined, depth } of functions) {
      const ranges = values.ranges(attributes, base);
      if (ranges.length > 0) records.push({ ...this.nameOf(at), ranges, inlined, depth });
    }
    return {
      name: values.text(root.get(AT.name)) ?? "??",
      compDir: values.text(root.get(AT.compDir)),
      split: this.splitOf(values, id, base),
      lines: numberOf(root.get(AT.stmtList)),
      ranges: values.ranges(root, base),
      functions: records,
    };
  }

  /** Where the rest of a skeleton unit is. */
  private splitOf(
    values: AttributeValues,
    id: number | undefined,
    base: number,
  ): SplitReference | undefined {
    const { root } = values;
    const file = values.text(root.get(AT.dwoName) ?? root.get(AT.gnuDwoName));
    if (file === undefined || id === undefined || this.skeleton) return undefined;
    return {
      file,
      folder: values.text(root.get(AT.compDir)),
      id,
      addresses: values.addressBase ?? 0,
      ranges: numberOf(root.get(AT.gnuRangesBase)) ?? 0,
      base,
    };
  }
}

/** The values of one entry; none of an entry that is not wanted, which is passed over. */
function readAttributes(
  reader: Reader,
  { attributes }: Abbreviation,
  context: FormContext,
  wanted: boolean,
): Attributes {
  const found = new Map<number, Value>();
  for (let i = 0; i < attributes.length; i += 3) {
    const value = readForm(reader, attributes[i + 1], context, attributes[i + 2], wanted);
    if (wanted && value) found.set(attributes[i], value);
  }
  return found;
}
