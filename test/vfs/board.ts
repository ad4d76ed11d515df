import type { CallResult, ExportRow } from "../../src/kernel/call.ts";
import { posixRows, type PosixContext } from "../../src/kernel/posix/mod.ts";
import type { KernelApi } from "../../src/kernel/types.ts";
import { type DiskEntry, makeDisk } from "../../src/fat/mod.ts";
import { GuestMemory } from "../../src/memory/mod.ts";
import { Vfs } from "../../src/vfs/mod.ts";

export const O = {
  RDONLY: 0,
  WRONLY: 1,
  RDWR: 2,
  APPEND: 8,
  CREAT: 0x200,
  TRUNC: 0x400,
  EXCL: 0x800,
  NONBLOCK: 0x4000,
  DIRECTORY: 0x200000,
} as const;

const HEAP = 0x60100000;
const TEXT = 0x60200000;

/**
 * The exported file functions on a disk, without processor and scheduler: arguments are put into guest memory, the handlers are
 * called, and what a C program would print is collected.
 */
export class Board {
  readonly memory = new GuestMemory();
  readonly vfs: Vfs;
  output = "";
  /** rt_get_errno(): the negative number. */
  errno = 0;
  /** Bytes the console will receive. */
  input: number[] = [];
  private readonly rows: Map<string, ExportRow<PosixContext>>;
  private readonly context: PosixContext;
  private heap = HEAP;
  private text = TEXT;

  constructor(files: readonly DiskEntry[] = [], mount = true, compat404 = false) {
    const disk = makeDisk(files, { size: 64 << 20, mtime: 1577836800 });
    this.vfs = new Vfs({
      nodes: () => [
        { name: "sd0", block: true },
        { name: "rtc", block: false, kind: "other" },
        { name: "uart1", block: false },
        { name: "uart0", block: false },
      ],
      disk: (name) => (name === "sd0" ? disk : undefined),
      compat404,
      log: (text) => this.print(`\x1b[31m[E/DFS] ${text}\x1b[0m\n`),
    });
    if (mount) this.vfs.mount("sd0", "/", "elm");
    this.vfs.openConsole("/dev/uart0");
    const { input } = this;
    const kernel = {
      memory: this.memory,
      options: { compat404: true },
      heap: { alloc: (size: number) => this.allocate(size), free() {} },
      hooks: {},
      console: {
        print: (text: string) => this.print(text),
        write: (bytes: Uint8Array, _stream: boolean, start = 0, end = bytes.length) =>
          this.print(Buffer.from(bytes.subarray(start, end)).toString("latin1")),
        *getchar() {
          return input.shift() ?? -1;
        },
        get available() {
          return input.length;
        },
      },
      fail: (errno: number) => {
        this.errno = errno === 0 ? 0 : -errno;
        return -1;
      },
    } as unknown as KernelApi;
    this.context = { kernel, vfs: this.vfs };
    this.rows = new Map(posixRows.map((row) => [row.name, row]));
  }

  dispose(): void {
    this.memory.dispose();
  }

  print(text: string): void {
    this.output += text;
  }

  allocate(size: number): number {
    const address = this.heap;
    this.heap += (size + 7) & ~7;
    return address;
  }

  /** Calls an exported function; a string becomes the address of its bytes (latin-1). */
  call(name: string, ...args: (number | string)[]): number {
    const words = args.map((arg) => (typeof arg === "string" ? this.string(arg) : arg));
    const row = this.rows.get(name);
    if (!row) throw new Error(`${name} is not exported`);
    const [a, b, c, d] = [...words, 0, 0, 0, 0];
    return finish(row.call(this.context, a, b, c, d));
  }

  string(text: string): number {
    const address = this.text;
    this.memory.write(address, bytes(`${text}\0`));
    this.text += text.length + 1;
    return address;
  }

  /** A buffer filled with `fill`. */
  buffer(size: number, fill = 0): number {
    const address = this.allocate(size);
    this.memory.fill(address, size, fill);
    return address;
  }

  /** R() of the probes: errno cleared, result and errno printed. */
  report(name: string, call: () => number): number {
    this.errno = 0;
    const result = call();
    this.print(`${name}=${result} err=${this.errno}\n`);
    return result;
  }

  value(name: string, value: number | boolean): void {
    this.print(`${name}=${Number(value)}\n`);
  }

  /** mkfile() of the probes. */
  makeFile(path: string, text: string): void {
    const fd = this.call("open", path, O.WRONLY | O.CREAT | O.TRUNC);
    this.call("write", fd, text, text.length);
    this.call("close", fd);
  }

  /** showfile() of the probes. */
  showFile(name: string, path: string): void {
    const fd = this.call("open", path, O.RDONLY);
    if (fd < 0) return this.print(`${name}: cannot open\n`);
    const buffer = this.buffer(65);
    const length = this.call("read", fd, buffer, 64);
    this.call("close", fd);
    this.print(`${name}: ${length} [${this.memory.cstring(buffer)}]\n`);
  }

  /** Names in a directory by opendir and readdir. */
  names(path: string): string[] {
    const dir = this.call("opendir", path);
    const names: string[] = [];
    for (let entry; (entry = this.call("readdir", dir)) !== 0;)
      names.push(this.memory.cstring(entry + 4));
    this.call("closedir", dir);
    return names;
  }
}

export function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function finish(result: CallResult): number {
  if (typeof result === "number") return result;
  if (result === undefined) return 0;
  for (let step = result.next(0); ; step = result.next(0)) {
    if (step.done) return step.value ?? 0;
  }
}
