import { readFileSync, statSync } from "node:fs";
import type { LeakPolicy } from "../dlmodule/mod.ts";
import type { Engine } from "../cpu/mod.ts";
import type { SymbolFiles } from "../dwarf/mod.ts";
import type { VfsApi } from "../vfs/types.ts";
import type { Instrument } from "../machine/instrument.ts";
import type { MachineMount } from "../machine/mounts.ts";
import { firmwareImage, preparedCode } from "./assets.ts";
import { hostError } from "./host-file.ts";
import { active } from "./instruments.ts";
import { type PaceOf, parsePace } from "./pace.ts";
import { parseSerial, type SerialSpec } from "./serial/spec.ts";
import { type Parsed, parseChoice, parseSize, parseTime } from "./parse.ts";
import { ExitCode, UserError } from "./exit-codes.ts";

/** The options that shape a machine, checked. */
export interface Settings {
  readonly firmware: Uint8Array;
  readonly prepared: Int32Array;
  readonly compat404: boolean;
  /** The release whose headers programs were compiled with. */
  readonly abi: "4.0.4" | "5.x";
  readonly engine: Engine | undefined;
  readonly seed: number;
  /** Bytes of RAM from 0x60000000 to the end of the heap. */
  readonly ram: number | undefined;
  readonly stack: number | undefined;
  /** Simulated milliseconds, 0 = none. */
  readonly timeout: number;
  readonly wallTimeout: number;
  readonly lineDelay: number;
  readonly pace: PaceOf | undefined;
  readonly serial: SerialSpec;
  readonly serial1: SerialSpec | undefined;
  readonly ptyLink: string | undefined;
  readonly log: string | undefined;
  readonly rc: string | undefined;
  readonly editing: "rich" | "plain" | undefined;
  /** Lines of history. */
  readonly history: number | undefined;
  readonly leaks: LeakPolicy | undefined;
  readonly realTime: boolean | undefined;
  readonly stats: boolean;
  /** What looks into the machine: a debugger, a tracer. */
  readonly instrument: Instrument | undefined;
  readonly symbols: (vfs: VfsApi) => SymbolFiles;
  /** File systems beside that of the disk. */
  readonly mounts: readonly MachineMount[] | undefined;
}

const MIB = 1048576;
const DEFAULT_TIMEOUT = 60_000;

export function settingsOf(parsed: Parsed): Settings {
  const given = <T>(
    name: Parameters<Parsed["value"]>[0],
    parse: (text: string) => T,
  ): T | undefined => {
    const text = parsed.value(name);
    return text === undefined ? undefined : parse(text);
  };
  const firmware = parsed.value("firmware");
  return {
    firmware: firmware === undefined ? firmwareImage() : hostBytes(firmware),
    prepared: preparedCode(),
    abi: given("abi", (text) => parseAbi(text, parsed.value("compat"))) ?? "4.0.4",
    compat404: given("compat", (text) => parseChoice("compat", text, ["4.0.4"])) !== undefined,
    engine: given("engine", (text) => parseChoice("engine", text, ["auto", "interp", "jit"])),
    seed: given("seed", parseSeed) ?? 1,
    ram: given("ram", (text) => parseSize("ram", text, 2 * MIB, 512 * MIB)),
    stack: given("stack", (text) => parseSize("stack", text, 512, 64 * MIB)),
    // A person at a debugger has no hurry.
    timeout:
      given("timeout", (text) => parseTime("timeout", text)) ??
      (parsed.value("gdb") === undefined ? DEFAULT_TIMEOUT : 0),
    wallTimeout: given("wall-timeout", (text) => parseTime("wall-timeout", text)) ?? 0,
    lineDelay: given("line-delay", (text) => parseTime("line-delay", text)) ?? 0,
    pace: given("pace", parsePace),
    serial: given("serial", (text) => parseSerial("serial", text)) ?? { kind: "stdio" },
    serial1: given("serial1", (text) => parseSerial("serial1", text)),
    ptyLink: parsed.value("pty-link"),
    log: parsed.value("log"),
    rc: parsed.value("rc"),
    editing: given("editing", (text) => parseChoice("editing", text, ["rich", "plain"])),
    history: given("history", (text) => parseCount("history", text, 100_000)),
    leaks: given("leaks", (text) => parseChoice("leaks", text, ["report", "ignore", "error"])),
    realTime: given("time", (text) => parseChoice("time", text, ["virtual", "real"]) === "real"),
    stats: parsed.flag("stats"),
    mounts: mountsOf(parsed),
    instrument: active.instrument,
    symbols: (vfs) => {
      // Loaded when the first report is made.
      const files = require("./symbol-files.ts") as typeof import("./symbol-files.ts");
      return files.symbolFiles(parsed, vfs);
    },
  };
}

/** Not imported: most runs have no --mount. */
function mountsOf(parsed: Parsed): readonly MachineMount[] | undefined {
  const texts = parsed.values("mount");
  if (texts.length === 0) return undefined;
  const { parseMounts } = require("./disk/mounts.ts") as typeof import("./disk/mounts.ts");
  return parseMounts(texts, parsed.flag("snapshot"));
}

/** Bytes of a host file that is read whole: as many as the largest `--ram`. */
const FILE_MAX = 512 * MIB;

/** A whole host file; a missing one is the user's error, and one that no board has room for. */
export function hostBytes(path: string): Uint8Array {
  let why: string | undefined;
  try {
    const about = statSync(path);
    if (about.size > FILE_MAX)
      why = `it has ${about.size} bytes; no module or firmware has more than ${FILE_MAX}`;
    // Such as /dev/zero, which has no end.
    else if (about.isCharacterDevice()) why = "it is a device, not a file";
    else if (about.isSocket()) why = "it is a socket, not a file";
    else if (about.isFIFO()) {
      const { readPipe } = require("./read-pipe.ts") as typeof import("./read-pipe.ts");
      return readPipe(path, FILE_MAX);
    } else return readFileSync(path);
  } catch (error) {
    throw error instanceof UserError ? error : hostError(path, error);
  }
  throw new UserError(ExitCode.BadData, `${path}: ${why}`);
}

function parseCount(option: string, text: string, max: number): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count > max)
    throw new UserError(ExitCode.Usage, `--${option}: '${text}' is not a number from 0 to ${max}`);
  return count;
}

function parseAbi(text: string, compat: string | undefined): "4.0.4" | "5.x" {
  const abi = parseChoice("abi", text, ["4.0.4", "5.x"]);
  if (abi === "5.x" && compat !== undefined)
    throw new UserError(
      ExitCode.Usage,
      "--abi 5.x: --compat reproduces the defects of 4.0.4, which is another release; leave one of the two out",
    );
  return abi;
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff || text === "") {
    throw new UserError(ExitCode.Usage, `--seed: '${text}' is not a number from 0 to 4294967295`);
  }
  return seed;
}
