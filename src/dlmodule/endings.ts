import type { Task } from "../kernel/call.ts";
import { CallEnded, GuestAborted } from "../kernel/mod.ts";
import type { Causes } from "./causes.ts";
import { type AbortEvent, type LoaderParts, Signal } from "./context.ts";
import { STAT } from "./layout.ts";
import type { LifeCycle } from "./life-cycle.ts";
import * as text from "./messages.ts";
import { type HowEnded, type Module, ModuleStruct } from "./module.ts";
import type { Objects } from "./objects.ts";
import type { Registry } from "./registry.ts";
import type { Starting } from "./starting.ts";

/** Its thread calls commands and functions that modules export, and goes on when they fail. */
const SHELL = "tshell";
/** What guest code called to end, by the code that it ends with. */
const CALLS = {
  exit: (code: number) => `called exit(${code})`,
  abort: () => "called abort()",
  killed: (code: number) => `called raise(${code - 128})`,
} as const;

/** How modules end: by calls of their own code (exit, abort, dlmodule_exit), and as libraries that are unloaded. */
export class Endings {
  readonly aborts = new Signal<AbortEvent>();
  /** Threads of the host that call guest code: a fault in it, or its end, ends the call. */
  readonly hosted = new Set<number>();
  /** What threads unload at the moment, the innermost last. */
  private readonly unloading = new Map<number, readonly Module[]>();
  private readonly struct: ModuleStruct;

  constructor(
    private readonly parts: LoaderParts,
    private readonly registry: Registry,
    private readonly life: LifeCycle,
    private readonly objects: Objects,
    private readonly starting: Starting,
    private readonly causes: Causes,
  ) {
    this.struct = new ModuleStruct(parts.kernel.memory);
  }

  /** KernelHooks.endsItself: what a system thread calls while it loads may end the load, not the thread. */
  endsItself(thread: number): void {
    const { kernel } = this.parts;
    if (kernel.currentModule !== 0) return;
    this.endCall(thread, "deleted the thread that it runs in", { how: "killed", code: -1 });
  }

  /** Throws when guest code that a system thread has called wants to end that thread. */
  private endCall(thread: number, what: string, end: NonNullable<Module["end"]>): void {
    if (this.parts.kernel.options.compat404 || !this.endable(thread)) return;
    const start = this.starting.of(thread);
    const unloaded = this.unloaded(thread);
    if (start) start.module.end ??= end;
    else if (unloaded) unloaded.end = end;
    throw new GuestAborted(`${start ? `${start.phase} ` : "guest code "}${what}`);
  }

  private unloaded(thread: number): Module | undefined {
    return this.unloading.get(thread)?.findLast((module) => !module.gone);
  }

  /** The system thread goes on when guest code that it calls fails. */
  private endable(thread: number): boolean {
    const start = this.starting.of(thread);
    // The thread of a program that ends, which was loading something.
    if (start) return start.module.loader === 0;
    const shell = this.parts.kernel.objects.name(thread) === SHELL;
    return shell || this.unloaded(thread) !== undefined || this.hosted.has(thread);
  }

  /** exit() and abort() in guest code, and a signal that it has no handler for; ends the calling thread and its module. */
  *exit(how: "exit" | "abort" | "killed", code: number, handlers = false): Task<void> {
    const { kernel } = this.parts;
    const thread = kernel.threads.current;
    const module = this.registry.get(kernel.currentModule);
    if (how === "abort") this.aborts.emit({ thread });
    const owner = this.callbackOwner(thread);
    if (owner) {
      kernel.console.print(text.exited(owner.name, code));
      this.endCallback(owner, how, code, handlers);
      throw new CallEnded();
    }
    // A thread that said it was an interrupt and did not say that it is over: none of what follows may be called in one.
    if (!kernel.options.compat404 && !kernel.callback?.interrupt)
      while (this.parts.call("rt_interrupt_get_nest")) this.parts.call("rt_interrupt_leave");
    // Exit handlers ran in the firmware already.
    if (module && how === "exit") yield* this.life.destruct(module, false);
    kernel.console.print(text.exited(kernel.objects.name(thread), code));
    // On the board a thread that ends inside of rt_enter_critical stops the system.
    if (!kernel.options.compat404) while (this.parts.call("rt_critical_level")) kernel.unlock();
    if (!module) this.endCall(thread, CALLS[how](code), { how, code });
    if (module) yield* this.life.terminate(module, how, code);
    yield* this.objects.endSelf();
  }

  /** The module of a function that an interrupt or a thread of the system has called, which goes on without it. */
  private callbackOwner(thread: number): Module | undefined {
    const { kernel } = this.parts;
    const { callback } = kernel;
    if (!callback) return undefined;
    const alone = !kernel.options.compat404 && !this.endable(thread);
    return callback.interrupt || alone ? this.registry.containing(callback.address) : undefined;
  }

  /** KernelHooks.callbackFailed. */
  callbackFailed(thread: number): boolean {
    const owner = this.callbackOwner(thread);
    if (!owner) return false;
    const how = this.causes.take(thread);
    this.endCallback(owner, how, -1, false);
    return true;
  }

  /** Such a function ends its program. */
  private endCallback(module: Module, how: HowEnded, code: number, handlers: boolean): void {
    const { kernel } = this.parts;
    const { life } = this;
    function* end(): Task<void> {
      if (module.gone || module.library || module.end) return;
      if (how === "exit") yield* life.destruct(module, handlers);
      yield* life.terminate(module, how, code);
    }
    kernel.errand(function* () {
      if (!life.reaper.atOnce(end)) yield* end();
    });
  }

  /** dlmodule_exit: nothing happens outside of a running module. */
  *exitModule(code: number): Task<void> {
    const module = this.registry.get(this.parts.kernel.currentModule);
    if (!module || this.struct.stat(module.address) !== STAT.RUNNING) return;
    yield* this.life.destruct(module);
    yield* this.life.terminate(module, "exit", code);
  }

  /** Destroys a module that has no thread, and those that it forms a circle with: no code of one runs when the memory of another is gone. */
  *unload(module: Module): Task<void> {
    if (this.struct.stat(module.address) === STAT.RUNNING) return;
    const { life } = this;
    const members = module.circle?.members.toReversed().filter(({ gone }) => !gone) ?? [module];
    for (const each of members) yield* this.ending(each, life.destruct(each));
    if (members.length > 1)
      for (const each of members) yield* this.ending(each, life.cleanUp(each));
    for (const each of members)
      if (!each.gone && !(yield* this.ending(each, life.destroy(each)))) yield* life.destroy(each);
  }

  /** A step of a module's end; false when its code failed in a system thread, and no more of it is to run. */
  private *ending(module: Module, step: Task<void>): Task<boolean> {
    const thread = this.parts.kernel.threads.current;
    const others = this.unloading.get(thread) ?? [];
    if (this.parts.kernel.currentModule === 0) this.unloading.set(thread, [...others, module]);
    try {
      yield* step;
      return true;
    } catch (error) {
      if (!(error instanceof GuestAborted)) throw error;
      module.cleaned = true;
      module.end ??= { how: this.causes.take(thread), code: -1 };
      return false;
    } finally {
      if (others.length > 0) this.unloading.set(thread, others);
      else this.unloading.delete(thread);
    }
  }
}
