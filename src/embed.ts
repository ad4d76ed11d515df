/**
 * The package `rtt-sim` for programs and tests on Bun: a board in the process, without a binary and without files.
 *
 * ```ts
 * import { Machine } from "rtt-sim";
 *
 * using machine = Machine.boot();
 * const { exitCode, output } = machine.run(await Bun.file("hello.mo").bytes(), { args: ["-v"] });
 * ```
 */
import { readFileSync } from "node:fs";
import firmwarePath from "./firmware/prebuilt/firmware.elf" with { type: "file" };
import { Driver, Machine as Board, type Verdict } from "./machine/mod.ts";
import { LineFeeder } from "./serial/mod.ts";
import {
  ArgumentError,
  commandLine,
  exactPath,
  NameError,
  Observer,
  pathText,
  scheduleOf,
} from "./smoke/mod.ts";
import {
  BOOT,
  checkContent,
  checkModule,
  checkOptions,
  checkText,
  checkTime,
  EXECUTE,
  RUN,
} from "./embed/checks.ts";
import { diskOf } from "./embed/disks.ts";
import type { BootOptions, RunOptions, RunResult, ThreadState } from "./embed/types.ts";
import { garbage } from "./memory/mod.ts";
import { type DirEntry, VfsError as FileError } from "./vfs/mod.ts";

export type { BootOptions, RunOptions, RunResult, ThreadState } from "./embed/types.ts";
export type { Figures, Leak, Incident, StackUse } from "./smoke/mod.ts";
export { HostModules, ModuleError, RTLD_DEFAULT, RTLD_NEXT } from "./dlmodule/mod.ts";
export { FileError, ArgumentError };

// Stacks and test runners show the names under which programs know them.
Object.defineProperty(FileError.prototype, "name", { value: "FileError" });
Object.defineProperty(ArgumentError.prototype, "name", { value: "ArgumentError" });

let builtIn: Uint8Array | undefined;

const TIMEOUT = 60_000;
const STATES = ["init", "ready", "suspended", "running", "closed"] as const;
/** struct rt_object.module_id. */
const MODULE_ID = 12;

/** A booted board. Everything happens inside the calls, in virtual time; nothing runs between them. */
export class Machine implements Disposable {
  private readonly opened: Board;
  private state: "rests" | "runs" | "closed" = "rests";
  private readonly observer: Observer;
  private readonly driver: Driver;
  private stdin: Uint8Array | undefined;

  /** @throws TypeError, RangeError: an option that is not known, or of the wrong kind or size; FileError: `files` cannot be placed */
  static boot(options: BootOptions = {}): Machine {
    checkOptions("Machine.boot", options, BOOT);
    if (options.compat404 && options.abi === "5.x")
      throw new TypeError("Machine.boot: 'compat404' and abi: \"5.x\" are of different releases");
    return new Machine(options);
  }

  private constructor(private readonly options: BootOptions) {
    this.observer = new Observer(options.onOutput);
    this.opened = new Board({
      firmware: options.firmware ?? (builtIn ??= readFileSync(firmwarePath)),
      disk: diskOf(options.disk),
      engine: options.schedule ? "interp" : options.engine,
      seed: options.seed,
      schedule: scheduleOf(options.schedule ?? 0),
      compat404: options.compat404,
      abi: options.abi,
      leaks: options.leaks,
      ram: options.ram,
      stack: options.stack,
      shared: true,
      ...this.observer.options,
    });
    this.observer.attach(this.board);
    this.driver = new Driver(this.board, {
      input: { next: () => this.input() },
      look: () => garbage.look(),
      timeout: options.timeout ?? TIMEOUT,
      wallTimeout: options.wallTimeout ?? 0,
    });
    try {
      this.board.boot(options.console ? "shell" : "lines");
      this.driver.settle();
      for (const [path, content] of Object.entries(options.files ?? {}))
        this.writeFile(path, content);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The parts of the board: kernel, memory, file system, loader. Not covered by the promise of a stable interface. */
  get board(): Board {
    if (this.state === "closed") throw new Error("the machine is closed");
    return this.opened;
  }

  /** Runs a module like a program until it and everything it started have ended: a path on the disk, or the file itself. */
  run(module: string | Uint8Array, options: RunOptions = {}): RunResult {
    this.only(false, "run");
    checkModule("run", module);
    checkOptions("run", options, RUN);
    let path = options.name ?? "program.mo";
    if (typeof module === "string") path = module;
    if (!path.startsWith("/")) path = `/${path}`;
    if (typeof module !== "string") this.writeFile(path, module);
    const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.[^.]*$/, "");
    const place = guestPath("run", path);
    return this.during(options.stdin, () =>
      this.board.runModule(place, commandLine(name, options.args ?? [])),
    );
  }

  /** Has msh execute a line, without echo and prompt. */
  execute(line: string, options: Pick<RunOptions, "stdin"> = {}): RunResult {
    this.only(false, "execute");
    checkText("execute", "the line", line);
    checkOptions("execute", options, EXECUTE);
    return this.during(options.stdin, () => this.board.execute(line));
  }

  /** Types at the console, `\n` for Enter, until the system rests again; gives what it printed, echo included. */
  type(text: string): string {
    this.only(true, "type");
    checkText("type", "the text", text);
    const mark = this.observer.mark;
    this.running(() => {
      const feeder = new LineFeeder(this.board.kernel.console);
      feeder.push(new TextEncoder().encode(text));
      let state = feeder.step(this.board.kernel.tick);
      for (; state === "typed"; state = feeder.step(this.board.kernel.tick)) {
        this.driver.settle();
        if (this.driver.until(() => this.board.served) !== "done") break;
        this.driver.settle();
      }
    });
    return this.observer.since(mark);
  }

  /** Lets simulated time pass. */
  pass(milliseconds: number): void {
    const { board } = this;
    checkTime("pass", milliseconds);
    this.running(() => this.driver.pass(board.kernel.tick + board.ticks(milliseconds)));
  }

  /** Simulated milliseconds since boot. */
  get milliseconds(): number {
    return this.board.kernel.nanoseconds / 1e6;
  }

  /** Files of the guest; what goes wrong is a FileError with newlib's errno. */
  readFile(path: string): Uint8Array {
    return this.board.vfs.readFile(guestPath("readFile", path)).slice();
  }

  readText(path: string): string {
    return new TextDecoder().decode(this.readFile(path));
  }

  /** Makes the folders above it, too. */
  writeFile(path: string, content: string | Uint8Array): void {
    const { vfs } = this.board;
    const place = guestPath("writeFile", path);
    checkContent("writeFile", content);
    for (let at = place.indexOf("/", 1); at > 0; at = place.indexOf("/", at + 1))
      if (!vfs.exists(place.slice(0, at))) vfs.mkdir(place.slice(0, at));
    vfs.writeFile(place, typeof content === "string" ? new TextEncoder().encode(content) : content);
  }

  exists(path: string): boolean {
    return this.board.vfs.exists(guestPath("exists", path));
  }

  list(path = "/"): DirEntry[] {
    const entries = this.board.vfs.list(guestPath("list", path));
    return entries.map((entry) => ({ ...entry, name: pathText(entry.name) }));
  }

  /** The threads of the system and of its modules. */
  threads(): ThreadState[] {
    const { kernel } = this.board;
    return [...kernel.threads.states.keys()].map((thread) => {
      const info = kernel.threads.describe(thread);
      const module = kernel.memory.ldu32(thread + MODULE_ID);
      return {
        name: info.name,
        priority: info.priority,
        state: STATES[info.state] ?? "unknown",
        stackSize: info.stackSize,
        stackUsed: info.stackMax,
        error: info.error,
        module: module === 0 ? undefined : kernel.objects.name(module),
      };
    });
  }

  /** Who waits for what, held by whom, since when, as text. */
  waits(): string {
    return this.board.reports.waiting();
  }

  /** Gives its memory back. After that every other call throws; another close does nothing. */
  close(): void {
    if (this.state === "closed") return;
    if (this.state === "runs") throw new Error("close: the machine is running");
    this.state = "closed";
    this.opened.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  private only(console: boolean, method: string): void {
    if (this.state === "closed") throw new Error(`${method}: the machine is closed`);
    if ((this.options.console ?? false) === console) return;
    const how = console ? "needs a machine booted with console: true" : "is not for a console";
    throw new Error(`${method} ${how}`);
  }

  /** Guests run meanwhile, and the host's `onOutput`, which cannot run them once more. */
  private running<T>(body: () => T): T {
    if (this.state === "runs") throw new Error("the machine is running");
    this.state = "runs";
    try {
      return body();
    } finally {
      this.state = "rests";
    }
  }

  private during(stdin: string | Uint8Array | undefined, start: () => void): RunResult {
    return this.running(() => this.result(stdin, start));
  }

  private result(stdin: string | Uint8Array | undefined, start: () => void): RunResult {
    const { board, driver } = this;
    const observer = this.observer;
    const mark = observer.mark;
    this.stdin = typeof stdin === "string" ? new TextEncoder().encode(stdin) : stdin;
    board.kernel.console.ended = false;
    observer.begin();
    start();
    const verdict: Verdict = driver.until(() => board.quiet);
    if (verdict === "done") driver.settle();
    const figures = observer.figures(verdict);
    observer.explain(verdict);
    return { ...figures, output: observer.since(mark), messages: observer.takeMessages() };
  }

  private input(): Uint8Array | undefined {
    const piece = this.stdin;
    this.stdin = undefined;
    return piece?.length ? piece : undefined;
  }
}

/** The bytes of a path, which is in code page 437 as on the board. */
function guestPath(method: string, path: string): string {
  checkText(method, "the path", path);
  try {
    return exactPath(path);
  } catch (error) {
    if (!(error instanceof NameError)) throw error;
    throw new RangeError(`${method}: ${error.message}`);
  }
}

export type { DirEntry };
