import type { BlockDevice } from "../block/mod.ts";
import type { Machine } from "../machine.ts";
import type { LineFeeder } from "../serial/mod.ts";
import { Board } from "./board.ts";
import { collectGarbage } from "./garbage.ts";
import { Driver, type Steps, type Verdict } from "./driver.ts";
import { ExitCode, UserError } from "./exit-codes.ts";
import { feederOf } from "./feeder.ts";
import { isTerminal } from "./host-terminal.ts";
import { Input } from "./input.ts";
import { fullSpeed } from "./jit-policy.ts";
import { openDisk } from "./open-disk.ts";
import { exitCodeOf, message, printStats } from "./outcome.ts";
import { Outlet } from "./outlet.ts";
import { LineEndFilter, Output } from "./output.ts";
import type { Parsed } from "./parse.ts";
import { SavedDisk } from "./saved-disk.ts";
import { type Settings, settingsOf } from "./settings.ts";
import type { Link } from "./serial/mod.ts";
import { isLive, type SerialSpec } from "./serial/spec.ts";
import { ended, SignalError, Signals } from "./signals.ts";

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
  checkLines(settings, lines);
  const terminal = settings.serial.kind === "stdio" && lines.length === 0 && isTerminal(0);
  // A debugger that stands still hears no signals: they end the process as they always do.
  const live = terminal || isLive(settings.serial) || needsEvents(settings);
  const signals = live || parsed.value("gdb") !== undefined ? undefined : new Signals();
  const disk = openDisk(parsed.operands[0], parsed.flag("snapshot"), parsed.value("save"));
  if (settings.rc !== undefined) {
    const { checkScript } = await import("./rc.ts");
    try {
      checkScript(settings.rc, disk, settings.mounts);
    } catch (error) {
      disk.close();
      throw error;
    }
  }
  if (live) {
    const { session } = await import("./session.ts");
    return session(settings, disk, terminal);
  }
  return headless(settings, disk, lines, signals);
}

/** A pipe or `-c`: nobody types while the machine runs, so that it need not wait for anything. */
async function headless(
  settings: Settings,
  disk: BlockDevice,
  lines: readonly string[],
  signals: Signals | undefined,
): Promise<number> {
  const { serial, serial1 } = settings;
  const first = serial.kind === "stdio" ? undefined : await linkTo(serial);
  const second = serial1 && (await linkTo(serial1));
  const outlet = new Outlet(() => board.machine.kernel.pause());
  const plain = lines.length > 0 ? new LineEndFilter(outlet.write) : undefined;
  const output = plain ?? new Output(1, false, "the output", outlet.write);
  let driver: Driver | undefined;
  let feeder: LineFeeder | undefined;
  const write = (bytes: Uint8Array): void => {
    output.write(bytes);
    feeder?.heard(board.machine.kernel.tick);
  };
  const editing = settings.editing && (await import("./rich.ts")).richEditing(settings, false);
  const board: Board = new Board({
    settings,
    disk,
    real: settings.realTime ?? false,
    output: (bytes) => (first ?? { write }).write(bytes),
    text: first || !plain ? undefined : (bytes, start, end) => plain.text(bytes, start, end),
    output1: second && ((bytes) => second.write(bytes)),
    shell: { editing },
    diagnostics: (text) => {
      // In the order in which things happened.
      output.flush();
      message(text);
    },
  });
  try {
    const input = first ? new Input(-1) : new Input(0);
    const driverOf = (machine: Machine) =>
      (driver = new Driver(machine, {
        output: { flush: () => output.flush(), waits: outlet.waits },
        input: lines.length > 0 ? input : undefined,
        timeout: settings.timeout,
        wallTimeout: settings.wallTimeout,
        look: () => collectGarbage(),
        busy: fullSpeed,
        pause: signals && (() => signals.due),
      }));
    let steps: Steps;
    if (lines.length > 0) {
      steps = runLines(board, driverOf, lines);
    } else {
      feeder = feederOf(board, settings);
      steps = typeLines(board, driverOf, feeder, settings, input);
    }
    let verdict = await ended(steps, signals);
    output.end();
    if (driver) verdict = await ended(driver.delivering(verdict), signals);
    if (verdict === "wall-timeout") outlet.drop();
    return exitCodeOf(verdict, board.machine);
  } catch (error) {
    if (error instanceof SignalError) {
      output.end();
      outlet.drop();
      if (disk instanceof SavedDisk) disk.discard();
    }
    throw error;
  } finally {
    const { machine } = board;
    signals?.close();
    outlet.close();
    board.close();
    first?.close();
    second?.close();
    if (settings.stats) printStats(machine);
  }
}

/** The file or nothing at the other end of a line. */
async function linkTo(spec: SerialSpec): Promise<Link> {
  return (await import("./serial/mod.ts")).openLink(spec);
}

/** The second line is one that somebody may type at. */
const needsEvents = ({ serial1 }: Settings): boolean =>
  isLive(serial1) || serial1?.kind === "stdio";

function checkLines(settings: Settings, lines: readonly string[]): void {
  const { serial, serial1, ptyLink } = settings;
  if (lines.length > 0 && (isLive(serial) || needsEvents(settings))) {
    throw new UserError(
      ExitCode.Usage,
      "-c has no use for a line that somebody types at",
      "with -c, --serial and --serial1 take file:PATH or null",
    );
  }
  if (serial.kind === "stdio" && serial1?.kind === "stdio")
    throw new UserError(ExitCode.Usage, "--serial1 stdio: the console is there already");
  if (ptyLink !== undefined && serial.kind !== "pty" && serial1?.kind !== "pty")
    throw new UserError(ExitCode.Usage, "--pty-link needs --serial pty or --serial1 pty");
}

type DriverOf = (machine: Machine) => Driver;

function* runLines(board: Board, driverOf: DriverOf, lines: readonly string[]): Steps {
  const start = (): Driver => {
    board.machine.boot("lines");
    return driverOf(board.machine);
  };
  let driver = start();
  let verdict = yield* driver.settling();
  for (const line of lines) {
    if (verdict !== "done") return verdict;
    const { machine } = board;
    machine.execute(line);
    verdict = yield* driver.running(() => machine.quiet || board.rebooting);
    if (board.rebooting) {
      board.restart();
      driver = start();
    }
    // The idle thread gives back what ended programs had, as it does on the board before the next line is typed.
    if (verdict === "done") verdict = yield* driver.settling();
  }
  return verdict;
}

/** The serial console over a pipe: each line is typed as soon as the system is idle, or at a pace. */
function* typeLines(
  board: Board,
  driverOf: DriverOf,
  feeder: LineFeeder,
  { pace, timeout }: Settings,
  input: Input,
): Steps {
  board.machine.boot("shell");
  let driver = driverOf(board.machine);
  for (;;) {
    let verdict: Verdict = pace ? "done" : yield* driver.settling();
    if (verdict !== "done") return verdict;
    if (board.rebooting) {
      board.restart();
      feeder.restart();
      board.machine.boot("shell");
      driver = driverOf(board.machine);
      continue;
    }
    if (yield* driver.between()) return "wall-timeout";
    const { machine } = board;
    const state = feeder.step(machine.kernel.tick);
    if (state === "ended") {
      verdict = yield* driver.running(() => machine.served || board.rebooting);
      if (!board.rebooting) return verdict;
    } else if (state === "starved") {
      while (!input.ready()) {
        yield;
        if (yield* driver.between()) return "wall-timeout";
      }
      const piece = input.next();
      if (piece) feeder.push(piece);
      else feeder.close();
    } else if (state !== "typed") {
      // A program that never stops printing would never be silent.
      if (timeout > 0 && state.wait - feeder.lastTyped > machine.ticks(timeout)) return "timeout";
      verdict = yield* driver.passing(state.wait);
      if (verdict !== "done") return verdict;
    }
  }
}
