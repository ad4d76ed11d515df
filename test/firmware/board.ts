import { createCpu, Exit } from "../../src/cpu/mod.ts";
import { place } from "./place.ts";

const HEAP = 0x60200000;
const HEAP_END = 0x60400000;
const STRINGS = 0x60500000;
const STACK = 0x60700000;
const THREAD = 0x60600000;
/** Not mapped: the fetch ends the run. */
const SENTINEL = 0x1000;
const UNITS = 4_000_000;

type Handler = (a: readonly number[]) => number;

/**
 * A stand-in for the simulated kernel around the simulator's own core: a bump allocator, files in memory, one thread at a time.
 * Every call is a run of guest code to its return.
 */
export class Board {
  readonly placed;
  readonly cpu;
  output = "";
  /** Set when the guest has called _rtt_exit or _rtt_abort. */
  exit: number | undefined;
  /** Heap blocks that were allocated and not freed. */
  readonly live = new Set<number>();
  readonly calls: string[] = [];
  thread = THREAD;
  private top = HEAP;
  private strings = STRINGS;
  private readonly files = new Map<string, number[]>();
  private readonly open: ({ name: string; at: number; append: boolean } | undefined)[] = [];
  readonly handlers: Record<string, Handler>;

  constructor(
    fixture: string,
    readonly brackets = false,
  ) {
    this.placed = place(fixture);
    const { memory } = this.placed;
    this.cpu = createCpu(memory);
    this.handlers = this.kernelCalls();
    this.cpu.onSvc = () => {
      const name = this.placed.firmware.svcNames[this.cpu.r[12]];
      const handler = this.handlers[name];
      if (!handler) throw new Error(`no handler for ${name}`);
      this.calls.push(name);
      this.cpu.r[0] = handler([0, 1, 2, 3].map((n) => this.cpu.r[n] >>> 0));
      return this.exit === undefined;
    };
  }

  /** Calls a guest function as the current thread; gives r0. Throws on a fault, and when it does not end. */
  call(pc: number, ...args: number[]): number {
    const { cpu, placed } = this;
    placed.memory.st32(placed.firmware.current, this.thread);
    args.forEach((value, i) => {
      cpu.r[i] = value;
    });
    cpu.r[13] = STACK;
    cpu.r[14] = SENTINEL;
    cpu.jump(pc);
    cpu.units = UNITS;
    const why = cpu.run();
    if (this.exit !== undefined) return 0;
    if (why !== Exit.Fault) throw new Error(`did not end (exit ${why})`);
    if (cpu.fault?.pc !== SENTINEL) throw new Error(JSON.stringify(cpu.fault));
    return cpu.r[0];
  }

  /** main, then what the kernel does at the end of a module. Gives the exit code. */
  runMain(): number {
    const status = this.call(this.placed.main);
    if (this.exit !== undefined) return this.exit;
    this.call(this.placed.firmware.runExit, this.placed.start);
    return status;
  }

  /** Calls an exported function; text arguments are put on the heap. */
  run(name: string, ...args: (number | string)[]): number {
    const { firmware } = this.placed;
    const pc = firmware.lookup(name);
    if (pc === 0) throw new Error(`${name} is not exported`);
    return this.call(pc, ...args.map((arg) => (typeof arg === "number" ? arg : this.text(arg))));
  }

  /** A NUL-terminated string in memory that no program owns. */
  text(value: string): number {
    const address = this.strings;
    this.placed.memory.write(address, Buffer.from(`${value}\0`, "latin1"));
    this.strings += value.length + 4;
    return address;
  }

  /** Bytes of stack below the start, by the fill. */
  stackUse(run: () => void): number {
    const bytes = this.placed.memory.read(STACK - 0x4000, 0x4000);
    bytes.fill(0x23);
    run();
    return bytes.length - bytes.findIndex((byte) => byte !== 0x23);
  }

  allocate(size: number): number {
    const rounded = ((size + 3) & ~3) >>> 0;
    if (size === 0 || this.top + rounded + 12 > HEAP_END) return 0;
    const block = this.top + 12;
    this.placed.memory.st32(block - 4, rounded);
    this.top = block + rounded;
    this.live.add(block);
    return block;
  }

  private errno(error: number): number {
    const { memory, firmware } = this.placed;
    memory.st32(memory.ldu32(firmware.impurePtr), error);
    return -1;
  }

  private moduleOf(address: number): number {
    const { start, end } = this.placed;
    return address === 0 || (address >= start && address < end) ? start : 0;
  }

  private kernelCalls(): Record<string, Handler> {
    const { memory, exidx, exidxCount } = this.placed;
    const leave = (status: number) => {
      this.exit = status;
      return 0;
    };
    return {
      rt_malloc: ([size]) => this.allocate(size),
      rt_calloc: ([count, size]) => {
        const block = this.allocate(count * size);
        if (block) memory.fill(block, count * size, 0);
        return block;
      },
      rt_realloc: ([old, size]) => {
        const block = this.allocate(size);
        if (block && old)
          memory.write(block, memory.read(old, Math.min(size, memory.ld32(old - 4))).slice());
        this.live.delete(old);
        return block;
      },
      rt_free: ([block]) => {
        this.live.delete(block);
        return 0;
      },
      _rtt_module_of: ([address]) => this.moduleOf(address),
      _rtt_find_exidx: ([pc, count]) => {
        if (!this.moduleOf(pc) || exidxCount === 0) return 0;
        memory.st32(count, exidxCount);
        return exidx;
      },
      _rtt_exit: ([status]) => leave(status),
      _rtt_abort: () => leave(134),
      _rtt_wait: () => 1,
      _rtt_wake: () => 0,
      _rtt_random: () => 4,
      // Nothing here computes in floating-point registers.
      _rtt_keep_floats: () => 0,
      _rtt_return_floats: () => 0,
      isatty: () => 1,
      clock: () => 0,
      getpid: () => 0,
      fstat: () => 0,
      open: ([path, flags]) => this.openFile(memory.cstring(path), flags),
      close: ([fd]) => {
        if (fd > 2) this.open[fd - 3] = undefined;
        return 0;
      },
      rename: ([from, to]) => this.move(memory.cstring(from), memory.cstring(to)),
      unlink: ([path]) => this.move(memory.cstring(path), undefined),
      read: ([fd, to, size]) => {
        const file = this.open[fd - 3];
        if (!file) return 0;
        const bytes = this.files.get(file.name)!.slice(file.at, file.at + size);
        memory.write(to, Uint8Array.from(bytes));
        file.at += bytes.length;
        return bytes.length;
      },
      write: ([fd, from, size]) => {
        const bytes = memory.read(from, size);
        const file = this.open[fd - 3];
        if (file) {
          const content = this.files.get(file.name)!;
          if (file.append) file.at = content.length;
          bytes.forEach((byte) => {
            content[file.at++] = byte;
          });
        } else {
          const text = Buffer.from(bytes).toString("latin1");
          this.output += this.brackets ? `{${text}}` : text;
        }
        return size;
      },
      lseek: ([fd, offset, whence]) => {
        const file = this.open[fd - 3];
        if (!file) return this.errno(29);
        const origin = [0, file.at, this.files.get(file.name)!.length][whence];
        file.at = origin + (offset | 0);
        return file.at;
      },
    };
  }

  private openFile(name: string, flags: number): number {
    const CREAT = 0x200;
    const TRUNC = 0x400;
    const APPEND = 8;
    if (!this.files.has(name) && !(flags & CREAT)) return this.errno(2);
    if (!this.files.has(name) || flags & TRUNC) this.files.set(name, []);
    let slot = this.open.findIndex((file) => file === undefined);
    if (slot < 0) slot = this.open.length;
    this.open[slot] = { name, at: 0, append: (flags & APPEND) !== 0 };
    return slot + 3;
  }

  private move(from: string, to: string | undefined): number {
    const content = this.files.get(from);
    if (!content) return this.errno(2);
    this.files.delete(from);
    if (to !== undefined) this.files.set(to, content);
    return 0;
  }
}
