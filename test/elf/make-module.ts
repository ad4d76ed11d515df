import { DT, EM, ET, PF, PT, SHF, SHT } from "../../src/elf/mod.ts";

/** One record of .rel.dyn. */
export interface Record_ {
  readonly offset: number;
  readonly type: number;
  /** Index into `symbols`, counted from 1; 0 is the empty symbol. */
  readonly symbol: number;
}

export interface Symbol_ {
  readonly name: string;
  readonly value?: number;
  readonly size?: number;
  /** st_info: binding << 4 | type. */
  readonly info?: number;
  /** 0: undefined. */
  readonly shndx?: number;
  readonly other?: number;
}

export interface ModuleSpec {
  readonly symbols: readonly Symbol_[];
  readonly relocations: readonly Record_[];
  /** Bytes of the writable segment, which begins behind the tables at `dataAddress` of the result. */
  readonly data: Uint8Array;
  readonly bss?: number;
  readonly entry?: number;
  readonly type?: number;
  readonly machine?: number;
  /** e_flags; soft-float when absent. */
  readonly flags?: number;
  readonly sectionHeaders?: boolean;
}

/**
 * A small ET_DYN module as ld lays them out: one LOAD segment with .dynsym, .dynstr and .rel.dyn, one with data, PT_DYNAMIC.
 * Relocation offsets are relative to the data.
 */
export function makeModule(spec: ModuleSpec): { file: Uint8Array; dataAddress: number } {
  const { symbols, relocations, data } = spec;
  let strings = "\0";
  const names = symbols.map(({ name }) => {
    const at = strings.length;
    strings += `${name}\0`;
    return at;
  });
  const align = (n: number): number => (n + 3) & ~3;
  const dynsymAt = 52 + 3 * 32;
  const dynsymSize = 16 * (symbols.length + 1);
  const dynstrAt = dynsymAt + dynsymSize;
  const relAt = align(dynstrAt + strings.length);
  const relSize = 8 * relocations.length;
  const dynamicAt = align(relAt + relSize);
  const dynamic: [number, number][] = [
    [DT.STRTAB, dynstrAt],
    [DT.SYMTAB, dynsymAt],
    [DT.STRSZ, strings.length],
    [DT.REL, relAt],
    [DT.RELSZ, relSize],
    [DT.NULL, 0],
  ];
  const dataAt = dynamicAt + 8 * dynamic.length;
  const end = align(dataAt + data.length);
  const sectionNames = "\0.dynsym\0.dynstr\0.rel.dyn\0.data\0.shstrtab\0";
  const shstrAt = end;
  const shoff = align(shstrAt + sectionNames.length);
  const sections: number[][] = [
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    [1, SHT.DYNSYM, SHF.ALLOC, dynsymAt, dynsymAt, dynsymSize, 2, 1, 4, 16],
    [9, SHT.STRTAB, SHF.ALLOC, dynstrAt, dynstrAt, strings.length, 0, 0, 1, 0],
    [17, SHT.REL, SHF.ALLOC, relAt, relAt, relSize, 1, 0, 4, 8],
    [26, SHT.PROGBITS, SHF.ALLOC | SHF.WRITE, dataAt, dataAt, data.length, 0, 0, 4, 0],
    [32, SHT.STRTAB, 0, 0, shstrAt, sectionNames.length, 0, 0, 1, 0],
  ];
  const withSections = spec.sectionHeaders ?? true;
  const file = new Uint8Array(withSections ? shoff + 40 * sections.length : end);
  const view = new DataView(file.buffer);
  const w16 = (at: number, value: number): void => view.setUint16(at, value, true);
  const w32 = (at: number, value: number): void => view.setUint32(at, value, true);
  file.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  w16(16, spec.type ?? ET.DYN);
  w16(18, spec.machine ?? EM.ARM);
  w32(20, 1);
  w32(24, spec.entry ?? 0);
  w32(28, 52);
  w32(32, withSections ? shoff : 0);
  w32(36, spec.flags ?? 0x5000200);
  w16(40, 52);
  w16(42, 32);
  w16(44, 3);
  w16(46, 40);
  w16(48, withSections ? sections.length : 0);
  w16(50, withSections ? 5 : 0);
  const segment = (
    n: number,
    type: number,
    at: number,
    filesz: number,
    memsz: number,
    flags: number,
  ): void =>
    [type, at, at, at, filesz, memsz, flags, 4].forEach((v, i) => w32(52 + 32 * n + 4 * i, v));
  segment(0, PT.LOAD, 0, dynamicAt, dynamicAt, PF.R | PF.X);
  segment(
    1,
    PT.LOAD,
    dynamicAt,
    dataAt - dynamicAt + data.length,
    dataAt - dynamicAt + data.length + (spec.bss ?? 0),
    PF.R | PF.W,
  );
  segment(2, PT.DYNAMIC, dynamicAt, 8 * dynamic.length, 8 * dynamic.length, PF.R | PF.W);
  symbols.forEach(({ value = 0, size = 0, info = 0x10, shndx = 0, other = 0 }, i) => {
    const at = dynsymAt + 16 * (i + 1);
    w32(at, names[i]);
    w32(at + 4, value);
    w32(at + 8, size);
    file[at + 12] = info;
    file[at + 13] = other;
    w16(at + 14, shndx);
  });
  file.set(Buffer.from(strings, "latin1"), dynstrAt);
  relocations.forEach(({ offset, type, symbol }, i) => {
    w32(relAt + 8 * i, dataAt + offset);
    w32(relAt + 8 * i + 4, (symbol << 8) | type);
  });
  dynamic.forEach(([tag, value], i) => {
    w32(dynamicAt + 8 * i, tag);
    w32(dynamicAt + 8 * i + 4, value);
  });
  file.set(data, dataAt);
  if (withSections) {
    file.set(Buffer.from(sectionNames, "latin1"), shstrAt);
    sections.forEach((fields, n) => fields.forEach((v, i) => w32(shoff + 40 * n + 4 * i, v)));
  }
  return { file, dataAddress: dataAt };
}
