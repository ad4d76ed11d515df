import { basename } from "node:path";
import { Machine } from "../machine.ts";
import { OverlayDevice, RamDevice } from "../block/mod.ts";
import { FatVolume } from "../fat/mod.ts";
import { Driver } from "./driver.ts";
import { collectGarbage } from "./garbage.ts";
import { ExitCode, UserError } from "./exit-codes.ts";
import { Input } from "./input.ts";
import { active } from "./instruments.ts";
import { fullSpeed } from "./jit-policy.ts";
import { openDisk } from "./open-disk.ts";
import { fatName, guestName, nameOf, pathText } from "../smoke/guest-path.ts";
import { exitCodeOf, message, printStats } from "./outcome.ts";
import { Outlet } from "./outlet.ts";
import { LineEndFilter } from "./output.ts";
import type { Parsed } from "./parse.ts";
import { commandLine } from "./run-line.ts";
import { SavedDisk } from "./saved-disk.ts";
import { ended, SignalError, Signals } from "./signals.ts";
import { hostBytes, settingsOf } from "./settings.ts";
import { VfsError } from "../vfs/mod.ts";
import type { OutFolder } from "./run-out.ts";
import { wallClock } from "./wall-clock.ts";

/** Size of the in-memory disk of `run`; sparse, so that it costs what is written to it. */
const RUN_DISK_BYTES = 64 * 1048576;

/** `rtt-sim run FILE.mo [ARG ...]`: the module on an in-memory disk, its output, its exit code. */
export async function run(parsed: Parsed): Promise<number> {
  const [file, ...args] = parsed.operands;
  if (file === undefined) {
    throw new UserError(
      ExitCode.Usage,
      "which module? rtt-sim run FILE.mo [ARG ...]",
      "try 'rtt-sim help run'",
    );
  }
  const name = basename(file);
  const settings = settingsOf(parsed);
  const bytes = hostBytes(file);
  const line = commandLine(nameOf(name), args);
  const path = `/${guestName(name)}`;
  const extras = parsed.values("with").map(placed);
  refuseCollisions(path, extras);
  const outlet = new Outlet(() => machine.kernel.pause());
  const output = new LineEndFilter(outlet.write);
  const json = parsed.flag("json") ? await import("./run-json.ts") : undefined;
  const observer = json?.newObserver();
  const given = parsed.value("disk");
  const save = parsed.value("save");
  const own =
    given === undefined
      ? FatVolume.format(new RamDevice(RUN_DISK_BYTES)).device
      : new OverlayDevice(openDisk(given, true));
  // Without a disk there is nothing to be closed, and a debugger that stands still hears no signals: they end the process as always.
  const disks = given !== undefined || save !== undefined || parsed.values("mount").length > 0;
  // A run that is ended has its object, its counters, its trace too.
  const tells = json !== undefined || settings.stats || active.instrument !== undefined;
  const signals = (disks || tells) && parsed.value("gdb") === undefined ? new Signals() : undefined;
  const disk = save === undefined ? own : new SavedDisk(own, save);
  const machine: Machine = new Machine({
    ...settings,
    disk,
    wall: settings.realTime ? wallClock() : undefined,
    output: (piece) => output.write(piece),
    // An object of --json has what was on the line.
    text: observer ? undefined : (bytes, start, end) => output.text(bytes, start, end),
    gathers: observer === undefined && settings.realTime !== true,
    diagnostics: (text) => {
      output.flush();
      message(text);
    },
    ...observer?.options,
  });
  observer?.attach(machine);
  let started = performance.now();
  try {
    machine.boot("lines");
    const driver = new Driver(machine, {
      output: { flush: () => output.flush(), waits: outlet.waits },
      input: new Input(0),
      timeout: settings.timeout,
      wallTimeout: settings.wallTimeout,
      sleep: Bun.sleepSync,
      look: () => collectGarbage(),
      busy: fullSpeed,
      pause: signals && (() => signals.due),
    });
    await ended(driver.settling(), signals);
    if (given !== undefined && !machine.diskUsable)
      throw new UserError(ExitCode.BadData, `${given} has no file system that can be used`);
    placeOn(machine, { path, bytes });
    for (const extra of extras) placeOn(machine, extra);
    const folder = parsed.value("out");
    const out = folder === undefined ? undefined : await outFolder(folder, machine);
    observer?.begin();
    started = performance.now();
    machine.runModule(path, line);
    const ran = await ended(
      driver.running(() => machine.quiet),
      signals,
    );
    output.end();
    const verdict = await ended(driver.delivering(ran), signals);
    if (verdict === "wall-timeout") outlet.drop();
    const wall = performance.now() - started;
    const saved = out?.save() ?? [];
    if (json && observer)
      return json.printRunReport(observer, { verdict, module: file, wall, saved });
    return exitCodeOf(verdict, machine);
  } catch (error) {
    if (error instanceof SignalError) {
      output.end();
      outlet.drop();
      if (disk instanceof SavedDisk) disk.discard();
      if (json && observer) {
        const wall = performance.now() - started;
        message(error.message);
        return json.printRunReport(observer, {
          endedBy: error.code,
          module: file,
          wall,
          saved: [],
        });
      }
    }
    throw error;
  } finally {
    signals?.close();
    outlet.close();
    machine.close();
    if (settings.stats) printStats(machine);
  }
}

/** Two files at one path, of which one would be gone; FAT does not tell upper from lower case, nor FatFs é from e in short names. */
function refuseCollisions(module: string, extras: readonly { readonly path: string }[]): void {
  const taken = new Map([[fatName(module), "the module itself"]]);
  for (const { path } of extras) {
    const name = fatName(path);
    const other = taken.get(name);
    if (other !== undefined)
      throw new UserError(
        ExitCode.Usage,
        `--with: ${pathText(path)} is where ${other} goes`,
        "give the other file another path: --with FILE:/other",
      );
    taken.set(name, `another --with file (${pathText(path)})`);
  }
}

async function outFolder(folder: string, machine: Machine): Promise<OutFolder> {
  const { OutFolder } = await import("./run-out.ts");
  return new OutFolder(folder, machine);
}

/** A file on the guest's disk, with the folders above it. */
function placeOn({ vfs }: Machine, { path, bytes }: { path: string; bytes: Uint8Array }): void {
  try {
    for (let at = path.indexOf("/", 1); at > 0; at = path.indexOf("/", at + 1))
      if (!vfs.exists(path.slice(0, at))) vfs.mkdir(path.slice(0, at));
    vfs.writeFile(path, bytes);
  } catch (error) {
    if (!(error instanceof VfsError)) throw error;
    throw new UserError(ExitCode.BadData, `cannot place ${path} on the disk: ${error.message}`);
  }
}

function placed(text: string): { path: string; bytes: Uint8Array } {
  const colon = text.lastIndexOf(":");
  const [file, path] =
    colon > 0 ? [text.slice(0, colon), text.slice(colon + 1)] : [text, `/${basename(text)}`];
  const guest = guestName(path);
  return { path: guest.startsWith("/") ? guest : `/${guest}`, bytes: hostBytes(file) };
}
