import type { Task } from "../../src/kernel/call.ts";
import type { ConsoleApi, KernelApi } from "../../src/kernel/types.ts";
import { GuestMemory } from "../../src/memory/mod.ts";
import { format, wholeText } from "../../src/kernel/format.ts";
import { HostArguments, latin1 } from "../../src/kernel/kprintf.ts";
import { Shell } from "../../src/shell/mod.ts";
import type { ListName } from "../../src/shell/types.ts";
import { type DirEntry, Vfs, VfsError } from "../../src/vfs/mod.ts";

/**
 * A shell on a console, without kernel: enough for everything that starts no threads. The files are a real Vfs, or names of
 * files by directory.
 */
export class FakeBoard implements Disposable {
  readonly shell: Shell;
  /** What each list command prints. */
  readonly lists = new Map<ListName, string>();
  readonly started: string[] = [];
  private readonly memory = new GuestMemory();
  private sent = "";
  private readonly input: number[] = [];
  private readonly thread: Task<void>;

  constructor(files: Record<string, string[]> | Vfs = { "/": [] }, compat404 = true) {
    const bodies: (() => Task<void>)[] = [];
    const { memory } = this;
    let free = memory.base + 0x100000;
    const kernel = {
      memory,
      systemAlloc: (bytes: number) => (free += bytes) - bytes,
      console: this.console(),
      options: { compat404 },
      rtc: 1514764800,
      objects: { find: (name: string) => Number(name === "sd0") },
      fail: () => -1,
      threads: {
        createTask: (...args: unknown[]) => {
          bodies.push(args[4] as () => Task<void>);
          return 0;
        },
        startup: () => 0,
      },
    } as unknown as KernelApi;
    this.shell = new Shell({
      kernel,
      vfs: files instanceof Vfs ? files : fakeVfs(files),
      modules: this.modules(),
      symbols: { lookup: () => 0, entries: () => [], nearest: () => undefined },
      lists: (name) => this.lists.get(name) ?? "",
    });
    this.shell.start();
    this.thread = bodies[0]();
    this.thread.next(0);
  }

  /** Gives the memory back: a thousand of them in a large process cost a collection of garbage each. */
  [Symbol.dispose](): void {
    this.memory.dispose();
  }

  /** Sends the characters and returns what came back since the last call. */
  type(text: string): string {
    for (const char of text) this.input.push(char.charCodeAt(0));
    while (this.input.length > 0) this.thread.next(0);
    return this.received();
  }

  received(): string {
    const text = this.sent;
    this.sent = "";
    return text;
  }

  private console(): ConsoleApi {
    const { input } = this;
    const print = (text: string): void => {
      this.sent += text.replaceAll("\n", "\r\n");
    };
    return {
      print,
      write: (bytes, _stream, start, end) =>
        print(Buffer.from(bytes.subarray(start, end)).toString("latin1")),
      printf: (text, ...args) => {
        const { bytes, size } = format(wholeText(latin1(text)), new HostArguments(args), 254);
        print(Buffer.from(bytes.subarray(0, size)).toString("latin1"));
      },
      feed: (bytes) => input.push(...bytes),
      *getchar() {
        while (input.length === 0) yield undefined as never;
        return input.shift() as number;
      },
      end() {},
      ended: false,
      readers: 0,
    };
  }

  private modules() {
    const { started } = this;
    return {
      *exec(path: string, line: string): Task<number> {
        started.push(`${path}|${line}`);
        return 1;
      },
    };
  }
}

function fakeVfs(directories: Record<string, string[]>): Vfs {
  const vfs = {
    cwd: "/",
    resolve: (path: string) => `/${`${vfs.cwd}/${path}`.split("/").filter(Boolean).join("/")}`,
    list(path: string): DirEntry[] {
      const absolute = path.startsWith("/") ? path : `${vfs.cwd}/${path}`;
      const names = directories[`/${absolute.split("/").filter(Boolean).join("/")}`];
      if (!names) throw new VfsError(2, "no such directory");
      return names.map((name) => ({ name, directory: false, size: 0 }));
    },
    chdir(path: string) {
      vfs.list(path);
      vfs.cwd = path.startsWith("/") ? path : vfs.resolve(path);
    },
    statfs: () => ({ blockSize: 512, blocks: 131072, free: 128214 }),
    open(path: string) {
      const absolute = vfs.resolve(path);
      const at = absolute.lastIndexOf("/");
      const names = directories[absolute.slice(0, at) || "/"];
      if (!names?.includes(absolute.slice(at + 1))) throw new VfsError(2, "no such file");
      return 4;
    },
    read: () => 0,
    close() {},
  };
  return vfs as unknown as Vfs;
}
