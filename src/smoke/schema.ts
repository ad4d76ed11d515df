import { Reader } from "./reader.ts";
import type { Scenario } from "./scenario.ts";
import { BUDGET, budget, expectedFiles, FILE, NOTHING, RULES, rules } from "./schema-expect.ts";
import { keepModules, placedFiles } from "./schema-files.ts";
import { STEP, step, steps } from "./schema-step.ts";
import { readToml, ScenarioError, type Table } from "./toml.ts";

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

/** Where a key belongs, for those who wrote it elsewhere; of two places the one that comes last. */
const HOMES: ReadonlyMap<string, string> = new Map(
  (
    [
      [BUDGET, "in [budget]"],
      [EXPECT, "in [expect]"],
      [TOP, "at the top, above every [table]"],
      [STEP, "beside 'run' or 'msh': at the top, above every [table], or in a [[step]]"],
    ] as const
  ).flatMap(([keys, home]) => keys.map((key): [string, string] => [key, home])),
);

const MIB = 1048576;

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
  const reader = new Reader(module === undefined, module === undefined ? HOMES : undefined);
  const known =
    module === undefined ? TOP : TOP.filter((key) => !["run", "msh", "step"].includes(key));
  reader.keys(top, known, module === undefined ? "in a scenario" : "in a module's declaration");
  const expect = reader.table(top, "expect");
  if (expect) reader.keys(expect, EXPECT, "in [expect]");
  reader.refuseEmptyTable(top, "expect", ...NOTHING);
  if (expect) reader.refuseEmptyTable(expect, "messages", ...NOTHING);
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
    messages: rules(
      reader,
      expect && reader.table(expect, "messages", "expect.messages"),
      "in [expect.messages]",
    ),
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
