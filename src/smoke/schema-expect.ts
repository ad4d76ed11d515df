import { fatName, pathText } from "./guest-path.ts";
import type { Reader } from "./reader.ts";
import { type Budget, type FileRules, NO_RULES, type TextRules } from "./scenario.ts";
import { guestPath } from "./schema-files.ts";
import type { Table } from "./toml.ts";

// What is expected: of texts, of files, and limits.

export const RULES = ["equals", "contains", "ordered", "absent", "matches", "transcript"] as const;
export const FILE = [
  "path",
  "exists",
  "size",
  "same",
  "equals",
  "contains",
  "ordered",
  "absent",
  "matches",
];
export const BUDGET = ["instructions", "heap", "stack", "time", "output", "leaks"] as const;

/** What is wrong with an empty table of expectations, and what to do. */
export const NOTHING = ["expects nothing", 'write contains = "...", or leave it out'] as const;

const MAX = Number.MAX_SAFE_INTEGER;

export function rules(reader: Reader, table: Table | undefined, where = ""): TextRules {
  if (!table) return NO_RULES;
  if (where !== "") reader.keys(table, RULES, where);
  for (const key of ["contains", "ordered", "absent", "matches"])
    reader.refuseEmpty(table, key, "expects nothing", `write ${key} = "...", or leave it out`);
  const equals = reader.string(table, "equals");
  const contains = reader.stringNodes(table, "contains");
  const ordered = reader.stringNodes(table, "ordered");
  const absent = reader.stringNodes(table, "absent");
  for (const { at, value } of [...contains, ...ordered])
    if (equals !== undefined && !equals.includes(value))
      reader.complain(at, `${show(value)} is not in 'equals'`, "drop one of the two");
  for (const { at, value } of absent) {
    const wanted = [...contains, ...ordered].find((other) => other.value.includes(value));
    if (wanted || equals?.includes(value))
      reader.complain(at, `${show(value)} is both wanted and unwanted`, "drop one of the two");
  }
  for (const { at, value } of [...contains, ...ordered, ...absent])
    if (value === "") reader.complain(at, "an empty text is in every output", "say which text");
  if (equals !== undefined && table.entries.has("transcript"))
    reader.complain(
      reader.at(table, "transcript"),
      "both 'equals' and 'transcript'",
      "drop one of the two",
    );
  return {
    lines: reader.lines(table),
    equals,
    contains: contains.map(({ value }) => value),
    ordered: ordered.map(({ value }) => value),
    absent: absent.map(({ value }) => value),
    matches: reader.stringNodes(table, "matches").flatMap(({ at, value }) => {
      try {
        return [new RegExp(value, "ms")];
      } catch (error) {
        reader.complain(at, (error as Error).message, "JavaScript's syntax, flags m and s");
        return [];
      }
    }),
    transcript: reader.plainFile(table, "transcript"),
  };
}

const show = (text: string): string => JSON.stringify(text);

export function expectedFiles(reader: Reader, expect: Table | undefined): FileRules[] {
  if (!expect) return [];
  reader.refuseEmpty(expect, "file", "expects nothing", "use [[expect.file]], or leave it out");
  const seen = new Set<string>();
  return reader.tables(expect, "file", "expect.file").flatMap((table): FileRules[] => {
    reader.keys(table, FILE, "in [[expect.file]]");
    const path = guestPath(reader, table);
    const exists = reader.boolean(table, "exists") ?? true;
    const others = [...table.entries.keys()].filter((key) => !["path", "exists"].includes(key));
    if (!exists && others.length > 0)
      reader.complain(
        reader.at(table, others[0]),
        `'${others[0]}' of a file that must not exist`,
        "drop one of the two",
      );
    if (path === undefined) return [];
    if (seen.has(fatName(path)))
      reader.complain(
        reader.at(table, "path"),
        `a second [[expect.file]] for ${pathText(path)}`,
        "join them",
      );
    seen.add(fatName(path));
    const text = rules(reader, table);
    const size = reader.integer(table, "size", 0, MAX);
    if (size !== undefined && text.equals !== undefined && Buffer.byteLength(text.equals) !== size)
      reader.complain(
        reader.at(table, "size"),
        `'equals' has ${Buffer.byteLength(text.equals)} bytes, not ${size}`,
        "drop one of the two",
      );
    return [
      {
        ...text,
        path,
        exists,
        size,
        same: reader.plainFile(table, "same"),
        sameAt: table.entries.get("same")?.at,
      },
    ];
  });
}

export function budget(reader: Reader, top: Table): Budget {
  const table = reader.table(top, "budget");
  if (!table) return { leaks: 0, leaksDeclared: false };
  reader.keys(table, BUDGET, "in [budget]");
  reader.refuseEmptyTable(top, "budget", "limits nothing", "write leaks = 0, or leave it out");
  return {
    lines: reader.lines(table),
    instructions: reader.integer(table, "instructions", 0, MAX),
    heap: reader.size(table, "heap", 0, MAX),
    stack: reader.size(table, "stack", 0, MAX),
    time: reader.time(table, "time"),
    output: reader.size(table, "output", 0, MAX),
    leaks: reader.integer(table, "leaks", 0, MAX) ?? 0,
    leaksDeclared: table.entries.has("leaks"),
  };
}
