import type { Task } from "../../kernel/call.ts";
import type { Kernel } from "../../kernel/mod.ts";
import {
  CANCEL,
  Interrupted,
  Limit,
  PortReader,
  type SerialPort,
  type TransferOutcome,
} from "../../serial/mod.ts";
import type { CommandContext, TransferWait } from "../types.ts";

/** The serial line of a transfer. */
export interface TransferLine {
  readonly name: string;
  readonly port: SerialPort;
  /** It is the one the shell is used on. */
  readonly console: boolean;
}

/** How a transfer ended; a person at the console can end it too. */
export type Ended = TransferOutcome | "interrupted";

const ETX = 0x03;
/** Ctrl-C, or Ctrl-X twice. */
const STOP = /\x03|\x18\x18/;

/** Runs a transfer, which has the line for itself. */
export function* transfer(
  context: CommandContext,
  line: TransferLine,
  direction: TransferWait["direction"],
  run: (reader: PortReader) => Task<Ended>,
): Task<Ended> {
  const { kernel, editing } = context;
  const { name, console, port } = line;
  // On a serial line everything is the other side's, also a byte that looks like Ctrl-C.
  const keys = console && !editing ? "Ctrl-X twice" : "Ctrl-C, or Ctrl-X twice,";
  context.transfer?.({ direction, state: "wait", line: name, keys });
  const keyboard = console ? undefined : new Keyboard(context.port?.());
  const watched = keyboard ? keyboard.beside(port) : stoppedBy(port, editing ? ETX : undefined);
  const release = port.claim?.(kernel.threads.current);
  try {
    return yield* run(new PortReader(kernel as Kernel, watched));
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    port.write(CANCEL);
    // A sender that was stopped in a block still sends the rest of it.
    yield* new PortReader(kernel as Kernel, port).purge(Limit.silence);
    return "interrupted";
  } finally {
    release?.();
    keyboard?.giveBack(kernel.console);
  }
}

/** The port with a byte that ends the transfer. */
function stoppedBy(port: SerialPort, stopByte: number | undefined): SerialPort {
  return stopByte === undefined ? port : Object.assign(Object.create(port), { stopByte });
}

/** The console while another line is in use: a person can end the transfer there; what is typed else is for the shell. */
class Keyboard {
  private typed = "";

  constructor(private readonly port: SerialPort | undefined) {}

  /** The other line, with an eye on this one. */
  beside(other: SerialPort): SerialPort {
    const watch = (thread: number): (() => void) => {
      const stops = [other.watch(thread), this.port?.watch(thread)];
      return () => stops.forEach((stop) => stop?.());
    };
    return Object.assign(Object.create(other), { watch, stopped: () => this.stopped() });
  }

  giveBack(console: { feed(bytes: Uint8Array): void }): void {
    const bytes = Uint8Array.from(this.typed, (char) => char.charCodeAt(0));
    if (bytes.length > 0) console.feed(bytes);
  }

  private stopped(): boolean {
    const { port } = this;
    if (!port || port.available === 0) return false;
    this.typed += String.fromCharCode(...port.take(port.available));
    if (!STOP.test(this.typed)) return false;
    this.typed = "";
    return true;
  }
}
