/**
 * One batch of random code on one engine against qemu-arm (loops: of all engines in lock-step), in a process of its own: what an engine translated stays in memory until its
 * process ends. `bun bench/fuzz/batch.ts KIND ENGINE SEED COUNT` prints a BatchReport as JSON.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "../../src/cpu/mod.ts";
import { newTally, runCases } from "../../test/cpu/qemu/differential.ts";
import { newMachine } from "../../test/cpu/qemu/engines.ts";
import {
  explainFloat,
  newFloatTally,
  runFloatCases,
} from "../../test/cpu/qemu/float-differential.ts";
import type { State } from "../../test/cpu/qemu/generate.ts";
import { runLinux } from "../../test/cpu/qemu/linux.ts";
import { explain, shrink } from "../../test/cpu/qemu/report.ts";
import { noQemu, noToolchain } from "../../test/cpu/qemu/tools.ts";
import { compareWithQemu } from "../../test/cpu/loops/qemu.ts";
import { newTally as newLoopTally, runLoops } from "../../test/cpu/loops/run.ts";
import { qemuArm } from "../../test/programs/build.ts";
import { buildPrograms, TARGETS } from "../../test/programs/generated/builds.ts";

/** Random instructions, random floating-point instructions, generated C programs, loops. */
export const KINDS = ["thumb", "a32", "float-thumb", "float-a32", "programs", "loops"] as const;
export type Kind = (typeof KINDS)[number];

export interface BatchReport {
  readonly instructions: number;
  readonly rows: readonly (readonly [id: string, count: number])[];
  /** Explanations; more may differ than are explained. */
  readonly differences: readonly string[];
}

const EXPLAINED = 5;
const LEVELS = ["-O0", "-Os", "-O2", "-O3"];

function programs(engine: string, seed: number, count: number): BatchReport {
  const folder = mkdtempSync(join(tmpdir(), "rtt-sim-fuzz-"));
  const differences: string[] = [];
  const rows = countRows();
  let instructions = 0;
  try {
    // Targets and levels by turns: a seed names its build.
    const targets = Object.keys(TARGETS);
    const turn = Math.floor(seed / count);
    const target = targets[turn % targets.length];
    const level = LEVELS[Math.floor(turn / targets.length) % LEVELS.length];
    const file = buildPrograms(folder, seed, count, target, level);
    const theirs = qemuArm(file);
    const ours = runLinux(engine, new Uint8Array(readFileSync(file)));
    instructions = ours.stats.instructions;
    const text = Buffer.from(ours.stdout).toString("latin1");
    const where = `programs ${seed}-${seed + count - 1}, ${target} ${level}, ${engine}`;
    if (theirs.status !== 0)
      differences.push(`${where}: under qemu-arm status ${theirs.status}\n${theirs.stdout}`);
    if (text !== theirs.stdout || ours.status !== theirs.status) {
      const lines = theirs.stdout.split("\n");
      const at = text.split("\n").findIndex((line, k) => line !== lines[k]);
      differences.push(
        `${where}: line ${at} is "${text.split("\n")[at]}", qemu-arm has "${lines[at]}"; status ${ours.status} ${JSON.stringify(ours.fault ?? "")}`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { instructions, rows: [...rows], differences };
}

/** Counts the instructions that are translated, by row, from now on: what a program has executed, however often. */
function countRows(): Map<string, number> {
  const rows = new Map<string, number>();
  const decoders = {
    thumb16: decode.thumb16Decoder,
    thumb32: decode.thumb32Decoder,
    a32: decode.a32Decoder,
    neon: decode.neonDecoder,
  };
  for (const [table, decoder] of Object.entries(decoders)) {
    const original = decoder.decode.bind(decoder);
    decoder.decode = (word) => {
      const found = original(word);
      const id = `${table}.${found?.encoding.name}`;
      if (found) rows.set(id, (rows.get(id) ?? 0) + 1);
      return found;
    };
  }
  return rows;
}

/** Loops on all engines in lock-step; some of them under qemu-arm, when it is installed. */
function loops(seed: number, count: number): BatchReport {
  const tally = newLoopTally();
  const differences = runLoops(seed, count, tally);
  if (!noQemu && !noToolchain) differences.push(...compareWithQemu(seed, count >> 3).found);
  return { instructions: tally.instructions, rows: [...tally.families], differences };
}

function batch(kind: Kind, engine: string, seed: number, count: number): BatchReport {
  switch (kind) {
    case "programs":
      return programs(engine, seed, count);
    case "loops":
      return loops(seed, count);
    case "thumb":
    case "a32": {
      const tally = newTally();
      runCases(engine, kind, seed, count, tally);
      const differences = tally.differences
        .slice(0, EXPLAINED)
        .map((difference) => explain(shrink(engine, difference), kind));
      return { instructions: tally.instructions, rows: [...tally.rows], differences };
    }
    default: {
      const tally = newFloatTally();
      const machine = newMachine(engine);
      runFloatCases(machine, kind.slice("float-".length) as State, seed, count, tally);
      const differences = tally.differences.slice(0, EXPLAINED).map(explainFloat);
      return { instructions: tally.instructions, rows: [...tally.rows], differences };
    }
  }
}

if (import.meta.main) {
  const [kind, engine, seed, count] = process.argv.slice(2);
  console.log(JSON.stringify(batch(kind as Kind, engine, Number(seed), Number(count))));
}
