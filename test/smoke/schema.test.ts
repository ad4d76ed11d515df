/** What a scenario file may say, and what it is told when it says something else. */
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { KEYS, parseScenario, ScenarioError } from "../../src/smoke/mod.ts";
import { type Node, readToml } from "../../src/smoke/toml.ts";

function complaints(text: string): string[] {
  try {
    parseScenario("a.smoke.toml", text);
  } catch (error) {
    if (error instanceof ScenarioError) return error.message.split("\n");
    throw error;
  }
  return [];
}

/** Text of the file, then what is said about it: place and message, and the fix. */
const WRONG: readonly (readonly [what: string, text: string, ...said: string[]])[] = [
  [
    "an unknown key",
    'run = "a.mo"\nexpct = 1\n',
    "2:1: unknown key 'expct' in a scenario",
    "did you mean 'expect'?",
  ],
  [
    "an unknown key in a step",
    '[[step]]\nrun = "a.mo"\n\n[[step]]\nmsh = "ls"\n  exits = 1\n',
    "6:3: unknown key 'exits' in [[step]]",
    "did you mean 'exit'?",
  ],
  [
    "an unknown key in an inline table",
    'run = "a.mo"\nbudget = { leaks = 0, ram = 5 }\n',
    "2:23: unknown key 'ram' in [budget]",
    "'ram' belongs at the top, above every [table]",
  ],
  [
    "a key that belongs nowhere",
    'run = "a.mo"\nbudget = { leaks = 0, threads = 5 }\n',
    "2:23: unknown key 'threads' in [budget]",
    "known keys: instructions, heap, stack, time, output, leaks",
  ],
  [
    "an exit code among the expectations",
    'run = "a.mo"\nexpect.exit = 3\n',
    "2:8: unknown key 'exit' in [expect]",
    "'exit' belongs beside 'run' or 'msh': at the top, above every [table], or in a [[step]]",
  ],
  [
    "a limit among the expectations",
    'run = "a.mo"\n[expect]\ninstructions = 3\n',
    "3:1: unknown key 'instructions' in [expect]",
    "'instructions' belongs in [budget]",
  ],
  [
    "an empty table of expectations",
    'run = "a.mo"\n[expect]\n',
    "2:2: 'expect' is empty: it expects nothing",
    'write contains = "..."',
  ],
  [
    "an empty table of expected messages",
    'run = "a.mo"\n[expect]\ncontains = "a"\n[expect.messages]\n',
    "4:9: 'messages' is empty: it expects nothing",
    'write contains = "..."',
  ],
  [
    "an empty table of expectations in a step",
    '[[step]]\nrun = "a.mo"\n[step.expect]\n',
    "3:7: 'expect' is empty: it expects nothing",
    'write contains = "..."',
  ],
  [
    "a budget without limits",
    'run = "a.mo"\n[budget]\n',
    "2:2: 'budget' is empty: it limits nothing",
    "write leaks = 0, or leave it out",
  ],
  [
    "one table where several are expected",
    'run = "a.mo"\n[expect.file]\npath = "/a"\n',
    "2:9: 'file' must be an array of tables",
    "write [[expect.file]]",
  ],
  [
    "two files that FAT takes for one",
    'msh = "ls"\n[[files]]\npath = "/a.txt"\ntext = "1"\n[[files]]\npath = "//./A.TXT"\ntext = "2"\n',
    "6:1: //./A.TXT is placed twice (/a.txt and //./A.TXT are one file on a FAT disk)",
    "drop one of them",
  ],
  [
    "a file where a module goes",
    'run = "../build/App.mo"\n[[files]]\npath = "/app.mo"\ntext = "1"\n',
    '2:3: [[files]] puts a file at /app.mo, where run = "../build/App.mo" puts its module (/App.mo and /app.mo are one file on a FAT disk)',
    "give the file another path",
  ],
  ["a module without a name", 'run = ""\n', "1:1: 'run' is empty", 'run = "FILE"'],
  ["a disk without a name", 'msh = "ls"\ndisk = ""\n', "2:1: 'disk' is empty", 'disk = "FILE"'],
  [
    "a host file without a name",
    'msh = "ls"\n[[files]]\npath = "/a"\nfrom = ""\n',
    "4:1: 'from' is empty",
    'from = "FILE"',
  ],
  [
    "a transcript with a NUL",
    'msh = "ls"\nexpect.transcript = "a\\u0000b"\n',
    "2:8: 'transcript' has a NUL character",
    'transcript = "FILE"',
  ],
  [
    "a folder where a file is to be placed",
    'msh = "ls"\n[[files]]\npath = "/a/"\ntext = ""\n',
    '3:1: "/a/" is no path of a file',
    'path = "/folder/name"',
  ],
  [
    "a file without a name to look at",
    'msh = "ls"\n[[expect.file]]\npath = ""\n',
    '3:1: "" is no path of a file',
    'path = "/folder/name"',
  ],
  [
    "an argument with a NUL",
    'run = "a.mo"\nargs = ["x", "a\\u0000b"]\n',
    "2:1: a NUL character ends a text of C",
    "leave it out, or place the bytes in a file",
  ],
  [
    "a line with a NUL",
    'msh = "echo a\\u0000b"\n',
    "1:1: a NUL character ends a text of C",
    "leave it out, or place the bytes in a file",
  ],
  [
    "a size that is not that of the text",
    'msh = "ls"\n[[expect.file]]\npath = "/a"\nequals = "ü"\nsize = 1\n',
    "5:1: 'equals' has 2 bytes, not 1",
    "drop one of the two",
  ],
  ["a module that is a folder", 'run = "."\n', "1:1: 'run' names a folder: \".\"", 'run = "FILE"'],
  [
    "a host file that is a folder",
    'msh = "ls"\n[[files]]\npath = "/a"\nfrom = "x/"\n',
    "4:1: 'from' names a folder: \"x/\"",
    'from = "FILE"',
  ],
  [
    "a file in a file",
    'msh = "ls"\n[[files]]\npath = "/A/b/c"\ntext = "1"\n[[files]]\npath = "/a"\ntext = "2"\n',
    "2:3: /A/b/c is in /a, which is a file",
    "give one another path",
  ],
  [
    "a file in a module",
    'run = "x/App.mo"\n[[files]]\npath = "/app.mo/a"\ntext = "1"\n',
    '2:3: [[files]] puts a file at /app.mo/a, and run = "x/App.mo" its module at /App.mo',
    "give the file another path",
  ],
  [
    "a file above the root",
    'msh = "ls"\n[[files]]\npath = "/a/../../x"\ntext = "1"\n',
    '3:1: "/a/../../x" is above the root',
    'path = "/folder/name"',
  ],
  ["no steps", "step = []\n", "1:1: 'step' is empty: it does nothing", 'run = "FILE.mo"'],
  ["no lines", "msh = []\n", "1:1: 'msh' is empty: it does nothing", 'msh = "LINE"'],
  ["an empty line", 'msh = ""\n', "1:1: an empty line does nothing", 'msh = "LINE"'],
  [
    "an empty line among others",
    'msh = ["ls", " "]\n',
    "1:14: an empty line does nothing",
    'msh = "LINE"',
  ],
  [
    "an expectation of nothing",
    'msh = "ls"\nexpect.contains = []\n',
    "2:8: 'contains' is empty: it expects nothing",
    "or leave it out",
  ],
  [
    "an expectation of nothing in a step",
    '[[step]]\nmsh = "ls"\nexpect.matches = []\n',
    "3:8: 'matches' is empty: it expects nothing",
    "or leave it out",
  ],
  [
    "an expectation of no file",
    'msh = "ls"\nexpect.file = []\n',
    "2:8: 'file' is empty: it expects nothing",
    "use [[expect.file]]",
  ],
  ["nothing to do", 'name = "x"\n', "1:1: nothing to do", 'run = "FILE.mo"'],
  ["an empty file", "", "1:1: nothing to do", 'msh = "LINE"'],
  [
    "a step that does nothing",
    "[[step]]\nexit = 0\n",
    "1:3: a step without 'run' or 'msh'",
    'run = "FILE.mo" or msh = "LINE"',
  ],
  [
    "a step that does two things",
    '[[step]]\nrun = "a.mo"\nmsh = "ls"\n',
    "3:1: both 'run' and 'msh'",
    "one step does one of them",
  ],
  [
    "both forms of steps",
    'run = "a.mo"\n[[step]]\nmsh = "ls"\n',
    "1:1: 'run' beside [[step]]",
    "move it into a [[step]]",
  ],
  ["a value of another type", "run = 5\n", "1:7: 'run' must be a string", 'write run = "..."'],
  [
    "an element of another type",
    'run = "a.mo"\nargs = ["x", 5]\n',
    "2:14: 'args' must be a string or an array of strings",
    'args = ["...", "..."]',
  ],
  [
    "a time without a unit",
    'run = "a.mo"\ntimeout = 10\n',
    "2:11: 'timeout' must be a time",
    'timeout = "500ms"',
  ],
  [
    "no repetition",
    'run = "a.mo"\nrepeat = 0\n',
    "2:10: 'repeat' must be a whole number",
    "repeat = 1",
  ],
  [
    "a negative budget",
    'run = "a.mo"\n[budget]\nheap = -1\n',
    "3:8: 'heap' must be a size from 0",
    'heap = "64K"',
  ],
  [
    "an exit code that no process has",
    'run = "a.mo"\nexit = 256\n',
    "2:8: 'exit' must be a number from 0 to 255 or a name",
    "names: any, timeout",
  ],
  [
    "an exit that has no such name",
    'run = "a.mo"\nexit = "crash"\n',
    "2:8: 'exit' must be a number",
    "fault, deadlock",
  ],
  [
    "a regular expression that is none",
    'run = "a.mo"\n[expect]\nmatches = ["a", "(b"]\n',
    "3:17: Invalid regular expression",
    "JavaScript's syntax",
  ],
  [
    "wanted and unwanted",
    'run = "a.mo"\n[expect]\ncontains = "error 5"\nabsent = ["x", "error"]\n',
    '4:16: "error" is both wanted and unwanted',
    "drop one of the two",
  ],
  [
    "wanted, but not in the whole text",
    'run = "a.mo"\n[expect]\nequals = "abc"\ncontains = "d"\n',
    "4:12: \"d\" is not in 'equals'",
    "drop one of the two",
  ],
  [
    "a whole text twice",
    'run = "a.mo"\n[expect]\nequals = "abc"\ntranscript = "t.txt"\n',
    "4:1: both 'equals' and 'transcript'",
    "drop one of the two",
  ],
  [
    "an empty text",
    'run = "a.mo"\n[expect]\nabsent = ""\n',
    "3:10: an empty text is in every output",
    "say which text",
  ],
  [
    "contents of a file that must not exist",
    'run = "a.mo"\n[[expect.file]]\npath = "/a"\nexists = false\nequals = ""\n',
    "5:1: 'equals' of a file that must not exist",
    "drop one of the two",
  ],
  [
    "two opinions about a file",
    'run = "a.mo"\n[[expect.file]]\npath = "/a"\n[[expect.file]]\npath = "a"\n',
    "5:1: a second [[expect.file]] for /a",
    "join them",
  ],
  [
    "a file placed twice",
    'run = "a.mo"\n[[files]]\npath = "/a"\ntext = "1"\n[[files]]\nfrom = "x/a"\n',
    "5:3: /a is placed twice",
    "drop one of them",
  ],
  [
    "a file without contents",
    'run = "a.mo"\n[[files]]\npath = "/a"\n',
    "2:3: a file needs either 'text' or 'from'",
    'text = "..." or from',
  ],
  [
    "a skip without a reason",
    'run = "a.mo"\nskip = " "\n',
    "2:1: 'skip' gives no reason",
    "why not",
  ],
  [
    "arguments of a line",
    'msh = "ls"\nargs = ["/"]\n',
    "2:1: 'args' belongs to 'run'",
    "write the arguments into the line",
  ],
  [
    "a module typed at the console",
    'console = true\nrun = "a.mo"\n',
    "2:1: 'run' cannot be typed at the console",
    "place the file with [[files]]",
  ],
  ["two lines in one", 'msh = "a\\nb"\n', "1:1: 'msh' has more than one line", "for each line"],
  ["another release", 'run = "a.mo"\ncompat = "5.0"\n', "2:1: no release '5.0'", '"4.0.4"'],
  ["what is no TOML", 'run = "a.mo"\nname = ?\n', "2:8: not TOML", "https://toml.io"],
  ["a key twice", 'run = "a.mo"\nrun = "b.mo"\n', "2:1: not TOML", "https://toml.io"],
  [
    "a table where a list belongs",
    'run = "a.mo"\n[files]\npath = "/a"\n',
    "2:2: 'files' must be an array of tables",
    "[[files]]",
  ],
];

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
