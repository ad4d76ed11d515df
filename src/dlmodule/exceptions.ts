import { relocationCode } from "../elf/mod.ts";
import type { LoadPlan } from "./plan-types.ts";

const GLOB_DAT = relocationCode("R_ARM_GLOB_DAT");

/**
 * Type tables of C++ exception handlers. The words of .ARM.extab that name a type are R_ARM_TARGET2, which on bare metal means
 * "relative address of the type_info" (EHABI, "ARM-defined personality routines and table formats"), and so reads the firmware's
 * personality routine. A module that catches types of the C++ runtime can only be linked with `--target2=got-rel`, which makes them
 * "relative address of the GOT slot of the type_info". Such words get the form that the firmware reads.
 */
export function fixTypeTables(plan: LoadPlan, view: DataView, block: number): void {
  const { vaddr, size } = plan.extab;
  if (size === 0 || plan.exidx.size === 0) return;
  const slots = typeSlots(plan);
  if (slots.size === 0) return;
  const bias = block - plan.start;
  for (let at = (vaddr + 3) & ~3; at + 4 <= vaddr + size; at += 4) {
    const place = at + bias;
    const slot = (at + view.getInt32(place, true)) >>> 0;
    if (!slots.has(slot)) continue;
    view.setInt32(place, view.getInt32(slot + bias, true) - place, true);
  }
}

/** Link-time addresses of the GOT slots of type_info objects (`_ZTI...`). */
function typeSlots(plan: LoadPlan): Set<number> {
  const slots = new Set<number>();
  for (const table of plan.relocations)
    for (let i = 0; i < table.count; i++)
      if (table.type(i) === GLOB_DAT && table.symbols.name(table.symbol(i)).startsWith("_ZTI"))
        slots.add(table.offset(i));
  return slots;
}
