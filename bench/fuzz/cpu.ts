/**
 * Compares the engines with qemu-arm on random instructions, generated C programs and random loops for as long as one likes:
 *   bun run fuzz:cpu [--seconds 60] [--seed 1] [--kind thumb|a32|float-thumb|float-a32|programs|loops] [--engine interpreter|jit] [--rows]
 * Every batch is named by its seed. Ends with status 1 and an explanation at the first one with a difference. Loops compare the engines
 * with one another, in any memory and in slices of any length; those that stay in theirs also with qemu-arm, when it is installed.
 * --rows: which rows of the decode tables were executed, how often, and how many loops there were of each kind.
 */
import { join } from "node:path";
import { scriptOptions } from "../../src/cli/script-options.ts";
import { coverage } from "../../test/cpu/qemu/coverage.ts";
import { engines } from "../../test/cpu/qemu/engines.ts";
import { noQemu, noToolchain } from "../../test/cpu/qemu/tools.ts";
import { type BatchReport, type Kind, KINDS } from "./batch.ts";

/** Cases or programs of a batch; of translated code fewer, since each becomes a WebAssembly module or several. */
const COUNT: Readonly<Record<Kind, readonly [interpreted: number, translated: number]>> = {
  thumb: [3 * 4096, 2048],
  a32: [3 * 4096, 2048],
  "float-thumb": [4096, 256],
  "float-a32": [4096, 256],
  programs: [20, 20],
  loops: [400, 400],
};

const USAGE =
  `bun run fuzz:cpu [--seconds 60] [--seed 1] [--kind ${KINDS.join("|")}] ` +
  `[--engine ${Object.keys(engines).join("|")}] [--rows]`;

const { values } = scriptOptions(USAGE, {
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
    kind: { type: "string" },
    engine: { type: "string" },
    rows: { type: "boolean", default: false },
  },
});
const absent = noQemu ?? noToolchain;
if (absent && values.kind !== "loops") fail(2, absent);
const kinds = values.kind ? [oneOf(values.kind, KINDS, "kind")] : KINDS;
const chosen = values.engine
  ? [oneOf(values.engine, Object.keys(engines), "engine")]
  : Object.keys(engines);

const rows = new Map<string, number>();
const inPrograms = new Map<string, number>();
const loops = new Map<string, number>();
let instructions = 0;
let batches = 0;
const end = performance.now() + Number(values.seconds) * 1000;
let seed = Number(values.seed);
for (let round = 0; performance.now() < end; round++) {
  let widest = 0;
  for (const kind of kinds)
    for (const engine of chosen) {
      if (performance.now() >= end && round > 0) continue;
      // They run on all engines.
      if (kind === "loops" && engine !== chosen[0]) continue;
      const count = COUNT[kind][engine === "interpreter" ? 0 : 1];
      widest = Math.max(widest, count);
      console.log(`${kind}${kind === "loops" ? "" : `, ${engine}`}: ${count} from seed ${seed}`);
      const report = run(kind, engine, count);
      batches++;
      instructions += report.instructions;
      const counts = kind === "programs" ? inPrograms : kind === "loops" ? loops : rows;
      for (const [id, n] of report.rows) counts.set(id, (counts.get(id) ?? 0) + n);
      if (report.differences.length > 0) fail(1, report.differences.join("\n\n"));
    }
  seed += widest;
}
console.log(`${batches} batches, ${instructions} instructions, no difference; next seed ${seed}`);
if (values.rows) {
  console.log(`random instructions\n${coverage(rows)}`);
  console.log(`compiled programs\n${coverage(inPrograms)}`);
  console.log(`loops\n${[...loops].map(([kind, n]) => `${n} ${kind}`).join("\n")}`);
}

function run(kind: Kind, engine: string, count: number): BatchReport {
  const script = join(import.meta.dir, "batch.ts");
  const { exitCode, stdout, stderr } = Bun.spawnSync(
    [process.execPath, script, kind, engine, String(seed), String(count)],
    { stdout: "pipe", stderr: "pipe" },
  );
  if (exitCode !== 0) fail(1, `the batch ended with ${exitCode}: ${stderr}`);
  return JSON.parse(stdout.toString()) as BatchReport;
}

function oneOf<T extends string>(text: string, list: readonly T[], what: string): T {
  const found = list.find((item) => item === text);
  return found ?? fail(2, `no ${what} ${text}; there are ${list.join(", ")}`);
}

function fail(status: number, text: string): never {
  console.error(text);
  process.exit(status);
}
