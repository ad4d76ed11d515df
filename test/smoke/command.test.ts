/** `rtt-sim test` as a process: what it finds, how it selects, what it exits with. */
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { validateXML } from "xmllint-wasm";
import { makeDisk } from "../../src/fat/mod.ts";
import { ROOT, rttSim } from "../cli/binary.ts";

setDefaultTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), "rtt-sim-smoke-"));
afterAll(() => rmSync(folder, { recursive: true }));

const HELLO = join(ROOT, "disk/prebuilt/a9/hello.mo");
const fixture = (path: string): string => join(ROOT, "test/fixtures", path);
let folders = 0;

/** A folder with these files: text, or a copy of a module. */
function tree(files: Record<string, string | { copy: string } | Uint8Array>): string {
  const at = join(folder, String(folders++));
  mkdirSync(at);
  for (const [path, content] of Object.entries(files)) {
    const to = join(at, path);
    mkdirSync(dirname(to), { recursive: true });
    if (typeof content === "object" && "copy" in content) cpSync(content.copy, to);
    else writeFileSync(to, content);
  }
  return at;
}
const hello = { copy: HELLO };
const fault = { copy: fixture("transcripts/t_fault.mo") };

/** Paths and verdicts of the tests. */
function verdicts(argv: readonly string[], cwd: string): string[] {
  const report = JSON.parse(rttSim(["test", "--json", ...argv], "", cwd).out);
  return report.tests.map(({ id, status }: { id: string; status: string }) => `${status} ${id}`);
}

test("the suite of the project passes, with any number of processes, in identical reports", () => {
  const argv = ["test", "--reporter", "junit", "test/smoke/suite"];
  const one = rttSim([...argv, "--jobs", "1"]);
  expect(one.err).toBe("");
  expect(one.code).toBe(0);
  const three = rttSim([...argv, "--jobs", "3"]);
  expect(three.out).toBe(one.out);
  expect(three.code).toBe(0);
});

test("JUnit of real tests, with output of every kind, fits the schema", async () => {
  const at = tree({ "a.mo": hello, "b.mo": fault, "c.mo": { copy: fixture("smoke/units.mo") } });
  const run = rttSim(["test", "--reporter", "junit:out.xml", "--reporter", "text", "."], "", at);
  expect(run.code).toBe(1);
  expect(run.out).toContain("1 passed, 2 failed, 3 units of utest\n");
  const xml = readFileSync(join(at, "out.xml"), "utf8");
  const schema = readFileSync(join(import.meta.dir, "junit.xsd"), "utf8");
  const { errors } = await validateXML({
    xml: [{ fileName: "out.xml", contents: xml }],
    schema: [{ fileName: "junit.xsd", contents: schema }],
  });
  expect(errors).toEqual([]);
  expect(xml).toContain('<testcase classname="c.mo" name="smoke.units: test_wrong"');
});

test("a module on an image that a scenario there runs is not run alone", () => {
  const bytes = readFileSync(fixture("transcripts/t_fault.mo"));
  const scenario = new TextEncoder().encode('run = "a.mo"\nexit = "fault"\n');
  const image = makeDisk([
    { path: "/tests/a.mo", bytes },
    { path: "/tests/b.smoke.toml", bytes: scenario },
  ]);
  const at = tree({ "disk.img": image.image() });
  expect(verdicts(["disk.img"], at)).toEqual(["passed disk.img:/tests/b.smoke.toml"]);
});

test("annotations of GitHub go with text for people on stdout", () => {
  const at = tree({ "a.mo": hello, "b.mo": fault });
  const run = rttSim(["test", "--reporter", "github", "--reporter", "text", "."], "", at);
  expect(run.out).toContain("\n::error file=b.mo,title=b.mo::'b.mo' ended with exit code 139");
  expect(run.out).toContain("\n1 passed, 1 failed\n");
});

test("modules and scenarios are found below a folder; what a scenario runs is not run alone", () => {
  const at = tree({
    "one.mo": hello,
    "deep/er/two.mo": hello,
    "needs/args.mo": fault,
    "needs/it.smoke.toml": 'run = "args.mo"\nexit = "fault"\n',
    ".hidden/three.mo": fault,
    "node_modules/four.mo": fault,
    "readme.txt": "no test",
  });
  expect(verdicts(["."], at)).toEqual([
    "passed deep/er/two.mo",
    "passed needs/it.smoke.toml",
    "passed one.mo",
  ]);
  expect(verdicts(["./needs//args.mo", "needs/", "needs/args.mo"], at)).toEqual([
    "failed needs/args.mo",
    "passed needs/it.smoke.toml",
  ]);
});

test("a folder with tests/ is looked through there only", () => {
  const at = tree({ "program.mo": fault, "tests/a.mo": hello });
  expect(verdicts(["."], at)).toEqual(["passed tests/a.mo"]);
});

test("a disk image has its tests in /tests, and they find their files there", () => {
  const bytes = new Uint8Array(readFileSync(HELLO));
  const text = (line: string): Uint8Array => new TextEncoder().encode(line);
  const image = makeDisk([
    { path: "/tests/a.mo", bytes },
    {
      path: "/tests/b.smoke.toml",
      bytes: text('run = "../bin/x.mo"\nexpect.contains = "Hello"\n'),
    },
    {
      path: "/tests/c.smoke.toml",
      bytes: text('msh = "cat /note.txt"\nexpect.contains = "kept\\n"\n'),
    },
    { path: "/bin/x.mo", bytes },
    { path: "/note.txt", bytes: text("kept\n") },
  ]);
  const at = tree({ "disk.img": image.image() });
  const before = readFileSync(join(at, "disk.img"));
  const ids = [
    "disk.img:/tests/a.mo",
    "disk.img:/tests/b.smoke.toml",
    "disk.img:/tests/c.smoke.toml",
  ];
  expect(verdicts(["disk.img"], at)).toEqual(ids.map((id) => `passed ${id}`));
  expect(verdicts(["."], at)).toEqual(ids.map((id) => `passed ${id}`));
  expect(readFileSync(join(at, "disk.img")).equals(before)).toBe(true);
});

test("a scenario on an image may name its files from the root", () => {
  const bytes = new Uint8Array(readFileSync(HELLO));
  const text =
    'run = "/bin/x.mo"\nexpect.contains = "Hello"\n[[files]]\nfrom = "/tests/y.mo"\npath = "/y"\n';
  const image = makeDisk([
    { path: "/tests/a.smoke.toml", bytes: new TextEncoder().encode(text) },
    { path: "/tests/y.mo", bytes },
    { path: "/bin/x.mo", bytes },
  ]);
  const at = tree({ "disk.img": image.image() });
  // y.mo is known to be the scenario's: it is no test of its own.
  expect(verdicts(["disk.img"], at)).toEqual(["passed disk.img:/tests/a.smoke.toml"]);
});

test("filters, tags and shards", () => {
  const scenario = (tag: string, name: string): string =>
    `run = "../hello.mo"\nname = "${name}"\ntags = ["${tag}"]\n`;
  const at = tree({
    "hello.mo": hello,
    "t/a.smoke.toml": scenario("fast", "first thing"),
    "t/b.smoke.toml": scenario("slow", "second thing"),
    "t/c.smoke.toml": scenario("fast", "third"),
  });
  const found = (...argv: string[]): string[] =>
    verdicts([...argv, "t"], at).map((line) => line.replace(/^passed t\/|\.smoke\.toml$/g, ""));
  expect(found("--filter", "thing")).toEqual(["a", "b"]);
  expect(found("--filter", "tag:fast")).toEqual(["a", "c"]);
  expect(found("--filter", "/[bc]\\.smoke/")).toEqual(["b", "c"]);
  expect(found("--filter", "tag:slow", "--filter", "third")).toEqual(["b", "c"]);
  expect(found("--shard", "1/2")).toEqual(["a", "c"]);
  expect(found("--shard", "2/2")).toEqual(["b"]);
  // A machine without work is no failure.
  expect(found("--shard", "4/4")).toEqual([]);
});

test("--bail stops at the first failure, which is the same one for any number of processes", () => {
  const at = tree({ "a.mo": hello, "b.mo": fault, "c.mo": hello, "d.mo": fault, "e.mo": hello });
  for (const jobs of ["1", "3"]) {
    expect(verdicts(["--bail", "--jobs", jobs, "."], at)).toEqual([
      "passed a.mo",
      "failed b.mo",
      "skipped c.mo",
      "skipped d.mo",
      "skipped e.mo",
    ]);
  }
});

test("--update records a transcript, which is compared from then on", () => {
  const at = tree({
    "hello.mo": hello,
    "s.smoke.toml": 'run = "hello.mo"\n[expect]\ntranscript = "s.txt"\n',
  });
  const missing = rttSim(["test", "s.smoke.toml"], "", at);
  expect(missing.code).toBe(1);
  expect(missing.out).toContain("s.txt: no such file; record it with --update");
  expect(rttSim(["test", "--update", "."], "", at).code).toBe(0);
  expect(readFileSync(join(at, "s.txt"), "utf8")).toBe("Hello, world\n");
  expect(rttSim(["test", "."], "", at).code).toBe(0);
  writeFileSync(join(at, "s.txt"), "Hello, moon\n");
  const changed = rttSim(["test", "."], "", at);
  expect(changed.code).toBe(1);
  expect(changed.out).toContain('expected "Hello, moon"\n          got      "Hello, world"');
});

test("--retry finds nothing new, for nothing is flaky", () => {
  const at = tree({ "b.mo": fault });
  const plain = rttSim(["test", "--json", "b.mo"], "", at);
  const again = rttSim(["test", "--json", "--retry", "3", "b.mo"], "", at);
  expect(again).toEqual(plain);
});

test("a crash is a failure also where no exit code is expected", () => {
  const typed = (line: string): string =>
    `console = true\nmsh = ["${line}", "echo hi"]\n[[files]]\nfrom = "b.mo"\n`;
  const at = tree({
    "b.mo": fault,
    "console.smoke.toml": typed("b"),
    "fine.smoke.toml": typed("no_such_command"),
    "lines.smoke.toml": 'msh = ["b", "echo hi"]\n[[files]]\nfrom = "b.mo"\n',
  });
  expect(verdicts(["."], at)).toEqual([
    "failed console.smoke.toml",
    "passed fine.smoke.toml",
    "failed lines.smoke.toml",
  ]);
});

test("--wall adds the host's times, which are in no report otherwise", () => {
  const report = (...argv: string[]) => JSON.parse(rttSim(["test", "--json", ...argv, HELLO]).out);
  expect(report("--wall").tests[0].wall).toBeGreaterThan(0);
  expect(report("--wall").wall).toBeGreaterThan(0);
  expect(JSON.stringify(report())).not.toContain('"wall"');
});

test("a module declares what it needs in its section", () => {
  const run = rttSim(["test", fixture("smoke/declared.mo")]);
  expect(run.out).toContain("declared in its source");
  expect(run.code).toBe(0);
});

test("budgets, leaks and endings that were not expected are named with their figures", () => {
  const at = tree({
    "hello.mo": hello,
    "leak.mo": { copy: fixture("transcripts/t_leak.mo") },
    "starve.mo": { copy: fixture("smoke/starve.mo") },
    "tight.smoke.toml":
      'run = "hello.mo"\n[budget]\ninstructions = 10\nheap = 100\nstack = 16\ntime = "1us"\noutput = 5\n',
    "slow.smoke.toml": 'run = "starve.mo"\ntimeout = "100ms"\n',
  });
  const { out, code } = rttSim(["test", "."], "", at);
  expect(code).toBe(1);
  for (const line of [
    /instructions: \d+ instructions used, 10 allowed/,
    /heap: \d+ bytes used, 100 allowed/,
    /stack of thread hello: \d+ bytes used, 16 allowed/,
    /simulated time: [\d.]+ ms used, 0\.001 allowed/,
    /output: 13 bytes used, 5 allowed/,
    /6 things left behind, 0 allowed\n(.*\n){5}.*5000 bytes/,
    /'starve\.mo' did not end in time/,
    /running: busy \(priority 10, module starve\)/,
    /has not had its turn for 99\.\d+ ms: patient \(priority 12/,
  ])
    expect(out).toMatch(line);
});

const BAD: readonly (readonly [what: string, argv: string[], code: number, says: RegExp])[] = [
  ["no path", [], 2, /which tests\?/],
  ["a path that is not there", ["none"], 66, /cannot open none: no such file/],
  ["a file that is no test", ["readme.txt"], 2, /readme\.txt is not a test\n.*FILE\.smoke\.toml/],
  ["an empty folder", ["empty"], 5, /no tests were found/],
  ["a filter that fits nothing", ["--filter", "zzz", "a.mo"], 5, /no tests were found/],
  ["a shard that is none", ["--shard", "3/2", "a.mo"], 2, /--shard: '3\/2' is not I\/N/],
  ["no processes", ["--jobs", "0", "a.mo"], 2, /--jobs: '0' is not a number from 1/],
  ["a reporter that is not known", ["--reporter", "xml", "a.mo"], 2, /choose one of: text, junit/],
  ["two reports on stdout", ["--json", "--reporter", "tap", "a.mo"], 2, /cannot both go to stdout/],
  ["a report nowhere", ["--reporter", "json:no/dir/x", "a.mo"], 74, /cannot write the report/],
  ["a regular expression that is none", ["--filter", "/(/", "a.mo"], 2, /--filter \/\(\/:/],
  ["an option of another command", ["--snapshot", "a.mo"], 2, /does not apply to 'test'/],
];

for (const [what, argv, code, says] of BAD)
  test(`wrong use: ${what}`, () => {
    const at = tree({ "a.mo": hello, "readme.txt": "text", "empty/.keep": "" });
    const run = rttSim(["test", ...argv], "", at);
    expect(run.err).toMatch(says);
    expect(run.err).not.toContain("    at ");
    expect(run.code).toBe(code);
  });

test("a module without a name before its extension is never one that passed", () => {
  const at = tree({ "t/.mo": hello, "t/.hidden.mo": hello, "t/a b.mo": hello, " .mo": hello });
  expect(verdicts(["t"], at)).toEqual(["passed t/a b.mo"]);
  const run = rttSim(["test", "t/.mo", " .mo"], "", at);
  expect(run.out.match(/the module has no name before its extension/g)?.length).toBe(2);
  expect(run.code).toBe(65);
});

const UNUSABLE: readonly (readonly [what: string, scenario: string, says: string])[] = [
  [
    "an unknown key",
    'rum = "a.mo"\n',
    "      x.smoke.toml:1:1: unknown key 'rum' in a scenario\n        fix: did you mean 'run'?\n",
  ],
  [
    "a module that is not there",
    'run = "none.mo"\n',
    '      x.smoke.toml:1:1: cannot open none.mo: no such file\n        fix: write run = "FILE", seen from the scenario\n',
  ],
  [
    "a disk that is none",
    'disk = "x.smoke.toml"\nmsh = "ls"\n',
    "      x.smoke.toml:1:1: x.smoke.toml is not a disk image",
  ],
  [
    "a disk that is not there",
    'msh = "ls"\ndisk = "none.img"\n',
    'x.smoke.toml:2:1: cannot open none.img: no such file\n        fix: write disk = "FILE", ',
  ],
  [
    "a file to compare with that is not there",
    'msh = "ls"\n[[expect.file]]\npath = "/a"\n  same = "none.bin"\n',
    'x.smoke.toml:4:3: cannot open none.bin: no such file\n        fix: write same = "FILE", ',
  ],
  [
    "a second step whose module is not there",
    '[[step]]\nmsh = "ls"\n[[step]]\nargs = []\n run = "none.mo"\n',
    "x.smoke.toml:5:2: cannot open none.mo: no such file",
  ],
  [
    "a file that is not there",
    'msh = "ls"\n[[files]]\nfrom = "none.bin"\n',
    'x.smoke.toml:3:1: cannot open none.bin: no such file\n        fix: write from = "FILE", ',
  ],
];

for (const [what, scenario, says] of UNUSABLE)
  test(`a scenario with ${what} fails, the others are run, and the exit code tells`, () => {
    const at = tree({ "a.mo": hello, "x.smoke.toml": scenario });
    const run = rttSim(["test", "."], "", at);
    expect(run.out).toContain(says);
    expect(run.out).toContain("1 passed, 1 failed\n");
    expect(run.code).toBe(65);
  });

test("a module that is no ELF file fails as one that cannot be loaded", () => {
  const at = tree({ "a.mo": "not ELF", "b.mo": "" });
  const { out, code } = rttSim(["test", "."], "", at);
  expect(out).toContain("'a.mo' ended with exit code 126 (refused), not 0");
  expect(code).toBe(1);
});
