/**
 * The same generated programs for every instruction set, way of passing numbers and level: no check of theirs fails under qemu-arm,
 * our engines print what qemu-arm prints, and every build the same. With RTT_SIM_FULL=1; RTT_SIM_PROGRAMS says how many.
 */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withoutTools } from "../build.ts";
import { compare } from "./compare.ts";
import { FEATURES } from "./features.ts";
import { Compilers, matrix } from "./matrix.ts";
import { program } from "./program.ts";

const FULL = process.env.RTT_SIM_FULL === "1" && withoutTools === undefined;
const SEED = Number(process.env.RTT_SIM_SEED ?? 1000);
const COUNT = Number(process.env.RTT_SIM_PROGRAMS ?? 320);
/** Programs that must have a part of C, of those 320. */
const ENOUGH = 10;

const builds = matrix(SEED, COUNT);
const folder = FULL ? mkdtempSync(join(tmpdir(), "rtt-sim-matrix-")) : "";
const compilers = new Compilers(folder, [...builds.values()].flat());
afterAll(async () => {
  await compilers.close();
  if (folder) rmSync(folder, { recursive: true });
});

test("the programs have every part of C many times, and each checks itself", () => {
  const texts = Array.from({ length: 320 }, (_, k) => program(1000 + k, `p${k}`));
  const counts = Object.fromEntries(
    Object.entries(FEATURES).map(([name, sign]) => [
      name,
      texts.filter((text) => sign.test(text)).length,
    ]),
  );
  if (FULL) console.log(`Of 320 programs, with ${JSON.stringify(counts, undefined, 1)}`);
  expect(Object.entries(counts).filter(([, count]) => count < ENOUGH)).toEqual([]);
  expect(counts["a check of its own"]).toBe(320);
});

test("the matrix is whole: the same programs for every build, each translated somewhere", () => {
  const named = [...matrix(SEED, 320)].filter(([name]) => !name.startsWith("NEON"));
  expect(named.map(([name]) => name).sort()).toEqual(
    ["A32", "Thumb-1", "Thumb-2", "hard float"]
      .flatMap((target) => ["-O0", "-O2", "-O3", "-Os"].map((level) => `${target} ${level}`))
      .sort(),
  );
  const translated = new Set<number>();
  for (const [name, batches] of named) {
    const seeds = batches.flatMap(({ first, count }) =>
      Array.from({ length: count }, (_, k) => first + k),
    );
    expect({ name, seeds }).toEqual({
      name,
      seeds: Array.from({ length: 320 }, (_, k) => SEED + k),
    });
    const some = batches.filter((batch) => batch.translated);
    expect(some).toHaveLength(1);
    translated.add(some[0].first);
  }
  expect(translated.size).toBe(named[0][1].length);
});

/** What each program printed first. */
const agreed: Record<string, string> = {};
for (const [name, batches] of builds) {
  const why = withoutTools ?? "only with RTT_SIM_FULL=1";
  test.skipIf(!FULL)(
    `${name}: ${COUNT} programs as under qemu-arm${FULL ? "" : ` (${why})`}`,
    async () => {
      for (const batch of batches) {
        const file = await compilers.take(batch);
        const engines = batch.translated ? ["interpreter", "jit"] : ["interpreter"];
        const outputs = await compare(file, batch.count, engines);
        for (const [program, output] of Object.entries(outputs)) {
          agreed[program] ??= output;
          expect({ name, output }).toEqual({ name, output: agreed[program] });
        }
        rmSync(file);
      }
    },
    300_000,
  );
}
