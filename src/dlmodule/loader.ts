import { SCHEDULE, type Task } from "../kernel/call.ts";
import { amount, ElfError } from "../elf/mod.ts";
import {
  type AbortEvent,
  type EndEvent,
  type LoaderParts,
  type RefusedEvent,
  Signal,
  type StartEvent,
} from "./context.ts";
import type { Freed } from "./allocations.ts";
import { Audit } from "./audit.ts";
import { type CircleFile, CirclePlacer } from "./circle.ts";
import { Causes } from "./causes.ts";
import { STACK_404, STACK_DEFAULT } from "./layout.ts";
import { Endings } from "./endings.ts";
import { EndReports } from "./end-reports.ts";
import { Finder } from "./finder.ts";
import { Libdl } from "./libdl.ts";
import { Libraries } from "./libraries.ts";
import { LifeCycle } from "./life-cycle.ts";
import { LoadError } from "./load-error.ts";
import type { Module } from "./module.ts";
import { type ModuleInfo, ModuleInfos } from "./module-info.ts";
import { Objects } from "./objects.ts";
import { Placer } from "./place.ts";
import { Preparer } from "./prepare.ts";
import { type EndedInfo, Registry, type Whereabouts } from "./registry.ts";
import { Refusals } from "./refusals.ts";
import { type Start, Starting } from "./starting.ts";
import { StartUp } from "./start-up.ts";
import { ThreadVariables } from "./thread-variables.ts";
import { quoted } from "./visible.ts";

export type { ModuleInfo } from "./module-info.ts";
export type { EndedInfo } from "./registry.ts";

/** What the loader has done so far: a measure of its work that no machine's speed changes. */
export interface LoaderCounters {
  readonly modules: number;
  readonly relocations: number;
  /** Names looked up in libraries and the firmware. */
  readonly symbolLookups: number;
}

export interface LoadOptions {
  readonly as: "program" | "library";
  /** Called when the module lies in memory, before any of its code runs. */
  readonly placed?: (module: Module) => void;
  /** The file's bytes, when it is not in the file system; or why there are none. */
  readonly file?: Uint8Array | string;
}

/** Modules that may start one inside of the other in one thread: all of them use its stack. */
const STARTS_MAX = 16;

/** The dynamic module loader: components/libc/libdl of RT-Thread 4.0.4. */
export class Loader {
  readonly libdl: Libdl;
  readonly threadVariables: ThreadVariables;
  /** What `kernel.hooks` needs of the loader. */
  readonly causes: Causes;
  private readonly registry = new Registry();
  private readonly life: LifeCycle;
  private readonly preparer: Preparer;
  private readonly placer: Placer;
  private readonly objects: Objects;
  private readonly libraries: Libraries;
  private readonly circles: CirclePlacer;
  private readonly audit: Audit;
  private readonly reports: EndReports;
  private readonly finder: Finder;
  private readonly endings: Endings;
  private readonly startUp: StartUp;
  private readonly refusals: Refusals;
  private readonly infos: ModuleInfos;
  private loaded = 0;
  private lookups = 0;
  private readonly ends = new Signal<EndEvent>();
  private readonly starting = new Starting();
  constructor(readonly parts: LoaderParts) {
    const { kernel, vfs, options } = parts;
    const stackSize = options?.stackSize ?? (kernel.options.compat404 ? STACK_404 : STACK_DEFAULT);
    this.preparer = new Preparer(parts);
    this.placer = new Placer(kernel, stackSize);
    this.objects = new Objects(parts);
    this.threadVariables = new ThreadVariables(kernel);
    this.audit = new Audit(parts, this.registry, this.objects, () => this.started);
    this.reports = new EndReports(parts, this.audit, this.registry, this.ends);
    this.finder = new Finder(vfs, (path) => this.preparer.member(path) !== undefined);
    kernel.hooks.allocated = (address, size) => this.audit.allocations.allocated(address, size);
    kernel.hooks.freed = (address) => this.audit.allocations.freed(address);
    kernel.hooks.variablesAt = (address) => this.registry.variablesAt(address);
    kernel.hooks.endsItself = (thread) => this.endings.endsItself(thread);
    kernel.hooks.callbackFailed = (thread) => this.endings.callbackFailed(thread);
    // As a shell of POSIX says it.
    kernel.hooks.signalled = (signal) => this.exit("killed", 128 + signal);
    vfs.opened = (fd) => this.audit.opened(fd);
    if (!kernel.options.compat404) {
      kernel.hooks.objectMade = (object) => this.audit.origins.made(object);
      kernel.hooks.objectGone = (object) => this.audit.origins.gone(object);
      kernel.hooks.callbackSet = (place, callback) => this.audit.callbacks.set(place, callback);
      kernel.hooks.deviceOpened = (device) => this.audit.deviceOpened(device);
      kernel.hooks.deviceClosed = (device) => this.audit.deviceClosed(device);
    }
    this.life = new LifeCycle(parts, {
      audit: (module, devices) => {
        module.facts = this.infos.describe(module);
        return this.reports.audit(module, devices);
      },
      finished: (module) => this.finished(module),
      leaked: (module) => this.reports.ended(module),
      leaving: (module, object) => {
        const left = this.audit.object(module, object);
        if (left && left.kind !== "device") module.left.push(left);
      },
      orphan: (owner, nested) => this.orphan(owner, nested),
      dropLibraries: (owner) => this.libraries.dropAll(owner),
    });
    this.causes = new Causes();
    this.infos = new ModuleInfos(kernel, this.registry, this.life);
    this.refusals = new Refusals(parts, this.placer);
    this.endings = new Endings(
      parts,
      this.registry,
      this.life,
      this.objects,
      this.starting,
      this.causes,
    );
    this.libraries = new Libraries(this, this.life, this.registry, this.objects);
    this.startUp = new StartUp(
      parts,
      this.audit,
      this.libraries,
      this.life,
      this.endings,
      this.starting,
      this.causes,
    );
    this.circles = new CirclePlacer(this.preparer, this.placer, this.libraries, (path, error) =>
      this.refusals.refuseError(path, error),
    );
    this.libdl = new Libdl(this, this.libraries, this.registry);
  }

  /** A module's main thread was started. */
  onStart(listener: (event: StartEvent) => void): () => void {
    return this.startUp.begins.on(listener);
  }
  /** A module ended and everything it had is given back. */
  onEnd(listener: (event: EndEvent) => void): () => void {
    return this.ends.on(listener);
  }
  /** The loader made a thread of its own, which takes modules away; others may have its name, and later its address. */
  onReaper(listener: (thread: number) => void): () => void {
    return this.life.reapers.on(listener);
  }
  /** abort() was called; registers and stack are those of the call. */
  onAbort(listener: (event: AbortEvent) => void): () => void {
    return this.endings.aborts.on(listener);
  }
  /** A file was not loaded. */
  onRefused(listener: (event: RefusedEvent) => void): () => void {
    return this.refusals.signal.on(listener);
  }

  /** A module's constructors or module_init failed in a system thread; the text says how. */
  onFailure(listener: (why: string) => void): () => void {
    return this.startUp.failures.on(listener);
  }

  /** The module whose start the running thread of the system executes: what is opened then is the module's. */
  get started(): Module | undefined {
    const { kernel } = this.parts;
    if (kernel.currentModule !== 0 || kernel.options.compat404) return undefined;
    return this.starting.of(kernel.threads.current)?.module;
  }

  /** The modules whose constructors or module_init run at the moment, outermost first. */
  starts(): readonly Start[] {
    return this.starting.all();
  }

  /**
   * dlmodule_exec: loads the file and starts its main thread with the arguments of `line`, which begins with the command word.
   * Does not wait. Returns the address of struct rt_dlmodule, 0 when the file was refused.
   */
  *exec(path: string, line: string, file?: LoadOptions["file"]): Task<number> {
    const module = yield* this.load(path, { as: "program", file });
    if (!module) return 0;
    const { name, address, plan } = module;
    if (!plan.program && !this.parts.kernel.options.compat404) {
      this.refusals.refuse(module.path, [
        plan.object
          ? "it is an object file without a function main, with which a program begins"
          : "it has no entry (it was linked with `-e 0`, or with `-e main` and has no function main): it is a library for dlopen, not a program",
      ]);
      yield* this.unload(module);
      return 0;
    }
    if (!this.life.start(module, line)) {
      this.refusals.refuse(module.path, [
        `there is no memory for its main thread with a stack of ${amount(this.life.stackSize(module.address), "byte")}: end other modules or give more memory with --ram`,
      ]);
      yield* this.unload(module);
      return 0;
    }
    this.startUp.begins.emit({ name, path: module.path, address });
    // rt_thread_startup: a thread with a better priority runs before the caller goes on.
    yield SCHEDULE;
    return address;
  }

  /**
   * dlmodule_load: places the file and calls its module_init in the caller's thread. The constructors of a library run there too;
   * those of a program run in its main thread. Undefined when the file was refused; listeners know why.
   */
  *load(path: string, { as, placed, file }: LoadOptions): Task<Module | undefined> {
    const { kernel } = this.parts;
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
    const owner = this.started;
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

  /** dlmodule_create: struct rt_dlmodule with its defaults and nothing loaded; 0 when there is no memory. */
  create(): number {
    return this.placer.create("module", 0);
  }

  get counters(): LoaderCounters {
    const { loaded, lookups, placer } = this;
    return { modules: loaded, relocations: placer.relocations, symbolLookups: lookups };
  }

  /** Changes whenever a module comes or goes; a new one lies in memory, and none of its code has run. */
  get changes(): number {
    return this.registry.changes;
  }

  /** There is a file at the path, or a module in an archive of the disk (`apps.zip/hello.mo`). */
  exists(path: string): boolean {
    return this.finder.exists(path);
  }

  /** Nothing but libraries is loaded. */
  get withoutPrograms(): boolean {
    return this.registry.withoutPrograms;
  }

  /** Loaded modules, newest first. */
  modules(): ModuleInfo[] {
    return this.registry.all().map((module) => this.infos.describe(module));
  }

  /** The last modules that ended, newest first. */
  ended(): EndedInfo[] {
    return this.registry.ended();
  }

  /** One module; also a struct rt_dlmodule with nothing loaded, which 4.0.4 leaves after some failures. */
  module(address: number): ModuleInfo | undefined {
    return this.infos.of(address);
  }

  /** The module and symbol that an address belongs to; also for modules that were unloaded a short time ago. */
  whereIs(address: number): Whereabouts | undefined {
    return this.registry.whereIs(address);
  }

  /** The block of the heap, given back a short time ago by a module's code, that an address lies in. */
  freedBlock(address: number): Freed | undefined {
    return this.audit.allocations.freedBlock(address >>> 0);
  }

  /** A report tells that this header of the heap was overwritten: the end of the module need not. */
  heapDamageTold(header: number): void {
    this.audit.damageTold(header);
  }

  /** Whether the end of a module has told of it. */
  heapDamageKnown(header: number): boolean {
    return this.audit.damageKnown(header);
  }

  /** The return address behind the call that asked for a block of the heap in use; 0 when it is not known. */
  allocationSite(address: number): number {
    return this.audit.allocations.siteOf(address >>> 0);
  }

  /** The return address in a module's code that the running thread comes from, 0 when there is none. */
  callSite(): number {
    return this.audit.allocations.caller();
  }

  /** Function and offset of an address in a module's code, for reports. */
  placeOf(site: number): string {
    return this.audit.name(site);
  }

  /** Ends a module from outside, as somebody wants: that is no failure. Part of the caller's thread. */
  *kill(address: number): Task<void> {
    const module = this.registry.get(address);
    if (module) yield* this.life.terminate(module, "killed", 0);
  }

  /** KernelHooks.threadEnded. */
  readonly threadEnded = (thread: number, address: number): Task<void> | void => {
    this.threadVariables.threadEnded(thread);
    const module = this.registry.get(address);
    if (module) return this.life.threadEnded(module, thread);
  };

  /** KernelHooks.endModule. */
  readonly endModule = (thread: number, address: number, code: number): Task<void> | void => {
    const module = this.registry.get(address);
    if (module) return this.life.terminate(module, this.causes.take(thread), code);
  };

  /** Threads of the host that call guest code: a fault in it, or its end, ends the call. */
  get hosted(): Set<number> {
    return this.endings.hosted;
  }

  /** exit() and abort() in guest code, and a signal that it has no handler for; ends the calling thread and its module. */
  exit(how: "exit" | "abort" | "killed", code: number, handlers = false): Task<void> {
    return this.endings.exit(how, code, handlers);
  }

  /** dlmodule_exit: nothing happens outside of a running module. */
  exitModule(code: number): Task<void> {
    return this.endings.exitModule(code);
  }

  /** Destroys a module that has no thread, and those that it forms a circle with. */
  unload(module: Module): Task<void> {
    return this.endings.unload(module);
  }

  /** struct rt_dlmodule of the module that contains `address`, or of the running thread's for NULL; 0 when there is none. */
  moduleOf(address: number): number {
    const { callback, currentModule } = this.parts.kernel;
    // An interrupt is no part of the program that it has stopped.
    if (address === 0) return callback?.interrupt ? 0 : currentModule;
    return this.registry.containing(address)?.address ?? 0;
  }

  /** PT_ARM_EXIDX of the module that contains `pc`: its address and its number of entries. */
  exidx(pc: number): { readonly address: number; readonly entries: number } | undefined {
    const module = this.registry.containing(pc);
    if (!module || module.plan.exidx.size === 0) return undefined;
    const { vaddr, size } = module.plan.exidx;
    return { address: (module.bias + vaddr) >>> 0, entries: size >>> 3 };
  }

  find(address: number): Module | undefined {
    return this.registry.get(address);
  }

  /** Says why a file is not loaded. */
  refuse(path: string, reasons: string[]): void {
    this.refusals.refuse(path, reasons);
  }

  private finished(module: Module): void {
    this.registry.remove(module, module.facts ?? this.infos.describe(module));
    this.libraries.forget(module);
    this.libdl.forget(module);
    this.threadVariables.moduleEnded(module);
    if (!module.library) this.reports.ended(module);
  }

  /** A module object in the list of a module that ends: a library it has open, or a program that it started. */
  private *orphan(owner: Module, address: number): Task<void> {
    const { heap, objects, options } = this.parts.kernel;
    const { compat404 } = options;
    const nested = this.registry.get(address);
    if (!nested) {
      if (compat404 || !heap.owns?.(address)) return;
      owner.left.push({
        kind: "module object",
        name: quoted(objects.name(address)),
        from: this.audit.origins.of(address),
        more: "dlmodule_create without dlmodule_destroy",
      });
      objects.delete(address);
      return;
    }
    if (!nested.ready && !compat404) {
      // A thread of the owner was loading it.
      this.startUp.discard(nested, "killed");
      if (nested.circle) yield* this.unload(nested);
      else yield* this.life.destroy(nested);
    } else if (nested.library && !compat404) {
      if (this.libraries.isShared(nested)) yield* this.libraries.orphan(nested, owner);
      else {
        owner.left.push({
          kind: "module",
          name: nested.path,
          from: this.audit.origins.of(address),
          more: "dlmodule_load without dlmodule_destroy",
        });
        yield* this.life.destruct(nested);
        yield* this.life.destroy(nested);
      }
    } else if (nested.library) this.registry.remove(nested, this.infos.describe(nested));
    else {
      owner.left.push({
        kind: "program",
        name: nested.path,
        from: this.audit.origins.of(address),
        more: "which it started and which still ran",
      });
      yield* this.life.terminate(nested, "killed", -1);
    }
  }
}
