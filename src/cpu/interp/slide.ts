import { GRANULE_SHIFT, type GuestMemory, READ } from "../../memory/mod.ts";
import { SLIDE_PAGE, SLIDE_PERIOD, SLIDE_UNITS } from "../types.ts";

const GRANULE = 1 << GRANULE_SHIFT;

/** Where execution is, bit 0: Thumb. */
interface Position {
  readonly pc: number;
  readonly units: number;
}

/**
 * What happens behind an idle instruction of `size` bytes that ends at the pc: the end of a page that is all alike costs units, and when
 * `far`, zeros that follow are executed up to the end of the units. All of them do what the first did: in A32 they are ANDEQ r0, r0, r0,
 * which changes nothing, in Thumb MOVS r0, r0.
 */
export function slide(
  memory: GuestMemory,
  { pc, units, size, far }: Position & { readonly size: number; readonly far: boolean },
): Position & { readonly instructions: number } {
  let at = pc - (pc & 1);
  let left = units;
  let instructions = 0;
  const { u16, rights } = memory;
  const zero = far && u16[(at - size) >>> 1] === 0 && u16[(at - 2) >>> 1] === 0;
  const page = at - (at % SLIDE_PAGE);
  let costs = at - size < page && isAlike(memory, page - SLIDE_PAGE);
  for (;;) {
    if (costs && (left -= SLIDE_UNITS) <= 0) break;
    if (!zero) break;
    costs = at % SLIDE_PAGE === 0 && u16[at >>> 1] === 0 && isZero(memory, at);
    const from = at;
    if (costs) at += SLIDE_PAGE;
    else if (rights[at >>> GRANULE_SHIFT] & READ) {
      const end = at - (at % GRANULE) + GRANULE;
      while (at < end && u16[at >>> 1] === 0 && u16[(at + size - 2) >>> 1] === 0) at += size;
      costs = at % SLIDE_PAGE === 0 && isAlike(memory, at - SLIDE_PAGE);
    }
    instructions += (at - from) / size;
    if (at === from || at % GRANULE !== 0) break;
  }
  return { pc: at + (pc & 1), units: left, instructions };
}

/** All of the page is repetitions of its first bytes, and can be executed. */
function isAlike({ rights, u32 }: GuestMemory, page: number): boolean {
  for (let g = page >>> GRANULE_SHIFT; g < (page + SLIDE_PAGE) >>> GRANULE_SHIFT; g++)
    if (!(rights[g] & READ)) return false;
  const period = SLIDE_PERIOD / 4;
  for (let k = (page >>> 2) + period; k < (page + SLIDE_PAGE) >>> 2; k++)
    if (u32[k] !== u32[k - period]) return false;
  return true;
}

function isZero(memory: GuestMemory, page: number): boolean {
  const first = page >>> 2;
  for (let k = first; k < first + SLIDE_PERIOD / 4; k++) if (memory.u32[k] !== 0) return false;
  return isAlike(memory, page);
}
