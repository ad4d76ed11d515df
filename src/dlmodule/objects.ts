import { SCHEDULE, type Task } from "../kernel/call.ts";
import { THREAD } from "../kernel/mod.ts";
import { ObjectClass } from "../kernel/types.ts";
import { finish, type LoaderParts } from "./context.ts";
import { MODULE, OBJECT_STATIC, THREAD_STAT } from "./layout.ts";
import * as text from "./messages.ts";
import type { Module } from "./module.ts";

/** Kernel functions that take an object of a class out of service: static objects are detached, dynamic ones deleted. */
const ENDINGS: Readonly<Record<number, readonly [detach: string, remove: string]>> = {
  [ObjectClass.Semaphore]: ["rt_sem_detach", "rt_sem_delete"],
  [ObjectClass.Mutex]: ["rt_mutex_detach", "rt_mutex_delete"],
  [ObjectClass.Event]: ["rt_event_detach", "rt_event_delete"],
  [ObjectClass.MailBox]: ["rt_mb_detach", "rt_mb_delete"],
  [ObjectClass.MessageQueue]: ["rt_mq_detach", "rt_mq_delete"],
  [ObjectClass.MemHeap]: ["rt_memheap_detach", "rt_memheap_detach"],
  [ObjectClass.MemPool]: ["rt_mp_detach", "rt_mp_delete"],
  [ObjectClass.Timer]: ["rt_timer_detach", "rt_timer_delete"],
};

/** A module that breaks its own list must not make us walk for ever. */
const OBJECTS_MAX = 0x40000;

/** The kernel objects of a module, as its list in guest memory has them. */
export class Objects {
  constructor(private readonly parts: LoaderParts) {}

  /** Threads of the module that have started and have not ended, without `except`. */
  liveThreads(module: Module, except: number): number {
    let count = 0;
    for (const object of this.list(module)) {
      if (object !== except && this.classOf(object) === ObjectClass.Thread && this.active(object))
        count++;
    }
    return count;
  }

  /** Suspends every started thread of the module but the running one, and stops their timers. */
  *stopThreads(module: Module): Task<void> {
    const { kernel } = this.parts;
    const self = kernel.threads.current;
    for (const thread of [...this.list(module)]) {
      if (thread === self || this.classOf(thread) !== ObjectClass.Thread || !this.active(thread))
        continue;
      yield* finish(
        this.parts.call("rt_timer_stop", THREAD.thread_timer.at(thread, kernel.memory)),
      );
      kernel.threads.suspend(thread);
    }
  }

  /**
   * Takes every object of the module out of service, newest first; `seen` is called for each one before, `nested` for module objects,
   * `left` for devices, which are only unlinked. Stops with a message where guest code has broken the list or an object.
   */
  *destroyAll(
    module: Module,
    nested: (address: number) => Task<void>,
    left: (object: number) => void,
    seen: (object: number) => void,
  ): Task<void> {
    try {
      yield* this.walk(module, nested, left, seen);
    } catch (error) {
      // What the kernel throws at a guest's broken data; a mistake of our own goes on.
      if (!(error instanceof Error) || error.name === "TypeError" || error.name === "RangeError")
        throw error;
      this.parts.options?.diagnostics?.(
        `${module.name}: its kernel objects are damaged, some are left behind (${error.message})`,
      );
    }
  }

  /** Takes one object out of service; false for a class that has no function for that. */
  *end(object: number): Task<boolean> {
    const { memory } = this.parts.kernel;
    const cls = this.classOf(object);
    const fixed = (memory.ld8(object + MODULE.TYPE) & OBJECT_STATIC) !== 0;
    const ending = ENDINGS[cls];
    if (cls === ObjectClass.Thread) {
      this.unlink(object);
      yield* this.endThread(object);
    } else if (ending && (cls !== ObjectClass.MemHeap || fixed)) {
      yield* finish(this.parts.call(fixed ? ending[0] : ending[1], object));
    } else {
      this.unlink(object);
      return false;
    }
    return true;
  }

  private *walk(
    module: Module,
    nested: (address: number) => Task<void>,
    left: (object: number) => void,
    seen: (object: number) => void,
  ): Task<void> {
    const { console, options } = this.parts.kernel;
    const { compat404 } = options;
    const head = module.address + MODULE.OBJECT_LIST;
    for (let n = 0; n < OBJECTS_MAX; n++) {
      const node = this.next(head);
      if (node === head) return;
      const object = node - MODULE.LIST;
      const cls = this.classOf(object);
      if (!compat404) seen(object);
      if (!(yield* this.end(object))) {
        // By default such objects go as well, and the report names them.
        if (compat404) console.print(text.UNSUPPORTED_OBJECT);
        if (cls === ObjectClass.Module) yield* nested(object);
        else if (cls === ObjectClass.Device) left(object);
      }
      // Whatever the kernel function did, the list gets shorter.
      if (this.next(head) === node) this.unlink(object);
    }
  }

  /** Ends another thread at once, or takes the running one out of the module; its cleanup hook is called. */
  *endThread(thread: number): Task<void> {
    const { kernel } = this.parts;
    kernel.memory.st32(thread + MODULE.MODULE_ID, 0);
    if (thread === kernel.threads.current) return;
    const fixed = (kernel.memory.ld8(thread + MODULE.TYPE) & OBJECT_STATIC) !== 0;
    yield* finish(this.parts.call(fixed ? "rt_thread_detach" : "rt_thread_delete", thread));
  }

  /** Ends the running thread; does not come back. */
  *endSelf(): Task<never> {
    const { kernel } = this.parts;
    const self = kernel.threads.current;
    if (!kernel.threads.vanished) {
      kernel.memory.st32(self + MODULE.MODULE_ID, 0);
      if (this.classOf(self) === ObjectClass.Thread)
        yield* finish(
          this.parts.call(this.isStatic(self) ? "rt_thread_detach" : "rt_thread_delete", self),
        );
      else kernel.threads.vanish?.();
    }
    for (;;) yield SCHEDULE;
  }

  /** The object is in memory of the program. */
  isStatic(object: number): boolean {
    return (this.parts.kernel.memory.ld8(object + MODULE.TYPE) & OBJECT_STATIC) !== 0;
  }

  /** Unlinks an object from whatever list it is in; it becomes a ring of its own. */
  unlink(object: number): void {
    const { memory } = this.parts.kernel;
    const node = object + MODULE.LIST;
    const next = memory.ldu32(node);
    const prev = memory.ldu32(node + 4);
    memory.st32(next + 4, prev);
    memory.st32(prev, next);
    memory.st32(node, node);
    memory.st32(node + 4, node);
  }

  /** Links an object at the head of a module's list and makes it the module's. */
  link(object: number, module: number): void {
    const { memory } = this.parts.kernel;
    const node = object + MODULE.LIST;
    const head = module + MODULE.OBJECT_LIST;
    const next = memory.ldu32(head);
    memory.st32(next + 4, node);
    memory.st32(node, next);
    memory.st32(head, node);
    memory.st32(node + 4, head);
    memory.st32(object + MODULE.MODULE_ID, module);
  }

  /** Objects of modules by their classes, in the order of the modules, each one's newest first. */
  byClass(modules: readonly Module[]): Map<number, number[]> {
    const found = new Map<number, number[]>();
    for (const module of modules) {
      // Libraries mostly have none, and there may be a thousand.
      if (this.isEmpty(module)) continue;
      for (const object of this.list(module)) {
        const cls = this.classOf(object);
        const others = found.get(cls);
        if (others) others.push(object);
        else found.set(cls, [object]);
      }
    }
    return found;
  }

  private isEmpty(module: Module): boolean {
    const head = module.address + MODULE.OBJECT_LIST;
    return this.next(head) === head;
  }

  private *list(module: Module): Generator<number> {
    const head = module.address + MODULE.OBJECT_LIST;
    let left = OBJECTS_MAX;
    for (let node = this.next(head); node !== head && left > 0; left--) {
      const next = this.next(node);
      yield node - MODULE.LIST;
      node = next;
    }
  }

  private next(node: number): number {
    return this.parts.kernel.memory.ldu32(node);
  }

  private classOf(object: number): number {
    return this.parts.kernel.memory.ld8(object + MODULE.TYPE) & ~OBJECT_STATIC;
  }

  private active(thread: number): boolean {
    const stat = THREAD.stat.get(this.parts.kernel.memory, thread) & 7;
    return stat !== THREAD_STAT.INIT && stat !== THREAD_STAT.CLOSE;
  }
}
