import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "../cli/binary.ts";

setDefaultTimeout(120_000);

const root = join(import.meta.dir, "../..");
const hello = "disk/prebuilt/a9/hello.mo";

function run(...argv: string[]) {
  const child = Bun.spawnSync([process.execPath, join(root, "src/main.ts"), ...argv], {
    cwd: root,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: 20_000,
  });
  return { code: child.exitCode, err: child.stderr.toString() };
}

test("an option that has no effect without another one is wrong use", () => {
  for (const [words, other] of [
    [["--gdb-wait"], "--gdb"],
    [["-o", "/dev/null"], "--trace"],
    [["--trace-output", "/dev/null"], "--trace"],
    [["--trace-name", "rt_*"], "--trace or --trace-json"],
    [["--coverage-merge"], "--coverage"],
  ] as const) {
    const { code, err } = run("run", ...words, hello);
    expect(err).toContain(`has no effect without ${other}`);
    expect(code).toBe(2);
  }
  expect(run("--gdb-wait", "-c", "hello").code).toBe(2);
  // As it was written.
  expect(run("run", "-o", "/dev/null", hello).err).toStartWith("rtt-sim: -o (--trace-output) has");
});

test("one file for two results is refused, and nothing is written", () => {
  using dir = scratch();
  const file = dir.path("out");
  const other = dir.path("./nowhere/../out");
  for (const words of [
    ["--trace", "calls", "-o", file, "--trace-json", file],
    ["--trace", "calls", "-o", `${file}.folded`, "--profile", `${other}.folded`],
    ["--coverage", file, "--trace-json", other],
  ]) {
    const { code, err } = run("run", ...words, hello);
    expect(err).toContain("write the same file");
    expect(code).toBe(2);
    expect(existsSync(file)).toBe(false);
  }
  expect(
    run("run", "--trace", "load", "-o", "/dev/null", "--trace-json", "/dev/null", hello).code,
  ).toBe(0);
});

test("a folder of symbols that is not there, or is none", () => {
  expect(run("run", "--symbols", "/nowhere", hello)).toEqual({
    code: 66,
    err: "rtt-sim: cannot open /nowhere: no such file\n",
  });
  const { code, err } = run("run", "--symbols", "package.json", hello);
  expect(code).toBe(66);
  expect(err).toContain("--symbols: package.json is not a folder");
});

test.skipIf(process.platform !== "linux")("results that cannot be written: which, why, 74", () => {
  for (const words of [["--coverage"], ["--trace-json"]]) {
    expect(run("run", ...words, "/dev/full", hello)).toEqual({
      code: 74,
      err: "rtt-sim: cannot write /dev/full: the disk is full\n",
    });
    expect(run("run", ...words, "/nowhere/file", hello)).toEqual({
      code: 74,
      err: "rtt-sim: cannot write /nowhere/file: no such folder\n",
    });
  }
});

test("--coverage-merge keeps what is no tracefile", () => {
  using dir = scratch();
  const file = dir.path("notes.txt");
  writeFileSync(file, "not mine\n");
  const { code, err } = run("run", "--coverage", file, "--coverage-merge", hello);
  expect(err).toContain("is not an lcov tracefile");
  expect(code).toBe(65);
  expect(readFileSync(file, "utf8")).toBe("not mine\n");
  expect(run("run", "--coverage", "", hello).code).toBe(2);
});

test("--coverage replaces tracefiles and empty files only", () => {
  using dir = scratch();
  const file = dir.path("notes.txt");
  for (const text of [
    "not mine\n",
    "int main(void)\n{\n  TN:\n}\n",
    "\x7fELF\0\0",
    "x".repeat(9000),
  ]) {
    writeFileSync(file, text);
    const { code, err } = run("run", "--coverage", file, hello);
    expect(err).toContain(`--coverage: ${file} is there, and is not an lcov tracefile`);
    expect(code).toBe(2);
    expect(readFileSync(file, "utf8")).toBe(text);
  }
  // The module itself, by a slip of the hand.
  const module = dir.path("hello.mo");
  writeFileSync(module, readFileSync(join(root, hello)));
  expect(run("run", "--coverage", module, module).code).toBe(2);
  expect(readFileSync(module).equals(readFileSync(join(root, hello)))).toBe(true);
  for (const text of ["", " \n", "TN:\nSF:/a.c\nend_of_record\n", "# by lcov 2\nSF:/a.c\n"]) {
    writeFileSync(file, text);
    expect(run("run", "--coverage", file, hello).code).toBe(0);
    expect(readFileSync(file, "utf8")).not.toContain("/a.c");
  }
  expect(run("run", "--coverage", dir.path("new.info"), hello).code).toBe(0);
  expect(run("test", "--coverage", module, module).code).toBe(2);
});

test("an address that nobody can listen at", () => {
  // TEST-NET-1 of RFC 5737: nobody has it.
  const { code, err } = run("run", "--gdb", "192.0.2.1:3333", hello);
  expect(err).toContain("cannot listen at 192.0.2.1:3333: that is not an address of this computer");
  expect(code).toBe(66);
  expect(run("run", "--gdb", "unix:/nowhere/gdb", hello).err).toContain("no such folder");
});
