import type { Task } from "../kernel/call.ts";
import type { AbortEvent, EndEvent, LoaderParts, RefusedEvent, StartEvent } from "./context.ts";
import type { Freed } from "./allocations.ts";
import type { Causes } from "./causes.ts";
import type { Libdl } from "./libdl.ts";
import { setHooks } from "./kernel-hooks.ts";
import type { LoaderCounters, LoadOptions } from "./loading.ts";
import type { Module } from "./module.ts";
import type { ModuleInfo } from "./module-info.ts";
import type { EndedInfo, Whereabouts } from "./registry.ts";
import type { Start } from "./starting.ts";
import type { ThreadVariables } from "./thread-variables.ts";
import { Workings } from "./workings.ts";

export type { ModuleInfo } from "./module-info.ts";
export type { LoadOptions } from "./loading.ts";
export type { EndedInfo } from "./registry.ts";

/** The dynamic module loader: components/libc/libdl of RT-Thread 4.0.4. */
export class Loader {
  readonly libdl: Libdl;
  readonly threadVariables: ThreadVariables;
  /** What `kernel.hooks` needs of the loader. */
  readonly causes: Causes;
  private readonly own: Workings;

  constructor(readonly parts: LoaderParts) {
    this.own = new Workings(this);
    this.libdl = this.own.libdl;
    this.threadVariables = this.own.threadVariables;
    this.causes = this.own.causes;
    setHooks(parts, this.own.registry, this.own.audit, this.own.endings);
  }

  /** A module's main thread was started. */
  onStart(listener: (event: StartEvent) => void): () => void {
    return this.own.startUp.begins.on(listener);
  }
  /** A module ended and everything it had is given back. */
  onEnd(listener: (event: EndEvent) => void): () => void {
    return this.own.ends.on(listener);
  }
  /** The loader made a thread of its own, which takes modules away; others may have its name, and later its address. */
  onReaper(listener: (thread: number) => void): () => void {
    return this.own.life.reaper.made.on(listener);
  }
  /** abort() was called; registers and stack are those of the call. */
  onAbort(listener: (event: AbortEvent) => void): () => void {
    return this.own.endings.aborts.on(listener);
  }
  /** A file was not loaded. */
  onRefused(listener: (event: RefusedEvent) => void): () => void {
    return this.own.refusals.signal.on(listener);
  }

  /** A module's constructors or module_init failed in a system thread; the text says how. */
  onFailure(listener: (why: string) => void): () => void {
    return this.own.startUp.failures.on(listener);
  }

  /** The module whose start the running thread of the system executes: what is opened then is the module's. */
  get started(): Module | undefined {
    return this.own.starting.system(this.parts.kernel);
  }

  /** The modules whose constructors or module_init run at the moment, outermost first. */
  starts(): readonly Start[] {
    return this.own.starting.all();
  }

  /** Programs.exec. */
  exec(path: string, line: string, file?: LoadOptions["file"]): Task<number> {
    return this.own.programs.exec(path, line, file);
  }

  /** Loading.load. */
  load(path: string, options: LoadOptions): Task<Module | undefined> {
    return this.own.loading.load(path, options);
  }

  /** DT_NEEDED of a file; none when it is no module, which loading it will say. */
  neededBy(path: string): readonly string[] {
    return this.own.loading.neededBy(path);
  }

  /** dlmodule_create: struct rt_dlmodule with its defaults and nothing loaded; 0 when there is no memory. */
  create(): number {
    return this.own.placer.create("module", 0);
  }

  get counters(): LoaderCounters {
    return this.own.loading.counters;
  }

  /** Changes whenever a module comes or goes; a new one lies in memory, and none of its code has run. */
  get changes(): number {
    return this.own.registry.changes;
  }

  /** There is a file at the path, or a module in an archive of the disk (`apps.zip/hello.mo`). */
  exists(path: string): boolean {
    return this.own.finder.exists(path);
  }

  /** Nothing but libraries is loaded. */
  get withoutPrograms(): boolean {
    return this.own.registry.withoutPrograms;
  }

  /** Loaded modules, newest first. */
  modules(): ModuleInfo[] {
    return this.own.registry.all().map((module) => this.own.infos.describe(module));
  }

  /** The last modules that ended, newest first. */
  ended(): EndedInfo[] {
    return this.own.registry.ended();
  }

  /** One module; also a struct rt_dlmodule with nothing loaded, which 4.0.4 leaves after some failures. */
  module(address: number): ModuleInfo | undefined {
    return this.own.infos.of(address);
  }

  /** The module and symbol that an address belongs to; also for modules that were unloaded a short time ago. */
  whereIs(address: number): Whereabouts | undefined {
    return this.own.registry.whereIs(address);
  }

  /** The block of the heap, given back a short time ago by a module's code, that an address lies in. */
  freedBlock(address: number): Freed | undefined {
    return this.own.audit.allocations.freedBlock(address >>> 0);
  }

  /** A report tells that this header of the heap was overwritten: the end of the module need not. */
  heapDamageTold(header: number): void {
    this.own.audit.damageTold(header);
  }

  /** Whether the end of a module has told of it. */
  heapDamageKnown(header: number): boolean {
    return this.own.audit.damageKnown(header);
  }

  /** The return address behind the call that asked for a block of the heap in use; 0 when it is not known. */
  allocationSite(address: number): number {
    return this.own.audit.allocations.siteOf(address >>> 0);
  }

  /** The return address in a module's code that the running thread comes from, 0 when there is none. */
  callSite(): number {
    return this.own.audit.allocations.caller();
  }

  /** Function and offset of an address in a module's code, for reports. */
  placeOf(site: number): string {
    return this.own.audit.name(site);
  }

  /** Ends a module from outside, as somebody wants: that is no failure. Part of the caller's thread. */
  *kill(address: number): Task<void> {
    const module = this.own.registry.get(address);
    if (module) yield* this.own.life.terminate(module, "killed", 0);
  }

  /** KernelHooks.threadEnded. */
  readonly threadEnded = (thread: number, address: number): Task<void> | void => {
    this.threadVariables.threadEnded(thread);
    const module = this.own.registry.get(address);
    if (module) return this.own.life.threadEnded(module, thread);
  };

  /** KernelHooks.endModule. */
  readonly endModule = (thread: number, address: number, code: number): Task<void> | void => {
    const module = this.own.registry.get(address);
    if (module) return this.own.life.terminate(module, this.causes.take(thread), code);
  };

  /** Threads of the host that call guest code: a fault in it, or its end, ends the call. */
  get hosted(): Set<number> {
    return this.own.endings.hosted;
  }

  /** exit() and abort() in guest code, and a signal that it has no handler for; ends the calling thread and its module. */
  exit(how: "exit" | "abort" | "killed", code: number, handlers = false): Task<void> {
    return this.own.endings.exit(how, code, handlers);
  }

  /** dlmodule_exit: nothing happens outside of a running module. */
  exitModule(code: number): Task<void> {
    return this.own.endings.exitModule(code);
  }

  /** Destroys a module that has no thread, and those that it forms a circle with. */
  unload(module: Module): Task<void> {
    return this.own.endings.unload(module);
  }

  /** struct rt_dlmodule of the module that contains `address`, or of the running thread's for NULL; 0 when there is none. */
  moduleOf(address: number): number {
    const { callback, currentModule } = this.parts.kernel;
    // An interrupt is no part of the program that it has stopped.
    if (address === 0) return callback?.interrupt ? 0 : currentModule;
    return this.own.registry.containing(address)?.address ?? 0;
  }

  /** PT_ARM_EXIDX of the module that contains `pc`: its address and its number of entries. */
  exidx(pc: number): { readonly address: number; readonly entries: number } | undefined {
    const module = this.own.registry.containing(pc);
    if (!module || module.plan.exidx.size === 0) return undefined;
    const { vaddr, size } = module.plan.exidx;
    return { address: (module.bias + vaddr) >>> 0, entries: size >>> 3 };
  }

  find(address: number): Module | undefined {
    return this.own.registry.get(address);
  }

  /** Says why a file is not loaded. */
  refuse(path: string, reasons: string[]): void {
    this.own.refusals.refuse(path, reasons);
  }
}
