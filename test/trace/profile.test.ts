import { expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "../cli/binary.ts";
import { compile, gcc } from "../gdb/toolchain.ts";

setDefaultTimeout(120_000);

const root = join(import.meta.dir, "../..");
const threads = join(root, "disk/prebuilt/a9/threads.mo");

function run(...argv: string[]) {
  const child = Bun.spawnSync([process.execPath, join(root, "src/main.ts"), "run", ...argv], {
    cwd: root,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  return { code: child.exitCode, out: child.stdout.toString(), err: child.stderr.toString() };
}

/** Instructions of the run by --stats: the engine's own counter. */
const instructions = (err: string) => Number(/^ +instructions +(\d+)$/m.exec(err)?.[1]);

test("folded: thread, outer to inner function; the counts are those of the engine, in every run and with every engine", () => {
  using dir = scratch();
  const file = dir.path("out.folded");
  const { err, out } = run("--stats", "--profile", file, threads);
  const text = readFileSync(file, "utf8");
  const rows = text
    .trimEnd()
    .split("\n")
    .map((line) => /^(\S+) (\d+)$/.exec(line)!);
  expect(rows.reduce((total, [, , count]) => total + Number(count), 0)).toBe(instructions(err));
  expect(rows.some(([, stack]) => stack.startsWith("producer;"))).toBe(true);
  expect(rows.some(([, stack]) => stack.startsWith("consumer;"))).toBe(true);
  expect(out).toBe(run(threads).out);
  for (const engine of ["interp", "jit", "auto"]) {
    run("--engine", engine, "--profile", file, threads);
    expect(readFileSync(file, "utf8")).toBe(text);
  }
});

test("speedscope: what its schema asks for", () => {
  using dir = scratch();
  const file = dir.path("out.speedscope.json");
  const { err } = run("--stats", "--profile", file, threads);
  const { $schema, shared, profiles } = JSON.parse(readFileSync(file, "utf8"));
  expect($schema).toBe("https://www.speedscope.app/file-format-schema.json");
  for (const frame of shared.frames) expect(typeof frame.name).toBe("string");
  let total = 0;
  for (const profile of profiles) {
    expect(profile.type).toBe("sampled");
    expect(profile.samples.length).toBe(profile.weights.length);
    for (const stack of profile.samples)
      for (const frame of stack) expect(shared.frames[frame]).toBeDefined();
    const sum = profile.weights.reduce((a: number, b: number) => a + b, 0);
    expect(profile.endValue - profile.startValue).toBe(sum);
    total += sum;
  }
  expect(total).toBe(instructions(err));
});

test("cpuprofile: a tree, with a sample for every weight", () => {
  using dir = scratch();
  const file = dir.path("out.cpuprofile");
  const { err } = run("--stats", "--profile", file, threads);
  const { nodes, samples, timeDeltas, startTime, endTime } = JSON.parse(readFileSync(file, "utf8"));
  const ids = new Map(nodes.map((node: { id: number }) => [node.id, node]));
  expect(ids.size).toBe(nodes.length);
  const children = nodes.flatMap((node: { children: number[] }) => node.children);
  // Everybody but the root has one parent.
  expect(children.toSorted((a: number, b: number) => a - b)).toEqual(
    nodes.slice(1).map((node: { id: number }) => node.id),
  );
  expect(samples.length).toBe(timeDeltas.length);
  for (const sample of samples) expect(ids.has(sample)).toBe(true);
  expect(endTime - startTime).toBe(instructions(err));
  const hits = nodes.reduce(
    (total: number, node: { hitCount: number }) => total + node.hitCount,
    0,
  );
  expect(hits).toBe(instructions(err));
});

test.skipIf(!gcc)("lines and callers (needs arm-none-eabi-gcc)", () => {
  using dir = scratch();
  const source = join(root, "test/gdb/programs/demo.c");
  const module = compile(source, dir.path("demo.mo"));
  const file = dir.path("out.folded");
  const { err } = run("--top", "--profile", file, module);
  const text = readFileSync(file, "utf8");
  expect(text).toMatch(/^demo;main;work;helper \d+$/m);
  expect(text).toMatch(/^demo;main;work;qsort;compare \d+$/m);
  expect(err).toMatch(/instructions +share +function\n/);
  // Three calls of the thirteen instructions that the compiler makes of it, as objdump lists them.
  const { stdout } = Bun.spawnSync(["arm-none-eabi-objdump", "-d", "--disassemble=helper", module]);
  const size = stdout.toString().match(/^ *\w+:\t/gm)!.length;
  expect(err).toMatch(new RegExp(`^ +${3 * size} +[\\d.]+ %  helper  \\(.*demo\\.c:17\\)$`, "m"));
});

test("wrong use", () => {
  const wrong = run("--profile", "out.txt", threads);
  expect(wrong.code).toBe(2);
  expect(wrong.err).toContain("names end in .cpuprofile, .speedscope.json, .folded");
  expect(run("--profile", "/nowhere/x.folded", threads).code).toBe(74);
  expect(run("--top", "--coverage", "/dev/null", threads).code).toBe(2);
});
