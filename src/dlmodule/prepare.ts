import { amount, ElfImage, type ElfSymbols, ET } from "../elf/mod.ts";
import { VfsError } from "../vfs/types.ts";
import { readMember, unpack } from "./bundle.ts";
import type { LoaderParts } from "./context.ts";
import { floatFunctions } from "./float-abi.ts";
import { LoadError } from "./load-error.ts";
import * as text from "./messages.ts";
import { planLoad } from "./plan.ts";
import type { LoadPlan } from "./plan-types.ts";
import { explainMissing } from "./reasons.ts";
import { bind, type Bindings } from "./bind.ts";
import { visible } from "./visible.ts";

/** A file whose structure is right. */
export interface Draft {
  readonly plan: LoadPlan;
  /** .symtab, when the file is not stripped. */
  readonly symbols: ElfSymbols | undefined;
}

/** A file that can be placed. */
export interface Prepared extends Draft {
  readonly bindings: Bindings;
}

/** From a path to a checked plan with every symbol found. */
export class Preparer {
  /** 4.0.4 never clears its "unsolved" flag: after one failure every load fails. */
  private poisoned = false;

  constructor(private readonly parts: LoaderParts) {}

  /** The whole file; throws LoadError. */
  read(path: string): Uint8Array {
    const { vfs, kernel } = this.parts;
    const member = this.member(path);
    if (member) return member;
    try {
      const { size } = vfs.stat(path);
      if (size > kernel.heap.total)
        throw new LoadError(
          "",
          `the file has ${amount(size, "byte")}, more than the whole heap of ${kernel.heap.total}`,
        );
      const { diagnostics } = this.parts.options ?? {};
      const tell = (text: string): void => diagnostics?.(visible(text));
      return unpack(path, vfs.readFile(path), kernel.heap.total, tell);
    } catch (error) {
      if (error instanceof VfsError) throw new LoadError("", `it cannot be read: ${error.message}`);
      throw error;
    }
  }

  /** The module at a path inside a ZIP archive, `apps.zip/hello.mo`. Throws LoadError. */
  member(path: string): Uint8Array | undefined {
    const { vfs, kernel } = this.parts;
    if (kernel.options.compat404 || !path.toLowerCase().includes(".zip/")) return undefined;
    return readMember(path, vfs, kernel.heap.total);
  }

  /** What loading the file means; its warnings are on the console. Throws LoadError or ElfError. */
  plan(file: Uint8Array): Draft {
    const draft = this.draft(file);
    for (const warning of draft.plan.warnings) this.parts.kernel.console.print(warning);
    return draft;
  }

  /** The same without a word. */
  draft(file: Uint8Array): Draft {
    const { compat404 } = this.parts.kernel.options;
    if (file.length === 0) throw new LoadError("", "the file is empty");
    const image = new ElfImage(file);
    const plan = planLoad(image, { compat404 });
    if (compat404 && this.poisoned && plan.relocations.length > 0)
      throw new LoadError("", "an earlier load failed, and 4.0.4 refuses every one after that");
    const object = image.header.type === ET.REL;
    return { plan, symbols: object ? plan.symbols : image.staticSymbols() };
  }

  /**
   * Finds every symbol; whatever is wrong is found before anything is allocated. `absent` says which libraries that
   * the file needs cannot be had. Throws LoadError or ElfError.
   */
  bind(draft: Draft, lookup: (name: string) => number, absent: readonly string[]): Prepared {
    const { kernel, symbols } = this.parts;
    const { compat404 } = kernel.options;
    const { plan } = draft;
    const bindings = bind(plan, { lookup, compat404 });
    // Of object files the original names what is missing, and starts them all the same.
    if (plan.original) kernel.console.print(bindings.missingRecords.map(text.unresolved).join(""));
    else if (bindings.missing.length > 0) {
      this.poisoned = true;
      const shown = compat404 ? bindings.missingRecords : bindings.missing;
      throw new LoadError(
        shown.map(text.unresolved).join(""),
        [...absent, ...explainMissing(bindings.missing, symbols, compat404)].join("\n"),
      );
    }
    if (!compat404) this.checkFloatAbi(plan, bindings);
    return { ...draft, bindings };
  }

  /** 4.0.4 does not look, and every floating-point argument of the C library is then wrong. */
  private checkFloatAbi(plan: LoadPlan, bindings: Bindings): void {
    const hard = this.parts.options?.hardFloat ?? false;
    if (plan.hardFloat === hard) return;
    const { symbols } = this.parts;
    const names = floatFunctions(bindings.imports).filter(
      (name) => !plan.hardFloat || !symbols.floatEntry?.(name),
    );
    if (names.length === 0) return;
    throw new LoadError(
      "",
      `it passes floating-point values in ${plan.hardFloat ? "VFP" : "core"} registers, the C library here takes them in ${hard ? "VFP" : "core"} registers, and it calls ${names.join(", ")}: build with -mfloat-abi=${hard ? "hard" : "softfp"}`,
    );
  }
}
