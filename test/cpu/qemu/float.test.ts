/** Floating point against qemu-arm: random instructions of every row of vfp.table.ts, all registers, memory and the FPSCR. */
import { afterAll, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tables } from "./encodings.ts";
import { engines, newMachine } from "./engines.ts";
import { type GeneratedFloatCase, generateFloatCase } from "./float-generate.ts";
import {
  FLOAT_CAPACITY,
  type FloatImage,
  type FloatResult,
  floatImage,
  floatResults,
} from "./float-image.ts";
import { runOn } from "./linux.ts";
import { objdump } from "./report.ts";
import { noQemu, noToolchain, qemu } from "./tools.ts";

const absent = noQemu ?? noToolchain;
const CASES = Number(
  process.env.RTT_SIM_FLOAT_CASES ?? (process.env.RTT_SIM_FULL === "1" ? 6000 : 3000),
);
const SEED = Number(process.env.RTT_SIM_SEED ?? 1);

const seen = new Set<string>();
let compared = 0;

function runQemu(cases: readonly GeneratedFloatCase[], image: FloatImage): FloatResult[] {
  const folder = mkdtempSync(join(tmpdir(), "rtt-sim-float-"));
  try {
    const file = join(folder, "image.elf");
    writeFileSync(file, image.elf);
    chmodSync(file, 0o755);
    const { status, stdout, stderr } = qemu(file, 60_000);
    if (status !== 0) throw new Error(`qemu-arm ended with ${status}: ${stderr}`);
    return floatResults(cases.length, image, stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const NAMES = Array.from({ length: 64 }, (_, k) => `d${k >> 1}.${k & 1 ? "high" : "low"}`).concat(
  Array.from({ length: 10 }, (_, r) => `r${r}`),
  ["fpscr", "flags", "sp"],
);
const hex = (value: number) => (value >>> 0).toString(16).padStart(8, "0");

interface Difference {
  readonly test: GeneratedFloatCase;
  readonly theirs: FloatResult;
  readonly ours: FloatResult;
}
function explain({ test, theirs, ours }: Difference): string {
  const lines = [`seed ${test.seed}, fpscr ${hex(test.fpscr)}, flags ${hex(test.flags)}`];
  const { code, thumb } = test;
  for (let at = 0; at < code.length;) {
    const size = thumb && code[at + 1] === 0xbf ? 2 : 4;
    lines.push(`  ${objdump(code.subarray(at, at + size), thumb, 0)}`);
    at += size;
  }
  const before = [...test.words, ...test.core, 0, 0, test.fpscr, test.flags, 0];
  theirs.words.forEach((value, k) => {
    const mark = value === ours.words[k] ? "" : `  ours ${hex(ours.words[k])}`;
    if (mark || value !== before[k])
      lines.push(`  ${NAMES[k].padEnd(9)} ${hex(before[k])} -> ${hex(value)}${mark}`);
  });
  if (Buffer.compare(theirs.window, ours.window)) lines.push("  memory differs");
  return lines.join("\n");
}

const same = (a: FloatResult, b: FloatResult) =>
  Buffer.compare(a.window, b.window) === 0 && a.words.every((v, i) => v === b.words[i]);

for (const engine of Object.keys(engines))
  for (const state of ["thumb", "a32"] as const) {
    test.skipIf(absent !== undefined)(
      `${engine}, ${state}: floating point as under qemu-arm${absent ? ` (${absent})` : ""}`,
      () => {
        const machine = newMachine(engine);
        // Translating code that runs once takes long.
        const count = engine === "jit" ? CASES / 32 : CASES;
        for (let done = 0; done < count; done += FLOAT_CAPACITY) {
          const cases = Array.from({ length: Math.min(FLOAT_CAPACITY, count - done) }, (_, k) =>
            generateFloatCase(SEED * 1_000_000 + done + k, state),
          );
          const image = floatImage(cases);
          const theirs = runQemu(cases, image);
          const process = runOn(machine, image.elf, { units: 10 * cases.length + 10_000 });
          expect(process.fault).toBeUndefined();
          const ours = floatResults(cases.length, image, process.stdout);
          const wrong = cases.flatMap((test, k) =>
            same(theirs[k], ours[k]) ? [] : [{ test, theirs: theirs[k], ours: ours[k] }],
          );
          expect(wrong.slice(0, 3).map(explain).join("\n\n")).toBe("");
          for (const { ids } of cases) {
            compared += ids.length;
            for (const id of ids) seen.add(id);
          }
        }
        machine.memory.dispose();
      },
      process.env.RTT_SIM_FULL === "1" ? 900_000 : 60_000,
    );
  }

test.skipIf(absent !== undefined)("every floating-point row was executed", () => {
  const all = Object.values(tables).flat();
  expect(all.filter((e) => e.mnemonic.startsWith("V") && !seen.has(e.id))).toEqual([]);
});

afterAll(() => {
  if (compared) console.log(`compared with qemu-arm: ${compared} floating-point instructions`);
});
