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

/** A report: executions per table, the rarest rows, rows left out and why. */
export function coverage(executed: ReadonlyMap<string, number>): string {
  const lines: string[] = [];
  for (const [name, rows] of Object.entries(tables)) {
    const counts = rows.map((e) => {
      const n = executed.get(e.id) ?? 0;
      return { id: e.name, n, skipped: n > 0 ? undefined : reasonToSkip(e) };
    });
    const hit = counts.filter(({ n }) => n > 0).length;
    lines.push(`${name}: ${hit} of ${rows.length} rows executed`);
    const rare = counts.filter(({ n, skipped }) => n > 0 || !skipped).sort((a, b) => a.n - b.n);
    lines.push(
      `  rarest: ${rare
        .slice(0, 8)
        .map(({ id, n }) => `${id} ${n}`)
        .join(", ")}`,
    );
    for (const { id, skipped } of counts) if (skipped) lines.push(`  left out: ${id} (${skipped})`);
  }
  return lines.join("\n");
}
