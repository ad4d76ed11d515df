import type { Task } from "../kernel/call.ts";
import { MODULE } from "./layout.ts";
import type { LifeCycle } from "./life-cycle.ts";
import type { Loader } from "./loader.ts";
import { type Module, ModuleStruct } from "./module.ts";
import type { Objects } from "./objects.ts";
import type { Registry } from "./registry.ts";

/** Where a relative name is looked for after the working directory. */
const SEARCH = ["/lib", "/modules", "/bin"];
const PATH_MAX = 256;
const MESSAGE_MAX = 128;
const RTLD_DEFAULT = 1;
const RTLD_NEXT = 2;

/** dlopen, dlsym, dlclose, dlerror: dlfcn.h. Libraries are shared by their path unless `compat404` loads one each time. */
export class Libdl {
  private readonly struct: ModuleStruct;
  /** Libraries by normalised path; FAT names have no case. */
  private readonly shared = new Map<string, Module>();
  private message = "";
  /** Guest buffer that dlerror returns, made when it is first needed. */
  private buffer = 0;

  constructor(
    private readonly loader: Loader,
    private readonly life: LifeCycle,
    private readonly registry: Registry,
    private readonly objects: Objects,
  ) {
    this.struct = new ModuleStruct(loader.parts.kernel.memory);
  }

  private get compat(): boolean {
    return this.loader.parts.kernel.options.compat404;
  }

  /** Returns the handle (the address of struct rt_dlmodule), 0 when the library cannot be loaded. */
  *open(nameAt: number): Task<number> {
    const { kernel } = this.loader.parts;
    kernel.assert(nameAt !== 0, "filename", "dlopen", 31);
    const name = kernel.memory.cstring(nameAt, PATH_MAX);
    const path = this.find(name);
    if (path === undefined) return this.fail(`${name}: no such file`);
    const known = this.compat ? undefined : this.shared.get(path.toLowerCase());
    if (known) {
      this.count(known, 1);
      return known.address;
    }
    let why = "it cannot be loaded";
    const off = this.loader.onRefused(({ reasons }) => (why = reasons.join("; ") || why));
    let module: Module | undefined;
    try {
      module = yield* this.loader.load(path);
    } finally {
      off();
    }
    if (!module) return this.fail(`${name}: ${why}`);
    module.opens.set(kernel.currentModule, 1);
    if (!this.compat) this.shared.set(path.toLowerCase(), module);
    return module.address;
  }

  symbol(handle: number, nameAt: number): number {
    const { kernel, symbols } = this.loader.parts;
    kernel.assert(handle !== 0, "handle", "dlsym", 27);
    const name = kernel.memory.cstring(nameAt, PATH_MAX);
    const module = this.registry.get(handle);
    if (this.compat) {
      const found = module?.plan.functions.find((candidate) => candidate.name === name);
      return module && found ? module.bias + found.value : 0;
    }
    let address = 0;
    if (module) address = this.definition(module, name);
    else if (handle === RTLD_DEFAULT || handle === RTLD_NEXT) {
      address = symbols.lookup(name);
      for (const library of this.shared.values())
        if (address === 0) address = this.definition(library, name);
    } else return this.fail(`0x${(handle >>> 0).toString(16)} is no open library`);
    return address !== 0 ? address : this.fail(`${name}: no such symbol`);
  }

  *close(handle: number): Task<number> {
    const { kernel } = this.loader.parts;
    kernel.assert(handle !== 0, "handle", "dlclose", 30);
    const module = this.registry.get(handle);
    if (!module) {
      this.fail(`0x${(handle >>> 0).toString(16)} is no open library`);
      return this.compat ? 1 : -1;
    }
    if (!this.compat && !module.library) {
      this.fail(`${module.name} was not opened with dlopen`);
      return -1;
    }
    if (this.count(module, -1) === 0) yield* this.unload(module);
    return this.compat ? 1 : 0;
  }

  /** Text of the last error, once; NULL when there was none. 4.0.4 always says TODO. */
  error(): number {
    if (this.compat) this.message = "TODO";
    if (this.message === "") return 0;
    const { heap, memory } = this.loader.parts.kernel;
    if (this.buffer === 0) this.buffer = heap.alloc(MESSAGE_MAX);
    if (this.buffer === 0) return 0;
    const bytes = Array.from(this.message.slice(0, MESSAGE_MAX - 1), (c) => c.charCodeAt(0) & 0xff);
    memory.write(this.buffer, Uint8Array.from([...bytes, 0]));
    this.message = "";
    return this.buffer;
  }

  /** The same for every library that a module has open. */
  *dropAll(owner: Module): Task<void> {
    for (const library of [...this.shared.values()])
      if (library.opens.has(owner.address)) yield* this.dropOwner(library, owner);
  }

  /** A module that had `library` open ended: its references end with it. */
  *dropOwner(library: Module, owner: Module): Task<void> {
    const held = library.opens.get(owner.address) ?? 1;
    library.opens.delete(owner.address);
    const left = this.struct.get16(library.address, MODULE.NREF) - held;
    this.struct.set16(library.address, MODULE.NREF, Math.max(left, 0));
    const heir = [...library.opens.keys()].find((address) => this.registry.get(address));
    if (left <= 0) yield* this.unload(library);
    else if (heir !== undefined) this.objects.link(library.address, heir);
  }

  forget(module: Module): void {
    for (const [path, library] of this.shared) if (library === module) this.shared.delete(path);
  }

  private *unload(module: Module): Task<void> {
    yield* this.life.destruct(module);
    yield* this.loader.unload(module);
  }

  private definition(module: Module, name: string): number {
    const symbol = module.plan.exports.get(name);
    return symbol ? module.addressOf(symbol) | 0 : 0;
  }

  /** Changes the reference count, for the running thread's module too; returns the new count. */
  private count(module: Module, by: 1 | -1): number {
    const nref = (this.struct.get16(module.address, MODULE.NREF) + by) & 0xffff;
    this.struct.set16(module.address, MODULE.NREF, nref);
    const user = this.loader.parts.kernel.currentModule;
    const held = (module.opens.get(user) ?? 0) + by;
    if (held > 0) module.opens.set(user, held);
    else module.opens.delete(user);
    return nref;
  }

  private find(name: string): string | undefined {
    const { vfs } = this.loader.parts;
    if (this.compat) return name.startsWith("/") ? name : `/modules/${name}`;
    const places = name.startsWith("/") ? [name] : [name, ...SEARCH.map((dir) => `${dir}/${name}`)];
    const found = places.find((path) => vfs.exists(path));
    return found && vfs.resolve(found);
  }

  private fail(message: string): 0 {
    this.message = message;
    return 0;
  }
}
