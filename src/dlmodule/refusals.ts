import { ElfError } from "../elf/mod.ts";
import { type LoaderParts, type RefusedEvent, Signal } from "./context.ts";
import { LoadError } from "./load-error.ts";
import * as text from "./messages.ts";
import type { Placer } from "./place.ts";
import { visible } from "./visible.ts";

/** Tells everybody why files are not loaded. */
export class Refusals {
  readonly signal = new Signal<RefusedEvent>();

  constructor(
    private readonly parts: LoaderParts,
    private readonly placer: Placer,
  ) {}

  /** Says why a file is not loaded: a defect of the file, or of what it needs. Other errors are thrown on. */
  refuseError(path: string, error: unknown): void {
    const { kernel } = this.parts;
    if (!(error instanceof LoadError || error instanceof ElfError)) throw error;
    const shown = error instanceof LoadError ? error.console : ELF_TEXT[error.defect];
    if (shown) kernel.console.print(shown);
    // 4.0.4 takes some failures for success: the module stays in the list, with nothing loaded.
    if (error instanceof LoadError && error.taken && kernel.options.compat404)
      this.placer.create(path);
    this.refuse(path, error.message === "" ? [] : error.message.split("\n"));
  }

  /** Says why a file is not loaded. */
  refuse(path: string, reasons: string[]): void {
    const list =
      reasons.length === 1
        ? `: ${visible(reasons[0])}`
        : `:${reasons.map((reason) => `\n  ${visible(reason)}`).join("")}`;
    this.parts.options?.diagnostics?.(`${visible(path)} cannot be loaded${list}`);
    this.signal.emit({ path, reasons });
  }
}

/** What the original prints for a defect that the reader finds; it does not look for the others. */
const ELF_TEXT: Readonly<Record<ElfError["defect"], string>> = {
  magic: text.MAGIC,
  class: text.CLASS,
  encoding: "",
  truncated: "",
  malformed: "",
};
