import { relocationCode } from "../elf/mod.ts";
import type { Bindings } from "./bind.ts";
import type { LoadPlan } from "./plan-types.ts";
import { FIELD } from "./rows-arm.ts";
import { Known } from "./values.ts";

const code = (name: string): number => relocationCode(`R_ARM_${name}`);
const BRANCHES = new Set(["PC24", "PLT32", "CALL", "JUMP24"].map(code));
const THUMB = new Set(["THM_CALL", "THM_JUMP24"].map(code));
const [ABS32, REL32, GLOB_DAT, JUMP_SLOT, RELATIVE, V4BX] = [
  "ABS32",
  "REL32",
  "GLOB_DAT",
  "JUMP_SLOT",
  "RELATIVE",
  "V4BX",
].map(code);

/**
 * dlmodule_relocate of RT-Thread 4.0.4, for the records of an object file: types that it does not know and symbols that nobody has
 * are passed over, branches are not checked. (Of THM_CALL the original writes the second half to a wrong place.)
 */
export function relocate404(
  plan: LoadPlan,
  { values, size }: Bindings,
  view: DataView,
  block: number,
): number {
  let applied = 0;
  for (const table of plan.relocations) {
    const { value, state } = values.get(table.symbols)!;
    for (let i = 0; i < table.count; i++) {
      const symbol = table.symbol(i);
      const at = table.offset(i);
      if (state[symbol] === Known.Missing || at + 4 > size) continue;
      const p = (block + at) >>> 0;
      const s = (value[symbol] + (state[symbol] === Known.Relative ? block : 0)) | 0;
      const word = view.getInt32(p, true);
      const type = table.type(i);
      if (type === ABS32) view.setInt32(p, word + s, true);
      else if (type === REL32) view.setInt32(p, word + s - p, true);
      else if (type === GLOB_DAT || type === JUMP_SLOT) view.setInt32(p, s, true);
      else if (type === RELATIVE) view.setInt32(p, word + block, true);
      else if (type === V4BX) view.setInt32(p, (word & 0xf000000f) | 0x01a0f000, true);
      else if (BRANCHES.has(type)) {
        const x = (s - p + ((word << 8) >> 6)) | 0;
        // The functions of the board's kernel are A32 code, those here Thumb: a call has to change over.
        if ((s & 1) !== 0) FIELD[type].put(view, p, x);
        else view.setInt32(p, (word & 0xff000000) | ((x >> 2) & 0xffffff), true);
      } else if (THUMB.has(type)) {
        const x = (s + FIELD[type].addend(view, p) - p) | 0;
        if ((x & 1) === 0 || !FIELD[type].put(view, p, x)) view.setInt32(p, word, true);
      } else continue;
      applied++;
    }
  }
  return applied;
}
