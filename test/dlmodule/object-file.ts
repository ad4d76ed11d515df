/** Object files of many sections, as an assembler makes them. */

export interface ObjectSection {
  readonly name: string;
  readonly flags: "code" | "zero";
  /** Contents; a zero section has none. */
  readonly words?: readonly number[];
  /** Bytes, when there are more than the contents: zeroes. */
  readonly size?: number;
  /** [offset, type, index of a symbol from 1] */
  readonly records?: readonly (readonly [offset: number, type: number, symbol: number])[];
}

export interface ObjectSymbol {
  readonly name: string;
  /** Index of a section from 1; 0: undefined. */
  readonly section: number;
  readonly value?: number;
  readonly size?: number;
}

const SHF = { code: 6, zero: 3 } as const;
const GLOBAL_FUNC = 0x12;
const GLOBAL = 0x10;

/** ET_REL for ARM with global functions. Sections have the indices 1, 2, ... in their order. */
export function objectFile(
  sections: readonly ObjectSection[],
  symbols: readonly ObjectSymbol[],
): Uint8Array {
  const parts: Uint8Array[] = [];
  const headers: number[][] = [new Array<number>(10).fill(0)];
  const names = strings();
  let at = 52;
  const add = (data: Uint8Array): number => {
    const here = at;
    const padded = new Uint8Array((data.length + 3) & ~3);
    padded.set(data);
    parts.push(padded);
    at += padded.length;
    return here;
  };
  const symtab = sections.length + sections.filter(({ records }) => records).length + 1;
  for (const { name, flags, words = [], size = 0 } of sections) {
    const zero = flags === "zero";
    const length = Math.max(size, 4 * words.length);
    const data = new Uint8Array(zero ? 0 : length);
    if (!zero) data.set(bytes(words));
    const offset = add(data);
    headers.push([names.add(name), zero ? 8 : 1, SHF[flags], 0, offset, length, 0, 0, 4, 0]);
  }
  sections.forEach(({ name, records }, i) => {
    if (!records) return;
    const data = bytes(records.flatMap(([offset, type, symbol]) => [offset, (symbol << 8) | type]));
    headers.push([names.add(`.rel${name}`), 9, 0, 0, add(data), data.length, symtab, i + 1, 4, 8]);
  });
  const texts = strings();
  const table = bytes([
    ...new Array<number>(4).fill(0),
    ...symbols.flatMap(({ name, section, value = 0, size = 0 }) => [
      texts.add(name),
      value,
      size,
      (section << 16) | (section === 0 ? GLOBAL : GLOBAL_FUNC),
    ]),
  ]);
  headers.push([names.add(".symtab"), 2, 0, 0, add(table), table.length, symtab + 1, 1, 4, 16]);
  const text = texts.bytes();
  headers.push([names.add(".strtab"), 3, 0, 0, add(text), text.length, 0, 0, 1, 0]);
  const own = names.add(".shstrtab");
  const all = names.bytes();
  headers.push([own, 3, 0, 0, add(all), all.length, 0, 0, 1, 0]);
  const file = new Uint8Array(at + 40 * headers.length);
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  view.setUint16(16, 1, true);
  view.setUint16(18, 40, true);
  view.setUint32(20, 1, true);
  view.setUint32(32, at, true);
  view.setUint32(36, 0x5000000, true);
  view.setUint16(40, 52, true);
  view.setUint16(46, 40, true);
  view.setUint16(48, headers.length, true);
  view.setUint16(50, headers.length - 1, true);
  let to = 52;
  for (const part of parts) {
    file.set(part, to);
    to += part.length;
  }
  headers.forEach((fields, i) =>
    fields.forEach((value, n) => view.setUint32(at + 40 * i + 4 * n, value, true)),
  );
  return file;
}

function bytes(words: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(words).buffer);
}

function strings(): { add(name: string): number; bytes(): Uint8Array } {
  const texts = [""];
  let length = 1;
  return {
    add(name) {
      texts.push(name);
      length += name.length + 1;
      return length - name.length - 1;
    },
    bytes: () => new Uint8Array(Buffer.from(`${texts.join("\0")}\0`, "latin1")),
  };
}
