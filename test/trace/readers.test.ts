/** Files for other programs, opened by one of those: what it reads is what was measured, and it complains about nothing. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "../cli/binary.ts";
import { open } from "./speedscope.ts";

setDefaultTimeout(120_000);

const root = join(import.meta.dir, "../..");
const threads = "disk/prebuilt/a9/threads.mo";

function run(...argv: string[]): string {
  const child = Bun.spawnSync([process.execPath, join(root, "src/main.ts"), "run", ...argv], {
    cwd: root,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  return child.stderr.toString();
}

for (const [ending, format] of [
  ["cpuprofile", "Importing as Chrome CPU Profile"],
  ["speedscope.json", "Importing as speedscope json file"],
  ["folded", "Importing as collapsed stack format"],
] as const)
  test(`speedscope opens .${ending}: every instruction, and those of each function`, async () => {
    using dir = scratch();
    const file = dir.path(`out.${ending}`);
    const said = run("--stats", "--top", "--profile", file, threads);
    const read = await open(`out.${ending}`, readFileSync(file, "utf8"));
    expect(read.format).toBe(format);
    expect(read.complaints).toEqual([]);
    const total = read.profiles.reduce((sum, profile) => sum + profile.getTotalWeight(), 0);
    // The engine's own counter.
    expect(total).toBe(Number(/^ +instructions +(\d+)$/m.exec(said)?.[1]));
    const self = new Map<string, number>();
    for (const profile of read.profiles)
      profile.forEachFrame((frame) =>
        self.set(frame.name, (self.get(frame.name) ?? 0) + frame.getSelfWeight()),
      );
    const rows = [...said.matchAll(/^ +(\d+) +[\d.]+ % {2}(\S+) {2}\(/gm)];
    expect(rows.length).toBe(10);
    for (const [, count, name] of rows)
      expect(`${name} ${self.get(name)}`).toBe(`${name} ${count}`);
  });

test("speedscope opens --trace-json: turns and calls nest, none overlap", async () => {
  using dir = scratch();
  const file = dir.path("trace.json");
  const calls = dir.path("calls.txt");
  run("--trace-json", file, "--trace", "calls", "-o", calls, threads);
  const { format, complaints, profiles } = await open("trace.json", readFileSync(file, "utf8"));
  expect(format).toBe("Importing as Trace Event Format profile");
  expect(complaints).toEqual([]);
  const names = profiles.map((profile) => profile.getName());
  expect(names).toContain("processor (pid 1), cpu 0 (tid 0)");
  for (const thread of ["producer", "consumer"]) {
    expect(names).toContainEqual(expect.stringContaining(`threads (pid 2), ${thread} `));
    expect(names).toContainEqual(expect.stringContaining(`kernel calls (pid 3), ${thread} `));
  }
  // The program sleeps for 250 ms in all; the processor is never without a thread.
  const weight = profiles[names.indexOf("processor (pid 1), cpu 0 (tid 0)")].getTotalWeight();
  expect(Math.floor(weight / 1000)).toBe(250);
  // What speedscope calls the rows of a thread's calls is what the text has, thread by thread.
  const text = readFileSync(calls, "utf8");
  for (const thread of ["producer", "consumer"]) {
    const begun = [...text.matchAll(/^ +\d+ +[\d.]+ (\S+) +(\w+)\(/gm)];
    const named = new Set(begun.filter(([, who]) => who === thread).map(([, , name]) => name));
    expect(named.size).toBeGreaterThan(2);
    const at = names.findIndex((name) => name.startsWith(`kernel calls (pid 3), ${thread} `));
    const shown = new Set<string>();
    profiles[at].forEachFrame(({ name }) => shown.add(name));
    expect([...shown].sort()).toEqual([...named].sort());
  }
});
