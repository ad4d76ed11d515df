import { callGuest, type Task } from "../kernel/call.ts";
import { THREAD } from "../kernel/mod.ts";
import { ObjectClass } from "../kernel/types.ts";
import { splitArguments } from "./arguments.ts";
import type { LoaderParts } from "./context.ts";
import { stackGiven } from "./heap-need.ts";
import { stringBytes } from "./guest-strings.ts";
import { MAIN_SLICE, MODULE, PRIORITY_MAX, STAT } from "./layout.ts";
import type { LeftBehind } from "./left-behind.ts";
import { type HowEnded, type Module, ModuleStruct } from "./module.ts";
import { Objects } from "./objects.ts";
import { Reaper } from "./reaper.ts";
import type { Span } from "./plan-types.ts";
import { wipe } from "./wipe.ts";

/** argv[8] and its alignment. */
const ARGV_BYTES = 40;

/** The part of a module's life that the loader starts with `run` and that `finished` concludes. */
export interface LifeEvents {
  /** The module is gone; its memory may be used again. */
  finished(module: Module): void;
  /** The module has no thread any more but stays, as 4.0.4 leaves it. */
  leaked(module: Module): void;
  /** An object of a module that ends is about to be taken out of service. */
  leaving(module: Module, object: number): void;
  /** A nested module object is met while its owner is destroyed. */
  orphan(owner: Module, nested: number): Task<void>;
  /** The module's code has run for the last time, and its memory is still there: what it left behind is given back. */
  audit(module: Module, devices: readonly LeftBehind[]): Task<void>;
  /** A device that a module has registered is unlinked; it may be in the memory of a module that ends before its owner. */
  device(device: number): LeftBehind;
  /** The libraries that the module still has open lose a user. */
  dropLibraries(owner: Module): Task<void>;
}

/** From the start of the main thread to the end of the module: dlmodule_exec, _dlmodule_exit, dlmodule_destroy. */
export class LifeCycle {
  private readonly struct: ModuleStruct;
  private readonly objects: Objects;
  readonly reaper: Reaper;

  constructor(
    private readonly parts: LoaderParts,
    private readonly events: LifeEvents,
  ) {
    this.struct = new ModuleStruct(parts.kernel.memory);
    this.objects = new Objects(parts);
    this.reaper = new Reaper(parts, this.objects);
  }

  private get compat(): boolean {
    return this.parts.kernel.options.compat404;
  }

  /** Bytes of the main thread's stack: what the module object says, within bounds. No heap has as much as the upper one. */
  stackSize(address: number): number {
    return stackGiven(this.struct.get(address, MODULE.STACK_SIZE), this.compat);
  }

  /** Creates and starts the main thread; returns false when there is no memory for it. */
  start(module: Module, line: string): boolean {
    const { kernel } = this.parts;
    const { memory, heap, threads } = kernel;
    const { struct } = this;
    const { address } = module;
    const text = heap.alloc(line.length + 1);
    if (text !== 0) memory.write(text, stringBytes(line));
    struct.set(address, MODULE.CMD_LINE, text);
    const priority = struct.get16(address, MODULE.PRIORITY);
    const thread = threads.createTask(
      module.name,
      this.stackSize(address),
      priority >= PRIORITY_MAX ? PRIORITY_MAX - 1 : priority,
      MAIN_SLICE,
      () => this.main(module),
    );
    if (thread === 0) return false;
    // Set after creation, as the original does: the thread itself is the creator's.
    memory.st32(thread + MODULE.MODULE_ID, address);
    struct.set(address, MODULE.MAIN_THREAD, thread);
    threads.startup(thread);
    return true;
  }

  /** Body of the main thread: _dlmodule_thread_entry. */
  private *main(module: Module): Task<void> {
    const { memory, cpu } = this.parts.kernel;
    const { struct } = this;
    const { address } = module;
    const line = struct.get(address, MODULE.CMD_LINE);
    const args = line === 0 ? [] : splitArguments(memory, line);
    if (args.length === 0) {
      module.end = { how: "returned", code: 0 };
      return;
    }
    struct.setStat(address, STAT.RUNNING);
    cpu.r[13] -= ARGV_BYTES;
    const argv = cpu.r[13];
    memory.fill(argv, ARGV_BYTES, 0);
    for (let n = 0; n < args.length; n++) memory.st32(argv + 4 * n, args[n]);
    yield* this.construct(module);
    const code = yield* callGuest(struct.get(address, MODULE.ENTRY_ADDR), args.length, argv);
    module.end = { how: "returned", code };
    if (!this.compat) struct.set(address, MODULE.RET_CODE, code);
    yield* this.destruct(module);
    yield* this.stop(module);
  }

  /** .preinit_array and .init_array, which 4.0.4 does not run. */
  *construct(module: Module): Task<void> {
    if (this.compat || module.constructed) return;
    module.constructed = true;
    yield* this.callAll(module, module.plan.preinit, false);
    yield* this.callAll(module, module.plan.init, false);
  }

  /** Exit handlers, then .fini_array backwards; only once. */
  *destruct(module: Module, handlers = true): Task<void> {
    if (this.compat || !module.constructed) return;
    module.constructed = false;
    const runExit = this.parts.firmware?.runExit ?? 0;
    if (handlers && runExit !== 0) yield* callGuest(runExit, module.address);
    yield* this.callAll(module, module.plan.fini, true);
  }

  private *callAll(module: Module, { vaddr, size }: Span, backwards: boolean): Task<void> {
    const { memory } = this.parts.kernel;
    const count = size >>> 2;
    for (let n = 0; n < count; n++) {
      const slot = backwards ? count - 1 - n : n;
      const fn = memory.ld32(module.bias + vaddr + 4 * slot);
      // 0 and -1 are place holders (gABI, "Initialization and Termination Functions").
      if (fn !== 0 && fn !== -1) yield* callGuest(fn);
    }
  }

  /** The threads of the module but the running one stop for good: RUNNING becomes CLOSING. */
  private *stop(module: Module): Task<void> {
    const { kernel } = this.parts;
    if (this.struct.stat(module.address) !== STAT.RUNNING) return;
    kernel.lock();
    this.struct.setStat(module.address, STAT.CLOSING);
    yield* this.objects.stopThreads(module);
    kernel.unlock();
  }

  /**
   * Ends a module from inside or outside: dlmodule_exit, and what follows it. In a thread of the module it does not return; that
   * thread ends as well.
   */
  *terminate(module: Module, how: HowEnded, code: number): Task<void> {
    const { kernel, firmware } = this.parts;
    const { memory } = kernel;
    const { address } = module;
    const self = kernel.threads.current;
    if (module.destroyer !== 0 && module.destroyer !== self) return;
    // The end was under way in this thread: module_cleanup, a destructor or a cleanup hook failed.
    const failed = module.destroyer !== 0;
    if (failed) module.cleaned = true;
    // Destructors and exit handlers run after the end was noted, and may come to another one.
    if (failed || !module.end || how !== "killed") module.end = { how, code };
    this.struct.set(address, MODULE.RET_CODE, code);
    yield* this.stop(module);
    firmware?.forgetModule(address);
    const mine = self !== 0 && memory.ldu32(self + MODULE.MODULE_ID) === address;
    // Its control block and its stack may be in the module, in a library of it or in a block it has not freed: it ends first.
    if (mine && !failed && !this.compat && this.objects.isStatic(self))
      yield* this.reaper.leaveTo(self, how, () => this.terminate(module, how, code));
    const main = this.struct.get(address, MODULE.MAIN_THREAD);
    this.struct.set(address, MODULE.MAIN_THREAD, 0);
    if (main !== 0 && main !== self) yield* this.objects.endThread(main);
    yield* this.destroy(module);
    if (mine) yield* this.objects.endSelf();
  }

  /** rt_thread_exit, _delete or _detach of a thread that has `address` as module_id. */
  *threadEnded(module: Module, thread: number): Task<void> {
    const { struct } = this;
    const main = thread === struct.get(module.address, MODULE.MAIN_THREAD);
    if (main) {
      struct.set(module.address, MODULE.MAIN_THREAD, 0);
      if (module.end) yield* this.destroy(module);
    }
    if (module.end || module.library) return;
    // The main thread was deleted. Its sub-threads may go on; with the last of them the module ends (in 4.0.4 it stays for ever).
    const abandoned = struct.get(module.address, MODULE.MAIN_THREAD) === 0;
    if (!abandoned || this.objects.liveThreads(module, thread) > 0) return;
    module.end = { how: "killed", code: 0 };
    if (this.compat) {
      this.events.leaked(module);
      return;
    }
    module.cleaned = true;
    struct.setStat(module.address, STAT.CLOSING);
    this.destroyLater(module);
  }

  /** By a system thread of the lowest priority: the running thread may be one of the module's and not yet gone. */
  destroyLater(module: Module): void {
    const destroy = () => this.destroy(module);
    const started = this.reaper.later(function* () {
      // The program that it belongs to may have taken it along.
      if (!module.gone && module.destroyer === 0) yield* destroy();
    });
    if (!started) this.events.leaked(module);
  }

  /** The first part of dlmodule_destroy: module_cleanup runs, and the scheduler stays locked until `destroy` is done. */
  *cleanUp(module: Module): Task<void> {
    const { kernel } = this.parts;
    module.destroyer = kernel.threads.current;
    // A module_cleanup that failed has left this function half done: it goes on from there, and the lock is still held.
    if (!module.locks) kernel.lock();
    module.locks = true;
    const cleanup = this.struct.get(module.address, MODULE.CLEANUP_FUNC);
    if (cleanup === 0 || module.cleaned) return;
    if (!this.compat) module.cleaned = true;
    yield* callGuest(cleanup, module.address);
    module.cleaned = true;
  }

  /** dlmodule_destroy. */
  *destroy(module: Module): Task<void> {
    const { kernel } = this.parts;
    const { heap, memory, objects } = kernel;
    const { struct } = this;
    const { address } = module;
    const self = kernel.threads.current;
    yield* this.cleanUp(module);
    if (self !== 0 && memory.ldu32(self + MODULE.MODULE_ID) === address)
      memory.st32(self + MODULE.MODULE_ID, 0);
    const devices: LeftBehind[] = [];
    yield* this.objects.destroyAll(
      module,
      (nested) => this.events.orphan(module, nested),
      (device) => {
        if (!this.compat) devices.push(this.events.device(device));
      },
      (object) => this.events.leaving(module, object),
    );
    yield* this.events.dropLibraries(module);
    yield* this.threadCleanup(module, self);
    if (!module.audited) {
      module.audited = true;
      yield* this.events.audit(module, devices);
    }
    heap.free(struct.get(address, MODULE.CMD_LINE));
    const table = struct.get(address, MODULE.SYMTAB);
    if (table !== 0) {
      const count = struct.get16(address, MODULE.NSYM);
      for (let n = 0; n < count; n++) heap.free(memory.ldu32(table + 8 * n + 4));
      heap.free(table);
    }
    if (module.contains(self)) kernel.threads.vanish?.();
    if (!this.compat) wipe(memory, module);
    heap.free(module.space);
    kernel.cpu.invalidate(module.block, module.block + module.size);
    if (objects.classOf(address) === ObjectClass.Module) objects.delete(address);
    module.locks = false;
    module.gone = true;
    kernel.unlock();
    this.events.finished(module);
  }

  /** The running thread's own hook, when it is code that is about to be freed; 4.0.4 calls it afterwards. */
  private *threadCleanup(module: Module, thread: number): Task<void> {
    if (thread === 0) return;
    const { memory } = this.parts.kernel;
    const hook = THREAD.cleanup.get(memory, thread);
    if (!module.contains(hook)) return;
    THREAD.cleanup.set(memory, thread, 0);
    yield* callGuest(hook, thread);
  }

  /** Runs `module_init` in the thread of the caller. */
  *initialise(module: Module): Task<void> {
    const init = this.struct.get(module.address, MODULE.INIT_FUNC);
    if (init !== 0) yield* callGuest(init, module.address);
  }
}
