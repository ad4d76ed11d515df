import type { Task } from "../kernel/call.ts";
import { GuestAborted } from "../kernel/mod.ts";
import type { Audit } from "./audit.ts";
import type { Causes } from "./causes.ts";
import { type LoaderParts, Signal, type StartEvent } from "./context.ts";
import type { Endings } from "./endings.ts";
import { MODULE } from "./layout.ts";
import type { Libraries } from "./libraries.ts";
import type { LifeCycle } from "./life-cycle.ts";
import { type HowEnded, type Module, ModuleStruct } from "./module.ts";
import type { Starting } from "./starting.ts";
import { visible } from "./visible.ts";

/** From placed modules to loaded ones: their constructors and module_init, and what becomes of them when these fail. */
export class StartUp {
  readonly begins = new Signal<StartEvent>();
  readonly failures = new Signal<string>();
  private readonly struct: ModuleStruct;

  constructor(
    private readonly parts: LoaderParts,
    private readonly audit: Audit,
    private readonly libraries: Libraries,
    private readonly life: LifeCycle,
    private readonly endings: Endings,
    private readonly starting: Starting,
    private readonly causes: Causes,
  ) {
    this.struct = new ModuleStruct(parts.kernel.memory);
  }

  /** The code of modules that runs while they are loaded, of one after the other; gives the last one. */
  *start(modules: readonly Module[]): Task<Module | undefined> {
    const { life, starting } = this;
    const thread = this.parts.kernel.threads.current;
    const { compat404 } = this.parts.kernel.options;
    let [module] = modules;
    let before: Set<number> | undefined;
    for (const each of modules) {
      each.loader = this.parts.kernel.currentModule;
      each.startedBy = thread;
    }
    try {
      for (module of modules) {
        const counted = module.loader === 0 && !compat404 && this.hasStart(module);
        before = counted ? this.audit.systemObjects() : undefined;
        if (module.library)
          yield* starting.run(thread, module, "its constructors", life.construct(module));
        yield* starting.run(thread, module, "module_init", life.initialise(module));
        if (before) this.audit.noteMade(module, before);
      }
      for (const each of modules) each.ready = true;
      return module;
    } catch (error) {
      if (!(error instanceof GuestAborted)) throw error;
      if (before) this.audit.noteMade(module, before);
      yield* this.failed(module, error.message);
      return undefined;
    } finally {
      if (!module.ready && !module.gone) this.abandon(module);
    }
  }

  /** Code of it runs before it is loaded. */
  private hasStart({ address, library, plan }: Module): boolean {
    const constructs = library && plan.preinit.size + plan.init.size > 0;
    return constructs || this.struct.get(address, MODULE.INIT_FUNC) !== 0;
  }

  /** module_init or a constructor failed in a system thread: the module goes, without any more of its code being run. */
  private *failed(module: Module, why: string): Task<void> {
    const { name, path, address } = module;
    this.begins.emit({ name, path, address });
    this.discard(module, this.causes.take(this.parts.kernel.threads.current));
    this.failures.emit(why);
    this.parts.options?.diagnostics?.(`${visible(path)} is not loaded: ${visible(why)}`);
    yield* this.endings.unload(module);
  }

  /** The thread that loaded the module has ended meanwhile: nobody shall find it, and it goes without any more of its code. */
  private abandon(module: Module): void {
    if (this.parts.kernel.options.compat404) return;
    this.discard(module, "killed");
    if (!module.circle) this.life.destroyLater(module);
    else this.life.reaper.later(() => this.endings.unload(module));
  }

  /** No more code of the module, and of those that it forms a circle with, runs, and nobody finds them any more. */
  discard(module: Module, how: HowEnded): void {
    for (const each of module.circle?.members ?? [module]) {
      each.end ??= { how, code: -1 };
      each.cleaned = true;
      each.constructed = false;
      this.libraries.forget(each);
    }
  }
}
