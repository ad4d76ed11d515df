import { BlockError, cardDevice, findPartitions } from "../block/mod.ts";
import {
  createCpu,
  createSharingCpu,
  usePreparedCode,
  SharedCode,
  type SharingCpu,
} from "../cpu/mod.ts";
import type { Cpu } from "../cpu/types.ts";
import { Loader } from "../dlmodule/mod.ts";
import { isAscii } from "../fat/mod.ts";
import { Firmware } from "../firmware/mod.ts";
import { createKernel, type Kernel, type Task } from "../kernel/mod.ts";
import { cardDriver } from "../kernel/posix/mod.ts";
import { ObjectClass } from "../kernel/types.ts";
import { GuestMemory, memorySize, RAM_BASE } from "../memory/mod.ts";
import { consolePort, Uart } from "../serial/mod.ts";
import { bootText, listTexts, Shell } from "../shell/mod.ts";
import { Vfs, VfsError } from "../vfs/mod.ts";
import { CommandLines } from "./command-lines.ts";
import { CountedDisk } from "./counted-disk.ts";
import { countersOf } from "./counters.ts";
import { registerExports } from "./exports.ts";
import { attachMounts, extraDisk } from "./mounts.ts";
import type { BootMode, MachineOptions } from "./options.ts";
import { exitCode, type ModuleOutcome, Outcomes } from "./outcome.ts";
import { Reports } from "./reports.ts";
import { deviceNodes } from "./views.ts";

const TICKS_PER_SECOND = 100;
/** The disk's name on the board. */
const DISK = "sd0";
const SECOND_LINE = "uart1";

/** The bytes of a text as a UTF-8 terminal would send them, one character each, as the guest's texts are here. */
function asTyped(text: string): string {
  if (isAscii(text)) return text;
  return Buffer.from(text, "utf8").toString("latin1");
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
  private readonly lines: CommandLines;
  /** What went wrong, told. */
  readonly reports: Reports;
  /** The disk had a file system when the system started; programs may have taken it off since. */
  private mounted = false;
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
      ? (this.sharing = createSharingCpu(this.memory, shared.take(this.memory), options.engine))
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
      text: options.text,
      gathers: options.gathers && !options.instrument && !options.compat404,
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
      program: () => (kernel.options.compat404 ? 0 : kernel.currentModule),
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
    registerExports({
      kernel,
      vfs,
      loader,
      shell: this.shell,
      port: (device) => this.port(device),
      consoleWritten: (address) => this.consoleWritten(address),
    });
    kernel.bind((number) => firmware.svcName(number));
    this.reports = new Reports(kernel, loader, this.outcomes, vfs, firmware, options);
    this.lines = new CommandLines(kernel, this.shell, this.outcomes);
    kernel.hooks.threadEnded = loader.threadEnded;
    kernel.hooks.endModule = (thread, address, code) => this.endModule(thread, address, code);
    options.instrument?.attach?.(this);
  }

  /** Nothing was started that still runs. */
  get quiet(): boolean {
    return this.lines.empty && this.loader.withoutPrograms;
  }

  /** The same for somebody who types: the shell has executed everything, too. */
  get served(): boolean {
    return this.quiet && this.shell.idle;
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
    this.lines.add(line, () => this.shell.execute(asTyped(line)));
  }

  /** Starts a module as msh does for a command line. */
  runModule(path: string, commandLine: string): void {
    this.lines.add(
      commandLine,
      function* (this: Machine) {
        yield* this.loader.exec(path, asTyped(commandLine));
        return 0;
      }.bind(this),
    );
  }

  /** Bytes that wait at uart1. */
  get waiting1(): number {
    return this.uart1?.available ?? 0;
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

  /** What was done since it began, by name. */
  counters(): Record<string, number> {
    return countersOf(this, this.disk);
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
    this.lines.start();
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

  private port(device: number) {
    if (device === 0) return undefined;
    if (device === this.uart1?.device) return this.uart1;
    return device === this.kernel.devices.find("uart0") ? consolePort(this.kernel) : undefined;
  }

  /** The board's shell notices what is written through the shared stream, not what comes from write() itself. */
  private consoleWritten(address: number): void {
    const { firmware } = this;
    const caller = this.cpu.r[14];
    const inside = caller >= firmware.start && caller < firmware.end;
    if (inside || firmware.isOwnText(address)) this.shell.doubleEcho();
  }

  private endModule(thread: number, address: number, code: number) {
    const { kernel, loader, outcomes } = this;
    // Of a module that is gone; the loader has nothing to end, and tells nobody.
    if (!loader.find(address)) {
      const kind = loader.causes.take(thread);
      outcomes.failed({ kind, name: kernel.objects.name(thread), value: code });
    }
    return loader.endModule(thread, address, code);
  }

  /** What a module that is gone left behind in the C library. */
  private forgetModule(module: number): void {
    const owns = (address: number) => this.loader.moduleOf(address) === module;
    for (const fd of this.firmware.state.forgetModule(module, owns)) this.vfs.close(fd);
  }
}
