import {
  DT,
  dynamicValue,
  EM,
  ET,
  type ElfImage,
  type ElfRelocations,
  type ElfSymbols,
  machineName,
  PF,
  PT,
  SHF,
  SHN,
  SHT,
  STB,
  STT,
  STV,
  typeName,
} from "../elf/mod.ts";
import { LoadError } from "./load-error.ts";
import * as text from "./messages.ts";

/** A symbol of the module. */
export interface Exported {
  readonly name: string;
  /** Link-time address with the Thumb bit, or the number itself when `absolute`. */
  readonly value: number;
  readonly absolute: boolean;
}

/** Bytes of one PT_LOAD; addresses are link-time addresses. */
export interface PlannedSegment {
  readonly vaddr: number;
  readonly bytes: Uint8Array;
  readonly memsz: number;
  readonly writable: boolean;
}

/** An array of function pointers (or a table) inside the image, at a link-time address. */
export interface Span {
  readonly vaddr: number;
  readonly size: number;
}

/**
 * What loading a file means, decided before anything is allocated. Pure: no memory, no kernel. Addresses are link-time
 * addresses; an image address is `block + vaddr - start`.
 */
export interface LoadPlan {
  /** p_vaddr of the first PT_LOAD. */
  readonly start: number;
  /** Bytes of the block that holds every segment. */
  readonly size: number;
  /** What addresses of the image have to be a multiple of, as far as `start` is one. 4.0.4 gives 4 to every module. */
  readonly align: number;
  readonly entry: number;
  readonly segments: readonly PlannedSegment[];
  readonly relocations: readonly ElfRelocations[];
  readonly symbols: ElfSymbols | undefined;
  /** What other code may look up: global and weak definitions of .dynsym that are not hidden. */
  readonly exports: ReadonlyMap<string, Exported>;
  /** module->symtab of 4.0.4: the global functions of .dynsym, undefined ones included. */
  readonly functions: readonly Exported[];
  readonly needed: readonly string[];
  readonly preinit: Span;
  readonly init: Span;
  readonly fini: Span;
  /** PT_ARM_EXIDX, the index of the unwind tables. */
  readonly exidx: Span;
  /** .ARM.extab, the unwind tables. */
  readonly extab: Span;
  /** RT-Thread's own tools linked the file already: undefined symbols are not looked up. */
  readonly linked: boolean;
  /** EF_ARM_ABI_FLOAT_HARD. */
  readonly hardFloat: boolean;
  /** Console lines of warnings, as the original prints them. */
  readonly warnings: readonly string[];
}

const NOTHING: Span = { vaddr: 0, size: 0 };
/** RT_ALIGN_SIZE: what rt_malloc gives. */
const HEAP_ALIGN = 4;
/** More is a page size, not a wish of the code. */
const ALIGN_MAX = 4096;
/** Segments further apart than this get a warning (RT-Thread 4.0.4, dlelf.c). */
const PADDING = 16;

/** Throws LoadError with the console text of the original and the reason; ElfError for defects of the file's structure. */
export function planLoad(image: ElfImage, options: { compat404: boolean }): LoadPlan {
  const { header } = image;
  if (header.type !== ET.DYN)
    throw new LoadError(
      header.type === ET.REL ? "" : text.UNSUPPORTED_TYPE,
      header.type === ET.REL
        ? "it is an object file (ET_REL), not a linked module: link it with `-shared -fPIC`"
        : `it is of type ${typeName(header.type)}, a module is ET_DYN: link it with \`-shared -fPIC\``,
    );
  if (header.machine !== EM.ARM && !options.compat404)
    throw new LoadError(
      "",
      `it was built for another processor (${machineName(header.machine)}); this system runs EM_ARM`,
    );
  const warnings: string[] = [];
  const { start, size, segments } = planSegments(image, warnings);
  const inside = (span: Span, what: string): Span => {
    if (span.size === 0) return NOTHING;
    if (span.vaddr < start || span.vaddr + span.size > start + size)
      throw new LoadError(
        "",
        `its ${what} lies outside its segments: ${span.size} bytes at 0x${span.vaddr.toString(16)}`,
      );
    return span;
  };
  const array = (at: number, bytes: number, type: number, what: string): Span =>
    inside(dynamicSpan(image, at, bytes) ?? sectionSpan(image, type), what);
  const symbols = image.dynamicSymbols();
  const exidx = image.segments.find(({ type }) => type === PT.ARM_EXIDX);
  return {
    start,
    size,
    align: options.compat404 ? HEAP_ALIGN : alignment(image),
    entry: header.entry,
    segments,
    relocations: image.relocations().filter((table) => table.loaded),
    symbols,
    ...planSymbols(symbols),
    needed: image.needed(),
    preinit: array(DT.PREINIT_ARRAY, DT.PREINIT_ARRAYSZ, SHT.PREINIT_ARRAY, ".preinit_array"),
    init: array(DT.INIT_ARRAY, DT.INIT_ARRAYSZ, SHT.INIT_ARRAY, ".init_array"),
    fini: array(DT.FINI_ARRAY, DT.FINI_ARRAYSZ, SHT.FINI_ARRAY, ".fini_array"),
    exidx: exidx ? inside({ vaddr: exidx.vaddr, size: exidx.memsz }, ".ARM.exidx") : NOTHING,
    extab: inside(namedSpan(image, ".ARM.extab"), ".ARM.extab"),
    linked: header.magic === "RTM",
    hardFloat: (header.flags & 0x400) !== 0,
    warnings,
  };
}

/** The checks of dlmodule_load_shared_object, in its order. */
function planSegments(
  image: ElfImage,
  warnings: string[],
): { start: number; size: number; segments: PlannedSegment[] } {
  const segments: PlannedSegment[] = [];
  let start = 0;
  let end = 0;
  for (const segment of image.segments) {
    if (segment.type !== PT.LOAD) continue;
    const { index, vaddr, memsz, filesz } = segment;
    if (memsz < filesz)
      throw new LoadError(
        text.memsz(index, memsz, filesz),
        `segment ${index} has ${filesz} bytes in the file but only ${memsz} in memory`,
        true,
      );
    if (vaddr + memsz > 0xffffffff)
      throw new LoadError(
        segments.length === 0 ? text.wrap(index, vaddr, memsz) : text.overflow(index),
        `segment ${index} reaches beyond the address space`,
        true,
      );
    if (segments.length === 0) start = vaddr;
    else if (vaddr < end)
      throw new LoadError(
        text.OVERLAP,
        `segment ${index} begins at 0x${vaddr.toString(16)}, before the end of the one in front of it (0x${end.toString(16)})`,
        true,
      );
    else if (vaddr - end > PADDING) warnings.push(text.padding(index));
    end = vaddr + memsz;
    segments.push({
      vaddr,
      bytes: image.contents(segment),
      memsz,
      writable: (segment.flags & PF.W) !== 0,
    });
  }
  if (end === start)
    throw new LoadError(text.SIZE, "it has nothing to load: no PT_LOAD segment with a size");
  return { start, size: end - start, segments };
}

/**
 * The largest alignment of a section. That of segments says nothing: without `-z max-page-size` it is 64 KiB for every module.
 */
function alignment(image: ElfImage): number {
  let align = HEAP_ALIGN;
  for (const { flags, addralign } of image.sections) {
    const wanted = (flags & SHF.ALLOC) !== 0 && (addralign & (addralign - 1)) === 0;
    if (wanted && addralign <= ALIGN_MAX) align = Math.max(align, addralign);
  }
  return align;
}

function dynamicSpan(image: ElfImage, at: number, bytes: number): Span | undefined {
  const vaddr = dynamicValue(image.dynamic, at);
  const size = dynamicValue(image.dynamic, bytes);
  return vaddr === undefined || size === undefined ? undefined : { vaddr, size };
}

function sectionSpan(image: ElfImage, type: number): Span {
  const section = image.sections.find((candidate) => candidate.type === type);
  return section ? { vaddr: section.addr, size: section.size } : NOTHING;
}

function namedSpan(image: ElfImage, name: string): Span {
  const section = image.section(name);
  return section ? { vaddr: section.addr, size: section.size } : NOTHING;
}

function planSymbols(symbols: ElfSymbols | undefined): Pick<LoadPlan, "exports" | "functions"> {
  const exports = new Map<string, Exported>();
  const functions: Exported[] = [];
  for (let i = 1; i < (symbols?.count ?? 0); i++) {
    const bind = symbols!.bind(i);
    if (bind !== STB.GLOBAL && bind !== STB.WEAK) continue;
    const shndx = symbols!.shndx(i);
    const symbol: Exported = {
      name: symbols!.name(i),
      value: symbols!.value(i),
      absolute: shndx === SHN.ABS,
    };
    if (bind === STB.GLOBAL && symbols!.type(i) === STT.FUNC) functions.push(symbol);
    const visible =
      symbols!.visibility(i) === STV.DEFAULT || symbols!.visibility(i) === STV.PROTECTED;
    if (shndx !== SHN.UNDEF && visible && !exports.has(symbol.name))
      exports.set(symbol.name, symbol);
  }
  return { exports, functions };
}
