import { readFileSync } from "node:fs";
import { short } from "./figure.ts";

/** A figure must not exceed its limit. */
export interface Budget {
  readonly name: string;
  readonly limit: number;
  readonly unit: string;
  /** Why this limit and not another. */
  readonly reason: string;
}

/** The measured value of the figure of that name. */
export type Measured = ReadonlyMap<string, number>;

export function readBudgets(path: string): Budget[] {
  const budgets = JSON.parse(readFileSync(path, "utf8")) as Budget[];
  for (const { name, limit, unit, reason } of budgets) {
    const complete = typeof limit === "number" && unit && reason;
    if (!name || !complete)
      throw new Error(`${path}: '${name}' needs name, limit, unit and reason`);
  }
  return budgets;
}

/** The budgets that the figures break. */
export function broken(budgets: readonly Budget[], measured: Measured): Budget[] {
  return budgets.filter(({ name, limit }) => !((measured.get(name) ?? Infinity) <= limit));
}

/** One line on each budget: what was measured, the limit, and by how much it is broken. */
export function report(budgets: readonly Budget[], measured: Measured): string {
  const width = Math.max(...budgets.map(({ name }) => name.length));
  return budgets
    .map(({ name, limit, unit, reason }) => {
      const value = measured.get(name);
      if (value === undefined) return `BROKEN  ${name.padEnd(width)}  was not measured`;
      const line = `${name.padEnd(width)}  ${number(value)} of ${number(limit)} ${unit}`;
      if (value <= limit) return `ok      ${line}`;
      const over = number(value - limit).trim();
      const percent = ((value / limit - 1) * 100).toFixed(1);
      return `BROKEN  ${line}: ${over} ${unit} (${percent} %) over\n        the budget: ${reason}`;
    })
    .join("\n");
}

function number(value: number): string {
  return (Number.isInteger(value) ? String(value) : short(value)).padStart(8);
}
