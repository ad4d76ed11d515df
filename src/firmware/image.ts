import { EM, ElfError, ElfImage, ET, PF, PT } from "../elf/mod.ts";
import { GuestFault, type GuestMemory, READ, WRITE } from "../memory/mod.ts";
import { FirmwareError } from "./error.ts";

/** Where the image lies in guest memory, [start, end), and the address of its section RttInfo. */
export interface PlacedImage {
  readonly elf: ElfImage;
  readonly start: number;
  readonly end: number;
  readonly info: number;
}

/** Runs `read`; a defect of the file or a pointer out of RAM becomes a FirmwareError. */
export function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ElfError || error instanceof GuestFault)
      throw new FirmwareError(error.message);
    throw error;
  }
}

/** Many machines of a process have one firmware. */
const images = new WeakMap<Uint8Array, ElfImage>();

function imageOf(file: Uint8Array): ElfImage {
  let image = images.get(file);
  if (!image) images.set(file, (image = new ElfImage(file)));
  return image;
}

/** Copies an ET_EXEC image into guest memory; what it does not declare writable becomes read-only. */
export function placeImage(memory: GuestMemory, file: Uint8Array, infoSize: number): PlacedImage {
  const elf = imageOf(file);
  const { header } = elf;
  if (header.magic !== "ELF" || header.type !== ET.EXEC || header.machine !== EM.ARM)
    throw new FirmwareError("not an ARM executable (ET_EXEC, EM_ARM)");
  const segments = elf.segments.filter(({ type, memsz }) => type === PT.LOAD && memsz > 0);
  let start = memory.end;
  let end = memory.base;
  for (const segment of segments) {
    const { vaddr, filesz, memsz } = segment;
    const where = `segment ${segment.index} (0x${vaddr.toString(16)}, ${memsz} bytes)`;
    if (!memory.contains(vaddr, memsz)) throw new FirmwareError(`${where} lies outside RAM`);
    if (filesz > memsz)
      throw new FirmwareError(`${where} has ${filesz} bytes in the file, more than in memory`);
    memory.poke(vaddr, elf.contents(segment));
    memory.poke(vaddr + filesz, new Uint8Array(memsz - filesz));
    memory.protect(vaddr, vaddr + memsz, segment.flags & PF.W ? READ | WRITE : READ);
    start = Math.min(start, vaddr);
    end = Math.max(end, vaddr + memsz);
  }
  // What lies below the kernel's image on the board.
  memory.protect(memory.base, start, 0);
  const info = elf.section("RttInfo");
  if (!info || info.size !== infoSize || info.addr < start || info.addr + infoSize > end)
    throw new FirmwareError(
      "its section RttInfo is missing or of another version; rebuild it with src/firmware/build.ts",
    );
  return { elf, start, end, info: info.addr };
}
