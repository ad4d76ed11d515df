import type { LoadPlan } from "../dlmodule/mod.ts";
import type { Task } from "../kernel/call.ts";
import type { KernelApi, SymbolTable } from "../kernel/types.ts";
import type { SerialPort } from "../serial/mod.ts";
import type { LineHistory } from "./rich/history.ts";
import type { VfsApi } from "../vfs/types.ts";

/** Starts programs: dlmodule_exec. The loader implements it. */
export interface ModuleRunner {
  /**
   * Loads a module file and starts its main thread.
   *
   * @param path A file that exists.
   * @param commandLine The whole line as typed, which becomes the module's argv.
   * @returns What dlmodule_exec returns: the module's address, 0 when it could not be loaded or started.
   */
  exec(path: string, commandLine: string): Task<number>;
  /** Also for a module inside an archive of the disk, `apps.zip/hello.mo`; absent: only files count. */
  exists?(path: string): boolean;
  /** Loaded modules, newest first. */
  modules?(): readonly {
    readonly name: string;
    readonly address: number;
    readonly library: boolean;
  }[];
  find?(address: number): LoadedModule | undefined;
  /** Ends a running module from outside. */
  kill?(address: number): Task<void>;
}

type Exported = LoadPlan["exports"] extends ReadonlyMap<string, infer T> ? T : never;

/** What the shell looks at in a module. */
export interface LoadedModule {
  /** Address of struct rt_dlmodule. */
  readonly address: number;
  readonly plan: Pick<LoadPlan, "exports">;
  addressOf(symbol: Exported): number;
  contains(address: number): boolean;
}

/** dfs_mount, dfs_unmount and dfs_mkfs. Failures throw VfsError with the errno DFS sets. */
export interface FileSystems {
  /** ENODEV: no such device or type; EINVAL: mounted there already; ENOENT: no such path; ENOSPC: the mount table is full. */
  mount(device: string, path: string, type: string): void;
  unmount(path: string): void;
  mkfs(type: string, device: string): void;
  /** Names of the known file system types that mkfs can make. */
  readonly formattable: readonly string[];
}

/** What the list_* commands and `free` print: one text per name, each line ended by `\n`. */
const LIST_NAMES = [
  "thread",
  "sem",
  "event",
  "mutex",
  "mailbox",
  "msgqueue",
  "memheap",
  "mempool",
  "timer",
  "device",
  "module",
  "module -v",
  "free",
] as const;
export type ListName = (typeof LIST_NAMES)[number];
export type ListTexts = (name: ListName) => string;

/** Everything the shell is built on. */
export interface ShellParts {
  readonly kernel: KernelApi;
  readonly vfs: VfsApi & FileSystems;
  readonly modules: ModuleRunner;
  readonly symbols: SymbolTable;
  readonly lists: ListTexts;
  /** The serial line of a device by name; the console's without one. */
  readonly port?: (device?: string) => SerialPort | undefined;
  /** Told how ry and sy get on. */
  readonly transfer?: (event: TransferEvent) => void;
  /** Takes what the simulator says, not the guest: why a command failed that says nothing about it on the board. */
  readonly diagnostics?: (text: string) => void;
  /** Starts the system again, when somebody can. */
  readonly reset?: () => void;
  /** Absent: the serial console's line editor. */
  readonly editing?: RichEditing;
  /** Lines that the serial console's line editor remembers; default 5. */
  readonly historyLines?: number;
  /** A script on the disk that runs before anything is typed. */
  readonly rc?: string;
  /** The build date of the banner as `__DATE__` gives it, "Nov 21 2026". */
  readonly buildDate?: string;
}

export type TransferEvent = TransferWait | TransferProgress;

/** A transfer waits for the other side. */
export interface TransferWait {
  readonly direction: "receive" | "send";
  readonly state: "wait";
  /** The serial line, "uart0". */
  readonly line: string;
  /** What a person can type to end it. */
  readonly keys: string;
}

/** Where a file transfer is. */
export interface TransferProgress {
  readonly direction: "receive" | "send";
  /** data: more was transferred; complete: this file is; end, failed: no file follows. */
  readonly state: "begin" | "data" | "complete" | "end" | "failed";
  readonly path: string;
  /** Bytes, when the sender says. */
  readonly size: number | undefined;
  readonly done: number;
}

/** What the line editor of an interactive terminal needs. */
export interface RichEditing {
  /** Columns of the terminal; 0: unknown. */
  readonly columns: () => number;
  readonly history: LineHistory;
}

/** Commands with words, or C expressions. */
export type ShellMode = "msh" | "finsh";

/** What a command can reach besides its arguments. */
export interface CommandContext extends ShellParts {
  readonly commands: readonly Command[];
  /** A receiver may have been started for files that cannot be sent: the shell tells it when it asks. */
  expectRequest(): void;
  /** The shell has a thread that reads the console; without one the host gives it its lines, and nobody types. */
  typedAt(): boolean;
  /** Changes between msh and the C mode. */
  setMode(mode: ShellMode): void;
}

/** What became of a command: 0 when it did what it was asked to, which nothing stands for too. */
export type CommandResult = number | void | Task<number | void>;

/** One row of the command table. */
export interface Command {
  readonly name: string;
  readonly help: string;
  /** `argv[0]` is the command's name. */
  readonly run: (context: CommandContext, argv: readonly string[]) => CommandResult;
  /** Names that an argument can be, for the completion of an interactive terminal. */
  readonly choices?: (context: CommandContext) => readonly string[];
  /** 4.0.4's has no result: system() gives 0 for it whatever became of it. */
  readonly mute?: true;
}
