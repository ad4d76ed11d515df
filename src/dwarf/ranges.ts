import { type Budget, DwarfError, PIECE, type Reader } from "./reader.ts";

/** Addresses [start, end). */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** More of one function or unit is an attack. */
const RANGES_MAX = 1 << 16;

/** DW_RLE (DWARF 5, 7.25). */
const RLE = {
  endOfList: 0,
  baseAddressx: 1,
  startxEndx: 2,
  startxLength: 3,
  offsetPair: 4,
  baseAddress: 5,
  startEnd: 6,
  startLength: 7,
} as const;

/** What lists of a unit are read with. */
export interface RangeContext {
  /** DW_AT_low_pc of the unit. */
  readonly base: number;
  readonly addressSize: number;
  /** An entry of the unit's part of .debug_addr. */
  readonly indexed: (index: number) => number;
  readonly budget: Budget;
}

/** A list of .debug_ranges (DWARF 4, 2.17.3). */
export function readRanges(reader: Reader, context: RangeContext): Range[] {
  const { addressSize, budget } = context;
  let { base } = context;
  const most = addressSize === 8 ? 2 ** 64 : 2 ** 32 - 1;
  const found: Range[] = [];
  for (;;) {
    const start = reader.address(addressSize);
    const end = reader.address(addressSize);
    budget.spend(PIECE);
    if (start === 0 && end === 0) return found;
    if (start >= most) base = end;
    else add(found, base + start, base + end);
  }
}

/** A list of .debug_rnglists (DWARF 5, 2.17.3). */
export function readRangeList(reader: Reader, context: RangeContext): Range[] {
  const { addressSize, budget } = context;
  let { base } = context;
  const read = () => reader.address(addressSize);
  const indexed = () => context.indexed(reader.uleb());
  const found: Range[] = [];
  for (;;) {
    const kind = reader.u8();
    budget.spend(PIECE);
    switch (kind) {
      case RLE.endOfList:
        return found;
      case RLE.baseAddressx:
        base = indexed();
        break;
      case RLE.startxEndx:
        add(found, indexed(), indexed());
        break;
      case RLE.startxLength: {
        const start = indexed();
        add(found, start, start + reader.uleb());
        break;
      }
      case RLE.offsetPair: {
        const start = base + reader.uleb();
        add(found, start, base + reader.uleb());
        break;
      }
      case RLE.baseAddress:
        base = read();
        break;
      case RLE.startEnd:
        add(found, read(), read());
        break;
      case RLE.startLength: {
        const start = read();
        add(found, start, start + reader.uleb());
        break;
      }
      default:
        throw new DwarfError(`range list entry of kind ${kind}`);
    }
  }
}

function add(found: Range[], start: number, end: number): void {
  if (end > start) found.push({ start, end });
  if (found.length > RANGES_MAX) throw new DwarfError("too many ranges");
}
