/** Which rows of the decode tables a differential run has exercised. */
import { reasonToSkip } from "./constraints.ts";
import { tables } from "./encodings.ts";

/** Rows that were never executed and have no reason not to be. */
export function missingRows(executed: ReadonlyMap<string, number>): string[] {
  return Object.values(tables)
    .flat()
    .filter((e) => !reasonToSkip(e) && !executed.get(e.id))
    .map((e) => e.id);
}

/** A report: for each table how many rows were executed, the rarest of them, and those that were not. */
export function coverage(executed: ReadonlyMap<string, number>): string {
  const lines: string[] = [];
  for (const [table, rows] of Object.entries(tables)) {
    const counts = rows.map(({ id, name }) => ({ name, n: executed.get(id) ?? 0 }));
    const hit = counts.filter(({ n }) => n > 0).sort((a, b) => a.n - b.n);
    const rarest = hit.slice(0, 8).map(({ name, n }) => `${name} ${n}`);
    const never = counts.filter(({ n }) => n === 0).map(({ name }) => name);
    lines.push(`${table}: ${hit.length} of ${rows.length} rows`);
    if (rarest.length > 0) lines.push(`  rarest: ${rarest.join(", ")}`);
    if (never.length > 0) lines.push(`  never: ${never.join(", ")}`);
  }
  return lines.join("\n");
}
