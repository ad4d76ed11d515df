import { callBefore, type Freed } from "../dlmodule/mod.ts";
import type { MachineView, Place, ThreadView } from "./view.ts";

/** What an address is, as a user would say it, and what kind of mistake it hints at. */
export interface AddressKind {
  readonly kind:
    | "null"
    | "unset"
    | "stack fill"
    | "guard"
    | "unloaded"
    | "virtual"
    | "firmware"
    | "module"
    | "stack"
    | "free"
    | "heap"
    | "ram"
    | "nowhere";
  readonly text: string;
}

/** An access this close to 0 goes through a NULL pointer to a structure or an array. */
const NULL_PAGE = 0x1000;
/** What rt_hw_stack_init gives to registers. */
const UNSET = 0xdeadbeef;
/** The fill byte of stacks, four times. */
const STACK_FILL = 0x23232323;
/** An offset from a wild pointer. */
const NEAR = 0x1000;

/** `guard` is the tag of the guarded range that was hit, if any. */
export function describeAddress(
  view: MachineView,
  address: number,
  current: ThreadView,
  guard: ThreadView | undefined,
): AddressKind {
  address >>>= 0;
  if (guard)
    return {
      kind: "guard",
      text: `just below the stack of thread ${guard.name} (${guard.stackSize} bytes)`,
    };
  if (address < NULL_PAGE)
    return {
      kind: "null",
      text: address === 0 ? "NULL" : `${address} bytes from NULL`,
    };
  if (near(address, UNSET))
    return { kind: "unset", text: "0xdeadbeef is what registers hold before they are set" };
  if (near(address, STACK_FILL))
    return { kind: "stack fill", text: "0x23232323 is what a stack holds before it is used" };
  if (address < view.ramStart || address >= view.ramEnd)
    return {
      kind: "nowhere",
      text: `no memory there; RAM is 0x${view.ramStart.toString(16)} to 0x${view.ramEnd.toString(16)}`,
    };
  const place = view.place(address);
  if (place?.unloaded) return { kind: "unloaded", text: gone(view, place) };
  if (place?.module !== undefined) return { kind: "module", text: place.text };
  if (address >= current.stackStart && address < current.stackStart + current.stackSize)
    return {
      kind: "stack",
      text: `on the stack of thread ${current.name}, ${current.stackStart + current.stackSize - address} bytes below its top`,
    };
  const block = view.heapBlock(address);
  if (block) {
    const offset = address - block.address;
    const where = `${offset} bytes into a heap block of ${block.size} bytes at 0x${block.address.toString(16)}`;
    const freed = block.used ? undefined : view.freedBlock?.(address);
    if (freed) return { kind: "free", text: freedText(view, address, freed) };
    return block.used
      ? { kind: "heap", text: `${where}, allocated ${allocator(view, block)}` }
      : { kind: "free", text: `${where} that is free` };
  }
  if (place) return { kind: "firmware", text: `firmware, ${place.text}` };
  return { kind: "ram", text: "system memory" };
}

/** `shapes+0x1c0 (area+0x8), a module that is no longer loaded`, and where it was closed. */
export function gone(view: MachineView, { text, closedAt = 0 }: Place): string {
  const closed = closedAt === 0 ? "" : `; it was closed at ${callText(view, closedAt)}`;
  return `${text}, a module that is no longer loaded${closed}`;
}

/** `at main+0x20, hello.c:12`, or `by` the first letters of the thread's name. */
export function allocator(
  view: MachineView,
  { address, owner }: { readonly address: number; readonly owner: string },
): string {
  const site = view.allocationSite?.(address) ?? 0;
  return site === 0 ? `by ${owner.trim() || "the system"}` : `at ${callText(view, site)}`;
}

/** `main+0x20, hello.c:12`: the call before a return address. */
export function callText(view: MachineView, back: number): string {
  const call = callBefore(view, back);
  if (call === undefined) return "an unknown place";
  const line = view.details?.source(call);
  return `${view.place(call)?.text ?? "an unknown place"}${line ? `, ${line.file}:${line.line}` : ""}`;
}

/** `4 bytes into a block of 24 bytes that was given back: allocated at main+0x20, freed at main+0x48`. */
function freedText(view: MachineView, address: number, freed: Freed): string {
  const offset = address - freed.address;
  return `${offset} bytes into a heap block of ${freed.size} bytes at 0x${freed.address.toString(16)} that was given back: allocated at ${callText(view, freed.site)}; freed at ${callText(view, freed.freedAt)}`;
}

function near(address: number, value: number): boolean {
  return Math.abs(address - value) < NEAR;
}
