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

/** A word of the index table that says "cannot be unwound", or holds the unwinding instructions itself. */
const CANTUNWIND = 1;
const INLINE = 0x80000000;
/** First half-words of GNU ld's Thumb-2 PLT entry: `movw ip, #imm16`. */
const MOVW = 0xf240;
const MOVW_MASK = 0xfbf0;
const IP = 0x0c00;
const RD = 0x0f00;

/**
 * Personality routines that are reached through a Thumb PLT. Code that can only be Thumb (the M profile) gets Thumb entries in its PLT,
 * but ld writes their address into .ARM.extab without bit 0, so that the unwinder would call them in ARM state.
 */
export function fixPersonalities(plan: LoadPlan, view: DataView, block: number): void {
  const { vaddr, size } = plan.exidx;
  const bias = block - plan.start;
  const inside = (address: number) =>
    address >= plan.start && address + 4 <= plan.start + plan.size;
  for (let at = vaddr + 4; at + 4 <= vaddr + size; at += 8) {
    const word = view.getUint32(at + bias, true);
    if (word === CANTUNWIND || word >= INLINE) continue;
    const entry = prel31(at, word);
    if (!inside(entry)) continue;
    const personality = view.getUint32(entry + bias, true);
    if (personality >= INLINE) continue;
    const target = prel31(entry, personality);
    if (!inside(target) || (target & 1) !== 0) continue;
    const first = view.getUint16(target + bias, true);
    const second = view.getUint16(target + bias + 2, true);
    if ((first & MOVW_MASK) === MOVW && (second & RD) === IP)
      view.setUint32(entry + bias, personality | 1, true);
  }
}

/** The address that a relative word of 31 bits at `place` names. */
const prel31 = (place: number, word: number): number => (place + ((word << 1) >> 1)) >>> 0;
