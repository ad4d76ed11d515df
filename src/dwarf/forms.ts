import { type Budget, DwarfError, type Reader, stringAt } from "./reader.ts";

/** DW_FORM (DWARF 5, 7.5.6); those of DWARF 2 to 4 have the same numbers. */
const FORM = {
  addr: 0x01,
  block2: 0x03,
  block4: 0x04,
  data2: 0x05,
  data4: 0x06,
  data8: 0x07,
  string: 0x08,
  block: 0x09,
  block1: 0x0a,
  data1: 0x0b,
  flag: 0x0c,
  sdata: 0x0d,
  strp: 0x0e,
  udata: 0x0f,
  refAddr: 0x10,
  ref1: 0x11,
  ref2: 0x12,
  ref4: 0x13,
  ref8: 0x14,
  refUdata: 0x15,
  indirect: 0x16,
  secOffset: 0x17,
  exprloc: 0x18,
  flagPresent: 0x19,
  strx: 0x1a,
  addrx: 0x1b,
  refSup4: 0x1c,
  strpSup: 0x1d,
  data16: 0x1e,
  lineStrp: 0x1f,
  refSig8: 0x20,
  implicitConst: 0x21,
  loclistx: 0x22,
  rnglistx: 0x23,
  refSup8: 0x24,
  strx1: 0x25,
  strx2: 0x26,
  strx3: 0x27,
  strx4: 0x28,
  addrx1: 0x29,
  addrx2: 0x2a,
  addrx3: 0x2b,
  addrx4: 0x2c,
  // Of GCC before DWARF 5.
  gnuAddrIndex: 0x1f01,
  gnuStrIndex: 0x1f02,
  gnuRefAlt: 0x1f20,
  gnuStrpAlt: 0x1f21,
} as const;

/** What an attribute's value is; indices are into tables of the unit. */
export type Value =
  | { readonly kind: "address" | "number" | "reference" | "offset"; readonly value: number }
  | { readonly kind: "addressIndex" | "listIndex"; readonly value: number }
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "stringIndex"; readonly value: number };

export interface FormContext {
  readonly version: number;
  readonly offsetSize: 4 | 8;
  readonly addressSize: number;
  /** Offset of the unit in .debug_info. */
  readonly unit: number;
  readonly str?: Uint8Array;
  readonly lineStr?: Uint8Array;
  readonly budget: Budget;
}

/** Reads an attribute's value; undefined for what nobody here looks at. Texts that are not wanted are passed over. */
export function readForm(
  reader: Reader,
  form: number,
  context: FormContext,
  implicit: number,
  wanted = true,
): Value | undefined {
  const number = (value: number): Value => ({ kind: "number", value });
  const local = (value: number): Value => ({ kind: "reference", value: context.unit + value });
  const indexed = (kind: "addressIndex" | "stringIndex" | "listIndex", value: number): Value => ({
    kind,
    value,
  });
  switch (form) {
    case FORM.addr:
      return { kind: "address", value: reader.address(context.addressSize) };
    case FORM.data1:
    case FORM.flag:
      return number(reader.u8());
    case FORM.data2:
      return number(reader.u16());
    case FORM.data4:
      return number(reader.u32());
    case FORM.data8:
      return number(reader.u64());
    case FORM.data16:
      return void reader.skip(16);
    case FORM.sdata:
      return number(reader.sleb());
    case FORM.udata:
      return number(reader.uleb());
    case FORM.implicitConst:
      return number(implicit);
    case FORM.flagPresent:
      return number(1);
    case FORM.string:
      if (!wanted) return void reader.skipString();
      return { kind: "string", text: reader.string() };
    case FORM.strp:
    case FORM.lineStrp: {
      const offset = reader.offset(context.offsetSize);
      if (!wanted) return undefined;
      const section = form === FORM.strp ? context.str : context.lineStr;
      return { kind: "string", text: stringAt(section, offset, context.budget) };
    }
    case FORM.secOffset:
      return { kind: "offset", value: reader.offset(context.offsetSize) };
    case FORM.ref1:
      return local(reader.u8());
    case FORM.ref2:
      return local(reader.u16());
    case FORM.ref4:
      return local(reader.u32());
    case FORM.ref8:
      return local(reader.u64());
    case FORM.refUdata:
      return local(reader.uleb());
    case FORM.refAddr:
      return {
        kind: "reference",
        value: reader.offset(context.version === 2 ? 4 : context.offsetSize),
      };
    case FORM.refSig8:
    case FORM.refSup8:
      return void reader.skip(8);
    case FORM.refSup4:
      return void reader.skip(4);
    case FORM.strpSup:
      return void reader.skip(context.offsetSize);
    case FORM.gnuRefAlt:
    case FORM.gnuStrpAlt:
      return void reader.skip(context.offsetSize);
    case FORM.gnuStrIndex:
    case FORM.strx:
      return indexed("stringIndex", reader.uleb());
    case FORM.strx1:
      return indexed("stringIndex", reader.u8());
    case FORM.strx2:
      return indexed("stringIndex", reader.u16());
    case FORM.strx3:
      return indexed("stringIndex", reader.u24());
    case FORM.strx4:
      return indexed("stringIndex", reader.u32());
    case FORM.gnuAddrIndex:
    case FORM.addrx:
      return indexed("addressIndex", reader.uleb());
    case FORM.addrx1:
      return indexed("addressIndex", reader.u8());
    case FORM.addrx2:
      return indexed("addressIndex", reader.u16());
    case FORM.addrx3:
      return indexed("addressIndex", reader.u24());
    case FORM.addrx4:
      return indexed("addressIndex", reader.u32());
    case FORM.rnglistx:
      return indexed("listIndex", reader.uleb());
    case FORM.loclistx:
      return void reader.uleb();
    case FORM.block:
    case FORM.exprloc:
      return void reader.skip(reader.uleb());
    case FORM.block1:
      return void reader.skip(reader.u8());
    case FORM.block2:
      return void reader.skip(reader.u16());
    case FORM.block4:
      return void reader.skip(reader.u32());
    case FORM.indirect: {
      const actual = reader.uleb();
      if (actual === FORM.indirect) throw new DwarfError("a form that is indirect twice");
      return readForm(reader, actual, context, 0, wanted);
    }
    default:
      throw new DwarfError(`unknown form 0x${form.toString(16)}`);
  }
}
