/** Directories that contain themselves, several times: every walk ends, with a sentence. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { Bench } from "./tool.ts";

setDefaultTimeout(30_000);
const bench = new Bench();
afterAll(() => bench.remove());

beforeAll(() => {
  bench.out("disk", "create", "--size", "16M", "--fat", "16", "loop.img");
  bench.out("disk", "mkdir", "-p", "loop.img:/d/x", "loop.img:/d/y", "loop.img:/d/z");
  bench.file("file.txt", "in the loop\n");
  bench.out("disk", "cp", "file.txt", "loop.img:/d/");
  const bytes = readFileSync(bench.path("loop.img"));
  const entry = (short: string): number => bytes.indexOf(short.padEnd(11), 0, "latin1");
  for (const name of ["X", "Y", "Z"])
    bytes.copyWithin(entry(name) + 26, entry("D") + 26, entry("D") + 28);
  writeFileSync(bench.path("loop.img"), bytes);
});

const AGAIN =
  /^(rtt-sim: loop\.img:\/d\/[xyz]: leads to a directory that has another path.*\n){3}$/;

test("disk ls -R", () => {
  const { code, out, err } = bench.run(["disk", "ls", "-R", "loop.img"]);
  expect([code, out]).toEqual([65, "/d/\n/d/x/\n/d/y/\n/d/z/\n/d/file.txt\n"]);
  expect(err).toMatch(AGAIN);
});

test("disk cp -r: what is sound is copied", () => {
  const { code, err } = bench.run(["disk", "cp", "-r", "loop.img:/d", "out"]);
  expect(code).toBe(65);
  expect(err).toMatch(AGAIN);
  expect(readdirSync(bench.path("out")).sort()).toEqual(["file.txt", "x", "y", "z"]);
});

test("disk rm -r removes nothing of what has two owners", () => {
  const before = readFileSync(bench.path("loop.img"));
  const { code, err } = bench.run(["disk", "rm", "-r", "loop.img:/d"]);
  expect([code, err]).toEqual([65, expect.stringMatching(/another path, too|belongs to another/)]);
  expect(readFileSync(bench.path("loop.img")).equals(before)).toBe(true);
});
