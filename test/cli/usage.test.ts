import { expect, test } from "bun:test";
import { rttSim } from "./binary.ts";

test("--help names every command and goes to stdout", () => {
  const { code, out, err } = rttSim(["--help"]);
  expect(code).toBe(0);
  for (const word of ["DISK", "-c LINE", "run", "symbols", "version", "--snapshot", "Ctrl-A x"]) {
    expect(out).toContain(word);
  }
  expect(err).toBe("");
});

test("help exit-codes lists them", () => {
  const { code, out } = rttSim(["help", "exit-codes"]);
  expect(code).toBe(0);
  for (const number of ["65", "66", "124", "125", "126", "127", "134", "139", "140"])
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
