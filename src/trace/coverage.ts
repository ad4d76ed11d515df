import type { Cpu } from "../cpu/types.ts";
import type { SymbolFiles } from "../dwarf/mod.ts";
import { conditionalBranches } from "./branches.ts";
import { ExecutionCounters } from "./counters.ts";
import type { Coverage } from "./lcov.ts";
import type { TraceParts } from "./types.ts";
import { WrappedCore } from "./wrapped-core.ts";

/** The core of a machine whose coverage is measured. */
export class CoverageCore extends WrappedCore {
  private readonly counters: ExecutionCounters;
  private parts!: TraceParts;
  /** The engine counts. */
  readonly counting: boolean;

  constructor(inner: Cpu) {
    super(inner);
    this.counters = new ExecutionCounters(inner, () => this.parts, false);
    this.counting = this.counters.start(inner);
  }

  attach(parts: TraceParts): void {
    this.parts = parts;
  }

  /** There were more pieces of code than counters: the counts are not complete. */
  get overflowed(): boolean {
    return this.counters.overflowed;
  }

  protected override looks(): boolean {
    return this.counters.stale;
  }

  override run() {
    this.counters.look();
    return this.inner.run();
  }

  /** The machine will not run any more: what it executed goes into `coverage`. Returns the modules without line information. */
  finish(
    coverage: Coverage,
    files: SymbolFiles,
    module: (path: string) => Uint8Array | undefined,
  ): string[] {
    const { counters } = this;
    counters.end();
    const unknown: string[] = [];
    const byPath = counters.counts.get("");
    for (const path of counters.paths) {
      const info = files.info(path);
      if (info)
        coverage.addModule(info, byPath?.get(path), (ranges) =>
          conditionalBranches(module(path), files.file(path), ranges),
        );
      else unknown.push(path);
    }
    return unknown;
  }
}
