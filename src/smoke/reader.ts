import type { Node, Position, Problem, Table } from "./toml.ts";

/** Nobody reads more; a file with more is no scenario. */
const PROBLEMS_MAX = 50;

/** What to do about a file of the host that is not there. */
export const fileFix = (key: string): string => `write ${key} = "FILE", seen from the scenario`;

/** Collects what is wrong while a tree is read. */
export class Reader {
  readonly problems: Problem[] = [];

  /** `places`: what is read is a file that people can look at; `homes`: where each key belongs. */
  constructor(
    private readonly places = true,
    private readonly homes: ReadonlyMap<string, string> = new Map(),
  ) {}

  complain(at: Position, message: string, fix: string): undefined {
    if (this.problems.length === PROBLEMS_MAX) return undefined;
    this.problems.push({ line: at.line, column: at.column, message, fix });
    return undefined;
  }

  /** Complains about keys that the table may not have. */
  keys(table: Table, known: readonly string[], where: string): void {
    for (const [key, { at }] of table.entries) {
      if (known.includes(key) || this.problems.length === PROBLEMS_MAX) continue;
      const home = this.homes.get(key);
      const near = nearest(key, known);
      let fix = `known keys: ${known.join(", ")}`;
      if (home !== undefined) fix = `'${key}' belongs ${home}`;
      else if (near) fix = `did you mean '${near}'?`;
      this.complain(at, `unknown key '${key}' ${where}`, fix);
    }
  }

  at(table: Table, key: string): Position {
    return table.entries.get(key)?.at ?? table.at;
  }

  /** The lines of all keys of a table. */
  lines(table: Table): Record<string, number> | undefined {
    if (!this.places) return undefined;
    return Object.fromEntries([...table.entries].map(([key, { at }]) => [key, at.line]));
  }

  string(table: Table, key: string): string | undefined {
    const node = table.entries.get(key)?.node;
    if (node === undefined) return undefined;
    if (node.kind === "string") return node.value;
    return this.wrong(node, key, "a string", `${key} = "..."`);
  }

  /** The path of a file of the host. */
  file(table: Table, key: string): string | undefined {
    const path = this.string(table, key);
    if (path !== "" && !path?.includes("\0")) return path;
    return this.complain(
      this.at(table, key),
      path === "" ? `'${key}' is empty` : `'${key}' has a NUL character`,
      fileFix(key),
    );
  }

  /** The same, of what can be no folder. */
  plainFile(table: Table, key: string): string | undefined {
    const path = this.file(table, key);
    if (path === undefined || !/(^|\/)\.{0,2}$/.test(path)) return path;
    return this.complain(
      this.at(table, key),
      `'${key}' names a folder: ${JSON.stringify(path)}`,
      fileFix(key),
    );
  }

  /** An array without elements, where the author meant something. */
  refuseEmpty(table: Table, key: string, why: string, fix: string): boolean {
    const node = table.entries.get(key)?.node;
    if (node?.kind !== "array" || node.items.length > 0) return false;
    return this.empty(table, key, why, fix);
  }

  /** A table without keys, the same. */
  refuseEmptyTable(table: Table, key: string, why: string, fix: string): boolean {
    const node = table.entries.get(key)?.node;
    if (node?.kind !== "table" || node.entries.size > 0) return false;
    return this.empty(table, key, why, fix);
  }

  private empty(table: Table, key: string, why: string, fix: string): true {
    this.complain(this.at(table, key), `'${key}' is empty: it ${why}`, fix);
    return true;
  }

  boolean(table: Table, key: string): boolean | undefined {
    const node = table.entries.get(key)?.node;
    if (node === undefined) return undefined;
    if (node.kind === "boolean") return node.value;
    return this.wrong(node, key, "true or false", `${key} = true`);
  }

  /** A whole number within bounds. */
  integer(table: Table, key: string, min: number, max: number): number | undefined {
    const node = table.entries.get(key)?.node;
    if (node === undefined) return undefined;
    if (node.kind === "integer" && node.value >= min && node.value <= max) return node.value;
    return this.wrong(
      node,
      key,
      `a whole number from ${min} to ${max}`,
      `${key} = ${Math.max(min, 1)}`,
    );
  }

  /** A string or an array of strings. */
  strings(table: Table, key: string): string[] {
    return this.stringNodes(table, key).map(({ value }) => value);
  }

  stringNodes(table: Table, key: string): { readonly at: Position; readonly value: string }[] {
    const node = table.entries.get(key)?.node;
    if (node === undefined) return [];
    if (node.kind === "string") return [node];
    const items = node.kind === "array" ? node.items : [];
    const good = items.flatMap((item) => (item.kind === "string" ? [item] : []));
    if (node.kind !== "array" || good.length < items.length)
      this.wrong(
        items.find((item) => item.kind !== "string") ?? node,
        key,
        "a string or an array of strings",
        `${key} = ["...", "..."]`,
      );
    return good;
  }

  /** `500ms`, `10s`, `2m`; milliseconds. */
  time(table: Table, key: string): number | undefined {
    const node = table.entries.get(key)?.node;
    if (node === undefined) return undefined;
    const match = node.kind === "string" && /^(\d+(?:\.\d+)?)(us|ms|s|m)$/.exec(node.value);
    if (match) return Number(match[1]) * { us: 0.001, ms: 1, s: 1000, m: 60_000 }[match[2] as "s"];
    return this.wrong(node, key, "a time", `${key} = "500ms" (or us, s, m)`);
  }

  /** `4096`, `"64K"`, `"8M"`; bytes. */
  size(table: Table, key: string, min: number, max: number): number | undefined {
    const node = table.entries.get(key)?.node;
    if (node === undefined) return undefined;
    let bytes = NaN;
    if (node.kind === "integer") bytes = node.value;
    else if (node.kind === "string") {
      const match = /^(\d+)([KM]?)$/i.exec(node.value);
      if (match) bytes = Number(match[1]) * { "": 1, K: 1024, M: 1048576 }[match[2].toUpperCase()]!;
    }
    if (bytes >= min && bytes <= max) return bytes;
    return this.wrong(
      node,
      key,
      `a size from ${min} to ${max} bytes`,
      `${key} = "${min > 65536 ? "8M" : "64K"}"`,
    );
  }

  /** A table, or nothing; `name`: as a file has it. */
  table(table: Table, key: string, name = key): Table | undefined {
    const node = table.entries.get(key)?.node;
    if (node === undefined || node.kind === "table") return node;
    return this.wrong(node, key, "a table", `[${name}]`);
  }

  /** An array of tables. */
  tables(table: Table, key: string, name = key): Table[] {
    const node = table.entries.get(key)?.node;
    if (node === undefined) return [];
    if (node.kind === "array" && node.items.every((item) => item.kind === "table"))
      return node.items as Table[];
    this.wrong(node, key, "an array of tables", `[[${name}]]`);
    return [];
  }

  private wrong(node: Node, key: string, wanted: string, example: string): undefined {
    return this.complain(node.at, `'${key}' must be ${wanted}`, `write ${example}`);
  }
}

/** The known word that is at most two edits away. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((name) => ({ name, edits: distance(word, name) }))
    .sort((a, b) => a.edits - b.edits);
  return best && best.edits <= 2 && best.edits < word.length - 1 ? best.name : undefined;
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min(row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1), row[j] + 1, next[j - 1] + 1),
      );
    row = next;
  }
  return row[b.length];
}
