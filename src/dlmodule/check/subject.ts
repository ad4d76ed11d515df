import type { ElfImage } from "../../elf/mod.ts";
import type { Bindings } from "../bind.ts";
import type { HeapNeed } from "../heap-need.ts";
import type { LoadPlan } from "../plan-types.ts";
import { explainMissing } from "../reasons.ts";
import type { Attributes } from "./attributes.ts";
import type { Library } from "./library.ts";
import type { RelocationCount } from "./report.ts";
import type { Target } from "./symbol-list.ts";

/** What a file is held against. */
export interface InspectOptions {
  readonly target: Target;
  readonly libraries: readonly Library[];
  /** The C library here takes floating-point values in VFP registers. */
  readonly hardFloat: boolean;
  /** Functions of the C library with an entry for the other way; none when absent. */
  readonly floatEntries?: { has(name: string): boolean };
  /** Bytes of RAM of the board; the reference board's when absent. */
  readonly ram?: number;
  /** Stack of a main thread when the module does not say. */
  readonly stack?: number;
  /** How the firmware was compiled, to compare with; undefined when it does not say: then as the original kernel. */
  readonly firmware: Attributes | undefined;
}

/** A file under inspection, as the loader would take it. */
export interface Subject {
  readonly options: InspectOptions;
  readonly image: ElfImage;
  /** Of the file. */
  readonly bytes: Uint8Array;
  readonly plan: LoadPlan;
  readonly bindings: Bindings;
  /** Its records by type, the most frequent first. */
  readonly relocations: readonly RelocationCount[];
  readonly need: HeapNeed;
  /** Where a symbol comes from: the target, or the name of a library; undefined: from nowhere. */
  readonly origin: (name: string) => string | undefined;
}

/** What each of the missing names needs, and what to do. */
export function missingReasons(names: readonly string[], target: Target): string[] {
  const table: Parameters<typeof explainMissing>[1] = {
    lookup: (name) => (target.has(name) ? 1 : 0),
    *entries() {
      for (const name of target.names()) yield { name, address: 1 };
    },
    nearest: () => undefined,
  };
  return explainMissing(names, table, target.stock);
}
