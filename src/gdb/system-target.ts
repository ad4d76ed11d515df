import type { Loader, ModuleInfo } from "../dlmodule/mod.ts";
import { ElfImage, STT } from "../elf/mod.ts";
import type { Firmware } from "../firmware/mod.ts";
import type { Kernel } from "../kernel/mod.ts";
import { GuestFault } from "../memory/mod.ts";
import type { VfsApi } from "../vfs/types.ts";
import {
  CALLERS,
  CALLERS_OFFSET,
  callsOf,
  collectWaits,
  waiting,
  withTraps,
} from "../debug/mod.ts";
import type { DebugCore } from "./debug-core.ts";
import { monitor } from "./monitor.ts";
import { nameText } from "../trace/mod.ts";
import { utf8, xml } from "./packet.ts";
import { REGISTER_BYTES, registerAt, targetDescription, ThreadRegisters } from "./registers.ts";
import type { BreakKind, Inserted, Resume, Stop, Target, ThreadEntry } from "./types.ts";

/** The parts of a machine that are debugged. */
export interface SystemParts {
  readonly kernel: Kernel;
  readonly loader: Loader;
  readonly firmware: Firmware;
  readonly vfs: VfsApi;
  /** The firmware's ELF file. */
  readonly image: Uint8Array;
  readonly core: DebugCore;
  /** A file of the host with the symbols of the module at a path of the guest's disk; undefined when there is none. */
  readonly symbols?: (path: string) => Uint8Array | undefined;
}

/** What only the owner of the process can do. */
export interface SystemControl {
  kill(stay: boolean): void;
  /** Starts the program, or the one named, again; false when that cannot be done. */
  restart(program: readonly string[]): boolean;
}

/** Where a debugger finds the firmware. */
const FIRMWARE_PATH = "/.firmware.elf";
const STATES = ["initial", "ready", "suspended", "running", "closed"];
const SUSPENDED = 2;
/** Kinds of Thumb breakpoints: 16-bit and 32-bit instructions. */
const THUMB_KINDS = [2, 3];
/** Bytes of a file that a debugger gets. */
const FILE_MAX = 256 << 20;
/** Offset of module_id in struct rt_object. */
const MODULE_ID = 12;

/** Nothing else was loaded there since. */
const isSame = (a: ModuleInfo, b: ModuleInfo): boolean =>
  a.address === b.address && a.image === b.image && a.path === b.path;

/** The simulated system as a debugger sees it. */
export class SystemTarget implements Target {
  private readonly registers: ThreadRegisters;
  /** Numbers of threads, and of which incarnation of a TCB they are. */
  private readonly ids = new Map<number, { id: number; state: unknown }>();
  /**
   * Number of the thread that is the first to stop. A debugger knows threads by their numbers: after a restart it goes on with the one
   * that it had stopped in, and no other number comes again.
   */
  private readonly firstId: number;
  private firstGiven = false;
  private nextId: number;
  private seenChanges: number;
  /** Loaded modules when they were looked at last: a breakpoint in one that is gone is gone too. */
  private ranges: readonly ModuleInfo[];
  private interruptWanted = false;

  constructor(
    private readonly parts: SystemParts,
    private readonly control: SystemControl,
    before?: SystemTarget,
  ) {
    this.firstId = before?.current ?? 1;
    this.nextId = before ? before.nextId + 1 : 2;
    const { core, kernel, loader } = parts;
    this.registers = new ThreadRegisters(kernel, core);
    this.seenChanges = loader.changes;
    // A debugger that has not heard of an end believes that the modules it knows are loaded.
    this.ranges = before?.ranges ?? loader.modules();
    core.host = {
      thread: () =>
        kernel.scheduler.interruptNest === 0 ? (kernel.runner.running?.thread ?? 0) : 0,
      hasNews: () => loader.changes !== this.seenChanges,
      news: () => this.news(),
      stopped: () => kernel.pause(),
    };
  }

  /** The stop the core has made, in the protocol's terms. */
  get stop(): Stop | undefined {
    const { stop } = this.parts.core;
    return stop && { ...stop, thread: this.idOf(stop.tcb || this.runningTcb) };
  }

  get current(): number {
    return this.idOf(this.runningTcb);
  }

  private get runningTcb(): number {
    return this.parts.kernel.runner.running?.thread ?? 0;
  }

  document(object: string, annex: string): string | undefined {
    switch (object) {
      case "features":
        return annex === "target.xml" ? targetDescription() : undefined;
      case "libraries":
        return this.libraries();
      case "threads":
        return this.threadList();
      case "exec-file":
        return FIRMWARE_PATH;
      default:
        return undefined;
    }
  }

  threads(): ThreadEntry[] {
    const { kernel } = this.parts;
    const { threads, reasons } = this.waits;
    const stack = (tcb: number) => {
      const { stackMax, stackSize } = kernel.threads.describe(tcb);
      return `stack ${stackMax} of ${stackSize}`;
    };
    const start = this.firstGiven || this.runningTcb !== 0 ? [] : [this.start];
    const real = threads.map((tcb) => {
      const info = kernel.threads.describe(tcb);
      const running = tcb === this.runningTcb;
      const state = running ? "running" : (STATES[info.state] ?? `state ${info.state}`);
      const wait =
        !running && info.state === SUSPENDED ? waiting(kernel, tcb, reasons.get(tcb)) : state;
      const module = this.moduleOf(tcb);
      return {
        id: this.idOf(tcb),
        name: nameText(info.name),
        extra: `priority ${info.priority}, ${wait}, ${stack(tcb)}${module}`,
      };
    });
    return [...start, ...real];
  }

  /** Threads, and what they wait for as far as the kernel's lists are whole: a program that has destroyed them is debugged as well. */
  private get waits(): ReturnType<typeof collectWaits> {
    const { kernel } = this.parts;
    try {
      return collectWaits(kernel);
    } catch (error) {
      if (!(error instanceof GuestFault)) throw error;
      return { threads: [...kernel.threads.states.keys()], reasons: new Map() };
    }
  }

  /** Stands for whatever will run first, while nothing has run. */
  private get start(): ThreadEntry {
    return { id: this.firstId, name: "start", extra: "nothing has run yet" };
  }

  readRegisters(thread: number): Uint8Array | undefined {
    if (thread === this.firstId && !this.firstGiven) return new Uint8Array(REGISTER_BYTES);
    const tcb = this.tcbOf(thread);
    return tcb === undefined ? undefined : this.registers.read(tcb);
  }

  writeRegisters(thread: number, bytes: Uint8Array): boolean {
    const tcb = this.tcbOf(thread);
    return tcb !== undefined && bytes.length === REGISTER_BYTES && this.registers.write(tcb, bytes);
  }

  register(n: number) {
    return registerAt(n);
  }

  readMemory(address: number, length: number): Uint8Array | undefined {
    const { memory } = this.parts.kernel;
    if (!memory.contains(address)) return this.callers(address, length);
    const size = Math.min(length, memory.end - address);
    return this.parts.core.breakpoints.read(address, size);
  }

  /** Registers of code that called the kernel, where the table of call frames says that they are. */
  private callers(address: number, length: number): Uint8Array | undefined {
    if (address < CALLERS) return undefined;
    const { kernel } = this.parts;
    const callers = collectWaits(kernel).threads.flatMap((tcb) =>
      callsOf(kernel, tcb).flatMap(({ caller }) => (caller ? [caller.registers] : [])),
    );
    const word = (at: number): number | undefined => {
      const index = Math.floor((at - CALLERS) / 64);
      if (index < callers.length) return callers[index][((at - CALLERS) % 64) >>> 2];
      // The kernel aligns the stack of what it calls (AAPCS, 5.2.1.2).
      const sp = at - CALLERS_OFFSET;
      const found = callers.findIndex((registers) => (registers[13] & ~7) >>> 0 === sp);
      return found < 0 ? undefined : CALLERS + 64 * found;
    };
    const from = (address & ~3) >>> 0;
    const count = Math.min(Math.ceil((address - from + length) / 4), 16);
    const words = Array.from({ length: count }, (_, n) => word(from + 4 * n));
    if (words[0] === undefined) return undefined;
    const known = words.map((value) => value ?? 0);
    const bytes = new Uint8Array(Uint32Array.from(known).buffer);
    return bytes.subarray(address - from, Math.min(bytes.length, address - from + length));
  }

  writeMemory(address: number, bytes: Uint8Array): boolean {
    if (bytes.length === 0) return true;
    if (!this.parts.kernel.memory.contains(address, bytes.length)) return false;
    this.parts.core.breakpoints.write(address, bytes);
    return true;
  }

  insert(kind: BreakKind, address: number, size: number): boolean {
    const { core } = this.parts;
    if (kind !== "code" && kind !== "hardware") return core.watchpoints.insert(kind, address, size);
    return core.breakpoints.insert(address, this.isThumb(address, size), kind);
  }

  remove(kind: BreakKind, address: number, size: number): boolean {
    const { core } = this.parts;
    if (kind !== "code" && kind !== "hardware") return core.watchpoints.remove(kind, address, size);
    // One in a module that is gone went with it.
    core.breakpoints.remove(address, kind);
    return true;
  }

  /** gdb says what there is by its kind of breakpoint; lldb says 4 of code without symbols, whatever that is. */
  private isThumb(address: number, kind: number): boolean {
    return THUMB_KINDS.includes(kind) || (address & 3) !== 0 || this.isThumbFunction(address);
  }

  /** In a function of the firmware whose symbol has bit 0 set. */
  private isThumbFunction(address: number): boolean {
    const { image, firmware } = this.parts;
    if (!firmware.nearest(address)) return false;
    const symbols = new ElfImage(image).staticSymbols();
    for (let n = 1; n < (symbols?.count ?? 0); n++) {
      if (symbols!.type(n) !== STT.FUNC) continue;
      const start = symbols!.value(n) & ~1;
      if (address >= start && address < start + symbols!.size(n))
        return (symbols!.value(n) & 1) !== 0;
    }
    return false;
  }

  get watchesAfter(): boolean {
    return this.parts.core.watchesAfter;
  }

  set watchesAfter(after: boolean) {
    this.parts.core.watchesAfter = after;
  }

  /** What the debugger inserted in the machine before this one, which it believes to be here. */
  take(inserted: readonly Inserted[]): void {
    for (const { kind, address, size } of inserted) this.insert(kind, address, size);
  }

  resume({ step, signal }: Resume): void {
    const tcb = step && this.tcbOf(step.thread);
    this.parts.core.resume(
      step && tcb !== undefined ? { thread: tcb, start: step.start, end: step.end } : undefined,
      signal,
    );
  }

  interrupt(): void {
    this.interruptWanted = true;
  }

  /** Whether `interrupt` was called since it was asked last. */
  takeInterrupt(): boolean {
    const wanted = this.interruptWanted;
    this.interruptWanted = false;
    return wanted;
  }

  detach(): void {
    this.parts.core.detach();
  }

  kill(stay: boolean): void {
    this.control.kill(stay);
  }

  restart(program: readonly string[]): boolean {
    return this.control.restart(program);
  }

  get slide(): number | undefined {
    const { loader } = this.parts;
    const program = loader.modules().find(({ library, image }) => !library && image !== 0);
    return program && (loader.find(program.address)?.bias ?? program.image);
  }

  file(path: string): Uint8Array | undefined {
    if (path === FIRMWARE_PATH) return this.firmwareFile();
    // What is no UTF-8 was told character by character.
    return this.fileAt(path) ?? (utf8(path) === path ? undefined : this.fileAt(utf8(path)));
  }

  private fileAt(path: string): Uint8Array | undefined {
    try {
      const { symbols, vfs } = this.parts;
      const best = symbols?.(path);
      if (best) return best;
      return vfs.stat(path).size > FILE_MAX ? undefined : vfs.readFile(path);
    } catch {
      return undefined;
    }
  }

  /** Made when it is asked for: where the traps are depends on the size of RAM. */
  private firmwareFile(): Uint8Array | undefined {
    const { image, kernel } = this.parts;
    return image && withTraps(image, kernel);
  }

  monitor(command: string): string | undefined {
    const words = command.trim().split(/\s+/);
    if (words[0] === "reset") {
      return this.control.restart([]) ? "restarted\n" : "nothing to restart\n";
    }
    if (words[0] === "threads") {
      const rows = this.threads().map(
        ({ id, name, extra }) => `${id}  ${name.padEnd(8)}  ${extra}\n`,
      );
      return rows.join("");
    }
    return monitor(this.parts, words);
  }

  /** The debugger must hear of new modules before their code runs, and of those that went. */
  private news(): "library" | undefined {
    const { loader } = this.parts;
    if (loader.changes === this.seenChanges) return undefined;
    this.look();
    return "library";
  }

  /** Breakpoints follow the modules: those of one that is gone go, and what a new one was loaded over is there again. */
  private look(): void {
    const { loader, core } = this.parts;
    this.seenChanges = loader.changes;
    const now = loader.modules();
    for (const old of this.ranges)
      if (!now.some((module) => isSame(module, old)))
        core.breakpoints.clear(old.image, old.image + old.size);
    for (const { image, size } of now) core.breakpoints.again(image, image + size);
    this.ranges = now;
  }

  private libraries(): string {
    this.look();
    const rows = this.ranges
      .filter(({ image }) => image !== 0)
      .map(({ path, image }) => {
        const base = `0x${image.toString(16)}`;
        return `<library name="${xml(utf8(path))}"><segment address="${base}"/></library>`;
      });
    return `<library-list>${rows.join("")}</library-list>`;
  }

  private threadList(): string {
    const rows = this.threads().map(
      ({ id, name, extra }) =>
        `<thread id="${id.toString(16)}" name="${xml(name)}">${xml(extra)}</thread>`,
    );
    return `<?xml version="1.0"?><threads>${rows.join("")}</threads>`;
  }

  private moduleOf(tcb: number): string {
    const module = this.parts.loader.module(this.parts.kernel.memory.ldu32(tcb + MODULE_ID));
    return module ? `, module ${nameText(module.name)}` : "";
  }

  private idOf(tcb: number): number {
    if (tcb === 0) return this.firstId;
    const state = this.parts.kernel.threads.states.get(tcb);
    const known = this.ids.get(tcb);
    const first = !this.firstGiven && tcb === this.runningTcb;
    if (first) this.firstGiven = true;
    else if (known && known.state === state) return known.id;
    const id = first ? this.firstId : this.nextId++;
    this.ids.set(tcb, { id, state });
    return id;
  }

  private tcbOf(id: number): number | undefined {
    for (const [tcb, entry] of this.ids)
      if (entry.id === id && this.parts.kernel.threads.states.get(tcb) === entry.state) return tcb;
    return undefined;
  }
}
