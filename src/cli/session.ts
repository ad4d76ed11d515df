import type { BlockDevice } from "../block/mod.ts";
import type { LineFeeder } from "../serial/mod.ts";
import type { TransferEvent } from "../shell/mod.ts";
import { Board } from "./board.ts";
import { ExitCode, UserError } from "./exit-codes.ts";
import { feederOf } from "./feeder.ts";
import { isTerminal } from "./host-terminal.ts";
import { collectGarbage } from "./garbage.ts";
import { fullSpeed } from "./jit-policy.ts";
import { exitCodeOf, message, printStats } from "./outcome.ts";
import { Outlet } from "./outlet.ts";
import { Output } from "./output.ts";
import { Progress, waitText } from "./progress.ts";
import { RealTime } from "./real-time.ts";
import { richEditing } from "./rich.ts";
import { Losses } from "./serial/losses.ts";
import { type Link, openLink, PATIENCE_MS } from "./serial/mod.ts";
import { isLive, type SerialSpec } from "./serial/spec.ts";
import { StdioLink } from "./serial/stdio.ts";
import type { Settings } from "./settings.ts";
import { interact } from "./terminal.ts";

/** So many bytes of a pipe may wait; then whoever writes to it waits. */
const PIPE_BYTES = 65536;
const TIDY_BYTES = 16384;

/** How long a key may wait for the reader of the terminal. */
const KEY_MS = 20;

/** A time-out, or 128 and a signal: nobody waits for a reader any more. */
const CUT_SHORT = new Set<number>([ExitCode.Timeout, 129, 130, 131, 143]);

/** The shell for somebody who types: in this terminal, or at the other end of a serial line. In real time. */
export async function session(
  settings: Settings,
  disk: BlockDevice,
  terminal: boolean,
): Promise<number> {
  const { serial, serial1 = { kind: "null" }, ptyLink } = settings;
  refuseSame(serial, serial1);
  const first = serial.kind === "stdio" ? undefined : await openLink(serial, ptyLink);
  try {
    const second =
      serial1.kind === "stdio"
        ? new StdioLink()
        : await openLink(serial1, serial.kind === "pty" ? undefined : ptyLink);
    if (first) message(`uart0 is ${first.where}`);
    if (isLive(serial1)) message(`uart1 is ${second.where}`);
    try {
      return await new Session(settings, disk, terminal, first, second).run();
    } finally {
      second.close();
    }
  } finally {
    first?.close();
  }
}

/** Both lines cannot be at one place. */
function refuseSame(first: SerialSpec, second: SerialSpec): void {
  const place = (spec: SerialSpec): string | undefined => {
    if (spec.kind === "tcp") return spec.port === 0 ? undefined : `tcp:${spec.host}:${spec.port}`;
    return spec.kind === "unix" ? `unix:${spec.path}` : undefined;
  };
  if (place(first) === undefined || place(first) !== place(second)) return;
  throw new UserError(
    ExitCode.Usage,
    `--serial1: ${place(second)} is the place of --serial already`,
    "give each line a port or a path of its own",
  );
}

class Session {
  /** A pipe that is full holds the machine up as a line does whose client is slow. */
  private readonly outlet = new Outlet(() => this.board.machine.kernel.pause());
  private readonly output: Output;
  /** Somebody looks at what is printed. */
  private readonly shown: boolean;
  private readonly board: Board;
  private readonly rich;
  private readonly losses: Losses;
  private readonly losses1: Losses;
  /** Ends the run that is going on, and tells it that something arrived. */
  private stop: (code: number) => void = () => {};
  private wake: () => void = () => {};
  /** Standard input that is no terminal, typed line by line. */
  private feeder: LineFeeder | undefined;
  /** Whoever writes to it waits. */
  private held = false;
  /** Bytes since garbage was looked for. */
  private arrived = 0;

  constructor(
    private readonly settings: Settings,
    disk: BlockDevice,
    private readonly terminal: boolean,
    private readonly first: Link | undefined,
    private readonly second: Link,
  ) {
    this.shown = terminal && isTerminal(1);
    this.output = new Output(1, this.shown, "the output", this.outlet.write);
    this.losses = new Losses(first?.where ?? "stdio", (text) => this.say(text));
    this.losses1 = new Losses(second.where, (text) => this.say(text));
    this.rich = richEditing(settings, terminal);
    this.board = new Board({
      settings,
      disk,
      real: settings.realTime ?? true,
      output: (bytes) => this.printed(bytes),
      output1: (bytes) => second.write(bytes),
      shell: { editing: this.rich, transfer: this.transfer() },
      diagnostics: (text) => this.say(text),
    });
    second.onData = (bytes) => {
      const { waiting1 } = this.board.machine;
      this.board.machine.feed1(bytes);
      // Without a hold whoever sends cannot be made to wait.
      if (!second.hold && waiting1 > PIPE_BYTES)
        this.losses1.count(bytes.length - (this.board.machine.waiting1 - waiting1));
      if (this.board.machine.waiting1 > PIPE_BYTES) second.hold?.();
      this.wake();
    };
    if (second instanceof StdioLink) {
      second.onLeave = () => this.stop(0);
      second.onEnd = () => this.noMore();
    }
    if (first) {
      first.onData = (bytes) => {
        const { console } = this.board.machine.kernel;
        const { available } = console;
        console.feed(bytes);
        if (!first.hold && available > PIPE_BYTES)
          this.losses.count(bytes.length - (console.available - available));
        if (console.available > PIPE_BYTES) first.hold?.();
        this.tidy(bytes.length);
        this.wake();
      };
    } else if (!terminal) this.feeder = this.pipe();
    for (const link of [first, second]) if (link) link.onRoom = () => this.wake();
  }

  /** Until somebody leaves; a system that reboots starts again. */
  async run(): Promise<number> {
    const { board } = this;
    try {
      for (;;) {
        board.machine.boot("shell");
        const code = this.terminal ? await this.inTerminal() : await this.atLine();
        if (!board.rebooting) {
          await this.last(CUT_SHORT.has(code));
          return code;
        }
        board.restart();
        this.feeder?.restart();
      }
    } finally {
      this.output.flush();
      this.outlet.close();
      this.losses.end();
      this.losses1.end();
      if (this.settings.stats) printStats(board.machine);
      board.close();
    }
  }

  /** What was printed goes out. Who has left the terminal waits no longer for a reader than for the client of a line. */
  private async last(cutShort: boolean): Promise<void> {
    this.output.flush();
    if (!cutShort && !this.terminal) return;
    const end = performance.now() + (cutShort ? 0 : PATIENCE_MS);
    while (this.outlet.full && performance.now() < end) await Bun.sleep(10);
    this.outlet.drop();
    this.second.drop?.();
  }

  private inTerminal(): Promise<number> {
    return interact(this.board.machine, {
      rich: this.rich !== undefined,
      wallTimeout: this.settings.wallTimeout,
      flush: () => this.flush(),
      show: (text) => {
        this.output.write(new TextEncoder().encode(text));
        this.output.flush();
      },
      congested: () => this.isBehind(KEY_MS),
      started: (loop) => this.started(loop),
    });
  }

  private atLine(): Promise<number> {
    const { machine } = this.board;
    const loop = new RealTime(machine, {
      flush: () => this.flush(),
      congested: () => this.outlet.full || this.first?.congested === true || this.second.congested,
      idle: (nextTick) => this.typeNext(nextTick),
      halted: () => loop.stop(exitCodeOf("halted", machine)),
      wallTimeout: this.settings.wallTimeout,
      timedOut: () => exitCodeOf("wall-timeout", machine),
    });
    this.started(loop);
    return loop.run();
  }

  private started({ stop, wake }: Pick<RealTime, "stop" | "wake">): void {
    this.stop = stop;
    this.wake = wake;
  }

  private printed(bytes: Uint8Array): void {
    if (this.first) this.first.write(bytes);
    else this.output.write(bytes);
    this.feeder?.heard(this.board.machine.kernel.tick);
  }

  /** Without a line of its own the transfer is on the screen's: only what it waits for is said. */
  private transfer(): ((event: TransferEvent) => void) | undefined {
    const progress = this.first && new Progress().event;
    return (event) => {
      if (event.state === "wait") this.say(waitText(event));
      else progress?.(event);
    };
  }

  private flush(): void {
    this.output.flush();
    const { machine } = this.board;
    if (machine.waiting1 <= PIPE_BYTES) this.second.goOn?.();
    if (machine.kernel.console.available <= PIPE_BYTES) this.first?.goOn?.();
    // The prompt is out; what follows are somebody's programs.
    fullSpeed();
    if (this.board.rebooting) this.stop(0);
  }

  /** Whether the reader still has not taken what was printed, so many milliseconds later: terminals have room for a few kilobytes at a time. */
  private isBehind(ms: number): boolean {
    for (const end = performance.now() + ms; this.outlet.waits();)
      if (performance.now() >= end) return true;
    return false;
  }

  private say(text: string): void {
    // In the order in which things happened, unless the terminal was stopped.
    this.output.flush();
    if (this.shown) this.isBehind(PATIENCE_MS);
    message(text);
  }

  private pipe(): LineFeeder {
    const feeder = feederOf(this.board, this.settings);
    process.stdin.on("data", (piece: Buffer) => {
      this.tidy(piece.length);
      feeder.push(piece);
      if (feeder.waiting > PIPE_BYTES) {
        this.held = true;
        process.stdin.pause();
      }
      this.wake();
    });
    process.stdin.on("end", () => {
      feeder.close();
      this.wake();
    });
    return feeder;
  }

  /** What arrives without end makes garbage faster than the host collects it. */
  private tidy(arrived: number): void {
    this.arrived += arrived;
    if (this.arrived < TIDY_BYTES) return;
    this.arrived = 0;
    collectGarbage();
  }

  /** The pipe at the second line has ended: where nobody can type at the first one either, that is the end of a pipe. */
  private noMore(): void {
    if (isLive(this.settings.serial)) return;
    this.feeder = feederOf(this.board, this.settings);
    this.feeder.close();
    this.wake();
  }

  /** Types the next line of a pipe when it is due; behind the last one, the session ends with the commands and the programs, or when they wait for ever. */
  private typeNext(nextTick: number | undefined): boolean {
    const { feeder } = this;
    const { machine } = this.board;
    if (!feeder) return false;
    const { ended } = machine.kernel.console;
    const state = feeder.step(machine.kernel.tick);
    if (feeder.waiting <= PIPE_BYTES && this.held) {
      this.held = false;
      process.stdin.resume();
    }
    if (state === "ended") {
      if (machine.served) this.stop(exitCodeOf("done", machine));
      // Whoever waits for the console hears of its end first.
      else if (!ended) return true;
      else if (nextTick === undefined && !isLive(this.settings.serial1))
        this.stop(exitCodeOf("deadlock", machine));
    }
    if (typeof state === "object")
      setTimeout(() => this.wake(), machine.millisecondsUntil(state.wait)).unref();
    return state === "typed";
  }
}
