import { type ElfImage, SHT } from "../../elf/mod.ts";

/** What the object says of its procedure call standard: "aeabi" build attributes of .ARM.attributes (IHI 0045). */
export interface Attributes {
  /** Tag_CPU_name, Tag_CPU_arch by name. */
  readonly cpu: string | undefined;
  readonly architecture: string | undefined;
  /** Tag_ABI_VFP_args. */
  readonly floatArguments: "core registers" | "VFP registers" | "both";
  /** Tag_ABI_enum_size; undefined when no enumeration passes an interface. */
  readonly enums: "variable" | "int" | undefined;
  /** Tag_ABI_PCS_wchar_t: bytes, 0 when not used. */
  readonly wchar: number;
  readonly thumbOnly: boolean;
}

const TAG = { FILE: 1, CPU_NAME: 5, CPU_ARCH: 6, PROFILE: 7, WCHAR: 18, ENUM: 26, VFP_ARGS: 28 };
/** Tags whose value is a string: CPU_raw_name, CPU_name, compatibility (a number and a string), also_compatible_with, conformance. */
const COMPATIBILITY = 32;
const STRINGS: ReadonlySet<number> = new Set([4, 5, 65, 67]);
const ARCHITECTURES =
  "pre-v4 v4 v4T v5T v5TE v5TEJ v6 v6KZ v6T2 v6K v7 v6-M v6S-M v7E-M v8-A v8-R v8-M.base v8-M.main".split(
    " ",
  );

/** The attributes of the whole file; undefined when it has none or they cannot be read. */
export function readAttributes(image: ElfImage): Attributes | undefined {
  const section = image.sections.find(({ type }) => type === SHT.ARM_ATTRIBUTES);
  const inside = section && section.offset + section.size <= image.fileSize;
  const tags = inside ? aeabiTags(image.data(section)) : undefined;
  if (!tags) return undefined;
  const number = (tag: number): number => Number(tags.get(tag) ?? 0);
  const enums = number(TAG.ENUM);
  return {
    cpu: tags.get(TAG.CPU_NAME)?.toString() || undefined,
    architecture: ARCHITECTURES[number(TAG.CPU_ARCH)],
    floatArguments: (["core registers", "VFP registers", "core registers", "both"] as const)[
      number(TAG.VFP_ARGS) & 3
    ],
    enums: enums === 1 ? "variable" : enums === 2 || enums === 3 ? "int" : undefined,
    wchar: number(TAG.WCHAR),
    thumbOnly: number(TAG.PROFILE) === "M".charCodeAt(0),
  };
}

function aeabiTags(bytes: Uint8Array): Map<number, number | string> | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const reader = new Reader(bytes);
  if (reader.byte() !== 0x41) return undefined;
  while (reader.at + 4 <= bytes.length) {
    const end = Math.min(reader.at + view.getUint32(reader.at, true), bytes.length);
    reader.at += 4;
    if (reader.text(end) !== "aeabi") {
      if (end <= reader.at) return undefined;
      reader.at = end;
      continue;
    }
    if (reader.number() !== TAG.FILE || reader.at + 4 > end) return undefined;
    reader.at += 4;
    const tags = new Map<number, number | string>();
    while (reader.at < end) {
      const tag = reader.number();
      if (tag === COMPATIBILITY) {
        reader.number();
        reader.text(end);
      } else tags.set(tag, STRINGS.has(tag) ? reader.text(end) : reader.number());
    }
    return tags;
  }
  return undefined;
}

/** Bytes, ULEB128 numbers and strings; beyond the end everything is 0 or empty. */
class Reader {
  at = 0;
  constructor(private readonly bytes: Uint8Array) {}

  byte(): number {
    return this.bytes[this.at++] ?? 0;
  }
  number(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    return value;
  }
  text(end: number): string {
    let text = "";
    while (this.at < end && this.bytes[this.at] !== 0) text += String.fromCharCode(this.byte());
    this.at++;
    return text;
  }
}
