import { GRANULE_SHIFT, type GuestMemory, READ } from "../../memory/mod.ts";
import { SLIDE_PAGE } from "../types.ts";

const GRANULE = 1 << GRANULE_SHIFT;

/**
 * Where the zeros end that can be executed from `at` on as instructions of `size` bytes: at the border of the page, at the latest. All
 * of them do what the first did: in A32 they are ANDEQ r0, r0, r0, which changes nothing, in Thumb MOVS r0, r0.
 */
export function endOfZeros({ rights, u16, u32 }: GuestMemory, at: number, size: number): number {
  const border = at - (at % SLIDE_PAGE) + SLIDE_PAGE;
  let pc = at;
  while (pc < border && rights[pc >>> GRANULE_SHIFT] & READ) {
    const end = pc - (pc % GRANULE) + GRANULE;
    while (pc < end && (pc & 3) === 0 && u32[pc >>> 2] === 0) pc += 4;
    while (pc < end && u16[pc >>> 1] === 0 && u16[(pc + size - 2) >>> 1] === 0) pc += size;
    if (pc < end) break;
  }
  return pc;
}
