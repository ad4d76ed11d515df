import type { Task } from "../kernel/call.ts";
import { type CircleFile, findCircle } from "./circle.ts";
import type { LifeCycle } from "./life-cycle.ts";
import type { Loader } from "./loader.ts";
import type { Module } from "./module.ts";
import { Needs } from "./needs.ts";
import { noteUse, References, REFERENCES_MAX } from "./references.ts";
import type { Registry } from "./registry.ts";
import { SymbolScope } from "./symbol-scope.ts";

/** Where a relative name is looked for after the working directory. */
const SEARCH = ["/lib", "/modules", "/bin"];

/** Shared libraries: by path, by whom they are used, and when they come and go. */
export class Libraries {
  readonly references: References;
  /** By normalised path; FAT names have no case. */
  private readonly shared = new Map<string, Module>();
  readonly scope: SymbolScope;
  /** Paths that are being loaded, and by which thread. */
  private readonly loading = new Map<string, number>();
  /** What threads know of the files that they load: each library of a chain asks for the rest of the chain. */
  private readonly needs = new Needs();
  /** Libraries that are being unloaded, and by which thread. */
  private readonly closing = new Map<Module, number>();

  constructor(
    private readonly loader: Loader,
    private readonly life: LifeCycle,
    private readonly registry: Registry,
  ) {
    const { kernel, symbols } = loader.parts;
    this.references = new References(kernel.memory);
    this.scope = new SymbolScope(symbols);
  }

  /** The path of a library: as it is, then in the usual directories; the working directory comes first only for dlopen. */
  find(name: string, from: "dlopen" | "DT_NEEDED"): string | undefined {
    const { vfs } = this.loader.parts;
    const usual = SEARCH.map((directory) => `${directory}/${name}`);
    const places = name.includes("/") && name.startsWith("/") ? [name] : [name, ...usual];
    if (from === "DT_NEEDED" && places.length > 1) places.push(places.shift()!);
    const found = places.find((path) => this.loader.exists(path));
    return found && vfs.resolve(found);
  }

  /** Whose the references are that the running thread takes and gives back. */
  private get user(): number {
    return this.loader.parts.kernel.currentModule || (this.loader.started?.address ?? 0);
  }

  /** The library with one more reference of the running thread's module; loaded when it is not there yet. */
  *open(path: string, global: boolean): Task<Module | undefined> {
    const { user } = this;
    const site = this.loader.callSite();
    const module = yield* this.acquire(path);
    if (!module) return undefined;
    noteUse(module, user, 1);
    const sites = module.openedAt.get(user);
    if (sites) sites.push(site);
    else module.openedAt.set(user, [site]);
    if (global) this.scope.globals.add(module);
    return module;
  }

  /**
   * Adds the libraries that a file names in DT_NEEDED, each with one more reference, and what there is to say of those that cannot be had.
   * Paths (in small letters) in `except` are passed over.
   */
  *require(
    names: readonly string[],
    found: Module[],
    absent: string[],
    except?: ReadonlySet<string>,
  ): Task<void> {
    const thread = this.loader.parts.kernel.threads.current;
    this.needs.enter(thread);
    try {
      yield* this.requireAll(names, found, absent, except);
    } finally {
      this.needs.leave(thread);
    }
  }

  private *requireAll(
    names: readonly string[],
    found: Module[],
    absent: string[],
    except?: ReadonlySet<string>,
  ): Task<void> {
    for (const name of names) {
      const path = this.find(name, "DT_NEEDED");
      if (path !== undefined && except?.has(path.toLowerCase())) continue;
      const { current } = this.loader.parts.kernel.threads;
      if (path !== undefined && this.loading.get(path.toLowerCase()) === current) {
        absent.push(
          `it needs the library ${name} (DT_NEEDED), which is being loaded in this thread, and waits for the start of a library that it needs: open it later`,
        );
        continue;
      }
      const module = path === undefined ? undefined : yield* this.acquire(path);
      if (module) found.push(module);
      else
        absent.push(`it needs the library ${name} (DT_NEEDED), which cannot be loaded from /lib`);
    }
  }

  /** The libraries that need each other with the one at `path`, which is about to be loaded and needs `names`; undefined without any. */
  circleOf(path: string, names: readonly string[]): readonly CircleFile[] | undefined {
    const paths = (wanted: readonly string[]): string[] =>
      wanted.flatMap((name) => this.find(name, "DT_NEEDED") ?? []);
    const ahead = (needed: readonly string[]): string[] =>
      needed.filter((found) => !this.shared.has(found.toLowerCase()));
    const first = ahead(paths(names));
    if (first.length === 0) return undefined;
    const known = this.needs.of(this.loader.parts.kernel.threads.current);
    const files = findCircle(path, (other) => {
      if (other === path) return first;
      const key = other.toLowerCase();
      const needed = known.get(key) ?? paths(this.loader.neededBy(other));
      known.set(key, needed);
      return ahead(needed);
    });
    const others = files?.filter((file) => file.path !== path);
    // Whoever loads one of them has all of them.
    return others?.some((file) => this.loading.has(file.path.toLowerCase())) ? undefined : files;
  }

  /** Loads them in one go: other threads wait for that. */
  *together<T>(files: readonly CircleFile[], load: Task<T>): Task<T> {
    const keys = files.map((file) => file.path.toLowerCase());
    const mine = keys.filter((key) => !this.loading.has(key));
    for (const key of mine) this.loading.set(key, this.loader.parts.kernel.threads.current);
    try {
      return yield* load;
    } finally {
      for (const key of mine) this.loading.delete(key);
    }
  }

  /** Libraries of a circle become known by their paths; the last one has a reference for nobody yet. */
  adoptCircle(members: readonly Module[]): void {
    const circle = { members };
    for (const module of members) {
      module.circle = circle;
      this.adopt(module, module.needed);
      const first = module === members.at(-1) ? 1 : 0;
      this.references.set(module, this.references.within(module) + first);
      this.shared.set(module.path.toLowerCase(), module);
    }
  }

  /** What `user` needs becomes a reference of it. */
  adopt(user: Module, needed: readonly Module[]): void {
    user.needed = needed;
    for (const library of needed) noteUse(library, user.address, 1);
  }

  /** Gives back what `require` gave, when nothing came of it. */
  *release(needed: readonly Module[]): Task<void> {
    const left = [...needed];
    try {
      for (let library = left.shift(); library; library = left.shift())
        if (this.references.drop(library)) yield* this.unload(library);
    } finally {
      this.releaseLater(left);
    }
  }

  /** The same when the thread that had them has ended: what nobody else uses goes in a thread of the system. */
  releaseLater(needed: readonly Module[]): void {
    for (const library of needed)
      if (!library.gone && this.references.drop(library))
        this.life.reaper.later(() => this.unload(library));
  }

  /** dlclose; says why not. */
  *close(library: Module): Task<string | undefined> {
    const references = this.references.of(library);
    if (references === 0 || this.closing.has(library)) return "it is being unloaded";
    const users = this.registry.all().filter((other) => other.needed.includes(library));
    if (references <= users.length)
      return `no dlopen of it is left to close: ${users.map(({ name }) => name).join(", ")} ${users.length === 1 ? "needs" : "need"} it (DT_NEEDED)`;
    if (!library.ready && this.references.isLast(library))
      return "it is still being loaded: its constructors or module_init have not returned";
    noteUse(library, this.user, -1);
    library.openedAt.get(this.user)?.pop();
    if (this.references.drop(library)) yield* this.unload(library);
    return undefined;
  }

  /** Those that are loaded, oldest first. */
  all(): Module[] {
    return [...this.shared.values()];
  }

  /** dlopen or DT_NEEDED has loaded it, and others may have it as well. */
  isShared(library: Module): boolean {
    return this.shared.get(library.path.toLowerCase()) === library;
  }

  forget(module: Module): void {
    this.scope.globals.delete(module);
    if (this.isShared(module)) this.shared.delete(module.path.toLowerCase());
  }

  /** One more reference, for nobody yet. */
  private *acquire(path: string): Task<Module | undefined> {
    const { kernel } = this.loader.parts;
    const key = path.toLowerCase();
    const thread = kernel.threads.current;
    for (;;) {
      const known = this.shared.get(key);
      const closer = known && this.closing.get(known);
      if (closer === thread) {
        this.loader.refuse(path, ["it is being unloaded by this thread"]);
        return undefined;
      }
      // It goes, and is loaded anew.
      if (closer !== undefined) yield* kernel.threads.sleep(1);
      else if (known) {
        if (!this.count(known, path)) return undefined;
        if (yield* this.started(known, thread)) return known;
      } else {
        const busy = this.loading.get(key);
        if (busy === undefined) break;
        if (busy === thread) {
          this.loader.refuse(path, ["a library that it needs opens it, and needs it to be there"]);
          return undefined;
        }
        // Another thread loads what it needs.
        yield* kernel.threads.sleep(1);
      }
    }
    this.loading.set(key, thread);
    this.needs.enter(thread);
    try {
      return yield* this.loader.load(path, {
        as: "library",
        placed: (module) => void this.shared.set(key, module),
      });
    } finally {
      this.needs.leave(thread);
      this.loading.delete(key);
    }
  }

  /** One more reference; false and a reason when the count is full. */
  private count(library: Module, path: string): boolean {
    const full = this.references.of(library) >= REFERENCES_MAX;
    if (full)
      this.loader.refuse(path, [
        `it is open ${REFERENCES_MAX} times already, and more cannot be counted: close it with dlclose`,
      ]);
    else this.references.add(library);
    return !full;
  }

  /**
   * Waits until a library that another thread loads has started; false when that failed, and the library is gone. The thread that loads it,
   * and so its own constructors, may use it before.
   */
  private *started(library: Module, thread: number): Task<boolean> {
    if (library.ready || library.startedBy === thread) return true;
    let waited = false;
    try {
      while (!library.ready && !library.end) yield* this.loader.parts.kernel.threads.sleep(1);
      waited = true;
    } finally {
      if (!waited) this.releaseLater([library]);
    }
    return library.ready;
  }

  /** Its destructors may wait; until it is gone, who opens it waits for that. */
  *unload(library: Module): Task<void> {
    const members = library.circle?.members ?? [library];
    const thread = this.loader.parts.kernel.threads.current;
    for (const member of members) this.closing.set(member, thread);
    try {
      yield* this.loader.unload(library);
    } finally {
      for (const member of members) this.closing.delete(member);
    }
  }
}
