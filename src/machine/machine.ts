import { type BlockDevice, BlockError, cardDevice, findPartitions } from "../block/mod.ts";
import {
  createCpu,
  createSharingCpu,
  usePreparedCode,
  type Engine,
  SharedCode,
  type SharingCpu,
} from "../cpu/mod.ts";
import type { Cpu, CpuStats } from "../cpu/types.ts";
import type { Report, ReportParts } from "../debug/mod.ts";
import { dlmoduleRows, type LeakPolicy, Loader } from "../dlmodule/mod.ts";
import { Firmware } from "../firmware/mod.ts";
import {
  BrokenList,
  createKernel,
  type Kernel,
  OBJECT,
  SCHEDULE,
  type Task,
} from "../kernel/mod.ts";
import { cardDriver, deviceIo, posixRows, waiting } from "../kernel/posix/mod.ts";
import { pthreadRows, Pthreads } from "../kernel/pthread/mod.ts";
import { ObjectClass, type SchedulePolicy, type WallClock } from "../kernel/types.ts";
import { GuestFault, GuestMemory, memorySize, RAM_BASE } from "../memory/mod.ts";
import { consolePort, Uart, YMODEM_ROWS } from "../serial/mod.ts";
import {
  bootText,
  listTexts,
  Shell,
  SHELL_FIGURES,
  SHELL_ROWS,
  type ShellParts,
} from "../shell/mod.ts";
import { Vfs, VfsError } from "../vfs/mod.ts";
import { CountedDisk } from "./counted-disk.ts";
import { attachMounts, extraDisk, type MachineMount } from "./mounts.ts";
import type { SymbolFiles } from "../dwarf/mod.ts";
import type { VfsApi } from "../vfs/types.ts";
import type { Instrument } from "./instrument.ts";
import { exitCode, type ModuleOutcome, Outcomes } from "./outcome.ts";
import { explanation } from "./verdict.ts";
import type { Verdict } from "./driver.ts";
import { deviceNodes } from "./views.ts";

export interface MachineOptions {
  /** The firmware ELF (src/firmware/prebuilt/firmware.elf or one of the user's). */
  readonly firmware: Uint8Array;
  /** Translations of its code (prepareCode). */
  readonly prepared?: Int32Array;
  readonly disk: BlockDevice;
  /** File systems beside that of the disk. */
  readonly mounts?: readonly MachineMount[];
  /** What the guest writes to its console. */
  readonly output: (bytes: Uint8Array) => void;
  /** Messages of the simulator, one or more lines without the last line end. */
  readonly diagnostics?: (text: string) => void;
  /** The reports among them, with what they consist of. */
  readonly reports?: (report: Report) => void;
  readonly compat404?: boolean;
  /** Whose headers programs were compiled with; default 4.0.4. */
  readonly abi?: "4.0.4" | "5.x";
  /** Absent: virtual time. */
  readonly wall?: WallClock;
  readonly seed?: number;
  /** Another legal schedule than the board's; virtual time and the engine "interp" only. */
  readonly schedule?: SchedulePolicy;
  /** Bytes from 0x60000000 to the end of the heap; default 8 MiB, up to 512 MiB, of which the kernel then keeps the last one. */
  readonly ram?: number;
  /** How guest code is executed; engines differ in speed only. */
  readonly engine?: Engine;
  /** Stack in bytes of a module's main thread when the module does not say. */
  readonly stack?: number;
  /** What to say about things that modules leave behind. */
  readonly leaks?: LeakPolicy;
  /** What the shell's user has around it. */
  readonly shell?: Pick<ShellParts, "editing" | "historyLines" | "transfer" | "reset" | "rc">;
  /** Takes what the guest writes to uart1. */
  readonly output1?: (bytes: Uint8Array) => void;
  /** Nobody can type at uart1. */
  readonly mute1?: boolean;
  /** Where debugging information of modules is looked for, when a report is made; default: the guest's disk. */
  readonly symbols?: (vfs: VfsApi) => SymbolFiles;
  /** Looks into the machine while it runs. */
  readonly instrument?: Instrument;
  /** Begins with what machines that were closed have translated of the same firmware (the same object). */
  readonly shared?: boolean;
}

/** shell: boot texts and msh on the console; lines: a quiet system that executes what `execute` gives it. */
export type BootMode = "shell" | "lines";

const TICKS_PER_SECOND = 100;
/** The disk's name on the board. */
const DISK = "sd0";
const SECOND_LINE = "uart1";

/** What makes reports, with the disassembler; loaded when there is something to report. */
const debug = () => require("../debug/mod.ts") as typeof import("../debug/mod.ts");

/** Debugging information from the modules themselves and from files beside them; loaded when it is needed. */
function ownSymbols(vfs: VfsApi): SymbolFiles {
  const { diskSymbols } =
    require("../debug/disk-symbols.ts") as typeof import("../debug/disk-symbols.ts");
  return diskSymbols(vfs);
}

/** Of an engine that has translated something. */
function translationCounters({ translation }: CpuStats): Record<string, number> {
  if (!translation?.regions) return {};
  const { regions, dropped, bytes } = translation;
  return { regions, "regions dropped": dropped, "bytes of wasm": bytes };
}

/** The bytes of a text as a UTF-8 terminal would send them, one character each, as the guest's texts are here. */
function asTyped(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
}

/** A simulated board with RT-Thread on it. */
export class Machine {
  readonly memory: GuestMemory;
  readonly cpu: Cpu;
  readonly firmware: Firmware;
  readonly kernel: Kernel;
  readonly vfs: Vfs;
  readonly loader: Loader;
  readonly shell: Shell;
  private readonly disk: CountedDisk;
  private readonly shared: SharedCode | undefined;
  private sharing: SharingCpu | undefined;
  private readonly outcomes: Outcomes;
  private readonly lines: (() => Task<void>)[] = [];
  private executing = false;
  /** The disk had a file system when the system started; programs may have taken it off since. */
  private mounted = false;
  private lineThread = 0;
  /** The second serial line, once the system has started. */
  private uart1: Uart | undefined;

  constructor(readonly options: MachineOptions) {
    const disk = new CountedDisk(options.disk);
    this.disk = disk;
    const size = memorySize(options.ram);
    this.memory = new GuestMemory({ base: RAM_BASE, size });
    this.shared =
      options.shared && !options.instrument ? SharedCode.for(options.firmware) : undefined;
    const { shared } = this;
    const cpu = shared
      ? (this.sharing = createSharingCpu(this.memory, shared.take(), options.engine))
      : createCpu(this.memory, options.engine);
    if (options.prepared) usePreparedCode(cpu, options.prepared);
    this.cpu = options.instrument?.core?.(cpu) ?? cpu;
    this.firmware = new Firmware(this.memory, options.firmware);
    this.sharing?.adopt();
    const { firmware } = this;
    this.kernel = createKernel(this.memory, this.cpu, firmware, {
      compat404: options.compat404 ?? false,
      abi: options.abi,
      wall: options.wall,
      seed: options.seed ?? 1,
      schedule: options.schedule,
      output: options.output,
      library: firmware,
    });
    const { kernel } = this;
    this.vfs = new Vfs({
      nodes: () => deviceNodes(kernel),
      deviceLookedFor: (name) => void kernel.devices.find(name),
      disk: (name) => (name === DISK ? cardDevice(disk) : extraDisk(options.mounts ?? [], name)),
      fileSystem: (name) => options.mounts?.find((mount) => mount.name === name)?.fs,
      places: options.mounts?.length,
      compat404: options.compat404,
      warn: options.diagnostics,
      clock: () => (kernel.options.compat404 ? undefined : kernel.rtc),
      log: (text) => kernel.console.print(`\x1b[31m[E/DFS] ${text}\x1b[0m\n`),
    });
    const { vfs } = this;
    this.loader = new Loader({
      kernel,
      vfs,
      symbols: firmware,
      call: (name, ...args) => kernel.call(name, ...args),
      firmware: {
        runExit: firmware.runExit,
        forgetModule: (module) => this.forgetModule(module),
        streamOf: (fd) => firmware.state.streamOf(fd),
        environ: () => firmware.state.environ,
      },
      options: { diagnostics: options.diagnostics, stackSize: options.stack, leaks: options.leaks },
    });
    const { loader } = this;
    this.shell = new Shell({
      kernel,
      vfs,
      modules: loader,
      symbols: firmware,
      lists: listTexts(kernel, loader),
      diagnostics: options.diagnostics,
      port: (name) =>
        this.port(name === undefined ? kernel.consoleDevice : kernel.devices.find(name)),
      ...options.shell,
    });
    this.outcomes = new Outcomes(
      loader,
      () => kernel.currentModule,
      () => kernel.pause(),
      options.leaks === "error",
    );
    kernel.register({ rows: dlmoduleRows, context: loader });
    kernel.register({
      rows: posixRows,
      context: {
        kernel,
        vfs,
        devices: deviceIo(kernel),
        waiting: waiting(kernel),
        consoleWritten: () => this.consoleWritten(),
      },
    });
    const pthreads = new Pthreads(kernel);
    kernel.register({ rows: pthreadRows, context: pthreads });
    loader.onEnd(({ address }) => pthreads.forgetModule(address));
    kernel.register({ rows: SHELL_ROWS, context: this.shell });
    const port = (device: number) => this.port(device);
    kernel.register({ rows: YMODEM_ROWS, context: { kernel, port } });
    kernel.bind((number) => firmware.svcName(number));
    this.plugIn();
    options.instrument?.attach?.(this);
  }

  /** Nothing was started that still runs. */
  get quiet(): boolean {
    return (
      !this.executing &&
      this.lines.length === 0 &&
      this.loader.modules().every((module) => module.library)
    );
  }

  /** The disk has a file system that could be used, now or when the system started, or was given one. */
  get diskUsable(): boolean {
    const mounted = this.mounted || this.vfs.mounts().some(({ path }) => path === "/");
    return mounted || this.disk.sectorsWritten > 0;
  }

  /** How the last program or command ended, and the exit code a process has for that. */
  get outcome(): ModuleOutcome & { readonly code: number } {
    const { last } = this.outcomes;
    return { ...last, code: exitCode(last) };
  }

  /** Starts the system; nothing runs before the first `kernel.run`. */
  boot(mode: BootMode): void {
    this.kernel.boot(() => this.main(mode));
  }

  /** Has msh execute a line in thread tshell (mode "lines"). */
  execute(line: string): void {
    this.enqueue(line, () => this.shell.execute(asTyped(line)));
  }

  /** Starts a module as msh does for a command line. */
  runModule(path: string, commandLine: string): void {
    this.enqueue(
      commandLine,
      function* (this: Machine) {
        yield* this.loader.exec(path, asTyped(commandLine));
        return 0;
      }.bind(this),
    );
  }

  /** Bytes that arrived at uart1. */
  feed1(bytes: Uint8Array): void {
    this.uart1?.feed(bytes);
  }

  ticks(milliseconds: number): number {
    return Math.ceil((milliseconds * TICKS_PER_SECOND) / 1000);
  }

  /** Real time: how long nothing will happen; undefined: until there is input. */
  millisecondsUntil(tick: number | undefined): number | undefined {
    if (tick === undefined) return undefined;
    return Math.max(1, ((tick - this.kernel.tick) * 1000) / TICKS_PER_SECOND);
  }

  private startLine({ thread, module, phase }: ReturnType<Loader["starts"]>[number]): string {
    return `  thread ${this.kernel.objects.name(thread)} is loading ${module.path}, and ${phase} of it ${phase === "module_init" ? "has" : "have"} not returned`;
  }

  /** Who waits for what, held by whom, since when; lines without a last line end. */
  waitReport(): string {
    const starts = this.loader.starts().map((start) => this.startLine(start));
    return [...starts, debug().deadlockReport(this.kernel)].join("\n");
  }

  /** Who runs, and who is ready but does not get a turn. */
  busyReport(): string {
    const starts = this.loader.starts().map((start) => this.startLine(start));
    const threads = debug().busyReport(this.kernel);
    // What a thread of the system loads is no module yet.
    return starts.length > 0 && threads === "  no module runs"
      ? starts.join("\n")
      : [...starts, threads].join("\n");
  }

  /** Where the threads of modules stand: a backtrace each; empty when there are none. */
  threadTraces(): string {
    return debug().threadTraces(this.reportParts);
  }

  /** A run that did not end by itself, as plain data (debug/json.ts). */
  standstill(verdict: Verdict): Record<string, unknown> | undefined {
    const text = explanation(verdict, this);
    if (text === undefined) return undefined;
    return debug().standstillObject(this.reportParts, verdict.replace("timeout", "time-out"), text);
  }

  counters(): Record<string, number> {
    const { kernel, cpu, loader } = this;
    return {
      instructions: cpu.stats.instructions,
      blocks: cpu.stats.blocks,
      "translated instructions": cpu.stats.translatedInstructions,
      invalidations: cpu.stats.invalidations,
      "supervisor calls": cpu.stats.svcs,
      ...translationCounters(cpu.stats),
      "modules loaded": loader.counters.modules,
      relocations: loader.counters.relocations,
      "symbol look-ups": loader.counters.symbolLookups,
      ticks: kernel.tick,
      "simulated microseconds": Math.floor(kernel.nanoseconds / 1000),
      "sectors read": this.disk.sectorsRead,
      "sectors written": this.disk.sectorsWritten,
      "heap used": kernel.heap.used,
      "heap maximum": kernel.heap.max,
    };
  }

  /** Writes everything to the disk and gives the guest memory back; the machine must not be used afterwards. */
  close(): void {
    this.options.instrument?.detach?.(this);
    const failure = this.vfs.shutdown();
    if (failure) this.options.diagnostics?.(`the disk could not be written: ${failure.message}`);
    try {
      this.disk.flush();
    } catch (error) {
      if (!(error instanceof BlockError)) throw error;
      if (!failure) this.options.diagnostics?.(`the disk could not be written: ${error.message}`);
    } finally {
      this.share();
      this.memory.dispose();
      this.disk.close();
    }
  }

  /** Gives translations of the firmware to the next machine. */
  private share(): void {
    const { sharing } = this;
    this.sharing = undefined;
    if (sharing && this.firmware.isIntact) this.shared!.give(sharing.release());
  }

  /** The boot thread: the board's texts, the disk, the shell. */
  private *main(mode: BootMode): Task<void> {
    const { kernel } = this;
    const card = cardDriver(kernel, cardDevice(this.disk), () => this.vfs.reload(DISK));
    kernel.devices.attach(kernel.objects.find(DISK, ObjectClass.Device), card);
    this.vfs.openConsole("/dev/uart0");
    const second = kernel.devices.find(SECOND_LINE);
    const output1 = this.options.output1 ?? (() => {});
    if (second !== 0) this.uart1 = new Uart(kernel, second, output1, this.options.mute1);
    this.mounted = this.mountDisk();
    attachMounts(kernel, this.vfs, this.options);
    if (mode === "shell") {
      kernel.console.print(bootText(this.describeDisk(this.mounted)));
      this.shell.start();
      return;
    }
    this.lineThread = kernel.threads.createTask(
      "tshell",
      4096,
      20,
      10,
      () => this.serveLines(),
      SHELL_FIGURES,
    );
    kernel.threads.startup(this.lineThread);
  }

  private describeDisk(mounted: boolean): Parameters<typeof bootText>[0] {
    const { disk } = this;
    return { bytes: disk.sectors * disk.sectorSize, partitions: findPartitions(disk), mounted };
  }

  private mountDisk(): boolean {
    try {
      this.vfs.mount(DISK, "/", "elm");
      return true;
    } catch (error) {
      if (!(error instanceof VfsError)) throw error;
      this.options.diagnostics?.(`the disk has no file system that can be used: ${error.message}`);
      return false;
    }
  }

  private enqueue(name: string, body: () => Task<number>): void {
    const { kernel, outcomes } = this;
    this.lines.push(function* () {
      outcomes.set({ kind: "command", name, value: 0 });
      const value = yield* body();
      outcomes.command({ kind: "command", name, value });
    });
    if (this.lineThread === 0) return;
    kernel.threads.resume(this.lineThread);
    kernel.scheduler.schedule();
  }

  private port(device: number) {
    if (device === 0) return undefined;
    if (device === this.uart1?.device) return this.uart1;
    return device === this.kernel.devices.find("uart0") ? consolePort(this.kernel) : undefined;
  }

  private *serveLines(): Task<void> {
    const { kernel } = this;
    yield* this.shell.runCommands();
    for (;;) {
      const line = this.lines.shift();
      if (line) {
        this.executing = true;
        yield* line();
        if (this.shell.last?.kind === "not-found") {
          this.outcomes.setLast({ kind: "not found", name: this.outcomes.last.name, value: -1 });
        }
        this.executing = false;
        kernel.pause();
      } else {
        kernel.threads.suspend(kernel.threads.current);
        yield SCHEDULE;
      }
    }
  }

  /** The board's shell notices what is written through the shared stream, not what comes from write() itself. */
  private consoleWritten(): void {
    const caller = this.cpu.r[14];
    if (caller >= this.firmware.start && caller < this.firmware.end) this.shell.doubleEcho();
  }

  /** What a module that is gone left behind in the C library. */
  private forgetModule(module: number): void {
    const owns = (address: number) => this.loader.moduleOf(address) === module;
    for (const fd of this.firmware.state.forgetModule(module, owns)) this.vfs.close(fd);
  }

  private get reportParts(): ReportParts {
    const { kernel, loader, options } = this;
    const files = () => (options.symbols ?? ownSymbols)(this.vfs);
    return (this.parts ??= {
      kernel,
      loader,
      symbols: this.firmware,
      image: options.firmware,
      files,
    });
  }
  private parts: ReportParts | undefined;

  /** What the kernel needs of the layers above it. */
  private plugIn(): void {
    const { kernel, loader, options } = this;
    const { hooks } = kernel;
    const parts = this.reportParts;
    const say = options.diagnostics ?? (() => {});
    const tell = (make: () => Report): Report | undefined => {
      try {
        const report = make();
        options.reports?.(report);
        say(report.text);
        return report;
      } catch (error) {
        if (!(error instanceof GuestFault || error instanceof BrokenList)) throw error;
        say(`a report could not be made, for data of the kernel was overwritten: ${error.message}`);
        return undefined;
      }
    };
    hooks.threadEnded = loader.threadEnded;
    hooks.endModule = (thread, address, code) => {
      // Of a module that is gone; the loader has nothing to end, and tells nobody.
      if (!loader.find(address))
        this.outcomes.failed({
          kind: loader.causes.take(thread),
          name: kernel.objects.name(thread),
          value: code,
        });
      return loader.endModule(thread, address, code);
    };
    // A thread that faulted is reported once, whatever its stack pointer is when the kernel looks at it.
    let faulted = 0;
    hooks.fault = (fault, thread) => {
      loader.causes.note(thread, "fault");
      faulted = thread;
      const report = tell(() => debug().faultReport(parts, fault, thread));
      // In a callback that a thread of the system, or an interrupt, called: it is the system that stops. In a module's code that another
      // thread of nobody runs: it stops, too, but where the loader takes over, who tells more.
      if (!report || OBJECT.module_id.get(kernel.memory, thread) !== 0) return;
      if (report.callback)
        this.outcomes.setLast({ kind: "fault", name: report.module ?? "", value: -1 });
      else if (report.module !== undefined)
        this.outcomes.failed({ kind: "fault", name: report.module, value: -1 });
    };
    hooks.stackOverflow = (thread) => {
      loader.causes.note(thread, "stack overflow");
      if (faulted !== thread) tell(() => debug().overflowReport(parts, thread));
      faulted = 0;
    };
    hooks.assertion = (expression, fn, line, thread) => {
      loader.causes.note(thread, "assert");
      const report = tell(() => debug().assertionReport(parts, { expression, fn, line }, thread));
      if (report?.heapHeader !== undefined) loader.heapDamageTold(report.heapHeader);
    };
    let broken = 0;
    hooks.heapBroken = (header, by) => {
      if (header === broken || loader.heapDamageKnown(header)) return;
      broken = header;
      const thread = kernel.scheduler.current;
      const name = thread === 0 ? "" : kernel.objects.name(thread);
      this.outcomes.failed({ kind: "heap corruption", name, value: -1 });
      if (tell(() => debug().heapReport(parts, header, by, thread))) loader.heapDamageTold(header);
    };
    hooks.kernelBroken = (message) =>
      tell(() => {
        // Whose registers are in the core; the scheduler may have chosen another one.
        const thread = kernel.runner.running?.thread ?? kernel.scheduler.current;
        return debug().kernelReport(parts, message, thread);
      });
    loader.onAbort(({ thread }) => tell(() => debug().abortReport(parts, thread)));
  }
}
