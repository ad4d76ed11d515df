import type { Machine } from "../machine.ts";
import { Output, writeAll } from "./output.ts";

const CTRL_A = 0x01;
/** Units between two turns of the event loop: about 10 ms, so that a spinning module never delays a key noticeably. */
const UNITS_PER_TURN = 400_000;
const HELP =
  "\r\nCtrl-A x  leave rtt-sim\r\nCtrl-A s  counters\r\nCtrl-A h  this help\r\nCtrl-A Ctrl-A  send Ctrl-A to the guest\r\n";

/**
 * The shell in a real terminal: raw mode, real time, every byte to the guest but Ctrl-A sequences (the habit of QEMU).
 * Resolves with the exit code; the terminal is restored on every way out.
 */
export async function interact(machine: Machine, output: Output): Promise<number> {
  const { stdin } = process;
  let leave: ((code: number) => void) | undefined;
  let wake: (() => void) | undefined;
  let escaped = false;
  let over = false;
  const finished = new Promise<number>((resolve) => {
    leave = (code) => {
      over = true;
      resolve(code);
      wake?.();
    };
  });
  const restore = () => stdin.setRawMode(false);
  const onSignal = (signal: NodeJS.Signals) => {
    restore();
    process.exit(signal === "SIGTERM" ? 143 : 129);
  };

  const key = (byte: number): number | undefined => {
    if (!escaped) {
      escaped = byte === CTRL_A;
      return escaped ? undefined : byte;
    }
    escaped = false;
    if (byte === CTRL_A) return byte;
    if (byte === 0x78 || byte === 0x58) leave?.(0);
    else if (byte === 0x73) writeAll(2, statsText(machine));
    else writeAll(1, new TextEncoder().encode(HELP));
    return undefined;
  };
  const onData = (piece: Buffer) => {
    const bytes = [...piece].map(key).filter((byte) => byte !== undefined);
    if (bytes.length > 0) machine.kernel.console.feed(new Uint8Array(bytes));
    wake?.();
  };

  stdin.setRawMode(true);
  process.on("exit", restore);
  process.on("SIGTERM", onSignal);
  process.on("SIGHUP", onSignal);
  stdin.on("data", onData);
  stdin.on("end", () => leave?.(0));
  try {
    while (!over) {
      const result = machine.kernel.run({ units: UNITS_PER_TURN, skipIdle: false });
      output.flush();
      if (result.why === "halted") {
        writeAll(
          2,
          new TextEncoder().encode("\r\nrtt-sim: the system has halted; Ctrl-A x leaves\r\n"),
        );
        await finished;
        break;
      }
      const wait = result.why === "idle" ? machine.millisecondsUntil(result.nextTick) : 0;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (wait === 0) setImmediate(resolve);
        else if (wait !== undefined) setTimeout(resolve, wait);
      });
      wake = undefined;
    }
    return await finished;
  } finally {
    stdin.off("data", onData);
    stdin.pause();
    restore();
    process.off("exit", restore);
    process.off("SIGTERM", onSignal);
    process.off("SIGHUP", onSignal);
    writeAll(1, new TextEncoder().encode("\r\n"));
  }
}

function statsText(machine: Machine): Uint8Array {
  const lines = Object.entries(machine.counters()).map(
    ([name, value]) => `${name.padEnd(24)}${value}\r\n`,
  );
  return new TextEncoder().encode(`\r\n${lines.join("")}`);
}
