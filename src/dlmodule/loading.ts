import type { Task } from "../kernel/call.ts";
import type { KernelApi } from "../kernel/types.ts";
import { amount, ElfError } from "../elf/mod.ts";
import type { CircleFile } from "./circle.ts";
import { CirclePlacer } from "./circle-placer.ts";
import type { Finder } from "./finder.ts";
import type { Libraries } from "./libraries.ts";
import { LoadError } from "./load-error.ts";
import type { Module } from "./module.ts";
import type { Objects } from "./objects.ts";
import type { Placer } from "./place.ts";
import type { Preparer } from "./prepare.ts";
import type { Refusals } from "./refusals.ts";
import type { Registry } from "./registry.ts";
import type { Starting } from "./starting.ts";
import type { StartUp } from "./start-up.ts";

export interface LoadOptions {
  readonly as: "program" | "library";
  /** Called when the module lies in memory, before any of its code runs. */
  readonly placed?: (module: Module) => void;
  /** The file's bytes, when it is not in the file system; or why there are none. */
  readonly file?: Uint8Array | string;
}

/** What the loader has done so far: a measure of its work that no machine's speed changes. */
export interface LoaderCounters {
  readonly modules: number;
  readonly relocations: number;
  /** Names looked up in libraries and the firmware. */
  readonly symbolLookups: number;
}

/** Modules that may start one inside of the other in one thread: all of them use its stack. */
const STARTS_MAX = 16;

/** From a file to a module whose module_init has run. */
export class Loading {
  private readonly circles: CirclePlacer;
  private loaded = 0;
  private lookups = 0;

  constructor(
    private readonly kernel: KernelApi,
    private readonly finder: Finder,
    private readonly preparer: Preparer,
    private readonly placer: Placer,
    private readonly registry: Registry,
    private readonly objects: Objects,
    private readonly libraries: Libraries,
    private readonly refusals: Refusals,
    private readonly starting: Starting,
    private readonly startUp: StartUp,
  ) {
    this.circles = new CirclePlacer(preparer, placer, libraries, (path, error) =>
      refusals.refuseError(path, error),
    );
  }

  /**
   * dlmodule_load: places the file and calls its module_init in the caller's thread. The constructors of a library run there too;
   * those of a program run in its main thread. Undefined when the file was refused; listeners know why.
   */
  *load(path: string, { as, placed, file }: LoadOptions): Task<Module | undefined> {
    const { kernel } = this;
    const absolute = this.finder.resolve(path);
    if (this.starting.depth(kernel.threads.current) >= STARTS_MAX && !kernel.options.compat404) {
      this.refusals.refuse(absolute, [
        `it is loaded inside of the start of ${STARTS_MAX} modules, each of which loads the next one: does a module_init or a constructor load its own module?`,
      ]);
      return undefined;
    }
    let buffer = 0;
    let module: Module | undefined;
    // One after the other, so that none is forgotten when this thread ends in the constructor of one of them.
    const needed: Module[] = [];
    let adopted = false;
    let circle: readonly CircleFile[] | undefined;
    try {
      try {
        if (typeof file === "string") throw new LoadError("", file);
        const bytes = file ?? this.preparer.read(absolute);
        // The original keeps the whole file on the heap while it works.
        buffer = kernel.heap.alloc(bytes.length);
        if (buffer === 0 && bytes.length > 0 && !file) {
          const { total, used } = kernel.heap;
          throw new LoadError(
            "",
            `its file of ${amount(bytes.length, "byte")} is kept on the heap while it is loaded; the heap has ${amount(total - used, "byte")} free: end other modules or give more memory with --ram`,
          );
        }
        const draft = this.preparer.plan(bytes);
        const absent: string[] = [];
        const names = kernel.options.compat404 ? [] : draft.plan.needed;
        // Only what others find by its path can be part of one.
        if (placed && names.length > 0) circle = this.libraries.circleOf(absolute, names);
        if (!circle && names.length > 0) yield* this.libraries.require(names, needed, absent);
        const lookup = (name: string): number => {
          this.lookups++;
          return this.libraries.scope.lookup(name, needed, draft.plan.hardFloat);
        };
        if (!circle) {
          const { plan, bindings, symbols } = this.preparer.bind(draft, lookup, absent);
          module = this.placer.place(absolute, plan, bindings, symbols);
        }
      } catch (error) {
        this.refusals.refuseError(absolute, error);
      } finally {
        if (buffer !== 0) kernel.heap.free(buffer);
      }
      adopted = true;
      if (circle) return yield* this.libraries.together(circle, this.loadCircle(circle));
      if (!module) {
        yield* this.libraries.release(needed);
        return undefined;
      }
    } finally {
      if (!adopted) this.libraries.releaseLater(needed);
    }
    this.enter(module, as === "library");
    this.libraries.adopt(module, needed);
    placed?.(module);
    const owner = this.starting.system(kernel);
    if (owner && !this.libraries.isShared(module)) {
      // As if a thread of its own had loaded it.
      this.objects.unlink(module.address);
      this.objects.link(module.address, owner.address);
    }
    return yield* this.startUp.start([module]);
  }

  private enter(module: Module, library: boolean): void {
    this.loaded++;
    module.library = library;
    this.registry.add(module);
  }

  /** Libraries that need each other; the last one is what was asked for. */
  private *loadCircle(files: readonly CircleFile[]): Task<Module | undefined> {
    const modules = yield* this.circles.place(files);
    if (!modules) return undefined;
    for (const module of modules) this.enter(module, true);
    return yield* this.startUp.start(modules);
  }

  /** DT_NEEDED of a file; none when it is no module, which loading it will say. */
  neededBy(path: string): readonly string[] {
    try {
      return this.preparer.draft(this.preparer.read(path)).plan.needed;
    } catch (error) {
      if (!(error instanceof LoadError || error instanceof ElfError)) throw error;
      return [];
    }
  }

  get counters(): LoaderCounters {
    const { loaded, lookups, placer } = this;
    return { modules: loaded, relocations: placer.relocations, symbolLookups: lookups };
  }
}
