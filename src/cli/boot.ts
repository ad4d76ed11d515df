import { fstatSync } from "node:fs";
import { Machine } from "../machine.ts";
import { LineFeeder } from "../serial/mod.ts";
import { Driver, type Verdict } from "./driver.ts";
import { ExitCode, UserError } from "./exit-codes.ts";
import { Input } from "./input.ts";
import { openDisk } from "./open-disk.ts";
import { exitCodeOf, message, printStats } from "./outcome.ts";
import { LineEndFilter, Output } from "./output.ts";
import type { Parsed } from "./parse.ts";
import { type Settings, settingsOf } from "./settings.ts";
import { interact } from "./terminal.ts";
import { wallClock } from "./wall-clock.ts";

/** `rtt-sim [DISK]` in its three forms: a terminal, a pipe, `-c`. */
export async function boot(parsed: Parsed): Promise<number> {
  if (parsed.operands.length > 1) {
    throw new UserError(
      ExitCode.Usage,
      `one disk, please: '${parsed.operands[1]}' is one too many`,
      "to run a module from the host: rtt-sim run FILE.mo [ARG ...]",
    );
  }
  const settings = settingsOf(parsed);
  const lines = parsed.values("command");
  const terminal = lines.length === 0 && stdinIsTerminal();
  const disk = openDisk(parsed.operands[0], parsed.flag("snapshot"));
  const output = new Output(1);
  const filter = new LineEndFilter((bytes) => output.write(bytes));
  const real = settings.realTime ?? terminal;
  let feeder: LineFeeder | undefined;
  const heard = (bytes: Uint8Array): void => {
    output.write(bytes);
    feeder?.heard(machine.kernel.tick);
  };
  const machine = new Machine({
    ...settings,
    disk,
    wall: real ? wallClock() : undefined,
    output: lines.length > 0 ? (bytes) => filter.write(bytes) : (bytes) => heard(bytes),
    diagnostics: (text) => {
      // In the order in which things happened, and raw terminals need the carriage return.
      output.flush();
      message(terminal ? text.replaceAll("\n", "\r\n") : text, terminal ? "\r\n" : "\n");
    },
  });
  try {
    if (terminal) {
      machine.boot("shell");
      return await interact(machine, output);
    }
    const driver = new Driver(machine, {
      output,
      input: lines.length > 0 ? new Input(0) : undefined,
      timeout: settings.timeout,
      wallTimeout: settings.wallTimeout,
    });
    let verdict: Verdict;
    if (lines.length > 0) {
      verdict = runLines(machine, driver, lines);
    } else {
      feeder = feederOf(machine, settings);
      verdict = typeLines(machine, driver, feeder, settings);
    }
    filter.end();
    output.flush();
    return exitCodeOf(verdict, machine);
  } finally {
    machine.close();
    if (settings.stats) printStats(machine);
  }
}

/** Asking `process.stdin` costs 3 ms, which a pipe or a file need not pay. */
function stdinIsTerminal(): boolean {
  try {
    return fstatSync(0).isCharacterDevice() && process.stdin.isTTY === true;
  } catch {
    return false;
  }
}

function feederOf(machine: Machine, { lineDelay, pace }: Settings): LineFeeder {
  return new LineFeeder(machine.kernel.console, {
    delay: machine.ticks(lineDelay),
    pace: pace
      ? (line) => {
          const { silence, least } = pace(line);
          return { silence: machine.ticks(silence), least: machine.ticks(least) };
        }
      : undefined,
  });
}

function runLines(machine: Machine, driver: Driver, lines: readonly string[]): Verdict {
  machine.boot("lines");
  let verdict = driver.settle();
  for (const line of lines) {
    if (verdict !== "done") return verdict;
    machine.execute(line);
    verdict = driver.until(() => machine.quiet);
    // The idle thread gives back what ended programs had, as it does on the board before the next line is typed.
    if (verdict === "done") verdict = driver.settle();
  }
  return verdict;
}

/** The serial console over a pipe: each line is typed as soon as the system is idle, or at a pace. */
function typeLines(
  machine: Machine,
  driver: Driver,
  feeder: LineFeeder,
  { pace, timeout }: Settings,
): Verdict {
  machine.boot("shell");
  const input = new Input(0);
  for (;;) {
    let verdict: Verdict = pace ? "done" : driver.settle();
    if (verdict !== "done") return verdict;
    const state = feeder.step(machine.kernel.tick);
    if (state === "ended") return driver.until(() => machine.quiet);
    if (state === "starved") {
      const piece = input.next();
      if (piece) feeder.push(piece);
      else feeder.close();
    } else if (state !== "typed") {
      // A program that never stops printing would never be silent.
      if (timeout > 0 && state.wait - feeder.lastTyped > machine.ticks(timeout)) return "timeout";
      verdict = driver.pass(state.wait);
      if (verdict !== "done") return verdict;
    }
  }
}
