import { type Budget, PIECE, Reader } from "./reader.ts";

/** The shape of an entry: its tag, whether it has children, and its attributes in their order (DWARF 5, 7.5.3). */
export interface Abbreviation {
  readonly tag: number;
  readonly children: boolean;
  /** Attribute, form, implicit constant. */
  readonly attributes: readonly number[];
}

const FORM_IMPLICIT_CONST = 0x21;

/** The tables of .debug_abbrev, each read once, for units share them. */
export class Abbreviations {
  private readonly tables = new Map<number, Map<number, Abbreviation>>();

  constructor(
    private readonly section: Uint8Array,
    private readonly budget: Budget,
  ) {}

  /** The table that begins at an offset, by code. */
  at(offset: number): ReadonlyMap<number, Abbreviation> {
    const known = this.tables.get(offset);
    if (known) return known;
    const reader = new Reader(this.section, offset);
    const table = new Map<number, Abbreviation>();
    for (let code = reader.uleb(); code !== 0; code = reader.uleb()) {
      const tag = reader.uleb();
      const children = reader.u8() !== 0;
      table.set(code, { tag, children, attributes: this.specifications(reader) });
    }
    this.tables.set(offset, table);
    return table;
  }

  private specifications(reader: Reader): number[] {
    const attributes: number[] = [];
    for (;;) {
      this.budget.spend(PIECE);
      const name = reader.uleb();
      const form = reader.uleb();
      const implicit = form === FORM_IMPLICIT_CONST ? reader.sleb() : 0;
      if (name === 0 && form === 0) return attributes;
      attributes.push(name, form, implicit);
    }
  }
}
