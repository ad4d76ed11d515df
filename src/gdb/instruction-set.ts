import { ElfImage, STT } from "../elf/mod.ts";
import type { SystemParts } from "./system-parts.ts";

/** Kinds of Thumb breakpoints: 16-bit and 32-bit instructions (GDB manual, appendix E.5.1.1). */
const THUMB_KINDS = [2, 3];

/**
 * What code a breakpoint is put into. gdb says what there is by its kind of breakpoint; lldb says 4 of code without symbols, whatever that
 * is.
 */
export function isThumbPlace(parts: SystemParts, address: number, kind: number): boolean {
  return THUMB_KINDS.includes(kind) || (address & 3) !== 0 || isThumbFunction(parts, address);
}

/** In a function of the firmware whose symbol has bit 0 set. */
function isThumbFunction({ image, firmware }: SystemParts, address: number): boolean {
  if (!firmware.nearest(address)) return false;
  const symbols = new ElfImage(image).staticSymbols();
  for (let n = 1; n < (symbols?.count ?? 0); n++) {
    if (symbols!.type(n) !== STT.FUNC) continue;
    const start = symbols!.value(n) & ~1;
    if (address >= start && address < start + symbols!.size(n))
      return (symbols!.value(n) & 1) !== 0;
  }
  return false;
}
