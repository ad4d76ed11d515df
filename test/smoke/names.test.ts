/** Names with other letters than English ones, and paths with "..": one file is one file, on the guest and on the host. */
import { expect, setDefaultTimeout, test } from "bun:test";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { parseScenario, ScenarioError } from "../../src/smoke/mod.ts";
import { ROOT, rttSim, scratch } from "../cli/binary.ts";

setDefaultTimeout(60_000);

const HELLO = join(ROOT, "disk/prebuilt/a9/hello.mo");

/** What a scenario with these lines is told. */
function complaint(...lines: string[]): string {
  try {
    parseScenario("a.smoke.toml", lines.join("\n"));
  } catch (error) {
    if (error instanceof ScenarioError) return error.message;
    throw error;
  }
  return "";
}

test("a name of a scenario is on the disk in the bytes of code page 437", () => {
  using dir = scratch();
  writeFileSync(dir.path("größe.bin"), "1234");
  // u with diaeresis is byte 0x81 there; the second name has it as two characters. What is no UTF-8 is shown byte by byte.
  writeFileSync(
    dir.path("a.smoke.toml"),
    `msh = ["ls /", "echo hi /\u0081"]
expect.contains = ["\\u0081.txt", "gr\\u0094\\u00e1e.bin"]
files = [
  { path = "/ü.txt", text = "one" },
  { from = "größe.bin" },
]
[[expect.file]]
path = "/u\u0308.txt"
equals = "one"
[[expect.file]]
path = "/größe.bin"
same = "größe.bin"
[[expect.file]]
path = "/ÿ.txt"
exists = true
`,
  );
  const { tests } = JSON.parse(
    Buffer.from(
      rttSim(["test", "--json", "a.smoke.toml"], "", dir.path(".")).out,
      "latin1",
    ).toString(),
  );
  // The bytes of a name that was typed in UTF-8 are two others; only the file that nobody made is missing.
  expect(tests[0].failures.map(({ message }: { message: string }) => message)).toEqual([
    "/ÿ.txt does not exist",
  ]);
});

test("what no name can have is told with its place, and is never another name", () => {
  const files = (path: string): string =>
    complaint('msh = "ls"', "[[files]]", `path = "${path}"`, 'text = ""');
  const lacks = "which code page 437 lacks: RT-Thread's names are in that";
  // Cut to eight bits it would be a dot, and a slash.
  expect(files("/\u012e/x")).toStartWith(`a.smoke.toml:3:1: "/\u012e/x" has '\u012e', ${lacks}\n`);
  expect(files("/a\u012fb")).toContain(lacks);
  expect(files("/\u{1f600}")).toContain(`'\u{1f600}', ${lacks}`);
  for (const escape of ["\\u0000", "\\u0001", "\\n", "\\u007f"])
    expect(files(`/a${escape}b`)).toContain("has a control character, which no name may have");
  expect(complaint('msh = "ls"', "[[expect.file]]", 'path = "/\u0416"')).toStartWith(
    "a.smoke.toml:3:1: ",
  );
  expect(
    complaint(
      'msh = "ls"',
      ...["[[files]]", 'path = "/ü"', 'text = "1"'],
      ...["[[files]]", 'path = "/u\u0308"', 'text = "2"'],
    ),
  ).toContain("/ü is placed twice");
});

const posix = process.platform !== "win32";

test.skipIf(!posix)(
  "'..' of a scenario goes where the host goes with it, also below a link",
  () => {
    using dir = scratch();
    const at = (path: string): string => dir.path(path);
    mkdirSync(at("project/suite/deep"), { recursive: true });
    mkdirSync(at("project/build"));
    mkdirSync(at("elsewhere"));
    copyFileSync(HELLO, at("project/build/app.mo"));
    writeFileSync(
      at("project/suite/deep/a.smoke.toml"),
      'run = "../../build/app.mo"\nexpect.transcript = "../../kept.txt"\n',
    );
    symlinkSync("../project/suite/deep", at("elsewhere/link"));
    for (const [cwd, path] of [
      [".", "project/suite/deep"],
      ["project/suite/deep", "a.smoke.toml"],
      ["elsewhere", "link"],
      [".", at("elsewhere/link/a.smoke.toml")],
    ]) {
      expect(rttSim(["test", "--update", path], "", at(cwd)).code).toBe(0);
      expect(readFileSync(at("project/kept.txt"), "utf8")).toBe("Hello, world\n");
      expect(rttSim(["test", path], "", at(cwd)).out).toContain("1 passed, 0 failed");
      unlinkSync(at("project/kept.txt"));
    }
    expect(existsSync(at("kept.txt"))).toBe(false);
    // The module that the scenario runs is no test of its own, and neither of the two is written over.
    const all = ["project/build", "elsewhere/link"];
    rttSim(["test", "--update", ...all], "", at("."));
    expect(rttSim(["test", ...all], "", at(".")).out).toContain("1 passed, 0 failed");
    for (const file of ["project/build/app.mo", "project/kept.txt"]) {
      const run = rttSim(["test", "--reporter", `tap:${file}`, "elsewhere/link"], "", at("."));
      expect(run.err).toContain("is read by this run");
      expect(run.code).toBe(2);
    }
  },
);
