import { type ElfRelocations, type ElfSymbols, SHN, STB, STT, STV } from "../elf/mod.ts";

/** A symbol of the module. */
export interface Exported {
  readonly name: string;
  /** Link-time address with the Thumb bit, or the number itself when `absolute`. */
  readonly value: number;
  readonly absolute: boolean;
}

/** Bytes of one PT_LOAD; addresses are link-time addresses. */
export interface PlannedSegment {
  readonly vaddr: number;
  readonly bytes: Uint8Array;
  readonly memsz: number;
  readonly writable: boolean;
}

/** An array of function pointers (or a table) inside the image, at a link-time address. */
export interface Span {
  readonly vaddr: number;
  readonly size: number;
}

/**
 * What loading a file means, decided before anything is allocated. Pure: no memory, no kernel. Addresses are link-time
 * addresses; an image address is `block + vaddr - start`.
 */
export interface LoadPlan {
  /** p_vaddr of the first PT_LOAD. */
  readonly start: number;
  /** Bytes of the block that holds every segment. */
  readonly size: number;
  /** What addresses of the image have to be a multiple of, as far as `start` is one. 4.0.4 gives 4 to every module. */
  readonly align: number;
  /** Link-time address of the function that a program begins with. */
  readonly entry: number;
  /** It has an entry; a library has none. */
  readonly program: boolean;
  /** An object file (ET_REL). */
  readonly object: boolean;
  readonly segments: readonly PlannedSegment[];
  /** Part of the image for the tables that the loader makes; behind the image when absent. */
  readonly room?: Span;
  readonly relocations: readonly ElfRelocations[];
  readonly symbols: ElfSymbols | undefined;
  /** What other code may look up: global and weak definitions of .dynsym that are not hidden. */
  readonly exports: ReadonlyMap<string, Exported>;
  /** module->symtab of 4.0.4: the global functions of .dynsym, undefined ones included. */
  readonly functions: readonly Exported[];
  /** Functions that code of the module chooses at load time (STT_GNU_IFUNC), which nobody can call by their address. */
  readonly chosen: readonly string[];
  readonly needed: readonly string[];
  readonly preinit: Span;
  readonly init: Span;
  readonly fini: Span;
  /** PT_ARM_EXIDX, the index of the unwind tables. */
  readonly exidx: Span;
  /** .ARM.extab, the unwind tables. */
  readonly extab: Span;
  /** RT-Thread's own tools linked the file already: undefined symbols are not looked up. */
  readonly linked: boolean;
  /** EF_ARM_ABI_FLOAT_HARD. */
  readonly hardFloat: boolean;
  /** An object file that is placed and relocated as 4.0.4 does it. */
  readonly original?: boolean;
  /** Console lines of warnings, as the original prints them. */
  readonly warnings: readonly string[];
}

export const NOTHING: Span = { vaddr: 0, size: 0 };

/** The value of such a symbol is the address of the function that chooses. */
export function chosenFunction(name: string): string {
  return `it has functions that are chosen at load time (ifunc), ${name}: remove __attribute__((ifunc)) and target_clones`;
}

/** What other code may find; `loaded` says whether the section of a symbol is part of the image. */
export function planSymbols(
  symbols: ElfSymbols | undefined,
  loaded: (i: number) => boolean = () => true,
): Pick<LoadPlan, "exports" | "functions" | "chosen"> {
  const exports = new Map<string, Exported>();
  const functions: Exported[] = [];
  const chosen: string[] = [];
  const count = symbols?.count ?? 0;
  for (let i = 1; i < count; i++) {
    const bind = symbols!.bind(i);
    if (bind !== STB.GLOBAL && bind !== STB.WEAK) continue;
    const shndx = symbols!.shndx(i);
    if (shndx !== SHN.UNDEF && symbols!.type(i) === STT.GNU_IFUNC) chosen.push(symbols!.name(i));
    const isFunction = bind === STB.GLOBAL && symbols!.type(i) === STT.FUNC;
    // Most of the symbols that are undefined are of no use to others.
    if ((shndx === SHN.UNDEF && !isFunction) || !loaded(i)) continue;
    const symbol: Exported = {
      name: symbols!.name(i),
      value: symbols!.value(i),
      absolute: shndx === SHN.ABS,
    };
    if (isFunction) functions.push(symbol);
    const visibility = symbols!.visibility(i);
    const visible = visibility === STV.DEFAULT || visibility === STV.PROTECTED;
    if (shndx !== SHN.UNDEF && visible && !exports.has(symbol.name))
      exports.set(symbol.name, symbol);
  }
  return { exports, functions, chosen };
}
