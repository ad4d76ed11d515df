import type { ModuleInfo } from "../dlmodule/mod.ts";
import { withTraps } from "../debug/mod.ts";
import { readCallers } from "./callers.ts";
import { isThumbPlace } from "./instruction-set.ts";
import { monitor } from "./monitor.ts";
import { utf8, xml } from "./packet.ts";
import { REGISTER_BYTES, registerAt, targetDescription, ThreadRegisters } from "./registers.ts";
import type { SystemParts } from "./system-parts.ts";
import { ThreadIds } from "./thread-ids.ts";
import { describeThreads } from "./thread-list.ts";
import type { BreakKind, Inserted, Resume, Stop, Target, ThreadEntry } from "./types.ts";

/** What only the owner of the process can do. */
export interface SystemControl {
  kill(stay: boolean): void;
  /** Starts the program, or the one named, again; false when that cannot be done. */
  restart(program: readonly string[]): boolean;
}

/** Where a debugger finds the firmware. */
const FIRMWARE_PATH = "/.firmware.elf";
/** Bytes of a file that a debugger gets. */
const FILE_MAX = 256 << 20;

/** Nothing else was loaded there since. */
const isSame = (a: ModuleInfo, b: ModuleInfo): boolean =>
  a.address === b.address && a.image === b.image && a.path === b.path;

/** The simulated system as a debugger sees it. */
export class SystemTarget implements Target {
  private readonly registers: ThreadRegisters;
  private readonly ids: ThreadIds;
  private seenChanges: number;
  /** Loaded modules when they were looked at last: a breakpoint in one that is gone is gone too. */
  private ranges: readonly ModuleInfo[];
  private interruptWanted = false;

  constructor(
    private readonly parts: SystemParts,
    private readonly control: SystemControl,
    before?: SystemTarget,
  ) {
    const { core, kernel, loader } = parts;
    this.ids = new ThreadIds(kernel, before?.ids);
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
    return stop && { ...stop, thread: this.ids.of(stop.tcb || this.ids.running) };
  }

  get current(): number {
    return this.ids.current;
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
    return describeThreads(this.parts, this.ids);
  }

  readRegisters(thread: number): Uint8Array | undefined {
    if (thread === this.ids.first && this.ids.firstIsFree) return new Uint8Array(REGISTER_BYTES);
    const tcb = this.ids.tcb(thread);
    return tcb === undefined ? undefined : this.registers.read(tcb);
  }

  writeRegisters(thread: number, bytes: Uint8Array): boolean {
    const tcb = this.ids.tcb(thread);
    return tcb !== undefined && bytes.length === REGISTER_BYTES && this.registers.write(tcb, bytes);
  }

  register(n: number) {
    return registerAt(n);
  }

  readMemory(address: number, length: number): Uint8Array | undefined {
    const { memory } = this.parts.kernel;
    if (!memory.contains(address)) return readCallers(this.parts.kernel, address, length);
    const size = Math.min(length, memory.end - address);
    return this.parts.core.breakpoints.read(address, size);
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
    return core.breakpoints.insert(address, isThumbPlace(this.parts, address, size), kind);
  }

  remove(kind: BreakKind, address: number, size: number): boolean {
    const { core } = this.parts;
    if (kind !== "code" && kind !== "hardware") return core.watchpoints.remove(kind, address, size);
    // One in a module that is gone went with it.
    core.breakpoints.remove(address, kind);
    return true;
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
    const tcb = step && this.ids.tcb(step.thread);
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
}
