import { basename } from "node:path";
import { DebugCore, type Inserted, Leave, Session, Signal, SystemTarget } from "../gdb/mod.ts";
import type { Cpu, CpuFault } from "../cpu/types.ts";
import type { Machine } from "../machine.ts";
import { ExitCode } from "./exit-codes.ts";
import { message } from "./outcome.ts";
import type { Parsed } from "./parse.ts";
import { parseSocketAddress, SocketServer } from "./socket.ts";
import { symbolFinder } from "./symbol-files.ts";
import type { Tool } from "./tool.ts";

/** Thrown out of a run that the debugger ends. */
class Killed extends Leave {
  constructor(
    /** The debugger stays and may start it again. */
    readonly stay: boolean,
  ) {
    super();
  }
}
/** Thrown out of a run that the debugger starts again. */
class Restarted extends Leave {}

/** Milliseconds that a standing system waits for the debugger before it lets the host's event loop have a turn. */
const TURN = 50;

/** Milliseconds within which a debugger that has got an answer asks the next thing of the many that belong together. */
const NEXT = 5;

/** `--gdb`: the debugger's socket, and the instrument that connects it to each machine of the command. */
export class GdbServer implements Tool {
  private readonly server: SocketServer;
  private core_!: DebugCore;
  private target: SystemTarget | undefined;
  private session: Session | undefined;
  private machine: Machine | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;
  /** Nobody is let in before a program's main is reached. */
  private early: boolean;
  /** What the debugger did to a session that was idle. */
  private ended: Killed | Restarted | undefined;
  /** The debugger has asked for the start of the machine that comes next. */
  private asked = false;
  /** What it believes to have inserted there. */
  private inserted: readonly Inserted[] = [];
  /** What the next run is to be. */
  private next: Parsed;

  constructor(private readonly parsed: Parsed) {
    this.next = parsed;
    this.early = parsed.flag("gdb-wait");
    this.server = new SocketServer(parseSocketAddress("gdb", parsed.value("gdb") ?? ""));
    this.server.onRefused = () =>
      message("gdb: another debugger was turned away: one at a time, the first has to detach");
    message(`gdb: target remote ${this.server.address}`);
  }

  core(cpu: Cpu): Cpu {
    this.core_ = new DebugCore(cpu);
    return this.core_;
  }

  attach(machine: Machine): void {
    const { core_: core } = this;
    const { kernel, loader, firmware, vfs, options } = machine;
    this.machine = machine;
    this.target = new SystemTarget(
      {
        kernel,
        loader,
        firmware,
        vfs,
        image: options.firmware,
        core,
        symbols: symbolFinder(this.next, vfs),
      },
      { kill: (stay) => this.kill(stay), restart: (program) => this.restart(program) },
      this.target,
    );
    const again = this.session !== undefined;
    if (again) {
      this.session!.retarget(this.target);
      core.attached = true;
      this.target.take(this.inserted);
      // It stands before its first instruction, whether the debugger waits for that or believes that it never ran; the next one of a
      // command with many begins while the debugger waits for one of its own stops.
      if (this.asked || !this.session!.running) {
        core.halt({ signal: Signal.TRAP });
        this.report();
      }
      this.asked = false;
    } else if (this.early) this.stopAtMain(machine);
    const run = kernel.run.bind(kernel);
    kernel.run = (limits) => {
      for (;;) {
        this.serve(0);
        if (this.core_.stop) {
          this.serve(TURN);
          if (this.core_.stop) return { why: "units" };
        }
        const result = run(limits);
        this.report();
        if (!this.core_.stop) return result;
      }
    };
    kernel.hooks.assertion = this.stopping(kernel.hooks.assertion);
    kernel.hooks.fault = this.stoppingAtFault(kernel.hooks.fault);
    this.timer = setInterval(() => this.serveIdle(), TURN);
    this.timer.unref();
  }

  detach(): void {
    clearInterval(this.timer);
    if (this.session) this.inserted = [...this.core_.inserted()];
    this.core_.detach();
    this.machine = undefined;
  }

  finished(code: number): { again: Parsed } | number {
    const { session, ended } = this;
    this.ended = undefined;
    if (ended) return this.caught(ended) ?? code;
    if (!session || !this.server.connected || !session.exited(code)) return code;
    return this.linger(code);
  }

  caught(error: unknown): { again: Parsed } | number | undefined {
    if (error instanceof Killed) return error.stay ? this.linger(ExitCode.Killed) : ExitCode.Killed;
    if (error instanceof Restarted) return { again: this.next };
    return undefined;
  }

  close(): void {
    this.server.close();
  }

  /** The first instruction of a program's main, before it is executed. */
  private stopAtMain(machine: Machine): void {
    const off = machine.loader.onStart(({ address }) => {
      const entry = machine.loader.module(address)?.entry;
      if (entry === undefined) return;
      off();
      this.core_.onArrival(entry, () => {
        this.early = false;
        if (!this.session) message(`gdb: waiting for a debugger at ${this.server.address}`);
        this.core_.halt({ signal: Signal.TRAP });
      });
    });
  }

  /** Takes a connection, or what it has to say, within that many milliseconds. Gives whether it has said something. */
  private serve(timeout: number): boolean {
    if (this.server.connected) return this.listen(timeout);
    if (!this.early && this.machine?.kernel.runner.running && this.server.accept(timeout))
      this.welcome();
    return false;
  }

  private welcome(): void {
    const { target, core_: core } = this;
    if (!target) return;
    core.attached = true;
    if (!core.stop) core.halt({ signal: Signal.TRAP });
    this.session = new Session(target, (bytes) => this.server.send(bytes), target.stop!);
  }

  private listen(timeout: number): boolean {
    const bytes = this.server.receive(timeout);
    if (bytes === undefined) this.goodbye();
    else this.session?.receive(bytes);
    if (this.session?.closed) this.goodbye();
    if (this.target?.takeInterrupt() && this.machine && !this.core_.stop) {
      this.core_.halt({ signal: Signal.INT });
      this.report();
    }
    return bytes !== undefined && bytes.length > 0 && this.server.connected;
  }

  private goodbye(): void {
    this.server.hangUp();
    this.session = undefined;
    this.core_.detach();
  }

  /** Tells the debugger of a stop. */
  private report(): void {
    const stop = this.target?.stop;
    if (stop) this.session?.stopped(stop);
  }

  /** Nothing runs: an interactive system waits for a key. A debugger that comes reads files in hundreds of pieces. */
  private serveIdle(): void {
    const end = performance.now() + TURN;
    try {
      if (!this.serve(0)) return;
      while (performance.now() < end && this.serve(NEXT));
    } catch (error) {
      if (!(error instanceof Killed || error instanceof Restarted)) throw error;
      this.ended = error;
      clearInterval(this.timer);
      // The session ends as by a signal, and gives the terminal back.
      process.emit("SIGTERM", "SIGTERM");
    }
  }

  /** A fault that is found inside of a call of the kernel: the core has not seen it. */
  private stoppingAtFault(hook: Machine["kernel"]["hooks"]["fault"]) {
    return (fault: CpuFault, thread: number): void => {
      const { core_: core } = this;
      hook?.(fault, thread);
      const told = core.told;
      core.told = false;
      if (told || !this.session || !core.attached) return;
      const next = core.r[15];
      core.r[15] = fault.pc;
      this.standAt(fault.kind === "undefined instruction" ? Signal.ILL : Signal.SEGV);
      if (core.r[15] >>> 0 === fault.pc >>> 0) core.r[15] = next;
    };
  }

  /** A failed assertion stops the system while registers and stack are those of the failure. */
  private stopping<A extends unknown[]>(hook: ((...args: A) => void) | undefined) {
    return (...args: A): void => {
      hook?.(...args);
      if (!this.session || !this.core_.attached) return;
      this.standAt(Signal.ABRT);
    };
  }

  /** Stops in the middle of a call until the debugger goes on. */
  private standAt(signal: number): void {
    this.core_.halt({ signal });
    this.report();
    while (this.core_.stop && this.server.connected) this.listen(TURN);
  }

  /** An extended session outlives the program: it is over when the debugger says so. */
  private linger(code: number): { again: Parsed } | number {
    try {
      while (this.server.connected) this.listen(TURN);
    } catch (error) {
      if (error instanceof Restarted) return { again: this.next };
      if (!(error instanceof Killed)) throw error;
    }
    return code;
  }

  private kill(stay: boolean): never {
    this.forget();
    throw new Killed(stay);
  }

  private restart(program: readonly string[]): boolean {
    const { next } = this;
    const [file, ...args] = program;
    if (program.length > 0 && next.command === "run") {
      // A debugger starts the program of the command line again; it does not choose files of the host.
      const [own, ...given] = this.parsed.operands;
      if (file && file !== own && file !== `/${basename(own)}`) return false;
      this.next = { ...next, operands: [own, ...(args.length > 0 ? args : given)] };
    }
    // Who runs a program from its beginning has no breakpoints in it yet; who resets a running one keeps them.
    if (program.length > 0) this.forget();
    this.asked = true;
    throw new Restarted();
  }

  private forget(): void {
    this.core_.detach();
    this.inserted = [];
  }
}
