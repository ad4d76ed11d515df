/** What is found below paths of all kinds, and reports that cannot be written. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { makeDisk } from "../../src/fat/mod.ts";
import { ROOT, rttSim, scratch } from "../cli/binary.ts";

setDefaultTimeout(60_000);

const HELLO = join(ROOT, "disk/prebuilt/a9/hello.mo");

test.skipIf(process.platform === "win32")("a pipe is no test, and is not waited for", () => {
  using dir = scratch();
  copyFileSync(HELLO, dir.path("a.mo"));
  expect(Bun.spawnSync(["mkfifo", dir.path("f.mo")]).exitCode).toBe(0);
  expect(rttSim(["test", dir.path(".")]).out).toContain("1 passed, 0 failed");
  const named = rttSim(["test", dir.path("f.mo")]);
  expect(named.err).toContain("f.mo is not a test: it is not a regular file");
  expect(named.code).toBe(2);
  writeFileSync(dir.path("s.smoke.toml"), 'run = "f.mo"\n');
  const used = rttSim(["test", dir.path("s.smoke.toml")]);
  expect(used.out).toContain("is not a regular file");
  expect(used.code).toBe(65);
});

test("a file that is reached by two paths is one test", () => {
  using dir = scratch();
  copyFileSync(HELLO, dir.path("a.mo"));
  const run = rttSim(["test", "a.mo", dir.path("a.mo"), ".", dir.path(".")], "", dir.path("."));
  expect(run.out).toContain("1 passed, 0 failed");
});

test("filters that leave nothing are told, and how much they left out", () => {
  using dir = scratch();
  for (const name of ["a.mo", "b.mo"]) copyFileSync(HELLO, dir.path(name));
  const run = rttSim(["test", "--filter", "tag:x", "--filter", "zz", dir.path(".")]);
  expect(run.err).toContain("of 2 none fits --filter tag:x or --filter zz");
  expect(run.code).toBe(5);
});

test("a report that cannot be written is known before anything runs", () => {
  using dir = scratch();
  copyFileSync(HELLO, dir.path("a.mo"));
  writeFileSync(dir.path("a.tap"), "ok 1 - of an earlier run");
  const argv = ["--reporter", `junit:${dir.path("none/a.xml")}`, "--reporter", "text"];
  const run = rttSim(["test", ...argv, "--reporter", `tap:${dir.path("a.tap")}`, dir.path("a.mo")]);
  expect(run).toMatchObject({ code: 74, out: "" });
  expect(run.err).toContain("there is no such folder");
  expect(readFileSync(dir.path("a.tap"), "utf8")).toBe("");
});

test("a report to '-' is one to stdout", () => {
  const path = "disk/prebuilt/a9/hello.mo";
  const tap = rttSim(["test", "--reporter", "tap:-", path]);
  expect(tap.out).toStartWith("TAP version 14\n");
  expect(tap.out).toBe(rttSim(["test", "--reporter", "tap", path]).out);
  const two = rttSim(["test", "--reporter", "tap:-", "--reporter", "junit", path]);
  expect(two.err).toContain("tap and junit cannot both go to stdout");
});

test.skipIf(!existsSync("/dev/full"))("a full disk under one report leaves the others", () => {
  using dir = scratch();
  mkdirSync(dir.path("t"));
  copyFileSync(HELLO, dir.path("t/a.mo"));
  const files = ["junit:/dev/full", `tap:${dir.path("a.tap")}`, `json:${dir.path("a.json")}`];
  const argv = files.flatMap((file) => ["--reporter", file]);
  const run = rttSim(["test", ...argv, dir.path("t")]);
  expect(run.code).toBe(74);
  expect(run.err).toContain("the report /dev/full");
  expect(readFileSync(dir.path("a.tap"), "utf8")).toContain("ok 1");
  expect(JSON.parse(readFileSync(dir.path("a.json"), "utf8")).tests).toHaveLength(1);
});

test("an image below a folder that is damaged does not lose its tests silently", () => {
  using dir = scratch();
  mkdirSync(dir.path("t"));
  copyFileSync(HELLO, dir.path("t/a.mo"));
  const bytes = new Uint8Array(readFileSync(HELLO));
  const image = makeDisk([{ path: "/tests/b.mo", bytes }]).image();
  writeFileSync(dir.path("t/good.img"), image);
  // None of these has tests, or is an image at all.
  writeFileSync(dir.path("t/data.img"), makeDisk([{ path: "/bin/b.mo", bytes }]).image());
  writeFileSync(dir.path("t/text.img"), "no image\n".repeat(1000));
  writeFileSync(dir.path("t/empty.img"), "");
  const fine = rttSim(["test", dir.path("t")]);
  expect(fine).toMatchObject({ code: 0, err: "" });
  expect(fine.out).toContain("2 passed, 0 failed");

  writeFileSync(dir.path("t/cut.img"), image.subarray(0, 1024));
  writeFileSync(dir.path("t/packed.img.gz"), gzipSync(image).subarray(0, 200));
  const run = rttSim(["test", "--jobs", "2", "."], "", dir.path("t"));
  expect(run.out).toContain("2 passed, 2 failed");
  for (const name of ["cut.img", "packed.img.gz"]) expect(run.out).toContain(`FAIL  ${name} (`);
  expect(run.out.match(/the tests of this image cannot be read: /g)).toHaveLength(2);
  expect(run).toMatchObject({ code: 65, err: "" });
  const files = rttSim(["test", "--reporter", "json:r.json", "."], "", dir.path("t"));
  expect(files).toMatchObject({ code: 65, out: "" });
  for (const name of ["cut.img", "packed.img.gz"])
    expect(files.err).toContain(`${name}: the tests of this image cannot be read: `);
  // A scenario may want to see what such a disk does.
  for (const name of ["cut.img", "packed.img.gz"])
    writeFileSync(
      dir.path(`t/${name}.smoke.toml`),
      `disk = "${name}"\nmsh = "ls"\nskip = "not today"\n`,
    );
  expect(rttSim(["test", "."], "", dir.path("t"))).toMatchObject({ code: 0, err: "" });
});

test("an image that can be used, but lost a part of its root directory, may have lost its tests", () => {
  using dir = scratch();
  mkdirSync(dir.path("t"));
  copyFileSync(HELLO, dir.path("t/a.mo"));
  const bytes = new Uint8Array(readFileSync(HELLO));
  const names = Array.from({ length: 400 }, (_, n) => `/a file with a long name, number ${n}`);
  const files = [...names.map((path) => ({ path, bytes })), { path: "/tests/b.mo", bytes }];
  const folder = dir.path("many");
  mkdirSync(`${folder}/tests`, { recursive: true });
  for (const { path } of files) writeFileSync(folder + path, bytes);
  for (const options of [[], ["--mbr"]]) {
    const image = dir.path("whole.img");
    const made = ["--force", "--fat", "32", "--size", "40M", "--cluster", "512", ...options];
    expect(rttSim(["disk", "create", ...made, "--from", folder, image]).code).toBe(0);
    const whole = readFileSync(image);
    writeFileSync(dir.path("t/cut.img"), whole);
    expect(rttSim(["test", "t"], "", dir.path("")).out).toContain("2 passed, 0 failed");
    // The first name is on the disk, the last one is not.
    const root = whole.indexOf("AFILEW~1   ");
    expect(root).toBeGreaterThan(0);
    const lost = whole.subarray(0, (Math.floor(root / 512) + 4) * 512);
    writeFileSync(dir.path("t/cut.img"), lost);
    const run = rttSim(["test", "t"], "", dir.path(""));
    expect(run.out).toContain("1 passed, 1 failed");
    expect(run).toMatchObject({ code: 65, err: "" });
    expect(rttSim(["test", "t/cut.img"], "", dir.path("")).code).toBe(65);
  }
});
