/** Odd things users do: labels and names of other alphabets, one image under two names, disks that are only untidy. */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { have } from "../fat/tools.ts";
import { Bench, bytesOf, RTT_SIM } from "./tool.ts";
import { zip } from "./zip.ts";

setDefaultTimeout(60_000);
const bench = new Bench();
afterAll(() => bench.remove());

describe("labels", () => {
  test.each([
    ["composed", "k\u00e4se"],
    ["decomposed, as macOS types it", "ka\u0308se"],
  ])("with an umlaut, %s: code page 437, as mtools and Windows read it", (_, label) => {
    const { code, err } = bench.run(["disk", "create", "-f", "--label", label, "label.img"]);
    expect([code, err]).toEqual([0, expect.stringContaining("fsck.fat of dosfstools 4.2")]);
    expect(JSON.parse(bench.out("disk", "info", "--json", "label.img")).label).toBe("K\u00c4SE");
    const bytes = readFileSync(bench.path("label.img"));
    expect(bytes.indexOf(Buffer.from("K\x8eSE       \x08", "latin1"))).toBeGreaterThan(0);
    if (have("mdir"))
      expect(bench.tool(["mdir", "-i", "label.img", "::"]).out).toMatch(/is K(\u00c4|\x8e|\?)SE/);
  });

  test("with letters that code page 437 lacks: refused, nothing made", () => {
    const { code, err } = bench.run(["disk", "create", "--label", "диск", "no.img"]);
    expect([code, err]).toEqual([2, expect.stringContaining("д is not in code page 437")]);
    expect(bench.run(["disk", "ls", "no.img"]).code).toBe(66);
  });
});

describe("one image under two names", () => {
  test("as two file systems of a board: refused as what it is; with --snapshot it works", () => {
    bench.out("disk", "create", "--size", "8M", "twice.img");
    symlinkSync("twice.img", bench.path("link.img"));
    for (const other of ["twice.img", "./twice.img", "link.img"]) {
      const { code, err } = bench.run(["twice.img", "--mount", `${other}:/x`, "-c", "ls"]);
      expect([code, err]).toEqual([2, expect.stringContaining("twice.img is given twice")]);
    }
    const looked = ["--snapshot", "twice.img", "--mount", "link.img:/x", "-c", "ls /x"];
    expect(bench.run(looked)).toMatchObject({ code: 0, err: "" });
  });

  test("disk cp from and to it: both are the same volume", () => {
    bench.out("disk", "create", "--size", "8M", "one.img");
    linkSync(bench.path("one.img"), bench.path("hard.img"));
    const bytes = bytesOf(50_000, 3);
    bench.file("source.bin", bytes);
    bench.out("disk", "cp", "source.bin", "one.img:/a");
    bench.out("disk", "cp", "one.img:/a", "./one.img:/b");
    bench.out("disk", "cp", "hard.img:/a", "one.img:/c");
    expect(bench.out("disk", "ls", "one.img")).toBe("/a\n/b\n/c\n");
    expect(bench.out("disk", "fsck", "one.img")).toContain("sound");
    bench.out("disk", "cp", "one.img:/c", "back.bin");
    expect(Buffer.compare(readFileSync(bench.path("back.bin")), bytes)).toBe(0);
  });
});

test("what a killed simulator began beside a file is gone when the file is made", async () => {
  const { pid, exited } = Bun.spawn(["true"]);
  await exited;
  bench.file(`made.img.part-${pid}`, "left");
  bench.file(`made.img.part-${process.pid}`, "somebody's");
  bench.file("made.img.part-notes", "mine");
  bench.out("disk", "create", "--size", "8M", "made.img");
  const left = readdirSync(bench.folder).filter((name) => name.startsWith("made.img"));
  expect(left.sort()).toEqual(
    ["made.img", "made.img.part-notes", `made.img.part-${process.pid}`].sort(),
  );
});

test("a folder as the disk: a host file that cannot be read is told, once", async () => {
  bench.file("shown/gone.txt", bytesOf(5000, 1));
  const shell = Bun.spawn([...RTT_SIM, "shown"], {
    cwd: bench.folder,
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  });
  await shell.stdout.getReader().read();
  rmSync(bench.path("shown/gone.txt"));
  await shell.stdin.write("cat /gone.txt\ncat /gone.txt\n");
  await shell.stdin.end();
  const err = await new Response(shell.stderr).text();
  expect(err.match(/shown\/gone\.txt cannot be read: ENOENT/g)).toHaveLength(1);
  await shell.exited;
});

test("run --save: what a module left on its disk, as an image; the disk it began with is as it was", () => {
  const module = join(import.meta.dir, "../fixtures/modules/filerate.mo");
  bench.out("disk", "create", "--size", "8M", "begin.img");
  const before = readFileSync(bench.path("begin.img"));
  const write = ["w", "/written.bin", "64", "512"];
  bench.out("run", "--disk", "begin.img", "--save", "after.img", module, ...write);
  expect(readFileSync(bench.path("begin.img")).equals(before)).toBe(true);
  bench.out("disk", "cp", "after.img:/written.bin", "written.bin");
  expect(readFileSync(bench.path("written.bin"))).toEqual(Buffer.alloc(65536, 0x5a));
  bench.out("run", "--save", "after.img.gz", module, ...write);
  expect(bench.out("disk", "ls", "-l", "after.img.gz")).toMatch(/65536 .* \/written\.bin/);
  expect(bench.run(["run", "--save", "no/where.img", module, ...write])).toMatchObject({
    code: 74,
  });
});

describe("names", () => {
  test("of an archive: what is cut, renamed or told apart by case only is said, for folders too", () => {
    const long = "x".repeat(300);
    const members = {
      [`${long}.txt`]: "1",
      [`${long}.bin`]: "2",
      [`${"d".repeat(280)}/in`]: "3",
      [`${"d".repeat(281)}/in`]: "4",
      "A/x": "5",
      "a/y": "6",
    };
    bench.file(
      "names.zip",
      zip(
        Object.fromEntries(
          Object.entries(members).map(([name, text]) => [name, Buffer.from(text)]),
        ),
      ),
    );
    const { out, err } = bench.run(["disk", "ls", "-R", "names.zip"]);
    const names = out.trim().split("\n");
    // Every file is there once, and what it is can still be told by the end of its name.
    expect(names.filter((name) => !name.endsWith("/")).length).toBe(6);
    expect(names).toContain(`/${"x".repeat(251)}.txt`);
    expect(names).toContain(`/${"x".repeat(251)}.bin`);
    expect(err.match(/ is called /g)?.length).toBe(5);
    expect(bench.out("disk", "cat", "names.zip:/a~2/y")).toBe("6");
  });

  test("of disk cp: a new name is said, two files that would become one are refused", () => {
    bench.out("disk", "create", "--size", "8M", "cp.img");
    for (const name of ["a:b", "Case", "case"]) bench.file(name, name);
    expect(bench.run(["disk", "cp", "a:b", "cp.img:/"]).err).toContain("a:b is called a_b");
    const { code, err } = bench.run(["disk", "cp", "Case", "case", "cp.img:/"]);
    expect([code, err]).toEqual([2, expect.stringContaining("would both become /case")]);
    expect(bench.out("disk", "ls", "cp.img")).toBe("/a_b\n");
  });

  test("of a folder in decomposed letters come composed, as the guest can read them", () => {
    mkdirSync(bench.path("mac"));
    bench.file("mac/Gro\u0308\u00dfe.txt", "g");
    const { out, err } = bench.run(["disk", "ls", "mac"]);
    expect([out, err]).toEqual(["/Gr\u00f6\u00dfe.txt\n", ""]);
  });
});

describe("sizes", () => {
  test.each([
    ["3T", 2, "is not a size from 64 KiB to 2 TiB"],
    ["2.5T", 2, "is not a size from 64 KiB to 2 TiB"],
    ["64Q", 2, "is not a size"],
  ])("--size %s: exit code %d, '%s'", (size, code, text) => {
    const ran = bench.run(["disk", "create", "--size", size, "huge.img"]);
    expect([ran.code, ran.err]).toEqual([code, expect.stringContaining(text)]);
  });

  test.each([
    ["1T", 2 ** 40],
    ["2T", 2 ** 41],
  ])("%s is a disk", (size, bytes) => {
    bench.out("disk", "create", "-f", "--size", size, "--cluster", "32K", "huge.img");
    expect(JSON.parse(bench.out("disk", "info", "--json", "huge.img")).bytes).toBe(bytes);
    expect(statSync(bench.path("huge.img")).blocks * 512).toBeLessThan(1 << 20);
    // Which reads all of a FAT of 256 MiB.
    if (process.env.RTT_SIM_FULL === "1" && have("fsck.fat"))
      expect(bench.tool(["fsck.fat", "-n", "huge.img"])).toMatchObject({ code: 0 });
  });
});

test("fsck of an image that is cut off does not promise a repair, and makes none", () => {
  bench.out("disk", "create", "--size", "8M", "whole.img");
  const cut = readFileSync(bench.path("whole.img")).subarray(0, 1 << 20);
  bench.file("cut.img", cut);
  const { code, out } = bench.run(["disk", "fsck", "cut.img"]);
  expect([code, out]).toEqual([1, expect.stringContaining("nothing is repaired while")]);
  expect(out).not.toContain("--repair");
  expect(bench.run(["disk", "fsck", "--repair", "cut.img"]).code).toBe(1);
  expect(readFileSync(bench.path("cut.img")).equals(cut)).toBe(true);
  // What is there can be read.
  expect(bench.run(["disk", "ls", "cut.img"])).toMatchObject({
    code: 0,
    err: expect.stringContaining("the device only 2048"),
  });
});

test("fsck: what a stopped writer leaves are notes, and no reason for exit code 1", () => {
  bench.out("disk", "create", "--size", "40M", "--fat", "32", "notes.img");
  const bytes = readFileSync(bench.path("notes.img"));
  const fat = bytes.readUInt16LE(14) * 512;
  // A chain of three that nothing leads to, and the flag of a volume that is open.
  for (const copy of [0, bytes.readUInt32LE(36) * 512])
    [11, 12, 0x0fffffff].forEach((next, i) => bytes.writeUInt32LE(next, fat + copy + 4 * (10 + i)));
  bytes[65] |= 1;
  bench.file("notes.img", bytes);
  const { code, out } = bench.run(["disk", "fsck", "notes.img"]);
  expect([code, out]).toEqual([0, expect.stringContaining("no faults, 3 notes, all harmless")]);
  expect(out).not.toContain("fault:");
  expect(JSON.parse(bench.out("disk", "fsck", "--json", "notes.img"))).toMatchObject({
    total: 3,
    faults: 0,
    harmless: 3,
  });
  expect(bench.out("disk", "fsck", "--repair", "notes.img")).toContain("repaired");
  expect(bench.out("disk", "fsck", "notes.img")).toContain("sound");
});
