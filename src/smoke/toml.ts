import { type AST, parseTOML, ParseError } from "toml-eslint-parser";

/** Where something is in a file, both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Problem extends Position {
  readonly message: string;
  /** What to do about it. */
  readonly fix: string;
}

/** A scenario that cannot be used: everything that is wrong with it, in the order of the file. */
export class ScenarioError extends Error {
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
    super(
      sorted
        .map(
          (p) => `${file}:${p.line}:${p.column}: ${p.message}${p.fix ? `\n  fix: ${p.fix}` : ""}`,
        )
        .join("\n"),
    );
    this.problems = sorted;
  }
}

export interface Entry {
  /** Where the key is. */
  readonly at: Position;
  readonly node: Node;
}

/** A TOML value with its place. */
export type Node = { readonly at: Position } & (
  | { readonly kind: "table"; readonly entries: Map<string, Entry> }
  | { readonly kind: "array"; readonly items: Node[]; readonly ofTables?: boolean }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "integer" | "float"; readonly value: number }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "date"; readonly value: Date }
);
export type Table = Extract<Node, { kind: "table" }>;

const START: Position = { line: 1, column: 1 };

/** Characters of a file that may be a scenario. */
const TEXT_MAX = 1 << 20;

/** Reads TOML 1.0; throws ScenarioError when it is none. */
export function readToml(file: string, text: string): Table {
  if (text.length > TEXT_MAX)
    throw new ScenarioError(file, [
      {
        ...START,
        message: "larger than 1 MiB",
        fix: "put data into files and place them with from",
      },
    ]);
  try {
    return treeOf(file, text);
  } catch (error) {
    // The host's stack is used up.
    if (!(error instanceof RangeError)) throw error;
    throw new ScenarioError(file, [
      { ...START, message: "values are nested too deeply", fix: "a scenario needs five levels" },
    ]);
  }
}

function treeOf(file: string, text: string): Table {
  let ast: AST.TOMLProgram;
  try {
    ast = parseTOML(text, { filePath: file });
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new ScenarioError(file, [
      {
        line: error.lineNumber,
        column: error.column + 1,
        message: `not TOML: ${error.message}`,
        fix: "the format: https://toml.io/en/v1.0.0",
      },
    ]);
  }
  const top: Table = { kind: "table", at: START, entries: new Map() };
  for (const item of ast.body[0].body) {
    if (item.type === "TOMLKeyValue") put(top, item);
    else {
      const table = descend(top, item.resolvedKey, item.key);
      for (const pair of item.body) put(table, pair);
    }
  }
  return top;
}

const place = ({ loc }: { loc: AST.SourceLocation }): Position => ({
  line: loc.start.line,
  column: loc.start.column + 1,
});

/** The table with that path, made where it does not exist yet; numbers are indices of arrays of tables. */
function descend(top: Table, path: readonly (string | number)[], key: AST.TOMLKey): Table {
  let table = top;
  let at = -1;
  for (let n = 0; n < path.length; n++) {
    const name = String(path[n]);
    if (typeof path[n] === "string") at++;
    const where = place(key.keys[Math.min(at, key.keys.length - 1)]);
    const index = path[n + 1];
    if (typeof index === "number") {
      const found = table.entries.get(name)?.node;
      const array: Node =
        found?.kind === "array" ? found : { kind: "array", at: where, items: [], ofTables: true };
      if (array !== found) table.entries.set(name, { at: where, node: array });
      array.items[index] ??= { kind: "table", at: where, entries: new Map() };
      table = array.items[index] as Table;
      n++;
    } else table = child(table, name, where);
  }
  return table;
}

function child(table: Table, name: string, at: Position): Table {
  const found = table.entries.get(name)?.node;
  if (found?.kind === "table") return found;
  const made: Table = { kind: "table", at, entries: new Map() };
  table.entries.set(name, { at, node: made });
  return made;
}

function put(table: Table, pair: AST.TOMLKeyValue): void {
  const keys = pair.key.keys.map((key) => ({
    name: key.type === "TOMLBare" ? key.name : key.value,
    at: place(key),
  }));
  const last = keys.pop()!;
  let into = table;
  for (const { name, at } of keys) into = child(into, name, at);
  into.entries.set(last.name, { at: last.at, node: nodeOf(pair.value) });
}

function nodeOf(value: AST.TOMLContentNode): Node {
  const at = place(value);
  switch (value.type) {
    case "TOMLArray":
      return { kind: "array", at, items: value.elements.map(nodeOf) };
    case "TOMLInlineTable": {
      const table: Table = { kind: "table", at, entries: new Map() };
      for (const pair of value.body) put(table, pair);
      return table;
    }
    case "TOMLValue":
      switch (value.kind) {
        case "string":
          return { kind: "string", at, value: value.value };
        case "integer":
        case "float":
          return { kind: value.kind, at, value: value.value };
        case "boolean":
          return { kind: "boolean", at, value: value.value };
        default:
          return { kind: "date", at, value: value.value };
      }
  }
}
