import { Machine } from "../machine.ts";
import { Driver, type Verdict } from "./driver.ts";
import { ExitCode, UserError } from "./exit-codes.ts";
import { Input, LineReader } from "./input.ts";
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
  const terminal = lines.length === 0 && process.stdin.isTTY === true;
  const disk = openDisk(parsed.operands[0], parsed.flag("snapshot"));
  const output = new Output(1);
  const filter = new LineEndFilter((bytes) => output.write(bytes));
  const real = settings.realTime ?? terminal;
  const machine = new Machine({
    ...settings,
    disk,
    wall: real ? wallClock() : undefined,
    output: lines.length > 0 ? (bytes) => filter.write(bytes) : (bytes) => output.write(bytes),
    diagnostics: message,
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
    const verdict =
      lines.length > 0 ? runLines(machine, driver, lines) : typeLines(machine, driver, settings);
    filter.end();
    output.flush();
    return exitCodeOf(verdict, machine);
  } finally {
    machine.close();
    if (settings.stats) printStats(machine);
  }
}

function runLines(machine: Machine, driver: Driver, lines: readonly string[]): Verdict {
  machine.boot("lines");
  for (const line of lines) {
    machine.execute(line);
    const verdict = driver.until(() => machine.quiet);
    if (verdict !== "done") return verdict;
  }
  return "done";
}

/** The serial console over a pipe: each line is typed as soon as the system is idle. */
function typeLines(machine: Machine, driver: Driver, settings: Settings): Verdict {
  machine.boot("shell");
  let verdict = driver.settle();
  const reader = new LineReader(new Input(0));
  while (verdict === "done") {
    const line = reader.next();
    if (line === undefined) break;
    const typed = new Uint8Array(line.length + 1);
    typed.set(line);
    typed[line.length] = 0x0d;
    machine.kernel.console.feed(typed);
    verdict = driver.settle();
    if (verdict === "done" && settings.lineDelay > 0) verdict = driver.pass(settings.lineDelay);
  }
  return verdict === "done" ? driver.until(() => machine.quiet) : verdict;
}
