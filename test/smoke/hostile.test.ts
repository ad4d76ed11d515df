/** Texts of guests and scenarios that want to be more than texts. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { harmless } from "../../src/smoke/report/common.ts";
import { utestUnits } from "../../src/smoke/utest.ts";
import { ROOT, rttSim, scratch } from "../cli/binary.ts";

setDefaultTimeout(60_000);

/** What GitHub's runner takes for a command: at the beginning of a line behind blanks, or, as it was first, anywhere. */
const COMMANDS = /^\s*::|##\[/m;
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f]/;

function folder(files: Record<string, string>): ReturnType<typeof scratch> {
  const dir = scratch();
  for (const [name, text] of Object.entries(files)) writeFileSync(dir.path(name), text);
  copyFileSync(join(ROOT, "disk/prebuilt/a9/hello.mo"), dir.path("hello.mo"));
  return dir;
}

test("names, reasons, output and details are texts to a terminal and to GitHub", () => {
  using dir = folder({
    "a.smoke.toml":
      'name = "\\u001b[2J\\n::error::name"\nskip = "::stop-commands::x\\u0007"\nmsh = "ls"\n',
    "b.smoke.toml":
      'msh = "cat /x"\n[[files]]\npath = "/x"\ntext = "::error::out\\n##[error]out\\n\\u001b[31mred\\u001b[0m\\u001b]0;title\\u0007\\n"\n[expect]\ncontains = "::warning::\\nzz"\n',
    "c.smoke.toml":
      'msh = "cat /x"\n[[files]]\npath = "/x"\ntext = "[----------] [ testcase ] (::error::case) started\\n[==========] utest unit name: (u)\\n[  ASSERT  ] [ unit     ] ::error::assert\\n[  ASSERT  ] [ unit     ] ::error::two\\n"\n',
  });
  const text = rttSim(["test", dir.path(".")]);
  expect(text.code).toBe(1);
  expect(text.out).not.toMatch(COMMANDS);
  expect(text.out).not.toMatch(CONTROLS);
  expect(text.out).toContain("\\x3a:error::two");
  expect(text.out).toContain("| red\\x1b]0;title\\x07");
  const github = rttSim(["test", "--reporter", "github", dir.path(".")]).out;
  for (const line of github.trimEnd().split("\n"))
    expect(line).toMatch(/^::(error|notice) (file=|title=)[^\x00-\x1f]*$/);
  expect(rttSim(["test", "--reporter", "tap", dir.path(".")]).out).not.toMatch(CONTROLS);
});

test("two reports cannot go to one file, whatever it is called", () => {
  using dir = folder({});
  mkdirSync(dir.path("d"));
  symlinkSync(dir.path("d"), dir.path("e"));
  const run = rttSim([
    ...["test", "--reporter", `junit:${dir.path("d/r.xml")}`],
    ...["--reporter", `tap:${dir.path("d/../e/r.xml")}`, dir.path("hello.mo")],
  ]);
  expect(run.err).toContain("the report junit goes to that file");
  expect(run.code).toBe(2);
});

test("what a scenario names and is not there is told with its line", () => {
  using dir = folder({ "a.smoke.toml": 'name = "a"\n\nrun = "none.mo"\n' });
  const { out, code } = rttSim(["test", "a.smoke.toml"], "", dir.path("."));
  expect(out).toContain("a.smoke.toml:3:1: cannot open none.mo");
  expect(code).toBe(65);
  writeFileSync(dir.path("a.smoke.toml"), 'name = "a"\n\n[[step]]\nrun = "none.mo"\n');
  expect(rttSim(["test", "a.smoke.toml"], "", dir.path(".")).out).toContain(
    "a.smoke.toml:4:1: cannot open none.mo",
  );
});

test("a deadlock and a time-out say where the threads stand, as `run` does", () => {
  const module = join(ROOT, "test/fixtures/smoke/embrace.mo");
  const starve = join(ROOT, "test/fixtures/smoke/starve.mo");
  const stands = /thread \w+ stands at\n.*\n?.*(embrace|starve|rt_)/;
  expect(rttSim(["test", "--explore", "200", module]).out).toMatch(stands);
  expect(rttSim(["test", "--timeout", "100ms", starve]).out).toMatch(stands);
  expect(rttSim(["run", "--timeout", "100ms", starve]).err).toMatch(stands);
});

test("`run --json` and `test --json` say in JSON what could not be run", () => {
  const cases: [argv: string[], code: number, message: RegExp][] = [
    [["run", "--json", "none.mo"], 66, /cannot open none\.mo/],
    [["run", "--json", "--bogus", "x.mo"], 2, /unknown option --bogus/],
    [["run", "--json", "--ram", "1T", "x.mo"], 2, /'1T' is not a size/],
    [["run", "--json"], 2, /which module\?/],
    [["run", "--json", "--with", "none", "disk/prebuilt/a9/hello.mo"], 66, /cannot open none/],
    [["run", "--json", "--disk", "README.md", "disk/prebuilt/a9/hello.mo"], 65, /README\.md/],
    [["run", "--json", "--firmware", "README.md", "disk/prebuilt/a9/hello.mo"], 65, /ELF/],
    [["test", "--json", "none"], 66, /cannot open none/],
    [["test", "--json", "--shard", "x", "disk"], 2, /--shard/],
  ];
  for (const [argv, code, message] of cases) {
    const run = rttSim(argv);
    expect(run.code).toBe(code);
    expect(run.err).toMatch(message);
    const { exitCode, error } = JSON.parse(run.out);
    expect(exitCode).toBe(code);
    expect(error.message).toMatch(message);
  }
  // What follows the module belongs to the module.
  expect(rttSim(["run", "none.mo", "--json"]).out).toBe("");
});

test("a line of a megabyte does not bury what is wrong with it", () => {
  const long = "a".repeat(500_000);
  using dir = folder({
    "long.txt": `${long}b${long}\n`,
    "wanted.txt": `${long}c${long}\n`,
    "a.smoke.toml":
      'msh = "cat /long.txt"\n[[files]]\nfrom = "long.txt"\n[expect]\ntranscript = "wanted.txt"\n',
  });
  const { out } = rttSim(["test", "a.smoke.toml"], "", dir.path("."));
  expect(out.length).toBeLessThan(4000);
  expect(out).toMatch(/expected \.\.\."a+ca+"\.\.\. \(from character 499941 of 1000001\)/);
  expect(out).toMatch(/got      \.\.\."a+ba+"\.\.\./);
});

/** Beginnings of lines of utest that have no end. */
const UTEST = ["[----------][testcase](", "[==========]utest unit name:(", "[PASSED][unit]("];

test("the time for a text grows with its length, whatever is in it", () => {
  for (const text of ["\n", " \n", "   :", "[ ", "\x1b[1;", ...UTEST, "##[", "\r\n", "\r"]) {
    const long = text.repeat((1 << 20) / text.length);
    const started = performance.now();
    harmless(long);
    utestUnits(long);
    // The square of a million takes hours.
    expect(performance.now() - started).toBeLessThan(20_000);
  }
});
