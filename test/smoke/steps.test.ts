/** What the steps of a scenario find on the disk, and what is looked at when they are over. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, rttSim, scratch } from "../cli/binary.ts";

setDefaultTimeout(60_000);

const FIXTURES = join(ROOT, "test/fixtures");
const HELLO = join(ROOT, "disk/prebuilt/a9/hello.mo");

test("each step runs its own module, also when two have the same name", () => {
  using dir = scratch();
  mkdirSync(dir.path("a"));
  mkdirSync(dir.path("b"));
  copyFileSync(HELLO, dir.path("a/x.mo"));
  copyFileSync(join(FIXTURES, "transcripts/t_args.mo"), dir.path("b/X.mo"));
  const step = (file: string, text: string): string =>
    `[[step]]\nrun = "${file}"\nargs = ["one"]\nexit = "any"\nexpect.contains = "${text}"\n`;
  const hello = step("a/x.mo", "Hello, world");
  const args = step("b/X.mo", "one");
  writeFileSync(dir.path("t.smoke.toml"), hello + args + hello);
  const run = rttSim(["test", dir.path("t.smoke.toml")]);
  expect(run.out).toContain("1 passed, 0 failed");
  const wrong = step("b/X.mo", "Hello, world");
  writeFileSync(dir.path("t.smoke.toml"), hello + wrong);
  expect(rttSim(["test", dir.path("t.smoke.toml")]).out).toContain(
    "the output of 'b/X.mo' does not contain",
  );
});

test("files are looked at after a deadlock and a time-out, too", () => {
  using dir = scratch();
  copyFileSync(join(FIXTURES, "dl/forever.mo"), dir.path("forever.mo"));
  copyFileSync(join(FIXTURES, "smoke/starve.mo"), dir.path("starve.mo"));
  const scenario = (file: string, exit: string, path: string): string =>
    `run = "${file}"\nexit = "${exit}"\ntimeout = "300ms"\n[[files]]\npath = "/here"\ntext = "x"\n[[expect.file]]\npath = "${path}"\n`;
  for (const [file, exit] of [
    ["forever.mo", "deadlock"],
    ["starve.mo", "timeout"],
  ]) {
    writeFileSync(dir.path("t.smoke.toml"), scenario(file, exit, "/here"));
    expect(rttSim(["test", dir.path("t.smoke.toml")]).code).toBe(0);
    writeFileSync(dir.path("t.smoke.toml"), scenario(file, exit, "/none"));
    const run = rttSim(["test", dir.path("t.smoke.toml")]);
    expect(run.out).toContain("/none does not exist");
    expect(run.code).toBe(1);
  }
});

test("line ends of the console are told where a text has others", () => {
  using dir = scratch();
  const scenario = (expect: string): string => `console = true\nmsh = "pwd"\n[expect]\n${expect}\n`;
  const run = (expect: string) => {
    writeFileSync(dir.path("t.smoke.toml"), scenario(expect));
    return rttSim(["test", dir.path("t.smoke.toml")]);
  };
  expect(run('contains = """pwd\n/\nmsh />"""').code).toBe(0);
  // An editor that ends lines as Windows does.
  expect(run('contains = """pwd\r\n/\r\nmsh />"""').code).toBe(0);
  for (const text of ['contains = "pwd\\r\\n/"', 'ordered = ["msh />pwd\\r\\n/"]']) {
    const { code, out } = run(text);
    expect(code).toBe(1);
    expect(out).toContain('lines of the output end in "\\n" here');
  }
  // Not where another text is what is missing.
  expect(run('contains = "pwd\\r\\nx"').out).not.toContain("lines of the output end");
});
