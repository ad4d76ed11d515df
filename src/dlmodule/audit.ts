import type { Task } from "../kernel/call.ts";
import { THREAD } from "../kernel/mod.ts";
import { ObjectClass } from "../kernel/types.ts";
import type { GuestMemory } from "../memory/mod.ts";
import { Allocations } from "./allocations.ts";
import { Callbacks } from "./callbacks.ts";
import { heapDamage } from "./heap-damage.ts";
import { finish, type LoaderParts } from "./context.ts";
import { DEVICE, MODULE, OBJECT_STATIC, THREAD_STAT, TIMER } from "./layout.ts";
import type { Module } from "./module.ts";
import type { Objects } from "./objects.ts";
import { type LeftBehind, leftLines } from "./left-behind.ts";
import { HeapLeft } from "./heap-left.ts";
import { OpenDevices } from "./open-devices.ts";
import { OpenFiles } from "./open-files.ts";
import { Origins } from "./origins.ts";
import type { Registry } from "./registry.ts";
import { quoted, visible } from "./visible.ts";

/** Lines of one report, and things that an event names. */
const LINES_MAX = 20;
const THINGS_MAX = 1000;
const THREAD_STAT_MASK = 7;

/** Semaphores inside of POSIX threads and unnamed POSIX semaphores. */
const POSIX_PARTS = /^p(th|sem)\d\d$/;

/** Words of a kernel object that hold the address of code. */
const CODE: Readonly<Record<number, readonly number[]>> = {
  [ObjectClass.Timer]: [TIMER.TIMEOUT_FUNC],
  [ObjectClass.Thread]: [THREAD.entry.offset],
  [ObjectClass.Device]: [DEVICE.OPS, DEVICE.FOPS],
};
const CLASS_NAMES: Readonly<Record<number, string>> = {
  [ObjectClass.Thread]: "thread",
  [ObjectClass.Semaphore]: "semaphore",
  [ObjectClass.Mutex]: "mutex",
  [ObjectClass.Event]: "event",
  [ObjectClass.MailBox]: "mailbox",
  [ObjectClass.MessageQueue]: "message queue",
  [ObjectClass.MemHeap]: "memory heap",
  [ObjectClass.MemPool]: "memory pool",
  [ObjectClass.Device]: "device",
  [ObjectClass.Timer]: "timer",
};

/**
 * What a module that ends leaves behind: blocks of the heap, descriptors and streams, objects and callbacks of the system that
 * point into its memory. 4.0.4 keeps all of that; here it is given back, and named.
 */
export class Audit {
  readonly allocations: Allocations;
  /** Who made which object. */
  readonly origins: Origins;
  readonly callbacks: Callbacks;
  private readonly openDevices = new OpenDevices();
  private readonly openFiles: OpenFiles;
  private readonly heapLeft: HeapLeft;
  /** What is closed now was opened by a module that ends, and is forgotten. */
  private givingBack = false;
  /** The header that was found overwritten. */
  private damaged: number | undefined;
  /** The one that a report has told of. */
  private told: number | undefined;
  constructor(
    private readonly parts: LoaderParts,
    private readonly registry: Registry,
    private readonly objects: Objects,
    /** The module that a thread of the system starts. */
    private readonly started: () => Module | undefined,
  ) {
    this.allocations = new Allocations(parts.kernel, parts.symbols, registry);
    const caller = (): number => this.allocations.caller();
    const name = (site: number): string => this.name(site);
    this.origins = new Origins(caller, name);
    this.callbacks = new Callbacks(parts, caller, name);
    this.openFiles = new OpenFiles(parts, name, (device) => this.closeDevice(device));
    this.heapLeft = new HeapLeft(parts, this.allocations, name);
  }

  /** For Vfs.opened. */
  opened(fd: number): void {
    const module = this.registry.get(this.parts.kernel.currentModule) ?? this.started();
    if (module) this.openFiles.opened(fd, module, this.allocations.caller());
  }

  /** For KernelHooks.deviceOpened. */
  deviceOpened(device: number): void {
    const module = this.registry.get(this.parts.kernel.currentModule) ?? this.started();
    if (module) this.openDevices.opened(device, { module, site: this.allocations.caller() });
  }

  /** For KernelHooks.deviceClosed. */
  deviceClosed(device: number): void {
    if (this.givingBack) return;
    const module = this.registry.get(this.parts.kernel.currentModule) ?? this.started();
    this.openDevices.closed(device, module);
  }

  /**
   * An object of a module that ends, which is about to be taken out of service. None for what belongs to another object, or
   * is part of the module's own memory and does nothing any more.
   */
  object(module: Module, object: number): LeftBehind | undefined {
    const { memory, objects } = this.parts.kernel;
    const type = memory.ld8(object + MODULE.TYPE);
    const fixed = (type & OBJECT_STATIC) !== 0;
    const cls = type & ~OBJECT_STATIC;
    const kind = CLASS_NAMES[cls];
    if (kind === undefined) return undefined;
    const name = objects.name(object);
    const named = { kind, name: quoted(name), from: this.origins.of(object) };
    if (cls === ObjectClass.Thread) {
      const stat = THREAD.stat.get(memory, object) & THREAD_STAT_MASK;
      // The main thread of a program that it started is that program's.
      const owner = memory.ldu32(object + MODULE.MODULE_ID);
      if (stat === THREAD_STAT.CLOSE || owner !== module.address) return undefined;
      const state = stat === THREAD_STAT.INIT ? "never started, with" : "still running";
      return { ...named, more: `${state} ${this.name(THREAD.entry.get(memory, object))}` };
    }
    if (cls !== ObjectClass.Timer) return fixed || POSIX_PARTS.test(name) ? undefined : named;
    // Every thread has a timer for its waits.
    const waits = memory.ldu32(object + TIMER.PARAMETER);
    if (object === THREAD.thread_timer.at(waits, memory)) return undefined;
    const active = (memory.ld8(object + TIMER.FLAG) & TIMER.ACTIVATED) !== 0;
    if (fixed && !active) return undefined;
    const callback = this.name(memory.ldu32(object + TIMER.TIMEOUT_FUNC));
    return { ...named, more: `${active ? "running" : "stopped"}, which calls ${callback}` };
  }

  /** A device from the list of a module that ends, which is unlinked: a dynamic one is deleted. */
  device(device: number): LeftBehind {
    const { memory, objects } = this.parts.kernel;
    const name = quoted(objects.name(device));
    const from = this.origins.of(device);
    if ((memory.ld8(device + MODULE.TYPE) & OBJECT_STATIC) === 0) objects.delete(device);
    return { kind: "device", name, from };
  }

  /** A report tells that this header of the heap was overwritten. */
  damageTold(header: number): void {
    this.told = header;
  }

  /** The end of a module has told of it. */
  damageKnown(header: number): boolean {
    return header === this.damaged;
  }

  /** What is wrong with the heap, if that is news; `told` when a report has said it. */
  damage(): { readonly text: string; readonly told: boolean } | undefined {
    const { kernel } = this.parts;
    const found = heapDamage(kernel, (address) => {
      const site = this.allocations.siteOf(address);
      return site === 0 ? undefined : this.name(site);
    });
    const known = found?.header === this.damaged;
    this.damaged = found?.header;
    return known || !found ? undefined : { text: found.text, told: found.header === this.told };
  }

  /**
   * The system's objects that are there now. What a module's start makes in a thread of the system belongs to no module (RT-Thread 4.0.4),
   * and only the difference says whose it is.
   */
  systemObjects(): Set<number> {
    const { objects } = this.parts.kernel;
    const classes = Object.keys(CLASS_NAMES).map((key) => Number(key) as ObjectClass);
    return new Set(classes.flatMap((cls) => objects.list(cls)));
  }

  /** Notes what has come since then. The main thread of a program that it started is that program's. */
  noteMade(module: Module, before: ReadonlySet<number>): void {
    const { objects, memory } = this.parts.kernel;
    for (const object of this.systemObjects())
      if (!before.has(object) && memory.ldu32(object + MODULE.MODULE_ID) === 0)
        module.made.set(object, objects.name(object));
  }

  /**
   * Gives everything back. `things`: a line for each, blocks of the heap by their place; `lines`: for people, one for each kind and
   * place, and when they are too many the sum of the heap at the end. The memory of the module must still be there. `devices`: see `device`.
   */
  *run(
    module: Module,
    devices: readonly LeftBehind[],
  ): Task<{ things: string[]; lines: string[] }> {
    const { kernel } = this.parts;
    if (kernel.options.compat404) return { things: [], lines: [] };
    const things: (LeftBehind | string)[] = [...devices, ...module.left];
    if (module.library) this.allocations.handOver(module, (site) => this.name(site));
    yield* this.openFiles.giveBack(module, things);
    yield* this.devices(module, things);
    yield* this.kernelObjects(module, things);
    yield* this.callbacks.giveBack(module, things);
    const blocks: string[] = [];
    const sum = this.heapLeft.giveBack(module, blocks);
    this.origins.forget(module);
    if (things.length === 0 && blocks.length === 0) return { things: [], lines: [] };
    return {
      things: cut([...things.flatMap((thing) => leftLines([thing])), ...blocks], THINGS_MAX, sum),
      lines: cut([...leftLines(things), ...blocks], LINES_MAX, sum),
    };
  }

  /** Devices of others that the module has opened and not closed. */
  private *devices(module: Module, things: (LeftBehind | string)[]): Task<void> {
    const { objects } = this.parts.kernel;
    for (const { device, sites } of this.openDevices.take(module)) {
      if (!objects.list(ObjectClass.Device).includes(device) || module.contains(device)) continue;
      for (const site of sites) {
        things.push({
          kind: "open device",
          name: quoted(objects.name(device)),
          from: site === 0 ? undefined : this.name(site),
          more: "rt_device_open without rt_device_close",
        });
        yield* this.closeDevice(device);
      }
    }
  }

  private *closeDevice(device: number): Task<void> {
    this.givingBack = true;
    const closing = this.parts.call("rt_device_close", device);
    this.givingBack = false;
    yield* finish(closing);
  }

  /** Objects of the system and of other modules in the module's memory or with code of it, as module_init of a library makes them. */
  private *kernelObjects(module: Module, things: (LeftBehind | string)[]): Task<void> {
    const { kernel } = this.parts;
    const { memory, objects } = kernel;
    const inBlock = this.allocations.holder(module);
    const others = this.registry.all().filter((other) => other !== module);
    let owned: ReturnType<Objects["byClass"]> | undefined;
    for (const key of Object.keys(CLASS_NAMES)) {
      const cls = Number(key) as ObjectClass;
      owned ??= this.objects.byClass(others);
      for (const object of [...objects.list(cls), ...(owned.get(cls) ?? [])]) {
        if (object === kernel.threads.current) continue;
        const callback = calledBy(memory, cls, object, module);
        const made = module.made.get(object);
        let why: string;
        if (callback !== undefined) why = `which calls ${this.name(callback)}`;
        else if (module.contains(object)) why = "in its memory";
        else if (inBlock(object)) why = "in its heap";
        else if (made !== undefined && made === objects.name(object)) why = "made by its start";
        else continue;
        things.push({
          kind: CLASS_NAMES[cls],
          name: quoted(objects.name(object)),
          from: this.origins.of(object),
          more: why,
        });
        yield* this.objects.end(object);
        // With a thread goes its timer.
        owned = undefined;
      }
    }
  }

  /** Function and offset; for a function without a symbol, the link-time address. */
  name(address: number): string {
    const where = this.registry.whereIs(address & ~1);
    if (!where) return `0x${(address >>> 0).toString(16)}`;
    const { symbol, symbolOffset, insideSymbol, module, linkAddress } = where;
    if (symbol === undefined || !insideSymbol) return `${module} 0x${linkAddress.toString(16)}`;
    return symbolOffset === 0 ? symbol : `${symbol}+0x${symbolOffset.toString(16)}`;
  }
}

/** The code of the module that an object of the kernel calls. */
function calledBy(
  memory: GuestMemory,
  cls: ObjectClass,
  object: number,
  module: Module,
): number | undefined {
  const offsets = CODE[cls];
  if (offsets === undefined) return undefined;
  for (const offset of offsets) {
    const address = memory.ldu32(object + offset);
    if (module.contains(address)) return address;
  }
  return undefined;
}

/** The first lines; `sum` takes the place of the last ones, which are the heap's. */
function cut(lines: string[], max: number, sum: string | undefined): string[] {
  const more = lines.length - max;
  const shown =
    more > 0
      ? [...lines.slice(0, max), `and ${more} more`, ...(sum === undefined ? [] : [sum])]
      : lines;
  return shown.map(visible);
}
