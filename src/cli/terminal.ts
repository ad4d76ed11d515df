import type { Machine } from "../machine.ts";
import { ESCAPE_HELP, type Escape, EscapeKeys } from "./escape-keys.ts";
import { columnsOf, setRawMode } from "./host-terminal.ts";
import { countersText, Monitor } from "./monitor.ts";
import { writeAll } from "./output.ts";
import { RealTime } from "./real-time.ts";
import { restoreBefore } from "./restore-before.ts";

export interface TerminalOptions {
  /** The guest's line editor knows Ctrl-A. */
  readonly rich: boolean;
  readonly wallTimeout: number;
  /** Called whenever the machine rests and its output may be shown. */
  readonly flush: () => void;
  /** Shows what is not the machine's, behind what is. */
  readonly show: (text: string) => void;
  /** Whether the machine has to wait for who reads its output. */
  readonly congested: () => boolean;
  /** Gives the way to end the session, and to wake it. */
  readonly started: (loop: RealTime) => void;
}

/**
 * The shell in a real terminal: raw mode, real time, every byte to the guest but Ctrl-A sequences. Resolves with the exit code; the
 * terminal is restored on every way out.
 */
export async function interact(machine: Machine, options: TerminalOptions): Promise<number> {
  const { show } = options;
  /** The cursor goes to a row of its own, below the line that is being edited. */
  const leaveLine = (): void => {
    if (monitor.open) return monitor.leave();
    machine.shell.leave();
    options.flush();
  };
  /** Shows something below the line that is being edited, and that line again. */
  const aside = (text: string): void => {
    leaveLine();
    show(text);
    if (monitor.open) monitor.redraw();
    else machine.shell.redraw();
  };
  const monitor = new Monitor(machine, {
    print: show,
    leave: () => loop.stop(0),
    columns: () => columnsOf(1),
    closed: () => machine.shell.redraw(),
  });
  const loop = new RealTime(machine, {
    flush: () => {
      if (!monitor.open) options.flush();
      listen();
    },
    congested: options.congested,
    halted: () => writeAll(2, new TextEncoder().encode(HALTED)),
    wallTimeout: options.wallTimeout,
  });
  const escapes: Record<Escape, () => void> = {
    leave: () => loop.stop(0),
    prompt: () => {
      leaveLine();
      if (monitor.open) monitor.close();
      else monitor.start();
    },
    counters: () => aside(countersText(machine)),
    help: () => aside(ESCAPE_HELP),
  };
  const typed = (bytes: Uint8Array): void => {
    // What stands behind the command that closes the monitor is the guest's.
    const rest = monitor.open ? monitor.feed(bytes) : bytes;
    if (rest.length > 0) machine.kernel.console.feed(rest);
  };
  const keys = new EscapeKeys(options.rich, (escape) => escapes[escape](), typed);
  const onData = (piece: Buffer): void => {
    keys.feed(piece);
    loop.wake();
  };
  const onResize = (): void => {
    if (monitor.open) monitor.resized();
    else machine.shell.resized();
    loop.wake();
  };
  const restore = (): void => {
    setRawMode(0, false);
  };
  /** Back in the foreground: a shell has used the terminal meanwhile. */
  const again = (): void => {
    // What the host believes to be set already it does not set.
    setRawMode(0, false);
    setRawMode(0, true);
    aside("");
    loop.wake();
  };
  let listening = false;
  /** The stream is made when the prompt is out: that takes a tenth of a start. The terminal keeps what is typed meanwhile. */
  const listen = (): void => {
    if (listening) return;
    listening = true;
    process.stdin.on("data", onData);
    process.stdin.resume();
    process.stdin.on("end", () => loop.stop(0));
  };

  const freeSignals = restoreBefore(restore);
  setRawMode(0, true);
  process.on("exit", restore);
  process.on("SIGCONT", again);
  process.on("SIGWINCH", onResize);
  options.started(loop);
  try {
    return await loop.run();
  } finally {
    if (listening) process.stdin.off("data", onData).pause();
    restore();
    freeSignals();
    process.off("exit", restore);
    process.off("SIGCONT", again);
    process.off("SIGWINCH", onResize);
    show("\n");
  }
}

const HALTED = "\nrtt-sim: the system has halted; Ctrl-A x leaves\n";
