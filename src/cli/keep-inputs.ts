import {
  type BigIntStats,
  closeSync,
  existsSync,
  openSync,
  readSync,
  realpathSync,
  statSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { ExitCode, UserError } from "./exit-codes.ts";
import type { Parsed } from "./parse.ts";

/** Options whose value is a file that is written. */
const WRITTEN = ["save", "log", "trace-output", "trace-json", "coverage", "profile"] as const;
const SERIAL = ["serial", "serial1"] as const;

/**
 * Refuses to write a file that is also read: opened for writing, the disk or the module would be gone before it is used. And to write one
 * twice.
 */
export function keepInputs(parsed: Parsed): void {
  const written = [
    ...WRITTEN.flatMap((name) => parsed.values(name).map((file) => ({ name, file }))),
    ...SERIAL.flatMap((name) =>
      parsed
        .values(name)
        .filter((value) => value.startsWith("file:"))
        .map((value) => ({ name, file: value.slice(5) })),
    ),
    ...parsed
      .values("reporter")
      .filter((value) => value.includes(":"))
      .map((value) => ({ name: "reporter", file: value.slice(value.indexOf(":") + 1) })),
  ];
  const read = [
    ...parsed.operands,
    ...parsed.values("disk"),
    ...parsed.values("mount").map((value) => value.replace(/^(.+):\/.*$/s, "$1")),
    ...parsed.values("firmware"),
    ...parsed.values("with"),
    ...parsed.values("with").map((value) => value.slice(0, value.lastIndexOf(":"))),
    ...inputsOfTests(parsed, written),
  ].flatMap((file) => fileOf(file) ?? []);
  refuseSame(written);
  for (const { name, file } of written) {
    const found = fileOf(file);
    if (
      found &&
      (read.some(({ dev, ino }) => dev === found.dev && ino === found.ino) ||
        hasSymbols(file, parsed.values("symbols")))
    )
      throw new UserError(
        ExitCode.Usage,
        `--${name}: ${file} is read by this run, writing to it would destroy it`,
        "give another file",
      );
  }
}

/** Two options that write one file: the second would destroy what the first has written. */
function refuseSame(written: readonly { readonly name: string; readonly file: string }[]): void {
  for (const [n, { name, file }] of written.entries()) {
    const other = written.slice(0, n).find((before) => same(before.file, file));
    if (other)
      throw new UserError(
        ExitCode.Usage,
        `--${other.name} and --${name} write the same file, ${file}`,
        "give each a file of its own",
      );
  }
}

/** What scenarios name. The reports see to it themselves, when the tests are read anyway. */
function inputsOfTests(parsed: Parsed, written: readonly { readonly name: string }[]): string[] {
  if (parsed.command !== "test" || written.every(({ name }) => name === "reporter")) return [];
  const { inputsBelow } = require("./test-inputs.ts") as typeof import("./test-inputs.ts");
  return parsed.operands.flatMap(inputsBelow);
}

/** Whether a file is one with symbols, below one of the folders where they are looked for. */
function hasSymbols(file: string, folders: readonly string[]): boolean {
  if (folders.length === 0) return false;
  try {
    const path = realpathSync(file);
    const below = folders.some((folder) => path.startsWith(join(realpathSync(folder), "/")));
    return below && isElf(path);
  } catch {
    return false;
  }
}

function isElf(path: string): boolean {
  const fd = openSync(path, "r");
  try {
    const magic = Buffer.alloc(4);
    readSync(fd, magic);
    return magic.toString("latin1") === "\x7fELF";
  } finally {
    closeSync(fd);
  }
}

function same(a: string, b: string): boolean {
  const [one, two] = [fileOf(a), fileOf(b)];
  if (one && two) return one.dev === two.dev && one.ino === two.ino;
  // What is there and no file, such as /dev/null, takes anything.
  return !existsSync(a) && resolve(a) === resolve(b);
}

function fileOf(path: string): BigIntStats | undefined {
  try {
    const found = statSync(path, { bigint: true });
    return found.isFile() ? found : undefined;
  } catch {
    // What cannot be looked at is told where it is opened.
    return undefined;
  }
}
