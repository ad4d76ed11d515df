import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile, gcc } from "../gdb/toolchain.ts";
import { Coverage } from "../../src/trace/mod.ts";

setDefaultTimeout(120_000);

const root = join(import.meta.dir, "../..");
const qemu = Bun.which("qemu-arm");
const gcov = Bun.which("arm-none-eabi-gcov");
const genhtml = Bun.which("genhtml");
const full = process.env.RTT_SIM_FULL === "1";
const needsGcov = !gcc || !qemu || !gcov;

let dir = "";
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "coverage-"));
  copyFileSync(join(import.meta.dir, "programs/covered.c"), join(dir, "covered.c"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function run(...argv: string[]) {
  const child = Bun.spawnSync([process.execPath, join(root, "src/main.ts"), "run", ...argv], {
    cwd: root,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  return { code: child.exitCode, out: child.stdout.toString(), err: child.stderr.toString() };
}

interface File {
  readonly lines: Map<number, number>;
  readonly functions: Map<string, number>;
  readonly branches: [line: number, taken: number][];
}

/** The one source file of a tracefile. */
function read(path: string): File {
  const file: File = { lines: new Map(), functions: new Map(), branches: [] };
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const [kind, rest = ""] = line.split(":");
    const fields = rest.split(",");
    if (kind === "DA") file.lines.set(Number(fields[0]), Number(fields[1]));
    if (kind === "FNDA") file.functions.set(fields[1], Number(fields[0]));
    if (kind === "BRDA") file.branches.push([Number(fields[0]), Number(fields[3])]);
  }
  return file;
}

/** What gcov counts of the same source under qemu-arm. */
function counted(): File {
  const spawn = (...command: string[]) => {
    const child = Bun.spawnSync(command, { cwd: dir, stdout: "pipe", stderr: "pipe" });
    if (child.exitCode !== 0) throw new Error(`${command.join(" ")}: ${child.stderr.toString()}`);
    return child.stdout.toString();
  };
  const flags = ["-O0", "-g", "-marm", "-march=armv7-a", "-mfloat-abi=soft"];
  const instrumented = ["-ftest-coverage", "-fprofile-arcs", "-fprofile-info-section=gcov_info"];
  spawn(gcc as string, ...flags, ...instrumented, "-c", "covered.c", "-o", "covered.o");
  const dump = join(import.meta.dir, "programs/gcov-dump.c");
  spawn(
    gcc as string,
    ...flags,
    "--specs=rdimon.specs",
    "covered.o",
    dump,
    "-lgcov",
    "-o",
    "covered.elf",
  );
  spawn(qemu as string, "covered.elf");
  const notes = [...new Bun.Glob("*.gcno").scanSync(dir)][0];
  spawn(gcov as string, "-b", "-c", "-o", notes, "covered.c");
  const lines = new Map<number, number>();
  const functions = new Map<string, number>();
  const branches: [number, number][] = [];
  let at = 0;
  for (const row of readFileSync(join(dir, "covered.c.gcov"), "utf8").split("\n")) {
    const [, count, line] = /^ *([0-9]+\*?|#####|=====|-): *(\d+):/.exec(row) ?? [];
    if (line !== undefined) at = Number(line);
    if (line !== undefined && count !== "-")
      lines.set(at, count[0] === "#" || count[0] === "=" ? 0 : parseInt(count));
    const [, name, calls] = /^function (\w+) called (\d+)/.exec(row) ?? [];
    if (name !== undefined) functions.set(name, Number(calls));
    const [, taken] = /^branch +\d+ taken (\d+)/.exec(row) ?? [];
    if (taken !== undefined) branches.push([at, Number(taken)]);
  }
  return { lines, functions, branches };
}

describe.skipIf(needsGcov)(
  "against gcov under qemu-arm (needs arm-none-eabi-gcc, qemu-arm)",
  () => {
    for (const target of full ? (["a9", "thumb"] as const) : (["thumb"] as const)) {
      test(`the same lines are covered, ${target}`, () => {
        const module = compile(join(dir, "covered.c"), join(dir, `covered-${target}.mo`), {
          target,
        });
        const info = join(dir, `${target}.info`);
        const { code, err } = run("--coverage", info, module);
        expect(code).toBe(0);
        expect(err).toMatch(/coverage: \d+ of \d+ lines/);
        const ours = read(info).lines;
        const { lines: theirs } = counted();
        expect(theirs.size).toBeGreaterThan(40);
        const source = readFileSync(join(dir, "covered.c"), "utf8").split("\n");
        const wrong: string[] = [];
        for (const [line, count] of theirs) {
          const own = ours.get(line);
          // Labels have no code of their own: DWARF does not know them, gcov has a block there.
          if (own === undefined && /^\s*(case .*|default|\w+):$/.test(source[line - 1])) continue;
          if (own === undefined || own > 0 !== count > 0)
            wrong.push(`line ${line}: ${own}, gcov ${count}`);
        }
        for (const line of ours.keys())
          // The end of a function: it has code, and gcov no block.
          if (!theirs.has(line) && source[line - 1] !== "}") wrong.push(`line ${line}: only here`);
        expect(wrong).toEqual([]);
      });
    }

    for (const target of full ? (["a9", "thumb"] as const) : (["a9"] as const)) {
      test(`calls of functions and ways of branches, ${target}`, () => {
        const module = compile(join(dir, "covered.c"), join(dir, `ways-${target}.mo`), { target });
        const info = join(dir, `ways-${target}.info`);
        expect(run("--coverage", info, module).code).toBe(0);
        const ours = read(info);
        const theirs = counted();
        expect(Object.fromEntries(ours.functions)).toEqual(Object.fromEntries(theirs.functions));
        const source = readFileSync(join(dir, "covered.c"), "utf8").split("\n");
        const ways = ({ branches }: File, line: number) =>
          branches
            .filter(([at]) => at === line)
            .map(([, taken]) => taken)
            .sort((a, b) => a - b);
        const lines = new Set([...ours.branches, ...theirs.branches].map(([line]) => line));
        // gcov counts the cases of a switch, the machine code has comparisons.
        const plain = [...lines].filter((line) => !source[line - 1].includes("switch"));
        expect(plain.length).toBeGreaterThan(12);
        for (const line of plain)
          expect(`line ${line}: ${ways(ours, line)}`).toBe(`line ${line}: ${ways(theirs, line)}`);
      });

      test(`functions inlined at -O2, ${target}: what was executed is covered`, () => {
        const module = compile(join(dir, "covered.c"), join(dir, `inlined-${target}.mo`), {
          target,
          flags: ["-g", "-O2"],
        });
        const info = join(dir, `inlined-${target}.info`);
        expect(run("--coverage", info, module).code).toBe(0);
        const ours = read(info);
        const theirs = counted();
        let both = 0;
        const wrong: string[] = [];
        for (const [line, count] of theirs.lines) {
          const own = ours.lines.get(line);
          // A line of which the optimiser left nothing has no row.
          if (own === undefined) continue;
          both++;
          if (own > 0 !== count > 0) wrong.push(`line ${line}: ${own}, gcov ${count}`);
        }
        expect(both).toBeGreaterThan(25);
        // The product of line 74 is a constant that is loaded before it is known whether it is needed.
        expect(wrong).toEqual(["line 74: 1, gcov 0"]);
        // All of them are inlined in main, and have names and lines.
        for (const name of ["classify", "loops", "early", "main"])
          expect(`${name} ${(ours.functions.get(name) ?? 0) > 0}`).toBe(`${name} true`);
      });
    }
  },
);

describe.skipIf(!gcc)("tracefiles (needs arm-none-eabi-gcc)", () => {
  test("functions with their calls, branches with both ways; a stripped module from --symbols", () => {
    const module = compile(join(dir, "covered.c"), join(dir, "covered.mo"));
    const info = join(dir, "out.info");
    run("--coverage", info, module);
    const { functions, branches } = read(info);
    expect(Object.fromEntries(functions)).toMatchObject({ main: 1, loops: 1, early: 1, never: 0 });
    // `if (value == 12345)`: never true.
    const line =
      readFileSync(join(dir, "covered.c"), "utf8")
        .split("\n")
        .findIndex((text) => text.includes("12345")) + 1;
    expect(
      branches
        .filter(([at]) => at === line)
        .map(([, taken]) => taken)
        .sort(),
    ).toEqual([0, 1]);
    // The loop over i: nine times round, once out.
    const loop =
      readFileSync(join(dir, "covered.c"), "utf8")
        .split("\n")
        .findIndex((text) => text.includes("i = 0; i < n")) + 1;
    expect(
      branches
        .filter(([at]) => at === loop)
        .map(([, taken]) => taken)
        .sort((a, b) => a - b),
    ).toEqual([1, 9]);
    const whole = readFileSync(info, "utf8");

    const stripped = join(dir, "bare", "covered.mo");
    Bun.spawnSync(["mkdir", "-p", join(dir, "bare")]);
    Bun.spawnSync(["arm-none-eabi-strip", "-o", stripped, module]);
    expect(run("--coverage", info, stripped).err).toContain("no line information in /covered.mo");
    // Also beside one that has it.
    run("--coverage", info, module);
    const both = run("--coverage", info, "--coverage-merge", stripped);
    expect(both.err).toContain("no line information in /covered.mo: nothing of it is counted");
    run("--coverage", info, "--symbols", dir, stripped);
    expect(readFileSync(info, "utf8")).toBe(whole);
  });

  test("runs add up", () => {
    const module = compile(join(dir, "covered.c"), join(dir, "covered.mo"));
    const info = join(dir, "sum.info");
    run("--coverage", info, module);
    const once = read(info);
    run("--coverage", info, "--coverage-merge", module);
    const twice = read(info);
    expect([...twice.lines]).toEqual([...once.lines].map(([line, count]) => [line, 2 * count]));
    expect([...twice.functions]).toEqual(
      [...once.functions].map(([name, calls]) => [name, 2 * calls]),
    );
    expect(twice.branches).toEqual(once.branches.map(([line, taken]) => [line, 2 * taken]));
    run("--coverage", info, module);
    expect([...read(info).lines]).toEqual([...once.lines]);
  });

  test.skipIf(!genhtml)("genhtml accepts them (needs lcov)", () => {
    const module = compile(join(dir, "covered.c"), join(dir, "covered.mo"));
    const info = join(dir, "html.info");
    run("--coverage", info, module);
    const { exitCode, stdout, stderr } = Bun.spawnSync(
      [genhtml as string, "--branch-coverage", "-o", join(dir, "html"), info],
      { stdout: "pipe", stderr: "pipe" },
    );
    expect(`${exitCode} ${stderr.toString()}`).toBe("0 ");
    expect(stdout.toString()).toMatch(/lines\.+: \d/);
  });
});

test("a tracefile of somebody else, or a broken one, is read as far as it is one", () => {
  const coverage = new Coverage();
  coverage.addFile(
    "TN:x\nSF:/a.c\nFN:3,f\nFNDA:2,f\nFNDA:9,g\nDA:3,2\nDA:x,1\nDA:4\nBRDA:3,0,0,-\nBRDA:3,0,1,5\nVER:1\nend_of_record\n\xff\x00:::\nDA:5,1\n",
  );
  coverage.addFile("DA:1,1\nSF:/b.c\nDA:1,0\n");
  expect(coverage.text()).toBe(
    "TN:\nSF:/a.c\nFN:3,f\nFNDA:2,f\nFNF:1\nFNH:1\nBRDA:3,0,0,-\nBRDA:3,0,1,5\nBRF:2\nBRH:1\nDA:3,2\nDA:5,1\nLF:2\nLH:2\nend_of_record\n" +
      "TN:\nSF:/b.c\nFNF:0\nFNH:0\nBRF:0\nBRH:0\nDA:1,0\nLF:1\nLH:0\nend_of_record\n",
  );
});
