import { EM, ElfError, ElfImage, ET, PF, PT, STT } from "../elf/mod.ts";
import { type GuestMemory, READ, WRITE } from "../memory/mod.ts";
import { FirmwareError } from "./error.ts";

/** Functions of an image by address: parallel arrays. */
export interface FunctionTable {
  readonly address: readonly number[];
  readonly name: readonly string[];
}

/** Where the image lies, and its symbols. */
export interface PlacedImage {
  readonly start: number;
  readonly end: number;
  /** Value of every symbol; bit 0 set for a Thumb function. */
  readonly symbols: ReadonlyMap<string, number>;
  readonly functions: FunctionTable;
}

/** Copies an ET_EXEC image into guest memory; what it does not declare writable becomes read-only. */
export function placeImage(memory: GuestMemory, file: Uint8Array): PlacedImage {
  try {
    return place(memory, new ElfImage(file));
  } catch (error) {
    if (error instanceof ElfError) throw new FirmwareError(`firmware image: ${error.message}`);
    throw error;
  }
}

function place(memory: GuestMemory, image: ElfImage): PlacedImage {
  const { header } = image;
  if (header.magic !== "ELF" || header.type !== ET.EXEC || header.machine !== EM.ARM)
    throw new FirmwareError("firmware image: not an ARM executable (ET_EXEC, EM_ARM)");
  const segments = image.segments.filter(({ type, memsz }) => type === PT.LOAD && memsz > 0);
  if (segments.length === 0) throw new FirmwareError("firmware image: no PT_LOAD segment");
  let start = memory.end;
  let end = memory.base;
  for (const segment of segments) {
    const { vaddr, filesz, memsz } = segment;
    const where = `segment ${segment.index} (0x${vaddr.toString(16)}, ${memsz} bytes)`;
    if (!memory.contains(vaddr, memsz))
      throw new FirmwareError(`firmware image: ${where} lies outside RAM`);
    if (filesz > memsz)
      throw new FirmwareError(
        `firmware image: ${where} has ${filesz} bytes in the file, more than in memory`,
      );
    memory.write(vaddr, image.contents(segment));
    memory.fill(vaddr + filesz, memsz - filesz, 0);
    memory.protect(vaddr, vaddr + memsz, segment.flags & PF.W ? READ | WRITE : READ);
    start = Math.min(start, vaddr);
    end = Math.max(end, vaddr + memsz);
  }
  return { start, end, ...symbolsOf(image) };
}

function symbolsOf(image: ElfImage): Pick<PlacedImage, "symbols" | "functions"> {
  const symbols = new Map<string, number>();
  const functions: [number, string][] = [];
  const table = image.staticSymbols();
  for (let i = 1; i < (table?.count ?? 0); i++) {
    if (!table?.defined(i)) continue;
    symbols.set(table.name(i), table.value(i));
    if (table.type(i) === STT.FUNC)
      functions.push([(table.value(i) & ~1) >>> 0, plainName(table.name(i))]);
  }
  functions.sort(([a, first], [b, second]) => a - b || preference(first) - preference(second));
  const unique = functions.filter(([at], i) => i === 0 || functions[i - 1][0] !== at);
  return {
    symbols,
    functions: { address: unique.map(([at]) => at), name: unique.map(([, name]) => name) },
  };
}

/** `--wrap` of the linker renames a replacement. */
function plainName(name: string): string {
  return name.replace(/^__wrap_/, "");
}

/** Of several names of one function, the one people know: without underscores. */
function preference(name: string): number {
  return /^_*/.exec(name)![0].length;
}
