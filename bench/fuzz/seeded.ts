/**
 * Puts bugs into the translator of a copy of this tree, one at a time, and says what finds them: random loops, or directed tests.
 *   bun bench/fuzz/seeded.ts [--only TEXT] [--loops 2000] [--seed 1] [--tests]
 * --tests: also runs the directed tests of those that random loops found. Ends with status 1 when something is not found, or its text is gone.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scriptOptions } from "../../src/cli/script-options.ts";
import { newTally, runLoops } from "../../test/cpu/loops/run.ts";
import type { SeededBug } from "../../test/cpu/loops/seeded-bug.ts";
import { SEEDED } from "../../test/cpu/loops/seeded.ts";

const USAGE = "bun bench/fuzz/seeded.ts [--only TEXT] [--loops 2000] [--seed 1] [--tests]";
const ROOT = join(import.meta.dir, "../..");
/** Of one process: what was translated stays in its memory. */
const PART = 250;
/** A loop whose translation never ends is found, too. */
const LIMIT = 600_000;

const { values } = scriptOptions(USAGE, {
  options: {
    only: { type: "string", default: "" },
    loops: { type: "string", default: "2000" },
    seed: { type: "string", default: "1" },
    tests: { type: "boolean", default: false },
    /** For the copy: looks for a difference. */
    here: { type: "boolean", default: false },
  },
});
const first = Number(values.seed);
const end = first + Number(values.loops);
if (values.here) lookHere();
else lookAtAll();

function lookHere(): never {
  for (let seed = first; seed < end; seed++)
    if (runLoops(seed, 1, newTally(), 1, false).length > 0) {
      console.log(`loop ${seed}`);
      process.exit(1);
    }
  process.exit(0);
}

function lookAtAll(): void {
  const copy = mkdtempSync(join(tmpdir(), "rtt-sim-seeded-"));
  let missed = 0;
  try {
    for (const name of ["src", "test", "bench", "package.json", "tsconfig.json", "bunfig.toml"])
      cpSync(join(ROOT, name), join(copy, name), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
    for (const bug of SEEDED.filter(({ name }) => name.includes(values.only))) {
      const found = look(copy, bug);
      if (!found) missed++;
      console.log(`${bug.name}: ${found || "not found"}`);
    }
  } finally {
    rmSync(copy, { recursive: true });
  }
  process.exitCode = missed > 0 ? 1 : 0;
}

/** What finds a bug; empty: nothing. */
function look(copy: string, { file, from, to, tests = [] }: SeededBug): string {
  const path = join(copy, file);
  const text = readFileSync(path, "utf8");
  if (text.split(from).length !== 2) {
    console.log(`${file} has other text now:`);
    return "";
  }
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
  try {
    const found: string[] = [];
    for (let seed = first; seed < end && found.length === 0; seed += PART) {
      const part = String(Math.min(PART, end - seed));
      const script = join(copy, "bench/fuzz/seeded.ts");
      const { failed, output } = run(copy, [
        script,
        "--here",
        "--seed",
        `${seed}`,
        "--loops",
        part,
      ]);
      if (failed) found.push(/^loop \d+/m.exec(output)?.[0] ?? `a loop from ${seed} on`);
    }
    if (found.length === 0 || values.tests)
      for (const test of tests)
        if (run(copy, ["test", "--timeout", "120000", join(copy, test)]).failed) found.push(test);
    return found.join(", ");
  } finally {
    writeFileSync(path, text);
  }
}

function run(cwd: string, args: readonly string[]): { failed: boolean; output: string } {
  const { success, stdout } = Bun.spawnSync([process.execPath, ...args], {
    ...{ cwd, timeout: LIMIT, stdout: "pipe", stderr: "ignore" },
  });
  return { failed: !success, output: stdout.toString() };
}
