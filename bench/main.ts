/**
 * `bun run bench [--quick] [--json] [--only boot,fs,...]`: every figure of the README, each with its question, unit and how it was measured.
 * A section runs in a process of its own, so that what one makes the host's compiler assume does not disturb the next.
 */
import { join } from "node:path";
import { scriptOptions } from "../src/cli/script-options.ts";
import { type Figure, type Section, showSection } from "./figure.ts";

const SECTIONS = [
  "boot",
  "dispatch",
  "relocate",
  "kernel",
  "flatness",
  "calls",
  "fs",
  "debug",
  "shell",
];

const { values } = scriptOptions(
  `bun run bench [--quick] [--json] [--only ${SECTIONS.join(",")}]`,
  {
    options: {
      quick: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      only: { type: "string" },
      /** One section in this process, as JSON: how `bench` calls itself. */
      section: { type: "string" },
    },
  },
);

interface Result {
  readonly section: string;
  readonly question: string;
  readonly figures: readonly Figure[];
}

async function measureHere(name: string): Promise<Result> {
  const { section } = (await import(join(import.meta.dir, name, "figures.ts"))) as {
    section: Section;
  };
  return {
    section: name,
    question: section.question,
    figures: await section.figures(values.quick),
  };
}

function measureApart(name: string): Result {
  const command = [process.execPath, import.meta.path, "--section", name];
  if (values.quick) command.push("--quick");
  const { stdout, stderr, success } = Bun.spawnSync(command);
  if (!success) throw new Error(`${name}: ${stderr.toString().trim()}`);
  return JSON.parse(stdout.toString()) as Result;
}

if (values.section !== undefined) {
  console.log(JSON.stringify(await measureHere(values.section)));
} else {
  const wanted = values.only?.split(",") ?? SECTIONS;
  const unknown = wanted.filter((name) => !SECTIONS.includes(name));
  if (unknown.length > 0) {
    console.error(`no section ${unknown.join(", ")}; there are ${SECTIONS.join(", ")}`);
    process.exit(2);
  }
  const results: Result[] = [];
  for (const name of wanted) {
    const result = measureApart(name);
    results.push(result);
    if (!values.json) console.log(showSection(result.question, result.figures));
  }
  if (values.json) console.log(JSON.stringify(results, undefined, 2));
}
