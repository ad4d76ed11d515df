import {
  amount,
  DT,
  dynamicValue,
  EM,
  ET,
  type ElfImage,
  machineName,
  PF,
  PT,
  SHF,
  SHT,
  typeName,
  type ProgramHeader,
} from "../elf/mod.ts";
import { LoadError } from "./load-error.ts";
import * as text from "./messages.ts";
import { planObject } from "./plan-object.ts";
import { planObject404 } from "./plan-object-404.ts";
import {
  chosenFunction,
  type LoadPlan,
  NOTHING,
  planSymbols,
  type PlannedSegment,
  type Span,
} from "./plan-types.ts";

/** RT_ALIGN_SIZE: what rt_malloc gives. */
const HEAP_ALIGN = 4;
/** More is a page size, not a wish of the code. */
const ALIGN_MAX = 4096;
/** Segments further apart than this get a warning (RT-Thread 4.0.4, dlelf.c). */
const PADDING = 16;

/** Throws LoadError with the console text of the original and the reason; ElfError for defects of the file's structure. */
export function planLoad(image: ElfImage, options: { compat404: boolean }): LoadPlan {
  const { header } = image;
  if (header.type !== ET.DYN && header.type !== ET.REL)
    throw new LoadError(
      text.UNSUPPORTED_TYPE,
      `it is of type ${typeName(header.type)}, a module is ET_DYN: link it with \`-shared -fPIC\``,
    );
  if (header.machine !== EM.ARM && !options.compat404)
    throw new LoadError(
      "",
      `it was built for another processor (${machineName(header.machine)}); this system runs EM_ARM`,
    );
  if (options.compat404)
    return header.type === ET.DYN ? planShared(image, options) : planObject404(image);
  const plan = header.type === ET.DYN ? planShared(image, options) : planObject(image);
  if (plan.chosen.length > 0) throw new LoadError("", chosenFunction(plan.chosen.join(", ")));
  return plan;
}

function planShared(image: ElfImage, options: { compat404: boolean }): LoadPlan {
  const { header } = image;
  const warnings: string[] = [];
  const { start, size, segments } = planSegments(image, warnings);
  const inside = (span: Span, what: string): Span => {
    if (span.size === 0) return NOTHING;
    if (span.vaddr < start || span.vaddr + span.size > start + size)
      throw new LoadError(
        "",
        `its ${what} lies outside its segments: ${amount(span.size, "byte")} at 0x${span.vaddr.toString(16)}`,
      );
    return span;
  };
  const array = (at: number, bytes: number, type: number, what: string): Span =>
    inside(dynamicSpan(image, at, bytes) ?? sectionSpan(image, type), what);
  // A library's is 0.
  const entry = (header.entry & ~1) >>> 0;
  if (header.entry !== 0 && !options.compat404 && (entry < start || entry >= start + size))
    throw new LoadError(
      "",
      `its entry, 0x${header.entry.toString(16)}, lies outside its segments: link it with -e main`,
    );
  const symbols = image.dynamicSymbols();
  let exidx: ProgramHeader | undefined;
  for (const segment of image.segments) if (segment.type === PT.ARM_EXIDX) exidx ??= segment;
  return {
    start,
    size,
    align: options.compat404 ? HEAP_ALIGN : alignment(image),
    entry: header.entry,
    program: header.entry !== 0,
    object: false,
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
        `segment ${index} has ${amount(filesz, "byte")} in the file but only ${memsz} in memory`,
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
  for (const section of image.sections)
    if (section.type === type) return { vaddr: section.addr, size: section.size };
  return NOTHING;
}

function namedSpan(image: ElfImage, name: string): Span {
  const section = image.section(name);
  return section ? { vaddr: section.addr, size: section.size } : NOTHING;
}
