import type { Task } from "../kernel/call.ts";
import { Mode, VfsError } from "../vfs/mod.ts";
import { GuestStrings } from "./guest-strings.ts";
import { MODULE } from "./layout.ts";
import type { Libraries } from "./libraries.ts";
import type { Loader } from "./loader.ts";
import { type Module, ModuleStruct } from "./module.ts";
import type { Registry } from "./registry.ts";

const PATH_MAX = 256;
const MESSAGE_MAX = 128;
export const RTLD_DEFAULT = 1;
export const RTLD_NEXT = 2;
const RTLD_GLOBAL = 0x10000;
const LR = 14;

/** dlopen, dlsym, dlclose, dlerror, dladdr: dlfcn.h. Libraries are shared by their path unless `compat404` loads one each time. */
export class Libdl {
  private readonly struct: ModuleStruct;
  private message = "";
  /** Guest buffer that dlerror returns, made when it is first needed. */
  private buffer = 0;
  /** Names that dladdr has given away. */
  private readonly strings: GuestStrings;

  constructor(
    private readonly loader: Loader,
    private readonly libraries: Libraries,
    private readonly registry: Registry,
  ) {
    const { kernel } = loader.parts;
    this.struct = new ModuleStruct(kernel.memory);
    this.strings = new GuestStrings(kernel);
  }

  private get compat(): boolean {
    return this.loader.parts.kernel.options.compat404;
  }

  /** Returns the handle (the address of struct rt_dlmodule), 0 when the library cannot be loaded. */
  *open(nameAt: number, flags = 0): Task<number> {
    const { kernel } = this.loader.parts;
    if (nameAt === 0 && !this.compat) return this.self();
    kernel.assert(nameAt !== 0, "filename", "dlopen", 31);
    return yield* this.openNamed(kernel.memory.cstring(nameAt, PATH_MAX), flags);
  }

  /** The same for a name that the host has; null stands for NULL. */
  *openNamed(name: string | null, flags: number): Task<number> {
    if (name === null) return this.self();
    if (this.compat) {
      const path = name.startsWith("/") ? name : `/modules/${name}`;
      return (yield* this.loader.load(path, { as: "library" }))?.address ?? 0;
    }
    const path = this.libraries.find(name, "dlopen");
    if (path === undefined) return this.fail(this.absent(name));
    const opening = this.libraries.open(path, (flags & RTLD_GLOBAL) !== 0);
    return (yield* this.noting(name, opening))?.address ?? 0;
  }

  /** A load by guest code; when nothing comes of it, dlerror says why. */
  *noting<T>(name: string, load: Task<T>): Task<T> {
    if (this.compat) return yield* load;
    const { threads } = this.loader.parts.kernel;
    const thread = threads.current;
    let why = "it cannot be loaded";
    // Other threads may load something meanwhile.
    const note = (text: string): void => {
      if (threads.current === thread) why = text || why;
    };
    const off = this.loader.onRefused(({ reasons }) => note(reasons.join("; ")));
    const forget = this.loader.onFailure(note);
    try {
      const loaded = yield* load;
      if (!loaded) this.fail(`${name}: ${why}`);
      return loaded;
    } finally {
      off();
      forget();
    }
  }

  symbol(handle: number, nameAt: number): number {
    const { kernel } = this.loader.parts;
    if (this.compat) kernel.assert(handle !== 0, "handle", "dlsym", 27);
    const caller = this.registry.containing(kernel.cpu.r[LR]);
    return this.symbolNamed(handle, kernel.memory.cstring(nameAt, PATH_MAX), caller);
  }

  /** The same for a name that the host has. `caller`: the module that RTLD_NEXT looks behind; the host has none, and all come after it. */
  symbolNamed(handle: number, name: string, caller?: Module): number {
    const { kernel } = this.loader.parts;
    const module = this.registry.get(handle);
    if (this.compat) {
      const found = module?.plan.functions.find((candidate) => candidate.name === name);
      return module && found ? module.bias + found.value : 0;
    }
    const program = this.registry.get(kernel.currentModule);
    let address = 0;
    if (module) {
      address = this.libraries.scope.inLibrary(name, module);
      // The handle that dlopen(NULL) gives a program stands for all that is global.
      if (address === 0 && module === program && !module.library)
        address = this.libraries.scope.anywhere(name, program);
    } else if (handle === RTLD_DEFAULT) address = this.libraries.scope.anywhere(name, program);
    else if (handle === RTLD_NEXT) address = this.libraries.scope.after(name, caller, program);
    else return this.noLibrary(handle);
    return address !== 0 ? address : this.fail(`${name}: no such symbol`);
  }

  /** dlmodule_symbol_find: the kernel's, as a file of the caller's kind would be given it. */
  kernelSymbol(nameAt: number): number {
    const { kernel } = this.loader.parts;
    const { registry } = this;
    const caller = registry.containing(kernel.cpu.r[LR]) ?? registry.get(kernel.currentModule);
    return this.libraries.scope.kernels(
      kernel.memory.cstring(nameAt, PATH_MAX),
      caller?.plan.hardFloat,
    );
  }

  *close(handle: number): Task<number> {
    const { kernel } = this.loader.parts;
    if (this.compat) kernel.assert(handle !== 0, "handle", "dlclose", 30);
    const module = this.registry.get(handle);
    if (this.compat) {
      if (module) yield* this.closeAs404(module);
      return 1;
    }
    // The handles that dlopen(NULL) gives.
    if (handle === RTLD_DEFAULT) return 0;
    if (!module) this.noLibrary(handle);
    else if (!module.library && module.address === kernel.currentModule) return 0;
    else if (!module.library) this.fail(`${module.name} was not opened with dlopen`);
    else {
      const why = yield* this.libraries.close(module);
      if (why === undefined) return 0;
      this.fail(`${module.path}: ${why}`);
    }
    return -1;
  }

  /** Text of the last error, once; NULL when there was none. 4.0.4 always says TODO. */
  error(): number {
    const message = this.takeError();
    if (message === undefined) return 0;
    const { heap, memory } = this.loader.parts.kernel;
    if (this.buffer === 0) this.buffer = heap.alloc(MESSAGE_MAX);
    if (this.buffer === 0) return 0;
    const bytes = Array.from(shortened(message, MESSAGE_MAX - 1), (c) => c.charCodeAt(0) & 0xff);
    memory.write(this.buffer, Uint8Array.from([...bytes, 0]));
    return this.buffer;
  }

  /** What `error` gives, as the host's text. */
  takeError(): string | undefined {
    const message = this.compat ? "TODO" : this.message;
    this.message = "";
    return message === "" ? undefined : message;
  }

  /** Fills a Dl_info: file name and first address of the module, name and address of the symbol. 0 when the address is in neither. */
  address(address: number, info: number): number {
    const { memory } = this.loader.parts.kernel;
    const module = this.registry.containing(address);
    const where = module && this.registry.whereIs(address);
    const kernel = module ? undefined : this.loader.parts.symbols.nearest(address >>> 0);
    if (!where && !kernel) return 0;
    const owner = module?.address ?? 0;
    const symbol = where?.insideSymbol ? where.symbol : kernel?.name;
    const offset = where ? where.symbolOffset : (kernel?.offset ?? 0);
    memory.st32(info, this.strings.of(owner, where?.path ?? "rtthread"));
    memory.st32(info + 4, module?.block ?? 0);
    memory.st32(info + 8, symbol === undefined ? 0 : this.strings.of(owner, symbol));
    memory.st32(info + 12, symbol === undefined ? 0 : (address >>> 0) - offset);
    return 1;
  }

  /** Gives back what belongs to a module that ends. */
  forget(module: Module): void {
    this.strings.forget(module.address);
  }

  /** dlopen(NULL): the program that the thread belongs to; a thread of the system has what is visible to everyone. */
  private self(): number {
    return this.loader.parts.kernel.currentModule || RTLD_DEFAULT;
  }

  private absent(name: string): string {
    if (name === "") return "the name of the library is empty";
    const { vfs } = this.loader.parts;
    try {
      if ((vfs.stat(name).mode & Mode.Dir) !== 0) return `${name}: it is a directory`;
    } catch (error) {
      if (!(error instanceof VfsError)) throw error;
    }
    return `${name}: no such file`;
  }

  private noLibrary(handle: number): 0 {
    return this.fail(
      handle === 0
        ? "the handle is NULL: was dlopen refused?"
        : `${hex(handle)} is no open library`,
    );
  }

  private *closeAs404(module: Module): Task<void> {
    const nref = (this.struct.get16(module.address, MODULE.NREF) - 1) & 0xffff;
    this.struct.set16(module.address, MODULE.NREF, nref);
    if (nref === 0) yield* this.loader.unload(module);
  }

  private fail(message: string): 0 {
    this.message = message;
    return 0;
  }
}

function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}

/** Characters that a name keeps at least. */
const NAME_MIN = 24;

/** A message `NAME: REASON` that is too long loses the middle of its name first: the reason is what nobody knows. */
function shortened(message: string, max: number): string {
  const over = message.length - max;
  const colon = message.indexOf(": ");
  if (over <= 0 || colon <= NAME_MIN) return cut(message, max);
  const keep = Math.max(NAME_MIN, colon - over) - 3;
  const head = keep >>> 1;
  const name = `${message.slice(0, head)}...${message.slice(colon - (keep - head), colon)}`;
  return cut(name + message.slice(colon), max);
}

/** Behind a word, where there is one to see; the dots say that there is more. */
function cut(message: string, max: number): string {
  if (message.length <= max) return message;
  const words = message.slice(0, max - 3).replace(/[\s,;:]+\S*$/, "");
  // A name without blanks, which would go with it.
  return `${words.length > max / 2 ? words : message.slice(0, max - 3)}...`;
}
