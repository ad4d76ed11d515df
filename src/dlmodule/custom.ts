import { ElfError, ElfImage, SHT } from "../elf/mod.ts";
import { callGuest, type Task } from "../kernel/call.ts";
import type { Loader } from "./loader.ts";

/** struct rt_dlmodule_ops: where a module comes from when it is in no file. */
const OPS = { LOAD: 0, UNLOAD: 4 } as const;

/**
 * Has guest code fetch a module: `load(name)` gives the address of its bytes, `unload(address)` takes it back. How many bytes there are
 * only the headers say; nothing of them is believed beyond the end of RAM. A text says why there are none.
 */
export function* customImage(loader: Loader, name: number, ops: number): Task<Uint8Array | string> {
  const { kernel } = loader.parts;
  const { memory } = kernel;
  const fetch = memory.ldu32(ops + OPS.LOAD);
  const release = memory.ldu32(ops + OPS.UNLOAD);
  kernel.assert(fetch !== 0, "ops->load", "dlmodule_load_custom", 0);
  kernel.assert(release !== 0, "ops->unload", "dlmodule_load_custom", 0);
  const at = (yield* callGuest(fetch, name)) >>> 0;
  if (at === 0) return "ops->load returned NULL";
  const offset = at - memory.base;
  const rest =
    offset >= 0 && offset < memory.size ? memory.read(at, memory.size - offset) : undefined;
  const image =
    rest?.slice(0, fileSize(rest)) ??
    `ops->load returned 0x${at.toString(16)}, where there is no memory`;
  yield* callGuest(release, at);
  return image;
}

/** How long the file that begins here is, as its headers have it; of bytes that are none the first ones, to be refused by name. */
function fileSize(bytes: Uint8Array): number {
  try {
    const { header, segments, sections } = new ElfImage(bytes);
    let end = Math.max(header.phoff + 32 * segments.length, header.shoff + 40 * sections.length);
    for (const { offset, filesz } of segments) end = Math.max(end, offset + filesz);
    for (const { type, offset, size } of sections)
      if (type !== SHT.NOBITS && type !== SHT.NULL) end = Math.max(end, offset + size);
    return end;
  } catch (error) {
    if (error instanceof ElfError) return 64;
    throw error;
  }
}
