import { ArgumentError, commandLine } from "./command-line.ts";
import type { Reader } from "./reader.ts";
import type { Step } from "./scenario.ts";
import { NOTHING, RULES, rules } from "./schema-expect.ts";
import type { Position, Table } from "./toml.ts";

/** Keys of a step, which may stand at the top of a scenario with one. */
export const STEP = ["run", "msh", "args", "stdin", "exit", "expect"] as const;
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

/** A module has no lines. */
const NOWHERE: Position = { line: 0, column: 0 };

/** Steps of the array, or the one that stands at the top. */
export function steps(reader: Reader, top: Table, console: boolean): Step[] {
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

/**
 * One step. `module`: the one of a declaration, which the step runs; `short`: the keys stand at the top, and what is expected beside them is
 * the scenario's.
 */
export function step(
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
  const expect = short ? undefined : reader.table(table, "expect", "step.expect");
  if (expect) reader.keys(expect, RULES, "in the expect of a step");
  if (!short) reader.refuseEmptyTable(table, "expect", ...NOTHING);
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
