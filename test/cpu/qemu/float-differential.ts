/** Compares floating-point cases on an engine with qemu-arm. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type GeneratedFloatCase, generateFloatCase } from "./float-generate.ts";
import {
  FLOAT_CAPACITY,
  type FloatCase,
  type FloatImage,
  type FloatResult,
  floatImage,
  floatResults,
} from "./float-image.ts";
import type { State } from "./generate.ts";
import type { Machine } from "./engines.ts";
import { runOn } from "./linux.ts";
import { objdump } from "./report.ts";
import { qemu } from "./tools.ts";

/** What qemu-arm makes of them. */
export function runFloatQemu(cases: readonly FloatCase[], image: FloatImage): FloatResult[] {
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

export interface FloatDifference {
  readonly test: GeneratedFloatCase;
  readonly theirs: FloatResult;
  readonly ours: FloatResult;
}
export function explainFloat({ test, theirs, ours }: FloatDifference): string {
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

/** What a run has covered. */
export interface FloatTally {
  instructions: number;
  /** Executions per row of the decode tables. */
  readonly rows: Map<string, number>;
  readonly differences: FloatDifference[];
}
export const newFloatTally = (): FloatTally => ({
  instructions: 0,
  rows: new Map(),
  differences: [],
});

/** Runs the cases of so many seeds from `seed` on. */
export function runFloatCases(
  machine: Machine,
  state: State,
  seed: number,
  count: number,
  tally: FloatTally,
): void {
  for (let done = 0; done < count; done += FLOAT_CAPACITY) {
    const cases = Array.from({ length: Math.min(FLOAT_CAPACITY, count - done) }, (_, k) =>
      generateFloatCase(seed + done + k, state),
    );
    const image = floatImage(cases);
    const theirs = runFloatQemu(cases, image);
    const process = runOn(machine, image.elf, { units: 10 * cases.length + 10_000 });
    if (process.fault)
      throw new Error(
        `${process.fault.kind} at 0x${(process.fault.pc >>> 0).toString(16)}, cases from seed ${seed + done}`,
      );
    const ours = floatResults(cases.length, image, process.stdout);
    cases.forEach((test, k) => {
      if (!same(theirs[k], ours[k]))
        tally.differences.push({ test, theirs: theirs[k], ours: ours[k] });
      tally.instructions += test.ids.length;
      for (const id of test.ids) tally.rows.set(id, (tally.rows.get(id) ?? 0) + 1);
    });
  }
}
