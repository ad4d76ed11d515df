/** What a scenario file may say, and what it is told when it says something else. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { KEYS, parseScenario, ScenarioError } from "../../src/smoke/mod.ts";
import { type Node, readToml } from "../../src/smoke/toml.ts";
import { WRONG } from "./wrong-scenarios.ts";

setDefaultTimeout(120_000);

function complaints(text: string): string[] {
  try {
    parseScenario("a.smoke.toml", text);
  } catch (error) {
    if (error instanceof ScenarioError) return error.message.split("\n");
    throw error;
  }
  return [];
}

describe("a scenario that cannot be used", () => {
  for (const [what, text, place, ...fixes] of WRONG)
    test(what, () => {
      const [first, second] = complaints(text);
      expect(first).toStartWith(`a.smoke.toml:${place}`);
      for (const fix of fixes) expect(second).toContain(fix);
      expect(second).toStartWith("  fix: ");
    });

  test("what has the wrong kind is not called empty, too", () => {
    for (const key of ["contains", "ordered", "absent", "matches"])
      expect(complaints(`msh = "ls"\n[expect]\n${key} = {}\n`)).toHaveLength(
        complaints(`msh = "ls"\n[expect]\n${key} = 1\n`).length,
      );
  });

  test("everything that is wrong is said at once, in the order of the file", () => {
    const lines = complaints(
      'repeat = 0\nrun = "a.mo"\n[budget]\nlaeks = 1\n[expect]\nabsent = 1\n',
    );
    const places = lines
      .filter((line) => !line.startsWith("  "))
      .map((line) => line.split(": ")[0]);
    expect(places).toEqual(["a.smoke.toml:1:10", "a.smoke.toml:4:1", "a.smoke.toml:6:10"]);
  });
});

test("hostile files end with a message, soon", () => {
  // Processor time: others may have the machine meanwhile.
  const started = process.cpuUsage();
  for (const text of [
    `run = ${"[".repeat(100_000)}`,
    `run = ${"[".repeat(100_000)}${"]".repeat(100_000)}`,
    `${"a.".repeat(50_000)}b = 1`,
    `${"[a]\n".repeat(100_000)}`,
    `run = "${"x".repeat(2_000_000)}"`,
    "\0\x01\xff\xfe",
    '__proto__ = "x"\nconstructor = 1\nrun = "a.mo"',
    "run = 99999999999999999999999999",
    Array.from({ length: 60_000 }, (_, n) => `k${n} = 1`).join("\n"),
    "repeat = 1e400\nrun = 'a.mo'",
  ])
    expect(complaints(text)[0]).toStartWith("a.smoke.toml:");
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1000).toBeLessThan(10_000);
});

test("what is not said has its default", () => {
  expect(parseScenario("a.smoke.toml", 'run = "a.mo"')).toMatchObject({
    repeat: 1,
    console: false,
    budget: { leaks: 0 },
    steps: [{ action: { kind: "run", module: "a.mo", args: [] }, exit: 0, stdin: "" }],
  });
});

/** The value without its places. */
function plain(node: Node): unknown {
  if (node.kind === "table")
    return Object.fromEntries([...node.entries].map(([key, entry]) => [key, plain(entry.node)]));
  return node.kind === "array" ? node.items.map(plain) : node.value;
}

test("values are those that Bun's TOML reader finds, whatever the notation", () => {
  const folder = join(import.meta.dir, "suite");
  const texts = readdirSync(folder)
    .filter((name) => name.endsWith(".toml"))
    .map((name) => readFileSync(join(folder, name), "utf8"));
  texts.push(
    'a.b.c = 1\na.b.d = "x"\n[t.u]\nk = [1, [2, 3], {x = 4}]\n[[l]]\nn = 1\n[l.m]\no = 2\n[[l]]\nn = 3\n[[l.q]]\nr = 1\n[[l.q]]\nr = 2\n"quoted key" = 0x1f\n',
    "s = '''\nline\n  two'''\nf = -1.5e3\nu = \"\\u00e9\\t\"\nbig = 1_000\n",
  );
  expect(texts.length).toBeGreaterThan(10);
  for (const text of texts)
    expect(plain(readToml("x", text))).toEqual(JSON.parse(JSON.stringify(Bun.TOML.parse(text))));
});

test("docs/smoke-tests.md names every key", () => {
  const text = readFileSync(join(import.meta.dir, "../../docs/smoke-tests.md"), "utf8");
  const missing = Object.entries(KEYS).flatMap(([table, keys]) =>
    keys.filter((key) => !text.includes(`\`${key}\``)).map((key) => `${table}: ${key}`),
  );
  expect(missing).toEqual([]);
});
