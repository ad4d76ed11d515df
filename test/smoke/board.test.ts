/** Options of the machine on the command line of `test`, and what scenarios say instead. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, rttSim, scratch } from "../cli/binary.ts";

setDefaultTimeout(60_000);

const LEAK = join(ROOT, "test/fixtures/transcripts/t_leak.mo");

/** `free` says how much memory there is: its second figure is the total. */
function total(...argv: string[]): number {
  using dir = scratch();
  mkdirSync(dir.path("t"));
  writeFileSync(dir.path("t/plain.smoke.toml"), 'msh = "free"\n');
  writeFileSync(dir.path("t/own.smoke.toml"), 'msh = "free"\nram = "4M"\n');
  const report = JSON.parse(rttSim(["test", "--json", ...argv, dir.path("t")]).out);
  const bytes = report.tests.map(({ output }: { output: string }) =>
    Number(/total memory: (\d+)/.exec(output)![1]),
  );
  expect(bytes[0]).toBeGreaterThan(3 << 20);
  expect(bytes[0]).toBeLessThan(4 << 20);
  return bytes[1];
}

test("--ram is for every test, but for those that say something else", () => {
  expect(total()).toBeLessThan(8 << 20);
  const more = total("--ram", "32M");
  expect(more).toBeGreaterThan(31 << 20);
  expect(more).toBeLessThan(32 << 20);
  // In other processes, too.
  expect(total("--ram", "32M", "--jobs", "2")).toBe(more);
});

test("--leaks decides what a test may leave behind, where it does not say so itself", () => {
  using dir = scratch();
  mkdirSync(dir.path("t"));
  copyFileSync(LEAK, dir.path("t/leak.mo"));
  const codes = (scenario: string, ...argv: string[]) => {
    writeFileSync(dir.path("t/a.smoke.toml"), `run = "leak.mo"\n${scenario}`);
    return rttSim(["test", ...argv, dir.path("t")]);
  };
  expect(codes("").out).toContain("left behind, 0 allowed");
  expect(codes("", "--leaks", "ignore").code).toBe(0);
  expect(codes("", "--leaks", "error").out).toContain("exit code 138 (leaks), not 0");
  expect(codes("[budget]\nleaks = 0\n", "--leaks", "ignore").out).toContain("0 allowed");
  expect(codes("[budget]\nleaks = 9\n", "--leaks", "error").code).toBe(0);
  expect(codes('exit = "leaks"\nleaks = "error"\n[budget]\nleaks = 9\n').code).toBe(0);
});

test("--abi, --compat and --stack reach the machine; what excludes each other is refused", () => {
  using dir = scratch();
  mkdirSync(dir.path("t"));
  writeFileSync(dir.path("t/a.smoke.toml"), 'msh = "version"\n');
  for (const argv of [
    ["--abi", "5.x"],
    ["--compat", "4.0.4"],
    ["--stack", "64K"],
  ])
    expect(rttSim(["test", ...argv, dir.path("t")]).code).toBe(0);
  const both = rttSim(["test", "--abi", "5.x", "--compat", "4.0.4", dir.path("t")]);
  expect(both.code).toBe(2);
  expect(both.err).toContain("leave one of the two out");
  const stack = (...argv: string[]): number => {
    const hello = join(ROOT, "disk/prebuilt/a9/hello.mo");
    return JSON.parse(rttSim(["test", "--json", ...argv, hello]).out).tests[0].figures.stacks[0]
      .size;
  };
  expect(stack("--stack", "64K")).toBe(65_536);
  // docs: 32 KiB by default, 2 KiB on the board.
  expect(stack()).toBe(32_768);
  expect(stack("--compat", "4.0.4")).toBe(2048);
});

test("--mount gives every test a file system as it is at first", () => {
  using dir = scratch();
  mkdirSync(dir.path("t"));
  mkdirSync(dir.path("data"));
  writeFileSync(dir.path("data/a.txt"), "from the host\n");
  for (const name of ["a", "b"])
    writeFileSync(
      dir.path(`t/${name}.smoke.toml`),
      'msh = ["cat /data/a.txt", "ls /tmp", "echo kept /tmp/x", "cat /tmp/x"]\n' +
        '[expect]\ncontains = ["from the host", "kept"]\nordered = ["Directory /tmp:", "kept"]\n',
    );
  const mounts = ["--mount", `${dir.path("data")}:/data`, "--mount", "ram:1M:/tmp"];
  const run = rttSim(["test", "--json", ...mounts, dir.path("t")]);
  const [a, b] = JSON.parse(run.out).tests;
  expect(a.failures).toEqual([]);
  expect(b.output).toBe(a.output);
  expect(run.code).toBe(0);
  expect(readFileSync(dir.path("data/a.txt"), "utf8")).toBe("from the host\n");
});

test("--update does not record what a program printed before it failed", () => {
  using dir = scratch();
  copyFileSync(join(ROOT, "test/fixtures/transcripts/t_fault.mo"), dir.path("bad.mo"));
  const recorded = "\n[expect]\ntranscript = ";
  writeFileSync(dir.path("a.smoke.toml"), `run = "bad.mo"${recorded}"a.txt"\n`);
  writeFileSync(dir.path("b.smoke.toml"), `msh = "echo b"${recorded}"b.txt"\n`);
  const run = rttSim(["test", "--update", "."], "", dir.path("."));
  expect(run.err).toContain("recorded 1 transcript, but not 1 transcript of tests that failed");
  expect(existsSync(dir.path("a.txt"))).toBe(false);
  expect(readFileSync(dir.path("b.txt"), "utf8")).toBe("b\n");
  expect(run.code).toBe(1);
});

test("programs for RT-Thread 5.x are tested under --abi 5.x, or when their scenario says so", () => {
  const five = join(ROOT, "test/utest/five/five.mo");
  const run = rttSim(["test", "--abi", "5.x", five]);
  expect(run.out).toMatch(/1 passed, 0 failed, \d+ units of utest/);
  expect(rttSim(["test", five]).code).toBe(1);
  using dir = scratch();
  copyFileSync(five, dir.path("five.mo"));
  writeFileSync(dir.path("a.smoke.toml"), 'run = "five.mo"\nabi = "5.x"\n');
  expect(rttSim(["test", dir.path("a.smoke.toml")]).code).toBe(0);
  // The scenario is right, whatever the command line says.
  writeFileSync(dir.path("a.smoke.toml"), 'run = "five.mo"\nabi = "4.0.4"\nexit = "any"\n');
  expect(rttSim(["test", "--abi", "5.x", dir.path("a.smoke.toml")]).out).not.toContain("14 units");
});
