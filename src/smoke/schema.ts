import { ArgumentError, commandLine } from "./command-line.ts";
import { fatName, modulePath, pathText } from "./guest-path.ts";
import {
  BUDGET,
  budget,
  expectedFiles,
  FILE,
  guestPath,
  RULES,
  rules,
  sameName,
} from "./schema-expect.ts";
import { Reader } from "./reader.ts";
import type { Placed, Scenario, Step } from "./scenario.ts";
import { type Position, readToml, ScenarioError, type Table } from "./toml.ts";

const STEP = ["run", "msh", "args", "stdin", "exit", "expect"] as const;
const TOP = [
  ...STEP,
  "name",
  "description",
  "tags",
  "skip",
  "disk",
  "files",
  "console",
  "step",
  "budget",
  "timeout",
  "wall-timeout",
  "repeat",
  "seed",
  "compat",
  "abi",
  "leaks",
  "ram",
  "stack",
] as const;
const EXPECT = [...RULES, "messages", "file"] as const;

/** Every key by the table it belongs to: what the documentation has to name. */
export const KEYS = { scenario: TOP, step: STEP, expect: EXPECT, file: FILE, budget: BUDGET };

/** Exit codes by name. */
const EXITS: Readonly<Record<string, number>> = {
  timeout: 124,
  "not-loadable": 126,
  "not-found": 127,
  abort: 134,
  leaks: 138,
  fault: 139,
  deadlock: 140,
};

/** What is wrong with a text that C ends earlier. */
const NUL = [
  "a NUL character ends a text of C",
  "leave it out, or place the bytes in a file",
] as const;

const MIB = 1048576;

/** A module has no lines. */
const NOWHERE: Position = { line: 0, column: 0 };

/** Reads `*.smoke.toml`; throws ScenarioError with everything that is wrong with it. */
export function parseScenario(file: string, text: string): Scenario {
  return read(file, text, undefined);
}

/** Reads what a module says about itself in its section `.rtt_smoke`: a scenario with one step, which runs it. */
export function parseDeclaration(file: string, text: string, module: string): Scenario {
  return read(file, text, module);
}

function read(file: string, text: string, module: string | undefined): Scenario {
  const top = readToml(file, text);
  const reader = new Reader(module === undefined);
  const known =
    module === undefined ? TOP : TOP.filter((key) => !["run", "msh", "step"].includes(key));
  reader.keys(top, known, module === undefined ? "in a scenario" : "in a module's declaration");
  const expect = reader.table(top, "expect");
  if (expect) reader.keys(expect, EXPECT, "in [expect]");
  const console = reader.boolean(top, "console") ?? false;
  const scenario: Scenario = {
    name: reader.string(top, "name"),
    description: reader.string(top, "description"),
    tags: reader.strings(top, "tags"),
    skip: skipReason(reader, top),
    disk: reader.file(top, "disk"),
    diskAt: top.entries.get("disk")?.at,
    files: placedFiles(reader, top),
    console,
    steps: module === undefined ? steps(reader, top, console) : [step(reader, top, module, true)],
    output: rules(reader, expect),
    messages: rules(reader, expect && reader.table(expect, "messages"), "in [expect.messages]"),
    expectedFiles: expectedFiles(reader, expect),
    budget: budget(reader, top),
    timeout: reader.time(top, "timeout"),
    wallTimeout: reader.time(top, "wall-timeout"),
    repeat: reader.integer(top, "repeat", 1, 10_000) ?? 1,
    seed: reader.integer(top, "seed", 0, 0xffffffff),
    compat404: compat(reader, top),
    abi: abi(reader, top),
    leaks: oneOf(reader, top, "leaks", ["report", "ignore", "error"], "policy"),
    ram: reader.size(top, "ram", 2 * MIB, 512 * MIB),
    stack: reader.size(top, "stack", 512, 64 * MIB),
  };
  keepModules(reader, top, scenario);
  if (reader.problems.length > 0) throw new ScenarioError(file, reader.problems);
  return scenario;
}

/** A step puts its module on the disk: a file that goes there would be gone. */
function keepModules(reader: Reader, top: Table, { files, steps }: Scenario): void {
  for (const { action } of steps) {
    if (action.kind !== "run") continue;
    const path = modulePath(action.module);
    const inside = files.find((other) => foldersOf(fatName(other.path)).includes(fatName(path)));
    if (inside)
      reader.complain(
        inside.at,
        `[[files]] puts a file at ${pathText(inside.path)}, and run = "${action.module}" its module at ${pathText(path)}`,
        "give the file another path",
      );
    const file = files.find((other) => fatName(other.path) === fatName(path));
    if (!file || ("from" in file.content && file.content.from === action.module)) continue;
    reader.complain(
      file.at.line > 0 ? file.at : top.at,
      `[[files]] puts a file at ${pathText(file.path)}, where run = "${action.module}" puts its module${sameName(path, file.path)}`,
      "give the file another path",
    );
  }
}

function skipReason(reader: Reader, top: Table): string | undefined {
  const reason = reader.string(top, "skip");
  if (reason === undefined || reason.trim() !== "") return reason;
  return reader.complain(reader.at(top, "skip"), "'skip' gives no reason", 'skip = "why not"');
}

function compat(reader: Reader, top: Table): boolean | undefined {
  const release = oneOf(reader, top, "compat", ["4.0.4", "none"], "release");
  return release && release === "4.0.4";
}

function abi(reader: Reader, top: Table): Scenario["abi"] {
  const release = oneOf(reader, top, "abi", ["4.0.4", "5.x"], "release");
  const compat = top.entries.get("compat")?.node;
  if (release === "5.x" && compat?.kind === "string" && compat.value === "4.0.4")
    reader.complain(
      reader.at(top, "abi"),
      "'abi' and 'compat' are of different releases",
      "leave one of the two out",
    );
  return release;
}

function oneOf<T extends string>(
  reader: Reader,
  top: Table,
  key: string,
  words: readonly T[],
  what: string,
): T | undefined {
  const text = reader.string(top, key);
  const word = words.find((known) => known === text);
  if (text !== undefined && word === undefined)
    reader.complain(
      reader.at(top, key),
      `no ${what} '${text}'`,
      words.map((known) => `${key} = "${known}"`).join(" or "),
    );
  return word;
}

/** Steps of the array, or the one that stands at the top. */
function steps(reader: Reader, top: Table, console: boolean): Step[] {
  const list = reader.tables(top, "step");
  const short = (["run", "msh"] as const).filter((key) => top.entries.has(key));
  if (short.length > 0 && top.entries.has("step")) {
    reader.complain(
      reader.at(top, short[0]),
      `'${short[0]}' beside [[step]]: which is to be done?`,
      `move it into a [[step]] of its own`,
    );
  }
  const say = 'say run = "FILE.mo", msh = "LINE", or use [[step]]';
  if (short.length === 0 && !top.entries.has("step")) {
    reader.complain(top.at, "nothing to do", say);
    return [];
  }
  for (const key of ["step", "msh"])
    if (reader.refuseEmpty(top, key, "does nothing", say)) return [];
  if (short.length > 0) {
    const lines = reader.stringNodes(top, "msh");
    // Several lines: what is expected of the exit code holds for the last.
    if (lines.length > 1 && !top.entries.has("run"))
      return lines.map(({ at, value }, n) =>
        lineStep(reader, top, at, value, console, n === lines.length - 1),
      );
    return [step(reader, top, undefined, true, console)];
  }
  for (const table of list) reader.keys(table, STEP, "in [[step]]");
  return list.map((table) => step(reader, table, undefined, false, console));
}

function lineStep(
  reader: Reader,
  top: Table,
  at: Position,
  line: string,
  console: boolean,
  last: boolean,
): Step {
  return {
    at,
    action: { kind: "msh", line: oneLine(reader, at, line, console) },
    stdin: last ? (reader.string(top, "stdin") ?? "") : "",
    exit: last ? exitCode(reader, top, console) : undefined,
    output: rules(reader, undefined),
  };
}

function step(
  reader: Reader,
  table: Table,
  module: string | undefined,
  short: boolean,
  console = false,
): Step {
  const run = module ?? reader.plainFile(table, "run");
  const msh = module === undefined ? reader.string(table, "msh") : undefined;
  const args = passable(reader, table);
  if (run !== undefined && msh !== undefined)
    reader.complain(reader.at(table, "msh"), "both 'run' and 'msh'", "one step does one of them");
  if (run === undefined && msh === undefined && !table.entries.has("run"))
    reader.complain(table.at, "a step without 'run' or 'msh'", 'run = "FILE.mo" or msh = "LINE"');
  if (msh !== undefined && table.entries.has("args"))
    reader.complain(
      reader.at(table, "args"),
      "'args' belongs to 'run'",
      "write the arguments into the line",
    );
  if (console && run !== undefined && module === undefined)
    reader.complain(
      reader.at(table, "run"),
      "'run' cannot be typed at the console",
      'place the file with [[files]] and type its name with msh = "..."',
    );
  const stdin = reader.string(table, "stdin") ?? "";
  if (console && stdin !== "")
    reader.complain(
      reader.at(table, "stdin"),
      "'stdin' with console = true",
      "type the input as further msh lines",
    );
  const expect = short ? undefined : reader.table(table, "expect");
  if (expect) reader.keys(expect, RULES, "in the expect of a step");
  return {
    at: module === undefined ? table.at : NOWHERE,
    action:
      msh === undefined
        ? {
            kind: "run",
            module: run ?? "",
            at: module === undefined ? reader.at(table, "run") : NOWHERE,
            args,
          }
        : { kind: "msh", line: oneLine(reader, reader.at(table, "msh"), msh, console) },
    stdin,
    exit: exitCode(reader, table, console),
    output: rules(reader, expect),
  };
}

function passable(reader: Reader, table: Table): string[] {
  const args = reader.strings(table, "args");
  if (args.some((word) => word.includes("\0"))) reader.complain(reader.at(table, "args"), ...NUL);
  try {
    commandLine("program", args);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    reader.complain(reader.at(table, "args"), error.message, error.fix);
  }
  return args;
}

function oneLine(reader: Reader, at: Position, line: string, console: boolean): string {
  // At the console it is the key Enter.
  if (line.trim() === "" && !console)
    reader.complain(at, "an empty line does nothing", 'write msh = "LINE"');
  if (/[\r\n]/.test(line))
    reader.complain(at, "'msh' has more than one line", "one step, or one string, for each line");
  if (line.includes("\0")) reader.complain(at, ...NUL);
  return line;
}

/** A number or a name; 0 when nothing is said, but nothing for lines typed at the console. */
function exitCode(reader: Reader, table: Table, console: boolean): Step["exit"] {
  const entry = table.entries.get("exit");
  if (!entry) return console ? undefined : 0;
  const { node } = entry;
  if (node.kind === "integer" && node.value >= 0 && node.value <= 255) return node.value;
  if (node.kind === "string" && node.value === "any") return "any";
  const named = node.kind === "string" ? EXITS[node.value] : undefined;
  if (named !== undefined) return named;
  return reader.complain(
    node.at,
    "'exit' must be a number from 0 to 255 or a name",
    `names: any, ${Object.keys(EXITS).join(", ")}`,
  );
}

function placedFiles(reader: Reader, top: Table): Placed[] {
  const seen = new Map<string, string>();
  const placed = reader.tables(top, "files").flatMap((table): Placed[] => {
    reader.keys(table, ["path", "text", "from"], "in [[files]]");
    const from = reader.plainFile(table, "from");
    const text = reader.string(table, "text");
    const path = guestPath(reader, table, from);
    if (table.entries.has("from") === table.entries.has("text"))
      reader.complain(
        table.at,
        "a file needs either 'text' or 'from'",
        'text = "..." or from = "host file"',
      );
    if (path === undefined) return [];
    const name = fatName(path);
    if (seen.has(name))
      reader.complain(
        reader.at(table, "path"),
        `${pathText(path)} is placed twice${sameName(seen.get(name)!, path)}`,
        "drop one of them",
      );
    seen.set(name, path);
    const at = from === undefined ? table.at : reader.at(table, "from");
    return [{ at, path, content: from === undefined ? { text: text ?? "" } : { from } }];
  });
  for (const { at, path } of placed) {
    const folder = foldersOf(fatName(path)).find((name) => seen.has(name));
    if (folder === undefined) continue;
    const file = pathText(seen.get(folder)!);
    reader.complain(
      at,
      `${pathText(path)} is in ${file}, which is a file`,
      "give one another path",
    );
  }
  return placed;
}

/** The folders that a file is in, by their names for FAT. */
function foldersOf(name: string): string[] {
  const words = name.split("/").slice(1, -1);
  return words.map((_, n) => `/${words.slice(0, n + 1).join("/")}`);
}
