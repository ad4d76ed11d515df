import { amount } from "../elf/mod.ts";
import { callGuest, type Task } from "../kernel/call.ts";
import { GuestAborted, type Kernel } from "../kernel/mod.ts";
import { ObjectClass } from "../kernel/types.ts";
import { destroy } from "./exports.ts";
import { MODULE } from "./layout.ts";
import type { EndedInfo, Loader, ModuleInfo } from "./loader.ts";
import { listModules } from "./module-list.ts";
import type { Whereabouts } from "./registry.ts";

/** The host's calls run in a system thread with the priority and the stack of the shell's. */
const STACK = 4096;
const PRIORITY = 20;
const SLICE = 10;
/** Registers that hold arguments (AAPCS). */
const ARGUMENTS_MAX = 4;
const RTLD_GLOBAL = 0x10000;

/** What a call of the host came to: a file that is refused, a fault in guest code, a wait that has no end. */
export class ModuleError extends Error {
  override readonly name = "ModuleError";
}

export interface HostOptions {
  /** Simulated ticks (10 ms each) after which a call is given up. */
  readonly ticks?: number;
}

/**
 * dlmodule.h and dlfcn.h for programs on the host that have a board: names are texts, every call runs the system until it is done.
 * Addresses are guest addresses; a handle is the address of struct rt_dlmodule. Errors are ModuleError.
 */
export class HostModules {
  constructor(
    private readonly loader: Loader,
    private readonly kernel: Kernel,
    private readonly options: HostOptions = {},
  ) {}

  /** dlmodule_load: the module's handle. Its module_init has run. */
  load(path: string): number {
    return this.perform(path, () => this.placed(path));
  }

  /** dlmodule_load_custom: a file that is in no file system. `path` is its name. */
  loadCustom(path: string, file: Uint8Array): number {
    return this.perform(path, () => this.placed(path, file));
  }

  private *placed(path: string, file?: Uint8Array): Task<number> {
    return (yield* this.loader.load(path, { as: "library", file }))?.address ?? 0;
  }

  /** dlmodule_exec: starts the program and does not wait for its end. `line` begins with the name that it is called by. */
  exec(path: string, line: string): number {
    return this.perform(path, () => this.loader.exec(path, line));
  }

  /** dlmodule_exec_custom. */
  execCustom(path: string, file: Uint8Array, line: string): number {
    return this.perform(path, () => this.loader.exec(path, line, file));
  }

  /** dlmodule_exit from outside: ends a running program. False when there is none of that handle. */
  exit(handle: number): boolean {
    const found = this.loader.find(handle) !== undefined;
    const { loader } = this;
    this.perform("exit", function* () {
      yield* loader.kill(handle);
      return 1;
    });
    return found;
  }

  /** dlmodule_destroy; false (RT_EBUSY, RT_ERROR) for a program that runs, and for no module. */
  destroy(handle: number): boolean {
    const { loader } = this;
    let result = 0;
    this.perform("destroy", function* () {
      result = yield* destroy(loader, handle);
      return 1;
    });
    return result === 0;
  }

  /** dlmodule_create: a module object with nothing loaded, for `destroy`. */
  create(): number {
    const { loader } = this;
    return this.perform("create", function* () {
      yield* [];
      return loader.create();
    });
  }

  /** dlmodule_find: by the first eight characters of its name; modules that another one opened have no public name. */
  find(name: string): ModuleInfo | undefined {
    const handle = this.kernel.objects.find(name, ObjectClass.Module);
    return handle === 0 ? undefined : this.loader.module(handle);
  }

  /** dlmodule_self, rt_module_self: the module of the thread that runs; for code that a trap or a hook of the host calls. */
  self(): ModuleInfo | undefined {
    const handle = this.kernel.currentModule;
    return handle === 0 ? undefined : this.loader.module(handle);
  }

  /** dlmodule_symbol_find: the address of an exported function or variable of the kernel. */
  symbolFind(name: string): number | undefined {
    return this.loader.parts.symbols.lookup(name) || undefined;
  }

  /** list_module. */
  modules(): ModuleInfo[] {
    return this.loader.modules();
  }

  /** The last modules that ended, newest first. */
  ended(): EndedInfo[] {
    return this.loader.ended();
  }

  /** The text of `list_module -v`. */
  listModule(): string {
    return listModules(this.loader);
  }

  /** list_symbols. */
  *listSymbols(): Generator<{ readonly name: string; readonly address: number }> {
    yield* this.loader.parts.symbols.entries();
  }

  /** dlopen: absolute, relative to the working directory, or a name in /lib, /modules, /bin; null (NULL) gives what is visible to all. */
  dlopen(name: string | null, options: { readonly global?: boolean } = {}): number {
    const { libdl } = this.loader;
    const flags = options.global ? RTLD_GLOBAL : 0;
    return this.perform(name ?? "dlopen", () => libdl.openNamed(name, flags));
  }

  /**
   * dlsym, of a function or a variable: of a handle, of all (RTLD_DEFAULT, the kernel first), of all libraries first (RTLD_NEXT). Undefined
   * when there is none, and dlerror says why.
   */
  dlsym(handle: number, name: string): number | undefined {
    return this.loader.libdl.symbolNamed(handle, name) >>> 0 || undefined;
  }

  /** dlclose. */
  dlclose(handle: number): void {
    const { libdl } = this.loader;
    const failed = this.perform("dlclose", function* () {
      return (yield* libdl.close(handle)) === -1 ? 2 : 1;
    });
    if (failed === 2) throw new ModuleError(this.dlerror() ?? "dlclose failed");
  }

  /** dlerror: once for each error. */
  dlerror(): string | undefined {
    return this.loader.libdl.takeError();
  }

  /** dladdr: the module and the symbol of an address, also of a module that ended a short time ago. */
  dladdr(address: number): Whereabouts | undefined {
    return this.loader.whereIs(address);
  }

  /** Calls a function of the guest with up to four words; gives r0, signed. */
  call(address: number, ...args: number[]): number {
    if (args.length > ARGUMENTS_MAX)
      throw new RangeError(
        `${amount(args.length, "argument")}: only ${ARGUMENTS_MAX} go in registers`,
      );
    let result = 0;
    this.perform("the call", function* () {
      result = yield* callGuest(address, ...args);
      return 1;
    });
    return result;
  }

  /** Runs a Task in a thread of its own until it is done; 0 from it is a failure. */
  private perform(what: string, task: () => Task<number>): number {
    const { kernel, loader } = this;
    let answer: number | undefined;
    let failure: unknown;
    let reasons = "";
    const off = loader.onRefused((event) => (reasons = event.reasons.join("; ")));
    const forget = loader.onFailure((why) => (reasons = why));
    const thread = this.systemThread(function* () {
      try {
        loader.hosted.add(thread);
        answer = yield* task();
      } catch (error) {
        if (!(error instanceof GuestAborted)) throw error;
        failure = error;
        answer = 0;
      } finally {
        loader.hosted.delete(thread);
      }
      // Programs that run on are not waited for.
      kernel.pause();
    });
    try {
      if (thread === 0) throw new ModuleError(`${what}: no memory for the host's thread`);
      kernel.threads.startup(thread);
      this.until(what, () => answer !== undefined);
      // The idle thread takes away the host's, and what was started begins.
      kernel.run({ untilTick: kernel.tick + 1, skipIdle: false });
    } finally {
      off();
      forget();
    }
    if (failure instanceof GuestAborted) throw new ModuleError(`${what}: ${failure.message}`);
    if (!answer)
      throw new ModuleError(`${what}: ${reasons || loader.libdl.takeError() || "failed"}`);
    return answer >>> 0;
  }

  /** Whoever was interrupted: the thread is nobody's, and does not end with a module. */
  private systemThread(body: () => Task<void>): number {
    const { memory, threads } = this.kernel;
    const { current } = threads;
    const owner = current === 0 ? 0 : memory.ldu32(current + MODULE.MODULE_ID);
    if (owner !== 0) memory.st32(current + MODULE.MODULE_ID, 0);
    const thread = threads.createTask("host", STACK, PRIORITY, SLICE, body);
    if (owner !== 0) memory.st32(current + MODULE.MODULE_ID, owner);
    return thread;
  }

  private until(what: string, done: () => boolean): void {
    const { kernel } = this;
    const end = kernel.tick + (this.options.ticks ?? 6000);
    while (!done()) {
      const { why } = kernel.run({ untilTick: end, skipIdle: true });
      if (done()) return;
      if (why === "idle") throw new ModuleError(`${what}: it waits for something that never comes`);
      if (why === "halted") throw new ModuleError(`${what}: the system has stopped`);
      if (kernel.tick >= end) throw new ModuleError(`${what}: not done in time`);
    }
  }
}
