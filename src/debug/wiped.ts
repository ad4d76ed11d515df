import { WIPED } from "../dlmodule/mod.ts";
import { type AddressKind, gone } from "./address.ts";
import type { MachineView, Place } from "./view.ts";

/** A member of what such a pointer is thought to point to. */
const REACH = 0x1000;
/** r0-r12 may hold what led to the address. */
const REGISTERS = 13;
/** The object of a member function is its first argument, or its second one behind the room for a large result (AAPCS 6.4). */
const OBJECT_REGISTERS = 2;
/** How the C++ ABI of Itanium names tables of virtual functions. */
const TABLE = "_ZTV";

/** The address is what the memory of an unloaded module holds: which module that was, as far as the registers tell. */
export function fromUnloaded(view: MachineView, address: number): AddressKind | undefined {
  if (Math.abs((address >>> 0) - WIPED) >= REACH) return undefined;
  const text = "it was read from memory of a module that has ended";
  for (let n = 0; n < OBJECT_REGISTERS; n++) {
    const first = view.word(view.registers[n]);
    const to = first === undefined ? undefined : goneAt(view, first);
    if (!to) continue;
    const object = `the object at 0x${view.registers[n].toString(16)} (r${n})`;
    const where = gone(view, to);
    return to.symbol?.startsWith(TABLE)
      ? { kind: "virtual", text: `${object} has its virtual functions in ${where}` }
      : { kind: "unloaded", text: `${text}: ${object} begins with a pointer to ${where}` };
  }
  for (let n = 0; n < REGISTERS; n++) {
    const to = goneAt(view, view.registers[n]);
    if (to) return { kind: "unloaded", text: `${text}: r${n} points to ${gone(view, to)}` };
  }
  return { kind: "unloaded", text };
}

/** What was at an address, when that is still as the module has left it. */
function goneAt(view: MachineView, address: number): Place | undefined {
  const place = view.place(address);
  return place?.unloaded && view.word(address & ~3) === WIPED ? place : undefined;
}
