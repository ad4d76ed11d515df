import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createCpu } from "../../src/cpu/mod.ts";
import { dlmoduleRows, type EndEvent, Loader, type RefusedEvent } from "../../src/dlmodule/mod.ts";
import { Firmware } from "../../src/firmware/mod.ts";
import {
  type CallResult,
  createKernel,
  type ExportRow,
  type Kernel,
  kernelRows,
  SYSTEM_AREA,
  type Task,
} from "../../src/kernel/mod.ts";
import { GuestMemory } from "../../src/memory/mod.ts";
import { type VfsApi, VfsError } from "../../src/vfs/types.ts";

const root = join(import.meta.dir, "../..");
const firmwareFile = readFileSync(join(root, "src/firmware/prebuilt/firmware.elf"));

/** A module file of the repository, by its path from the root. */
export function fixture(path: string): Uint8Array {
  return new Uint8Array(readFileSync(join(root, path)));
}

function absolute(path: string): string {
  return (path.startsWith("/") ? path : `/${path}`).replace(/\/\.\//g, "/");
}

/** Files by absolute path; what the loader asks of a file system. */
function files(contents: ReadonlyMap<string, Uint8Array>): VfsApi {
  const find = (path: string): Uint8Array => {
    for (const [name, bytes] of contents)
      if (name.toLowerCase() === absolute(path).toLowerCase()) return bytes;
    throw new VfsError(2, `No such file: ${path}`);
  };
  const some: Partial<VfsApi> = {
    cwd: "/",
    resolve: absolute,
    stat: (path) => ({ mode: 0o100644, size: find(path).length, mtime: 0 }),
    readFile: (path) => find(path).slice(),
    exists: (path) => {
      try {
        return find(path) !== undefined;
      } catch {
        return false;
      }
    },
  };
  return some as VfsApi;
}

/** Standard output and error of the C library, without a VFS. */
const write: ExportRow<Kernel> = {
  name: "write",
  proto: "int write(int fd, const void *buf, size_t len);",
  header: "unistd.h",
  call(kernel, _fd, buffer, length) {
    kernel.console.print(Buffer.from(kernel.memory.read(buffer, length)).toString("latin1"));
    return length;
  },
};

const getpid: ExportRow<Kernel> = {
  name: "getpid",
  proto: "int getpid(void);",
  header: "unistd.h",
  call: () => 0,
};

export interface BoardSpec {
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly compat404?: boolean;
  readonly stackSize?: number;
  readonly ram?: number;
  /** Most ticks that `run` and `do` let pass; 3000 when absent. */
  readonly ticks?: number;
}

/** Kernel, core, firmware and loader over a handful of files: everything but devices, disk and shell. */
export class Board {
  readonly memory: GuestMemory;
  readonly kernel: Kernel;
  readonly firmware: Firmware;
  readonly loader: Loader;
  readonly diagnostics: string[] = [];
  readonly ended: EndEvent[] = [];
  readonly refused: RefusedEvent[] = [];
  private text = "";
  private readonly work: (() => Task<void>)[] = [];

  private readonly contents: Map<string, Uint8Array>;

  constructor(private readonly spec: BoardSpec) {
    this.contents = new Map(Object.entries(spec.files));
    const size = (spec.ram ?? 0x800000) + SYSTEM_AREA;
    this.memory = new GuestMemory({ base: 0x60000000, size });
    const firmware = new Firmware(this.memory, firmwareFile);
    this.firmware = firmware;
    this.kernel = createKernel(this.memory, createCpu(this.memory), firmware, {
      compat404: spec.compat404 ?? false,
      seed: 1,
      output: (bytes) => (this.text += Buffer.from(bytes).toString("latin1")),
      library: firmware,
    });
    const { kernel } = this;
    this.loader = new Loader({
      kernel,
      vfs: files(this.contents),
      symbols: firmware,
      call: (name, ...args) => this.call(name, args),
      firmware: {
        runExit: firmware.runExit,
        forgetModule: (module) =>
          void firmware.state.forgetModule(module, (a) => this.loader.moduleOf(a) === module),
      },
      options: { diagnostics: (line) => this.diagnostics.push(line), stackSize: spec.stackSize },
    });
    const { loader } = this;
    loader.onEnd((event) => this.ended.push(event));
    loader.onRefused((event) => this.refused.push(event));
    kernel.register({ rows: dlmoduleRows, context: loader });
    kernel.register({ rows: [write, getpid], context: kernel });
    kernel.bind((number) => firmware.svcName(number));
    kernel.hooks.threadEnded = loader.threadEnded;
    kernel.hooks.endModule = loader.endModule;
    kernel.hooks.fault = (_, thread) => loader.causes.note(thread, "fault");
    kernel.hooks.stackOverflow = (thread) => loader.causes.note(thread, "stack overflow");
    kernel.hooks.assertion = (_e, _f, _l, thread) => loader.causes.note(thread, "assert");
    kernel.boot(() => this.main());
    kernel.run({ units: 100000, skipIdle: true });
  }

  /** What the console has shown since the last call, with plain line ends. */
  output(): string {
    const text = this.text.replaceAll("\r\n", "\n");
    this.text = "";
    return text;
  }

  /** Starts programs as msh does and runs the system until nothing is left to do; returns the console output. */
  run(...lines: string[]): string {
    for (const line of lines) {
      const word = line.trim().split(" ")[0];
      const path = word.includes(".") ? word : `${word}.mo`;
      const { loader } = this;
      this.do(function* () {
        yield* loader.exec(path, line);
      });
    }
    return this.output();
  }

  /** Has thread tshell run a Task, then the system until it is idle. */
  do(work: () => Task<unknown>): void {
    const { kernel } = this;
    const thread = kernel.threads.createTask("tshell", 4096, 20, 10, function* () {
      yield* work();
    });
    kernel.threads.startup(thread);
    this.settle();
  }

  /** Runs until no thread can go on, at most so many ticks. */
  settle(ticks = this.spec.ticks ?? 3000): void {
    const { kernel } = this;
    const end = kernel.tick + ticks;
    for (let calls = 0; calls < 10000; calls++) {
      const { why } = kernel.run({ untilTick: end, skipIdle: true });
      if (why === "idle" || why === "tick" || why === "halted") return;
    }
  }

  /** Changes a file. */
  replace(path: string, bytes: Uint8Array): void {
    this.contents.set(path, bytes);
  }

  /** Gives the guest memory to the next board. */
  close(): void {
    this.memory.dispose();
  }

  get heapUsed(): number {
    return this.kernel.heap.used;
  }

  private *main(): Task<void> {
    for (const work of this.work.splice(0)) yield* work();
  }

  private call(name: string, args: number[]): CallResult {
    const row = (kernelRows as readonly ExportRow<Kernel>[]).find((one) => one.name === name);
    if (!row) throw new Error(`the kernel has no ${name}`);
    const [a = 0, b = 0, c = 0, d = 0] = args;
    return row.call(this.kernel, a, b, c, d);
  }
}
