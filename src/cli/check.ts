import { statSync } from "node:fs";
import { basename } from "node:path";
import {
  checkText,
  type CheckReport,
  inspect,
  type Library,
  libraryOf,
  readAttributes,
  readSymbolList,
  STOCK_404,
  type Target,
} from "../dlmodule/check/mod.ts";
import { isArchive, LoadError, modulesOf, noModule, visible } from "../dlmodule/mod.ts";
import { ElfError, ElfImage } from "../elf/mod.ts";
import { Firmware, floatEntries } from "../firmware/mod.ts";
import { GuestMemory } from "../memory/mod.ts";
import { disassembly } from "./disassembly.ts";
import { ExitCode, UserError } from "./exit-codes.ts";
import { writeAll } from "./output.ts";
import type { Parsed } from "./parse.ts";
import { hostBytes, settingsOf } from "./settings.ts";

/** Bytes of modules that are unpacked from one archive: a hundred times the largest known. */
const ARCHIVE_MAX = 32 * 1048576;

interface Unreadable {
  readonly file: string;
  readonly against: string;
  /** unknown: the simulator failed to examine it. */
  readonly verdict: "unreadable" | "unknown";
  readonly reasons: readonly string[];
  readonly warnings: readonly string[];
}
type Result = CheckReport | Unreadable;

/** `rtt-sim check FILE...`: will these modules load, and what is wrong with them? Nothing is run. */
export function check(parsed: Parsed): number {
  const files = parsed.operands;
  if (files.length === 0)
    throw new UserError(
      ExitCode.Usage,
      "which modules? rtt-sim check FILE ...",
      "try 'rtt-sim help check'",
    );
  const { firmware: image, ram, stack } = settingsOf(parsed);
  const firmware = new ElfImage(image);
  const target = targetOf(parsed.value("against"), image);
  const read = files.flatMap((file) => members(file, bytesOf(file, target.name), target.name));
  const libraries = read.flatMap(({ file, bytes }) => {
    const library =
      bytes instanceof Uint8Array
        ? attempt(file, target.name, () => libraryOf(basename(file), bytes))
        : undefined;
    return library && !("verdict" in library) ? [library] : [];
  }) satisfies Library[];
  const options = {
    target,
    libraries,
    hardFloat: (firmware.header.flags & 0x400) !== 0,
    floatEntries: floatEntries(firmware),
    firmware: readAttributes(firmware),
    ram,
    stack,
  };
  const json = parsed.flag("json");
  const results = read.map(({ file, bytes }) => {
    const print = (result: Result): Printed => ({
      result,
      text: json ? jsonOf(result) : textOf(result),
    });
    const printed = attempt(file, target.name, () => {
      const result = bytes instanceof Uint8Array ? inspect(file, bytes, options) : bytes;
      const { text } = print(result);
      return { result, text: json ? text : text + listingOf(parsed, bytes) };
    });
    return "verdict" in printed ? print(printed) : printed;
  });
  const texts = results.map(({ text }) => text);
  const text = json
    ? `[\n  ${texts.map((one) => one.replaceAll("\n", "\n  ")).join(",\n  ")}\n]\n`
    : texts.join("\n");
  writeAll(1, new TextEncoder().encode(text));
  return worst(results.map(({ result }) => result));
}

interface Printed {
  readonly result: Result;
  readonly text: string;
}

/** An error of ours in one file leaves the others to be examined. */
function attempt<T>(file: string, against: string, examine: () => T): T | Unreadable {
  try {
    return examine();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof UserError) throw error;
    const reason = `internal error of rtt-sim, please report it with this file: ${error.name}: ${error.message}`;
    return { file, against, verdict: "unknown", reasons: [reason], warnings: [] };
  }
}

function unreadable(file: string, against: string, reason: string): Unreadable {
  return { file, against, verdict: "unreadable", reasons: [reason], warnings: [] };
}

function bytesOf(file: string, against: string): Uint8Array | Unreadable {
  try {
    return hostBytes(file);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return member(file, against) ?? unreadable(file, against, error.message);
  }
}

/** `apps.zip/hello.mo`: the module in the archive, as its path is on a disk. */
function member(file: string, against: string): Uint8Array | Unreadable | undefined {
  const [, archive, name] = /^(.*?\.zip)\/(.+)$/i.exec(file) ?? [];
  if (archive === undefined || !statSync(archive, { throwIfNoEntry: false })?.isFile())
    return undefined;
  const failed = (reason: string): Unreadable => unreadable(file, against, reason);
  try {
    const bytes = hostBytes(archive);
    if (!isArchive(bytes)) return failed(`${archive} is not a ZIP archive`);
    const modules = Object.entries(modulesOf(bytes, ARCHIVE_MAX));
    const found = modules.find(([entry]) => entry.toLowerCase() === name.toLowerCase());
    return found?.[1] ?? failed(`${archive} has no module called ${name}`);
  } catch (error) {
    if (!(error instanceof UserError || error instanceof LoadError)) throw error;
    return failed(error.message);
  }
}

/** Of a ZIP archive, every module in it: `apps.zip/hello.mo`, as its path is on a disk. */
function members(
  file: string,
  bytes: Uint8Array | Unreadable,
  against: string,
): { file: string; bytes: Uint8Array | Result }[] {
  if (!(bytes instanceof Uint8Array) || !isArchive(bytes)) return [{ file, bytes }];
  let reason: string;
  try {
    const modules = Object.entries(modulesOf(bytes, ARCHIVE_MAX));
    if (modules.length > 0)
      return modules.map(([name, module]) => ({ file: `${file}/${name}`, bytes: module }));
    reason = noModule(bytes);
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    reason = error.message;
  }
  const broken: Result = {
    file,
    against,
    verdict: "malformed",
    reasons: [reason],
    warnings: [],
  };
  return [{ file, bytes: broken }];
}

/** With --disasm: the disassembly of a file that is an ELF file. */
function listingOf(parsed: Parsed, bytes: Uint8Array | Result): string {
  if (!parsed.flag("disasm") || !(bytes instanceof Uint8Array)) return "";
  try {
    return disassembly(new ElfImage(bytes));
  } catch (error) {
    if (error instanceof ElfError) return "";
    throw error;
  }
}

/** JSON leaves DEL, C1 and the marks that turn the direction of writing as they are, and a terminal obeys them. */
function jsonOf(result: Result): string {
  return JSON.stringify(result, undefined, 2).replace(
    /[\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function textOf(result: Result): string {
  const { verdict } = result;
  if (verdict !== "unknown" && verdict !== "unreadable") return checkText(result as CheckReport);
  return `${visible(result.file)}: not ${verdict === "unknown" ? "examined" : "readable"}\n  error: ${visible(result.reasons.join("; "))}\n`;
}

function codeOf({ verdict }: Result): number {
  switch (verdict) {
    case "loadable":
      return ExitCode.Ok;
    case "refused":
      return ExitCode.NotLoadable;
    case "malformed":
      return ExitCode.BadData;
    case "unreadable":
      return ExitCode.NoInput;
    case "unknown":
      return ExitCode.Internal;
  }
}

/** A file that is not there comes before one that is no module, and that before one that does not load. */
function worst(results: readonly Result[]): number {
  const codes = new Set(results.map(codeOf));
  const order = [ExitCode.Internal, ExitCode.NoInput, ExitCode.BadData, ExitCode.NotLoadable];
  return order.find((code) => codes.has(code)) ?? ExitCode.Ok;
}

function targetOf(against: string | undefined, image: Uint8Array): Target {
  if (against === undefined) {
    const firmware = new Firmware(new GuestMemory(), image);
    return {
      name: "rtt-sim",
      stock: false,
      has: (name) => firmware.lookup(name) !== 0,
      *names() {
        for (const { name } of firmware.entries()) yield name;
      },
    };
  }
  const names =
    against === "4.0.4"
      ? STOCK_404
      : new Set(readSymbolList(hostBytes(against)) ?? missing(against));
  return {
    name: against === "4.0.4" ? "a stock RT-Thread 4.0.4" : basename(against),
    stock: true,
    has: (name) => names.has(name),
    names: () => names,
  };
}

function missing(file: string): never {
  throw new UserError(
    ExitCode.BadData,
    `--against: no symbols found in ${visible(file)}`,
    "give the text that list_symbols prints on the board, or a kernel ELF with the section RTMSymTab",
  );
}
