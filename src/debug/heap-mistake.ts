import { overwrittenFrom, type Side } from "../dlmodule/mod.ts";
import { BlockMarks } from "../kernel/mod.ts";
import { amount } from "../elf/mod.ts";
import { type AddressKind, allocator, callText, describeAddress } from "./address.ts";
import type { HeapBlock, MachineView, ThreadView } from "./view.ts";
import { hex } from "./report-lines.ts";

/** What is said of a mistake. */
export interface Explained {
  readonly what: string[];
  readonly hint: string | undefined;
  /** The header that was overwritten. */
  readonly header?: number;
}

/** What RT-Thread's heap asserts of a block that is given back or enlarged. */
const USED = "mem->used";
const MAGIC = "mem->magic == HEAP_MAGIC";
/** The same in 5.x. */
const USED_5 = "MEM_ISUSED(mem)";
const POOL = "small_mem";
/** In the assertions about the alignment of the address and its range. */
const ADDRESS = "rmem";
const CHECKERS = new Set(["rt_free", "rt_realloc"]);

const OVERRUN =
  "something was stored beyond the end of the block before the header: look for an index out of range, a string without room for its NUL, or a size that was computed wrongly";
const UNDERRUN =
  "something was stored before the beginning of the block: look for a negative index, or a pointer that was counted down too far";

const HINTS: Readonly<Record<Side, string>> = {
  before: OVERRUN,
  own: UNDERRUN,
  either: `${OVERRUN}; or ${UNDERRUN}`,
};

/** What else was given instead. */
const NOT: Partial<Record<AddressKind["kind"], string>> = {
  module: ", not the address of a static variable, a string constant or a function",
  stack: ", not the address of a local variable",
  firmware: ", not the address of a function or constant of the system",
  unset: ": the pointer was never given a value",
  "stack fill": ": the pointer was never given a value",
  nowhere: ": the pointer is wild; look for an overwritten variable, or an index out of range",
};

/** A failed assertion of the heap, about the block whose address is in r0; undefined when it is another one. */
export function heapAssertion(
  view: MachineView,
  asserted: { readonly expression: string; readonly fn: string },
  thread: ThreadView,
): Explained | undefined {
  const { expression } = asserted;
  const fn = asserted.fn.replace("rt_smem_", "rt_");
  const used = expression === USED || expression === USED_5;
  const known =
    used || expression === MAGIC || expression.includes(POOL) || expression.includes(ADDRESS);
  if (!CHECKERS.has(fn) || !known) return undefined;
  const address = view.registers[0] >>> 0;
  const { kind, text } = describeAddress(view, address, thread, undefined);
  if (kind !== "heap" && kind !== "free" && (kind !== "ram" || expression.includes(ADDRESS)))
    return {
      what: [`${hex(address)} is no block of the heap: ${text}`],
      hint: `${fn} takes only what rt_malloc, rt_calloc or rt_realloc returned${NOT[kind] ?? ""}`,
    };
  const freed = view.freedBlock?.(address);
  const { block, before } = around(view, address);
  // Joined with its neighbour when that one was given back, too.
  if (block && !block.used && freed?.address === address && !freed.justNow)
    return givenTwice(view, address, freed);
  if (block && block.address !== address)
    return {
      what: [`${hex(address)} is no block of the heap: ${inside(view, address, block)}`],
      hint: `${fn} takes only what rt_malloc, rt_calloc or rt_realloc returned, not an address inside of it`,
    };
  const whole = marksOf(view).isSound(view.word(address - HEADER) ?? 0);
  // Given back by this very call, it was in use until then, whatever the header says.
  const inUse = fn === "rt_free" && freed?.address === address && freed.justNow;
  if (used && whole && !inUse)
    return givenTwice(view, address, freed?.address === address ? freed : undefined);
  return overwritten(view, address - HEADER, before);
}

type FreedBlock = NonNullable<ReturnType<NonNullable<MachineView["freedBlock"]>>>;

function givenTwice(view: MachineView, address: number, freed: FreedBlock | undefined): Explained {
  return {
    what: [
      freed
        ? `${hex(address)} is a heap block of ${freed.size} bytes that was given back before: allocated at ${callText(view, freed.site)}; freed at ${callText(view, freed.freedAt)}`
        : `${hex(address)} is a block of the heap that is free`,
    ],
    hint: "the block was given back twice: let one owner free it, and clear its pointers then",
  };
}

/** A function of the heap met a header that is none. */
export function brokenHeap(view: MachineView, header: number): Explained {
  return overwritten(view, header, around(view, header + HEADER).before);
}

/** Bytes of the header of a block of the small memory heap. */
const HEADER = 16;
const marksOf = (view: MachineView): BlockMarks => view.heapMarks ?? BlockMarks.magic;

function overwritten(view: MachineView, header: number, before: HeapBlock | undefined): Explained {
  const address = header + HEADER;
  const begin = (firstBlock(view) ?? address) - HEADER;
  const side = overwrittenFrom(
    (at) => view.word(at),
    header,
    begin,
    before && before.address - HEADER,
    marksOf(view),
  );
  const how =
    side === "own"
      ? `its links are ${hex(view.word(header + 4) ?? 0)} and ${hex(view.word(header + 8) ?? 0)}`
      : `it begins with ${hex(view.word(header) ?? 0)}`;
  const what = [
    `the header of the heap block at ${hex(address)}${origin(view, address)} was overwritten: ${how}`,
  ];
  if (before && side !== "own") what.push(`the block before it ${described(view, before)}`);
  return { what, hint: HINTS[side], header };
}

/** ` of 40 bytes, allocated at main+0x20,`, as far as it is known. */
function origin(view: MachineView, address: number): string {
  // The account was closed by the call that found out.
  const closed = view.freedBlock?.(address);
  const site = view.allocationSite?.(address) ?? 0;
  if (site !== 0) return `, allocated at ${callText(view, site)},`;
  return closed?.address === address
    ? ` of ${closed.size} bytes, allocated at ${callText(view, closed.site)},`
    : "";
}

function firstBlock(view: MachineView): number | undefined {
  for (const { address } of view.heapBlocks?.() ?? []) return address;
  return undefined;
}

/** `has 24 bytes at 0x60081234, allocated at main+0x20`. */
function described(view: MachineView, { address, size, used, owner }: HeapBlock): string {
  const at = `has ${size} bytes at ${hex(address)}`;
  const freed = view.freedBlock?.(address);
  if (!used)
    return freed?.address === address
      ? `${at} and was given back: allocated at ${callText(view, freed.site)}; freed at ${callText(view, freed.freedAt)}`
      : `${at} and is free`;
  // The account was closed by the call that found out.
  if (freed?.address === address && freed.justNow && freed.site !== 0)
    return `${at}, allocated at ${callText(view, freed.site)}`;
  return `${at}, allocated ${allocator(view, { address, owner })}`;
}

function inside(view: MachineView, address: number, block: HeapBlock): string {
  return `${amount(address - block.address, "byte")} into one that ${described(view, block)}`;
}

/** The block that an address is in, by the headers in front of it, and the one before that. */
function around(
  view: MachineView,
  address: number,
): { block: HeapBlock | undefined; before: HeapBlock | undefined } {
  let before: HeapBlock | undefined;
  for (const block of view.heapBlocks?.() ?? []) {
    // The header belongs to the block too.
    if (address < block.address + Math.max(0, block.size) || block.address === address)
      return { block: address >= block.address ? block : undefined, before };
    before = block;
  }
  return { block: undefined, before };
}
