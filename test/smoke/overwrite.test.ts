/** Files that a run writes: never one that it reads, and never half of what was asked for. */
import { expect, setDefaultTimeout, test } from "bun:test";
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { makeDisk } from "../../src/fat/mod.ts";
import { ROOT, rttSim, scratch } from "../cli/binary.ts";

setDefaultTimeout(60_000);

const HELLO = join(ROOT, "disk/prebuilt/a9/hello.mo");
const ARGS = join(ROOT, "test/fixtures/transcripts/t_args.mo");
const ELF = "\x7fELF";

function bench() {
  const dir = scratch();
  copyFileSync(HELLO, dir.path("ok.mo"));
  const at = (file: string): string => readFileSync(dir.path(file), "latin1");
  const write = (file: string, text: string): void => writeFileSync(dir.path(file), text);
  const run = (...argv: string[]) => rttSim(argv, "", dir.path("."));
  return { dir, at, write, run, [Symbol.dispose]: () => dir[Symbol.dispose]() };
}

test("reports and traces go over no image that is mounted, no disk and no module", () => {
  using b = bench();
  const image = makeDisk([{ path: "/a.txt", bytes: new Uint8Array([1]) }]).image();
  writeFileSync(b.dir.path("m.img"), image);
  const mount = ["--mount", "m.img:/m"];
  for (const argv of [
    ["test", ...mount, "--reporter", "junit:m.img", "ok.mo"],
    ["run", ...mount, "--trace", "calls", "-o", "m.img", "ok.mo"],
    ["run", "--disk", "m.img", "--save", "m.img", "ok.mo"],
    ["run", ...mount, "--save", "ok.mo", "ok.mo"],
  ]) {
    const { code, err } = b.run(...argv);
    expect(err).toContain("is read by this run, writing to it would destroy it");
    expect(code).toBe(2);
  }
  expect(readFileSync(b.dir.path("m.img")).equals(image)).toBe(true);
  expect(readFileSync(b.dir.path("ok.mo")).equals(readFileSync(HELLO))).toBe(true);
});

test("a trace goes over no file with symbols; one of an earlier run is another matter", () => {
  using b = bench();
  mkdirSync(b.dir.path("sym"));
  copyFileSync(HELLO, b.dir.path("sym/ok.elf"));
  const trace = (file: string) =>
    b.run("run", "--symbols", "sym", "--trace", "calls", "-o", file, "ok.mo").code;
  expect(trace("sym/ok.elf")).toBe(2);
  expect(b.at("sym/ok.elf").slice(0, 4)).toBe(ELF);
  expect([trace("sym/trace"), trace("sym/trace")]).toEqual([0, 0]);
});

test("a report goes over no other name of a file that a scenario reads", () => {
  using b = bench();
  b.write("in.txt", "kept");
  b.write("a.smoke.toml", 'msh = "ls"\n[[files]]\npath = "/x"\nfrom = "in.txt"\n');
  linkSync(b.dir.path("in.txt"), b.dir.path("link.txt"));
  for (const option of [
    ["--reporter", "tap:link.txt"],
    ["--coverage", "link.txt"],
  ]) {
    const { code, err } = b.run("test", ...option, "a.smoke.toml");
    expect(err).toContain("link.txt is read by this run");
    expect(code).toBe(2);
    expect(b.at("in.txt")).toBe("kept");
  }
});

test("stdout by another name is stdout, and has one report only", () => {
  using b = bench();
  const plain = b.run("test", "--reporter", "tap", "ok.mo");
  expect(plain.out).toStartWith("TAP version 14");
  for (const name of ["/dev/stdout", "/proc/self/fd/1"]) {
    if (!existsSync(name)) continue;
    expect(b.run("test", "--reporter", `tap:${name}`, "ok.mo").out).toBe(plain.out);
    const both = b.run("test", "--reporter", "text", "--reporter", `junit:${name}`, "ok.mo");
    expect(both.err).toContain("text and junit cannot both go to stdout");
    expect(both.code).toBe(2);
  }
  expect(b.run("test", "--reporter", "text", "--reporter", "text", "ok.mo").code).toBe(2);
});

test("where there are no tests, or not all of them, no earlier report is left, and --json says so", () => {
  using b = bench();
  mkdirSync(b.dir.path("none"));
  for (const [path, code] of [
    ["none", 5],
    ["missing.mo", 66],
  ] as const) {
    b.write("r.xml", "<testsuites/>");
    const run = b.run("test", "--json", "--reporter", "junit:r.xml", path);
    expect(run.code).toBe(code);
    expect(JSON.parse(run.out)).toMatchObject({ result: "error", exitCode: code });
    expect(statSync(b.dir.path("r.xml")).size).toBe(0);
  }
  // Those that are there are read all the same.
  b.write("in.txt", "kept");
  b.write("a.smoke.toml", 'msh = "ls"\n[[files]]\npath = "/x"\nfrom = "in.txt"\n');
  b.run("test", "--reporter", "junit:in.txt", "a.smoke.toml", "missing.mo");
  expect(b.at("in.txt")).toBe("kept");
});

test("a transcript that cannot be written takes no report along", () => {
  using b = bench();
  b.write("a.smoke.toml", 'run = "ok.mo"\nexpect.transcript = "none/a.txt"\n');
  const run = b.run("test", "--update", "--json", "--reporter", "tap:r.tap", "a.smoke.toml");
  expect(run.err).toContain("none/a.txt");
  expect(run.code).toBe(74);
  expect(b.at("r.tap")).toContain("ok 1 - a.smoke.toml");
});

test("--update writes where a transcript is read, and over nothing else that a test reads", () => {
  using b = bench();
  const scenario = (transcript: string, args = "[]"): string =>
    `run = "args.mo"\nargs = ${args}\nexpect.transcript = ${JSON.stringify(transcript)}\n`;
  copyFileSync(ARGS, b.dir.path("args.mo"));
  b.write("a.smoke.toml", scenario(b.dir.path("far.txt")));
  expect(b.run("test", "--update", "a.smoke.toml").code).toBe(0);
  expect(b.at("far.txt")).toContain("argv[0]=[args]");
  expect(b.run("test", "a.smoke.toml").code).toBe(0);
  for (const file of ["a.smoke.toml", "args.mo"]) {
    const before = scenario(file);
    b.write("a.smoke.toml", before);
    const run = b.run("test", "--update", "a.smoke.toml");
    expect(run.err).toContain("recording would destroy it");
    expect(run.code).toBe(74);
    expect(b.at("a.smoke.toml")).toBe(before);
    expect(b.at("args.mo").slice(0, 4)).toBe(ELF);
  }
  b.write("a.smoke.toml", scenario("both.txt"));
  b.write("b.smoke.toml", scenario("./both.txt", '["other"]'));
  const two = b.run("test", "--update", "a.smoke.toml", "b.smoke.toml");
  expect(two.err).toContain("a.smoke.toml and b.smoke.toml record texts that differ");
  expect(two.code).toBe(74);
  expect(existsSync(b.dir.path("both.txt"))).toBe(false);
  for (const option of ["--seed", "--explore"])
    expect(b.run("test", "--update", option, "3", "a.smoke.toml").code).toBe(2);
});
