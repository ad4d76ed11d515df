import type { ElfImage } from "../elf/mod.ts";
import { FIELD, NEED, Need, SIZE } from "./rows-arm.ts";
import { VENEER_BYTES } from "./veneers.ts";

const SLOT_BYTES = 4;

/** The most bytes that the global offset table and the veneers of an object can take, before anything is placed. */
export function tablesOf(image: ElfImage): number {
  const slots = new Set<number>();
  const veneers = new Set<string>();
  for (const table of image.relocations()) {
    const section = image.sections[table.target];
    if (!section) continue;
    const bytes = image.data(section);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let i = 0; i < table.count; i++) {
      const type = table.type(i);
      const need = NEED[type];
      const symbol = table.words[i * table.stride + 1] >>> 8;
      if (need === Need.Slot) slots.add(symbol);
      if (need !== Need.VeneerA32 && need !== Need.VeneerT32) continue;
      const at = table.offset(i);
      if (at + SIZE[type] > bytes.length) continue;
      const a = table.addends ? table.addend(i) : FIELD[type].addend(view, at);
      veneers.add(`${symbol} ${a} ${need}`);
    }
  }
  return SLOT_BYTES * slots.size + VENEER_BYTES * veneers.size;
}
