import { type ElfRelocations, relocationName, SHN } from "../../elf/mod.ts";
import type { LoadPlan } from "../plan-types.ts";
import { FIELD, FORMULA, NEED, Need, SIZE, UNKNOWN } from "../rows-arm.ts";
import { partAt } from "../segments.ts";

/** What the call graph needs to know of a file. Addresses are link-time addresses. */
export interface CodeImage {
  /** The word at an address, undefined outside of the file. */
  word(address: number): number | undefined;
  half(address: number): number | undefined;
  /**
   * What a relocation record makes of the word at an address: the address of something in the module, null for something of others;
   * undefined without a record.
   */
  relocated(address: number): number | null | undefined;
  /** So much was read that nothing more is: what is found from then on is not complete. */
  exhausted(): boolean;
  /** A function is known to begin there. */
  starts(address: number): boolean;
}

/** Types whose value does not depend on where the loader puts tables of its own. */
const PLAIN = /^R_ARM_(ABS32|REL32|GLOB_DAT|JUMP_SLOT|RELATIVE|TARGET1|TARGET2)$/;

/** Reads after which no more is read: a hundred times what the largest known module takes; files may name one piece of code a million times. */
const READS_MAX = 8_000_000;

/** The image of a file at its link-time addresses, for who follows calls. */
export function codeImage(plan: LoadPlan, starts: (address: number) => boolean): CodeImage {
  let records: Map<number, { table: ElfRelocations; i: number }> | undefined;
  let reads = 0;
  const parts = plan.segments.map(({ vaddr, bytes }) => ({
    vaddr,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
  }));
  let [last] = parts;
  const has = (part: typeof last | undefined, address: number, size: number): boolean =>
    part !== undefined &&
    address >= part.vaddr &&
    address + size <= part.vaddr + part.view.byteLength;
  /** Makes `last` the segment that holds those bytes. */
  const find = (address: number, size: number): boolean => {
    if (++reads > READS_MAX) return false;
    if (has(last, address, size)) return true;
    const found = partAt(parts, address);
    if (!has(found, address, size)) return false;
    last = found!;
    return true;
  };
  const relocated = (address: number): number | null | undefined => {
    records ??= recordsOf(plan);
    const record = records.get(address >>> 0);
    if (!record) return undefined;
    const { table, i } = record;
    const type = table.type(i);
    const symbol = table.symbol(i);
    if (SIZE[type] === UNKNOWN) return undefined;
    if (symbol !== 0 && table.symbols.shndx(symbol) === SHN.UNDEF) return null;
    const s = symbol === 0 ? 0 : table.symbols.value(symbol);
    if (!find(address, SIZE[type])) return undefined;
    const a = table.addends ? table.addend(i) : FIELD[type].addend(last.view, address - last.vaddr);
    const x = FORMULA[type](s, a, address, 0, 0);
    const need = NEED[type];
    if (need === Need.VeneerA32) return (x + address + 8) | 0;
    if (need === Need.VeneerT32) return (x + address + 4) | 0;
    return PLAIN.test(relocationName(type)) ? x : undefined;
  };
  return {
    word: (address) =>
      find(address, 4) ? last.view.getInt32(address - last.vaddr, true) : undefined,
    half: (address) =>
      find(address, 2) ? last.view.getUint16(address - last.vaddr, true) : undefined,
    relocated,
    starts,
    exhausted: () => reads > READS_MAX,
  };
}

function recordsOf(plan: LoadPlan): Map<number, { table: ElfRelocations; i: number }> {
  const records = new Map<number, { table: ElfRelocations; i: number }>();
  for (const table of plan.relocations)
    for (let i = 0; i < table.count; i++) records.set(table.offset(i), { table, i });
  return records;
}
