import { ElfError, ElfImage } from "../../elf/mod.ts";
import { bind } from "../bind.ts";
import { type HeapNeed, heapNeed } from "../heap-need.ts";
import { LoadError } from "../load-error.ts";
import { planLoad } from "../plan.ts";
import type { LoadPlan } from "../plan-types.ts";
import { KERNEL } from "./ranges.ts";

/** A library that other files of the same check may need. */
export interface Library {
  readonly name: string;
  readonly exports: ReadonlySet<string>;
  /** Libraries that it needs itself. */
  readonly needed?: readonly string[];
  /** What loading it takes; absent when it does not load. */
  readonly heap?: HeapNeed;
}

/** What a file offers to others that name it in DT_NEEDED; undefined for one that cannot be read. */
export function libraryOf(name: string, bytes: Uint8Array): Library | undefined {
  try {
    const plan = planLoad(new ElfImage(bytes), { compat404: false });
    const heap = libraryHeap(bytes.length, plan);
    return { name, exports: new Set(plan.exports.keys()), needed: plan.needed, heap };
  } catch (error) {
    if (error instanceof ElfError || error instanceof LoadError) return undefined;
    throw error;
  }
}

function libraryHeap(file: number, plan: LoadPlan): HeapNeed | undefined {
  try {
    const { size } = bind(plan, { lookup: () => KERNEL, compat404: false });
    return { ...heapNeed(file, plan, size, 0), thread: [] };
  } catch (error) {
    if (error instanceof ElfError || error instanceof LoadError) return undefined;
    throw error;
  }
}

/** Which of the `libraries` has a symbol for a file that needs those names: what it needs, and what that needs, breadth first. */
export function providerOf(
  name: string,
  needed: readonly string[],
  libraries: readonly Library[],
): string | undefined {
  const order = new Set(needed);
  for (const file of order) {
    const library = libraries.find((candidate) => candidate.name === file);
    if (library?.exports.has(name)) return library.name;
    for (const further of library?.needed ?? []) order.add(further);
  }
  return undefined;
}

/** What those that are checked along take of the heap when they are loaded with a file that needs those names, each once. */
export function heapAlong(
  names: readonly string[],
  libraries: readonly Library[],
  seen = new Set<string>(),
): HeapNeed[] {
  return names.flatMap((name) => {
    const library = libraries.find((candidate) => candidate.name === name);
    if (seen.has(name) || !library?.heap) return [];
    seen.add(name);
    return [{ ...library.heap, libraries: heapAlong(library.needed ?? [], libraries, seen) }];
  });
}
