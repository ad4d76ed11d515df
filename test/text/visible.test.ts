import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { visible, visibleLines } from "../../src/text/mod.ts";

test("nothing that a terminal obeys is left, and what was made visible stays", () => {
  for (let code = 0; code < 0x3000; code++) {
    const shown = visible(`a${String.fromCodePoint(code)}b`);
    expect(shown).not.toMatch(/[\0-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/);
    expect(visible(shown)).toBe(shown);
  }
  expect(visible("h\u00f6 \u4e2d\x1b[2J\x9b\u202e\r\n")).toBe(
    "h\u00f6 \u4e2d\\x1b[2J\\x9b\\u{202e}\\r\\n",
  );
  expect(visibleLines("a\x1b\n  b\n")).toBe("a\\x1b\n  b\n");
});

describe("names on the command line reach no terminal as they are", () => {
  const bad = "no\x1b[31m\x9b\u202e\x07name";
  const lines: Record<string, string[]> = {
    check: ["check", bad],
    "check, a symbol list": ["check", "--against", bad, "x.mo"],
    run: ["run", bad],
    "run, a file beside it": ["run", "--with", bad, "disk/prebuilt/a9/hello.mo"],
    test: ["test", bad],
    boot: [bad],
    firmware: ["--firmware", bad, "-c", "ls"],
    "a copy of the disk": ["--save", `${bad}/x`, "-c", "ls"],
    mount: ["--mount", `${bad}:/m`, "-c", "ls"],
    sdk: ["sdk", `/proc/${bad}/x`],
    "an option": [`--${bad}`],
    help: ["help", bad],
    "disk ls": ["disk", "ls", bad],
    "disk fsck": ["disk", "fsck", bad],
  };
  for (const [name, words] of Object.entries(lines))
    test(
      name,
      () => {
        const { stdout, stderr, exitCode } = Bun.spawnSync(
          [process.execPath, "src/main.ts", ...words],
          { cwd: join(import.meta.dir, "../.."), stdin: "ignore" },
        );
        const said = stdout.toString() + stderr.toString();
        expect(said).toContain("no\\x1b[31m\\x9b\\u{202e}\\x07name");
        expect(said).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
        expect(exitCode).toBeGreaterThan(0);
      },
      30_000,
    );
});
