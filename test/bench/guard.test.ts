/** The guard of the hot paths must bite: what it lets pass nobody else will notice. */
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Budget, readBudgets } from "../../bench/budget.ts";

const root = join(import.meta.dir, "../..");
const own = join(root, "bench/budgets.json");

/** Runs the guard on changed budgets for the counters of the session. */
function guard(change: (budget: Budget) => Budget): { code: number; said: string } {
  const folder = mkdtempSync(join(tmpdir(), "rtt-sim-guard-"));
  const budgets = join(folder, "budgets.json");
  try {
    writeFileSync(budgets, JSON.stringify(readBudgets(own).map(change)));
    const command = [process.execPath, "bench/guard.ts", "--budgets", budgets, "--only", "session"];
    const { exitCode, stdout, stderr } = Bun.spawnSync(command, { cwd: root });
    return { code: exitCode, said: stdout.toString() + stderr.toString() };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("the counters of the session keep to their budgets", () => {
  const { code, said } = guard((budget) => budget);
  expect(said).not.toContain("BROKEN");
  expect(said).toContain("symbol look-ups");
  expect(code).toBe(0);
});

test("a broken budget fails and says what, by how much, and why it is there", () => {
  const { code, said } = guard((budget) =>
    budget.name === "session: relocations"
      ? { ...budget, limit: 50, reason: "fifty are enough" }
      : budget,
  );
  expect(code).toBe(1);
  const broken = said.split("\n").filter((line) => line.startsWith("BROKEN"));
  expect(broken).toHaveLength(1);
  expect(broken[0]).toMatch(/session: relocations +54 of +50 records: 4 records \(8\.0 %\) over/);
  expect(said).toContain("fifty are enough");
  expect(said).toContain("1 of");
});

test("a budget for something that is not measured fails", () => {
  const { code, said } = guard((budget) => ({ ...budget, name: `${budget.name}s` }));
  expect(code).toBe(1);
  expect(said).toContain("was not measured");
});

test("every budget has a limit, a unit and a reason of its own", () => {
  const budgets = readBudgets(own);
  expect(new Set(budgets.map(({ name }) => name)).size).toBe(budgets.length);
  for (const { reason } of budgets) expect(reason.length).toBeGreaterThan(20);
});
