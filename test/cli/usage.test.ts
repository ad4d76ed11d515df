import { expect, test } from "bun:test";
import { helpText } from "../../src/cli/help.ts";
import { COMMANDS, OPTIONS } from "../../src/cli/options.ts";
import { rttSim } from "./binary.ts";

test("--help names every command and goes to stdout", () => {
  const { code, out, err } = rttSim(["--help"]);
  expect(code).toBe(0);
  for (const word of ["DISK", "-c LINE", "run", "symbols", "version", "--snapshot", "Ctrl-A x"]) {
    expect(out).toContain(word);
  }
  expect(err).toBe("");
});

test.each([
  [["--help"]],
  [["help", "run"]],
  [["help", "test"]],
  [["help", "exit-codes"]],
  [["disk", "--help"]],
  [["disk", "create", "--help"]],
])(
  "%j is a table whose lines fit: names apart from their meanings, no line over 100 columns",
  (argv) => {
    const lines = rttSim(argv).out.split("\n");
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
    // Meanings of a table begin at one column, behind at least two blanks or on a line of their own.
    const begins = lines.flatMap(
      (line) => /^ {2,6}(?:-|\d|rtt-sim).*? {2,}(?=\S)/.exec(line)?.[0].length ?? [],
    );
    expect(begins.length).toBeGreaterThan(5);
    expect(new Set(begins).size).toBeLessThanOrEqual(2);
  },
);

test("a narrow terminal gets narrow help", () => {
  const text = helpText(undefined, 72)!;
  expect(Math.max(...text.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(72);
});

test("help of a command has every option of it, once", () => {
  for (const { name: command } of COMMANDS) {
    const text = helpText(command === "boot" ? undefined : command)!;
    const shown = [...text.matchAll(/^ {2}(?:-\w, | {4})--([\w-]+)/gm)].map(([, name]) => name);
    const there = OPTIONS.filter(({ commands }) =>
      (commands as readonly string[]).includes(command),
    );
    expect(shown.sort()).toEqual(there.map(({ name }) => name as string).sort());
  }
});

test("help exit-codes lists them", () => {
  const { code, out } = rttSim(["help", "exit-codes"]);
  expect(code).toBe(0);
  for (const number of ["65", "66", "124", "125", "126", "127", "134", "139", "140", "143"])
    expect(out).toContain(number);
});

test.each([
  [["--snapshott"], "did you mean --snapshot?"],
  [["--frobnicate"], "--help"],
  [["-x"], "unknown option -x"],
  [["run"], "which module"],
  [["run", "--snapshot", "x.mo"], "does not apply to 'run'"],
  [["--ram", "3"], "--ram: '3' is not a size"],
  [["--timeout", "soon"], "--timeout: 'soon' is not a time"],
  [["--compat", "9"], "choose one of: 4.0.4"],
  [["--seed", "x"], "--seed: 'x' is not a number"],
  [["--timeout"], "needs a value"],
  [["--snapshot=1"], "takes no value"],
  [["a.img", "b.img"], "one disk, please"],
  [["help", "nothing"], "no help on 'nothing'"],
  [["disk/prebuilt/a9/hello.mo"], "rtt-sim run"],
] as [string[], string][])("wrong use %j is one clear message and exit code 2", (argv, says) => {
  const { code, out, err } = rttSim(argv);
  expect(code).toBe(2);
  expect(out).toBe("");
  expect(err).toContain(says);
  expect(err).toStartWith("rtt-sim: ");
  expect(err).not.toMatch(/\bat .*\(|\.ts:\d/);
});

test("version", () => {
  expect(rttSim(["version"]).out).toMatch(/^rtt-sim \d+\.\d+\.\d+ /);
  expect(rttSim(["--version"]).code).toBe(0);
});
